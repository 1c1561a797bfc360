"""Entries from files: whole or not at all, once, and taken back by reversal."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from plugins.accounting.imports.entries import ENTRIES
from plugins.accounting.services import proving, reports, years
from plugins.accounting.services.importing import EntryRow
from weft import Numbered, Outcome, Written, read_fields

from .books.test_readers import BEANS
from .conftest import Books

GOOD = [
    {"entry": "1", "date": "2026-01-05", "account": "1000", "debit": "100.00", "description": "Opening"},
    {"entry": "1", "date": "2026-01-05", "account": "Opening balances", "credit": "100.00"},
    {"entry": "2", "date": "2026-01-06", "account": "6100 Rent", "amount": "40"},
    {"entry": "2", "date": "2026-01-06", "account": "1000", "amount": "-40"},
]


def rows_from(rows: list[dict[str, str]] | list[Mapping[str, str]]) -> list[Numbered[EntryRow]]:
    return [Numbered(number, read_fields(EntryRow, {name: [text] for name, text in row.items()})) for number, row in enumerate(rows, 2)]


async def bring(books: Books, rows: Any, **options: str) -> Outcome:
    numbered = rows_from(rows)
    async with books.tenant.transaction():
        outcome = await ENTRIES.write(books.tenant, numbered, options)
    assert sorted([each.row for each in outcome.written] + [each.row for each in outcome.problems]) == [each.row for each in numbered]
    return outcome


async def test_entries_are_posted_whole_and_once(books: Books) -> None:
    first = await bring(books, GOOD)
    assert [each.action for each in first.written] == ["created"] * 4
    again = await bring(books, GOOD)
    assert [each.action for each in again.written] == ["unchanged"] * 4
    rows = await books.figures("SELECT e.reference, e.total FROM accounting_entry e ORDER BY e.reference")
    assert [(row["reference"], row["total"]) for row in rows] == [("GEN/2026/00001", 100), ("GEN/2026/00002", 40)]


async def test_a_wrong_line_refuses_its_entry_alone_and_says_where(books: Books) -> None:
    bad = [{**GOOD[2], "account": "7777", "entry": "3"}, {**GOOD[3], "entry": "3"}]
    uneven = [{**GOOD[0], "entry": "4", "debit": "99.00"}, {**GOOD[1], "entry": "4"}]
    outcome = await bring(books, [*GOOD, *bad, *uneven])
    assert len(outcome.written) == 4
    told = {each.row: (each.field, each.sentence) for each in outcome.problems}
    assert told[6][0] == "account"
    assert "7777" in told[6][1]
    assert told[7][1].startswith("Row 6 of the same entry")
    assert "more debit" in told[8][1]


async def test_an_import_is_undone_by_reversal(books: Books) -> None:
    outcome = await bring(books, GOOD)
    once = {each.id: each for each in outcome.written}
    written = [Written(each.row, each.id, "created") for each in once.values()]
    async with books.tenant.transaction():
        assert list(await ENTRIES.undo(books.tenant, written)) == []
    trial = await reports.trial_balance(books.tenant, date(2026, 1, 1), date(2026, 12, 31))
    assert all(not each.sums.closing for each in trial.lines)
    assert all(each.holds for each in await proving.prove(books.tenant))


async def test_a_plain_text_book_reaches_its_balances_in_the_ledger(books: Books) -> None:
    rows = [row for row in ENTRIES.readers[".beancount"](BEANS.replace("USD", "GBP").encode()) if "" not in row]
    outcome = await bring(books, rows, create_accounts="yes")
    assert not outcome.problems
    trial = await reports.trial_balance(books.tenant, date(2024, 1, 1), date(2024, 12, 31))
    held = {each.node.account.name: each.sums.closing for each in trial.lines}
    assert held["Assets:Bank"] == Decimal("850.04")
    assert sum(held.values()) == 0
    assert held["Income:Gains"] == Decimal("-10.00")  # half a penny of the lot, rounded with its line


async def test_a_locked_day_is_refused_with_the_lock(books: Books) -> None:
    await years.set_lock(books.tenant, "all", date(2026, 1, 5))
    outcome = await bring(books, GOOD)
    assert [each.row for each in outcome.written] == [4, 5]
    assert "locked through 2026-01-05" in outcome.problems[0].sentence
