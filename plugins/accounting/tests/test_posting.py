"""Entries through the service: numbers, rules, idempotence, reversal."""

import asyncio
from datetime import date
from decimal import Decimal

import pytest

from plugins.accounting.services import posting, years
from weft import Conflict, Invalid
from weft.contracts import AlreadyPosted, MissingRate, NewEntry, NewLine, PeriodLocked, Source, Unbalanced

from .conftest import Books, entry, line, money


async def test_an_entry_is_numbered_in_its_journal_and_year(books: Books) -> None:
    first = await books.post(line("1000", "120"), line("4000", "-120"))
    second = await books.post(line("1000", "5"), line("4000", "-5"))
    other = await books.post(line("1000", "5"), line("4000", "-5"), journal="SAL")
    before = await books.post(line("1000", "5"), line("4000", "-5"), day=date(2025, 12, 31))
    assert [first.reference, second.reference, other.reference] == ["GEN/2026/00001", "GEN/2026/00002", "SAL/2026/00001"]
    assert before.reference == "GEN/2025/00001"
    assert first.total == money("120")


async def test_a_number_is_given_back_when_the_transaction_fails(books: Books) -> None:
    async def post_and_fail() -> None:
        async with books.tenant.transaction():
            await posting.post(books.tenant, entry(line("1000", "1"), line("4000", "-1")))
            raise RuntimeError("afterwards")

    with pytest.raises(RuntimeError, match="afterwards"):
        await post_and_fail()
    assert (await books.post(line("1000", "1"), line("4000", "-1"))).reference == "GEN/2026/00001"


async def test_sixteen_people_posting_at_once_get_sixteen_numbers(books: Books) -> None:
    done = await asyncio.gather(*(books.post(line("1000", "1"), line("4000", "-1")) for _ in range(16)))
    assert sorted(each.reference for each in done) == [f"GEN/2026/{number:05}" for number in range(1, 17)]


async def test_an_unbalanced_entry_is_refused_with_the_difference(books: Books) -> None:
    with pytest.raises(Unbalanced, match=r"20\.00 GBP more credit"):
        await books.post(line("1000", "120.00"), line("4000", "-100.00"))


async def test_every_wrong_line_is_told_at_once(books: Books) -> None:
    with pytest.raises(Invalid) as refused:
        await books.post(
            line("9999", "1"),
            line("10", "1"),
            line("1000", "1.005"),
            line("4000", "-3", currency="XXZ"),
            NewLine(code="4000", debit=money("-1")),
        )
    assert set(refused.value.fields) == {"lines.0.code", "lines.1.code", "lines.2.debit", "lines.3.currency", "lines.4.debit"}
    assert "heading" in refused.value.fields["lines.1.code"]


async def test_a_day_in_no_fiscal_year_is_refused(books: Books) -> None:
    with pytest.raises(PeriodLocked, match="no fiscal year"):
        await books.post(line("1000", "1"), line("4000", "-1"), day=date(2031, 1, 1))


async def test_the_same_document_is_posted_once(books: Books) -> None:
    source = Source("shop.invoice", "17", "Invoice 17")
    new = entry(line("1100", "240"), line("4000", "-240"), source=source)
    first, again = await books.put(new), await books.put(new)
    assert again == first
    assert [row["n"] for row in await books.figures("SELECT count(*) AS n FROM accounting_entry")] == [1]
    with pytest.raises(AlreadyPosted, match="other figures"):
        await books.put(entry(line("1100", "241"), line("4000", "-241"), source=source))


async def test_the_same_document_posted_twice_at_the_same_moment_is_posted_once(books: Books) -> None:
    new = entry(line("1100", "240"), line("4000", "-240"), source=Source("shop.invoice", "18"))
    done = await asyncio.gather(*(books.put(new) for _ in range(4)), return_exceptions=True)
    assert all(not isinstance(each, BaseException) or isinstance(each, AlreadyPosted) for each in done)
    assert [row["n"] for row in await books.figures("SELECT count(*) AS n FROM accounting_entry")] == [1]


async def test_a_reversal_leaves_nothing_and_settles_what_was_open(books: Books) -> None:
    made = await books.post(line("1100", "240", due=date(2026, 4, 15)), line("4000", "-240"))
    async with books.tenant.transaction():
        back = await posting.reverse(books.tenant, made.id, date(2026, 3, 20), "Wrong customer")
    assert back.reverses == made.id
    assert [each.amount for each in back.lines] == [money("-240"), money("240")]
    open_ = await books.figures("SELECT l.id FROM accounting_line l WHERE l.residual <> 0")
    assert not open_
    with pytest.raises(Conflict, match="reversed already"):
        async with books.tenant.transaction():
            await posting.reverse(books.tenant, made.id, date(2026, 3, 20), "Again")


async def test_a_foreign_amount_needs_a_rate_and_balances_in_base_currency(books: Books) -> None:
    with pytest.raises(MissingRate, match="EUR"):
        await books.post(line("1000", "100"), line("4000", "-100"), currency="EUR")
    made = await books.post(
        line("6100", "33.33"), line("6110", "33.33"), line("6120", "33.34"), line("1000", "-100"), currency="EUR", rate=Decimal("0.8571")
    )
    assert sum(each.base for each in made.lines) == 0
    assert made.total == money("85.71")


async def test_an_entry_in_two_currencies_is_made_even_in_each(books: Books) -> None:
    made = await books.post(line("1000", "-100", currency="EUR", base=money("-86")), line("1010", "86"))
    assert [(each.code, each.currency, each.amount, each.base) for each in made.lines[2:]] == [
        ("1060", "EUR", money("100"), money("86")),
        ("1060", "GBP", money("-86"), money("-86")),
    ]


async def test_a_rule_says_where_an_event_goes(books: Books) -> None:
    made = await books.put(
        NewEntry(
            journal="sales",
            date=date(2026, 2, 1),
            lines=(NewLine(event="receivable", debit=money("12")), NewLine(event="sales_revenue", detail="books", credit=money("12"))),
        )
    )
    assert [each.code for each in made.lines] == ["1100", "4000"]
    assert made.journal == "SAL"


async def test_dimensions_are_kept_with_the_line_and_its_balance(books: Books) -> None:
    async with books.tenant.transaction(unaudited="test") as db:
        await db.execute(
            "INSERT INTO accounting_dimension_value (id, dimension, code, title) SELECT gen_random_uuid(), d.id, 'N', 'North' "
            "FROM accounting_dimension d WHERE d.key = 'cost_centre'"
        )
    made = await books.post(line("6100", "10", dimensions={"cost_centre": "N"}), line("1000", "-10"))
    assert [each.dimensions for each in made.lines] == ["North", ""]
    async with books.tenant.transaction():
        back = await posting.reverse(books.tenant, made.id, date(2026, 3, 20), "Wrong")
    assert [each.dimensions for each in back.lines] == ["North", ""]
    with pytest.raises(Invalid, match="no “S”"):
        await books.post(line("6100", "10", dimensions={"cost_centre": "S"}), line("1000", "-10"))


async def test_many_entries_are_posted_in_order_or_not_at_all(books: Books) -> None:
    new = [entry(line("1000", str(n)), line("4000", str(-n)), journal="SAL" if n % 2 else "GEN") for n in range(1, 9)]
    async with books.tenant.transaction():
        ids = await posting.post_many(books.tenant, new)
    rows = await books.figures("SELECT e.id, e.reference, e.total FROM accounting_entry e ORDER BY e.total")
    assert [row["id"] for row in rows] == ids
    assert [row["reference"] for row in rows][:3] == ["SAL/2026/00001", "GEN/2026/00001", "SAL/2026/00002"]
    with pytest.raises(Invalid) as refused:
        async with books.tenant.transaction():
            await posting.post_many(books.tenant, [*new, entry(line("9999", "1"), line("4000", "-1"))])
    assert "entries.8.lines.0.code" in refused.value.fields
    assert len(await books.figures("SELECT e.id FROM accounting_entry e")) == 8


async def test_a_preview_writes_nothing(books: Books) -> None:
    async with books.tenant.transaction():
        shown = await posting.preview(books.tenant, entry(line("1000", "7"), line("4000", "-7")))
    assert (shown.reference, shown.total) == ("", money("7"))
    assert not await books.figures("SELECT e.id FROM accounting_entry e")


async def test_a_closed_year_takes_no_entries(books: Books) -> None:
    year = await years.ensure_year(books.tenant, date(2025, 1, 1))
    async with books.tenant.transaction(unaudited="test") as db:
        await db.execute("UPDATE accounting_fiscal_year SET state = 'closed' WHERE id = $1", year.id)
    with pytest.raises(PeriodLocked, match="2025 is closed"):
        await books.post(line("1000", "1"), line("4000", "-1"), day=date(2025, 3, 1))
