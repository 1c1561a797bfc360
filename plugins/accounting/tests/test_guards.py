"""What the database itself refuses, whoever asks: the statements are such as a bug or an injection could send."""

from datetime import date
from uuid import uuid4

import asyncpg
import pytest

from plugins.accounting.services import years
from weft.contracts import PostedEntry

from .conftest import Books, line

REFUSED = asyncpg.CheckViolationError


async def run(books: Books, sql: str, *args: object) -> None:
    async with books.tenant.transaction(unaudited="an attack") as db:
        await db.execute(sql, *args)


@pytest.fixture
async def posted(books: Books) -> PostedEntry:
    return await books.post(line("1100", "240"), line("4000", "-240"))


@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE accounting_entry SET description = 'x'",
        "UPDATE accounting_entry SET date = date + 1",
        "DELETE FROM accounting_entry",
        "UPDATE accounting_line SET base = base * 2, amount = amount * 2",
        "UPDATE accounting_line SET account = (SELECT a.id FROM accounting_account a WHERE a.code = '6100')",
        "UPDATE accounting_line SET party = gen_random_uuid()",
        "DELETE FROM accounting_line",
        "WITH gone AS (DELETE FROM accounting_line RETURNING entry) SELECT entry FROM gone",
        "MERGE INTO accounting_line l USING accounting_entry e ON e.id = l.entry WHEN MATCHED THEN DELETE",
        "INSERT INTO accounting_line (id, entry, position, account, date, currency, amount, base) SELECT gen_random_uuid(), l.entry, 3, "
        "l.account, l.date, l.currency, 0, 0 FROM accounting_line l LIMIT 1",
    ],
)
async def test_what_is_posted_stands(books: Books, posted: PostedEntry, sql: str) -> None:
    with pytest.raises(REFUSED):
        await run(books, sql)
    rows = await books.figures("SELECT l.base, l.party FROM accounting_line l ORDER BY l.position")
    assert [(row["base"], row["party"]) for row in rows] == [(240, None), (-240, None)]


async def test_a_place_that_is_taken_cannot_be_taken_again(books: Books, posted: PostedEntry) -> None:
    with pytest.raises(asyncpg.UniqueViolationError):
        await run(
            books,
            "INSERT INTO accounting_line (id, entry, position, account, date, currency, amount, base) "
            "SELECT gen_random_uuid(), l.entry, 1, l.account, l.date, l.currency, 5, 5 FROM accounting_line l LIMIT 1",
        )


async def test_what_is_left_to_pay_may_change_and_nothing_more(books: Books, posted: PostedEntry) -> None:
    await run(books, "UPDATE accounting_line SET residual = 100 WHERE residual IS NOT NULL")
    with pytest.raises(REFUSED):
        await run(books, "UPDATE accounting_line SET residual = 500 WHERE residual IS NOT NULL")
    with pytest.raises(REFUSED):
        await run(books, "UPDATE accounting_line SET residual = -1 WHERE residual IS NOT NULL")


_ENTRY = """
WITH made AS (
    INSERT INTO accounting_entry (id, journal, fiscal_year, period, number, reference, date, currency, total, lines, posted_at)
    SELECT $1, j.id, p.fiscal_year, p.id, 999, 'X', $2, 'GBP', 1, $3, now() FROM accounting_journal j, accounting_period p
    WHERE j.code = 'GEN' AND p.first <= $6::date AND p.last >= $6::date RETURNING id)
INSERT INTO accounting_line (id, entry, position, account, date, currency, amount, base)
SELECT gen_random_uuid(), made.id, l.position, a.id, l.date, l.currency, l.amount, l.base FROM made, accounting_account a,
    jsonb_to_recordset($4::jsonb) AS l (position int, date date, currency text, amount numeric, base numeric) WHERE a.code = $5
"""


@pytest.mark.parametrize(
    ("lines", "said"),
    [
        ('[{"position": 1, "amount": 5, "base": 5}, {"position": 2, "amount": -4, "base": -4}]', 2),
        ('[{"position": 1, "amount": 5, "base": 5}, {"position": 2, "amount": -5, "base": -4}]', 2),
        ('[{"position": 1, "currency": "EUR", "amount": 5, "base": 5}, {"position": 2, "amount": -5, "base": -5}]', 2),
        ('[{"position": 1, "amount": 5, "base": 5}, {"position": 2, "amount": -5, "base": -5}]', 3),
        ('[{"position": 1, "amount": 5, "base": 5}, {"position": 2, "amount": -5, "base": -5}]', 1),
        ('[{"position": 1, "amount": 5, "base": 5}, {"position": 3, "amount": -5, "base": -5}]', 2),
        ('[{"position": 1, "date": "2026-03-16", "amount": 5, "base": 5}, {"position": 2, "amount": -5, "base": -5}]', 2),
        ("[]", 1),
    ],
    ids=["unbalanced", "base unbalanced", "currencies uneven", "a line too few", "a line too many", "a gap", "another date", "no lines"],
)
async def test_an_entry_that_does_not_hold_cannot_be_committed(books: Books, lines: str, said: int) -> None:
    day = date(2026, 3, 15)
    whole = lines.replace('"position"', '"position"').replace("{", '{"date": "2026-03-15", "currency": "GBP", ')
    with pytest.raises(REFUSED):
        await run(books, _ENTRY, uuid4(), day, said, whole, "1000", day)
    assert not await books.figures("SELECT e.id FROM accounting_entry e")


async def test_an_entry_that_holds_can_be_committed_so_the_attempts_above_fail_for_their_own_reason(books: Books) -> None:
    day = date(2026, 3, 15)
    lines = """[{"position": 1, "date": "2026-03-15", "currency": "GBP", "amount": 5, "base": 5},
                {"position": 2, "date": "2026-03-15", "currency": "GBP", "amount": -5, "base": -5}]"""
    await run(books, _ENTRY, uuid4(), day, 2, lines, "1000", day)
    assert len(await books.figures("SELECT e.id FROM accounting_entry e")) == 1


async def test_an_entry_lies_in_its_period(books: Books) -> None:
    with pytest.raises(REFUSED, match="outside of its period"):
        await run(books, _ENTRY, uuid4(), date(2026, 3, 15), 1, "[]", "1000", date(2026, 4, 15))


async def test_nothing_is_dated_on_or_before_the_hard_lock(books: Books) -> None:
    await years.set_lock(books.tenant, "hard", date(2026, 3, 15))
    day = date(2026, 3, 15)
    with pytest.raises(REFUSED, match="locked for good"):
        await run(books, _ENTRY, uuid4(), day, 1, "[]", "1000", day)


@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE accounting_lock SET through = through - 1 WHERE kind = 'hard'",
        "UPDATE accounting_lock SET through = NULL WHERE kind = 'hard'",
        "UPDATE accounting_lock SET kind = 'tax' WHERE kind = 'hard'",
        "DELETE FROM accounting_lock",
        "INSERT INTO accounting_lock (kind, through, changed_at) VALUES ('hard', NULL, now()) "
        "ON CONFLICT (kind) DO UPDATE SET through = excluded.through",
    ],
)
async def test_the_hard_lock_never_goes_back(books: Books, sql: str) -> None:
    await years.set_lock(books.tenant, "hard", date(2025, 12, 31))
    with pytest.raises(REFUSED, match="never goes back"):
        await run(books, sql)


async def test_a_period_with_entries_keeps_its_days(books: Books, posted: PostedEntry) -> None:
    with pytest.raises(REFUSED, match="keeps its days"):
        await run(books, "UPDATE accounting_period SET last = last - 20 WHERE first <= $1 AND last >= $1", posted.date)
