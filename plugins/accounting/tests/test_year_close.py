"""Scenario S14: closing a year, once for a plain business and once per cost centre."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from plugins.accounting.domain.drafts import DraftHead, DraftLine
from plugins.accounting.services import closing, drafts, journals, proving, reports, years
from plugins.accounting.services.journals import ValueDraft
from weft import Conflict, Invalid
from weft.contracts import Ledger, PeriodLocked
from weft.testing import Clock

from .conftest import Books, line, money

DAY, END = date(2025, 11, 3), date(2025, 12, 31)


@pytest.fixture
async def year(books: Books, clock: Clock) -> Books:
    """Return the books in the spring after 2025."""
    clock.set(datetime(2026, 3, 1, 12, tzinfo=UTC))
    return books


async def closed_2025(books: Books) -> list[str]:
    found = await years.ensure_year(books.tenant, DAY)
    return [each.reference for each in await closing.close(books.tenant, found.id)]


async def balance(books: Books, code: str, at: date) -> Decimal:
    async with books.tenant.transaction():
        found = await books.tenant.service(Ledger).balance(code, at)
    return sum((each.base for each in found), Decimal(0))


async def test_a_close_leaves_what_the_balance_sheet_holds(year: Books) -> None:
    await year.post(line("1100", "21"), line("1150", "21"), line("4000", "-42"), day=DAY)
    before = [await balance(year, code, END) for code in ("1100", "1150", "10")]
    await closed_2025(year)
    assert [await balance(year, code, END) for code in ("1100", "1150", "10")] == before == [21, 21, 42]
    assert await balance(year, "4000", END) == 0
    assert await balance(year, "3200", END) == -42


async def test_sales_and_cost_are_emptied_into_the_surplus_apart_for_each_cost_centre(year: Books) -> None:
    for dimension in await journals.all_dimensions(year.tenant):
        if dimension.key == "cost_centre":
            for code in ("1", "2"):
                await journals.save_value(year.tenant, dimension.id, ValueDraft(code=code, title=f"Centre {code}"))
    for code, amount in (("1", "400"), ("2", "200")):
        await year.post(line("5000", amount, dimensions={"cost_centre": code}), line("1200", f"-{amount}"), day=DAY)
    await year.post(line("1100", "400"), line("4000", "-400"), day=DAY)
    assert await closed_2025(year) == ["CLS/2025/00001"]
    rows = await year.figures(
        "SELECT a.code, coalesce(s.label, '') AS centre, l.base FROM accounting_line l JOIN accounting_account a ON a.id = l.account "
        "JOIN accounting_entry e ON e.id = l.entry LEFT JOIN accounting_dimension_set s ON s.id = l.dimensions "
        "WHERE e.reference = 'CLS/2025/00001' ORDER BY a.code, centre"
    )
    assert [(row["code"], row["centre"], row["base"]) for row in rows] == [
        ("3200", "", -400),
        ("3200", "Centre 1", 400),
        ("3200", "Centre 2", 200),
        ("4000", "", 400),
        ("5000", "Centre 1", -400),
        ("5000", "Centre 2", -200),
    ]
    assert await balance(year, "3200", END) == 200
    await year.post(line("5000", "300", dimensions={"cost_centre": "2"}), line("1200", "-300"), day=date(2026, 1, 10))
    sheet = await reports.balance_sheet(year.tenant, date(2026, 1, 31))
    assert [sheet.result, sheet.assets, sheet.claims] == [-300, -500, -500]


async def test_what_is_closed_takes_no_entry_and_the_next_year_does(year: Books) -> None:
    await year.post(line("1100", "42"), line("4000", "-42"), day=DAY)
    await closed_2025(year)
    with pytest.raises(PeriodLocked, match="2025 is closed"):
        await year.post(line("1100", "1"), line("4000", "-1"), day=END)
    with pytest.raises(PeriodLocked):
        await year.post(line("1100", "1"), line("4000", "-1"), day=END, journal="CLS")
    await year.post(line("1100", "1"), line("4000", "-1"), day=date(2026, 1, 1))


async def test_the_profit_and_loss_of_a_closed_year_is_what_it_was(year: Books) -> None:
    await year.post(line("1100", "400"), line("4000", "-400"), day=DAY)
    await year.post(line("5000", "600"), line("1200", "-600"), day=DAY)
    before = await reports.profit_and_loss(year.tenant, date(2025, 1, 1), END)
    await closed_2025(year)
    after = await reports.profit_and_loss(year.tenant, date(2025, 1, 1), END)
    assert before.result == -200
    assert after == before


async def test_closing_again_changes_nothing_and_opening_again_takes_it_back(year: Books) -> None:
    await year.post(line("1100", "42"), line("4000", "-42"), day=DAY)
    await closed_2025(year)
    assert await closed_2025(year) == []
    found = await years.ensure_year(year.tenant, DAY)
    with pytest.raises(Invalid):
        await closing.reopen(year.tenant, found.id, " ")
    await closing.reopen(year.tenant, found.id, "A late bill")
    assert await balance(year, "4000", END) == -42
    await year.post(line("6100", "2"), line("2000", "-2"), day=END)
    assert await closed_2025(year) == ["CLS/2025/00003"]
    assert await balance(year, "3200", END) == -40
    assert all(each.holds for each in await proving.prove(year.tenant))


async def test_a_year_with_drafts_stays_open_and_says_why(year: Books) -> None:
    general = next(each for each in await journals.all_journals(year.tenant) if each.code == "GEN")
    await drafts.save(year.tenant, DraftHead(journal=general.id, date=DAY), [DraftLine(code="1000", debit=money("1"))])
    with pytest.raises(Conflict, match="1 drafts"):
        await closed_2025(year)


async def test_a_year_is_closed_when_it_is_over_and_after_the_years_before(year: Books) -> None:
    found = await years.ensure_year(year.tenant, date(2026, 1, 1))
    with pytest.raises(Conflict, match="ends on 2026-12-31") as refused:
        await closing.close(year.tenant, found.id)
    assert "Open: 2025" in refused.value.message


async def test_foreign_currency_is_emptied_in_its_own_currency_and_in_base(year: Books) -> None:
    await year.post(line("1100", "100"), line("4000", "-100"), day=DAY, currency="USD", rate=Decimal("0.79"))
    await closed_2025(year)
    async with year.tenant.transaction():
        found = await year.tenant.service(Ledger).balance("4000", END)
    assert [(each.currency, each.amount, each.base) for each in found] == [("USD", Decimal(0), Decimal(0))]
    assert await balance(year, "3200", END) == money("-79.00")


async def test_a_closed_year_under_the_hard_lock_stays_closed(year: Books) -> None:
    await closed_2025(year)
    await years.set_lock(year.tenant, "hard", END)
    found = await years.ensure_year(year.tenant, DAY)
    with pytest.raises(Conflict, match="for good"):
        await closing.reopen(year.tenant, found.id, "Never")
