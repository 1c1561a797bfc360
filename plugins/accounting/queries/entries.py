"""Entries as they stand."""

from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import NamedTuple
from uuid import UUID

from weft import Row, Scope, new_id
from weft.contracts import PostedEntry, PostedLine, Source


class Facts(NamedTuple):
    """What is known of an entry beside its figures."""

    number: int
    fiscal_year: str
    journal_name: str
    posted_at: datetime
    posted_by: UUID | None
    reason: str
    reversed_by: UUID | None
    reversed_reference: str
    reverses_reference: str


_ENTRY = """
SELECT e.id, e.reference, j.code AS journal, e.date, e.description, e.total, e.source_kind, e.source_id, e.source_title, e.reverses,
    e.number, y.code AS fiscal_year, j.name AS journal_name, e.posted_at, e.posted_by, e.reason, r.id AS reversed_by,
    coalesce(r.reference, '') AS reversed_reference, coalesce(o.reference, '') AS reverses_reference
FROM accounting_entry e JOIN accounting_journal j ON j.id = e.journal JOIN accounting_fiscal_year y ON y.id = e.fiscal_year
LEFT JOIN accounting_entry r ON r.reverses = e.id LEFT JOIN accounting_entry o ON o.id = e.reverses
"""
_LINES = """
SELECT l.id, l.entry, l.position, l.account AS account_id, a.code, a.name, l.currency, l.amount, l.base, l.description, l.party, l.due,
    coalesce(s.label, '') AS dimensions, l.residual
FROM accounting_line l JOIN accounting_account a ON a.id = l.account LEFT JOIN accounting_dimension_set s ON s.id = l.dimensions
WHERE l.entry = ANY ($1::uuid[]) ORDER BY l.entry, l.position
"""


def _line_of(row: Row) -> PostedLine:
    return PostedLine(**{name: value for name, value in row.items() if name != "entry"})


async def _entry(db: Scope, row: Row) -> PostedEntry:
    lines = await db.fetch(_LINES, [row["id"]])
    return _entry_of(row, [_line_of(line) for line in lines])


def _entry_of(row: Row, lines: Sequence[PostedLine]) -> PostedEntry:
    source = Source(row["source_kind"], row["source_id"], row["source_title"]) if row["source_kind"] else None
    names = ("id", "reference", "journal", "date", "description", "total", "reverses")
    return PostedEntry(**{name: row[name] for name in names}, lines=tuple(lines), source=source)


async def entry(db: Scope, entry_id: UUID) -> tuple[PostedEntry, Facts] | None:
    """Return an entry and what is known of it."""
    row = await db.fetchrow(f"{_ENTRY} WHERE e.id = $1", entry_id)
    return (await _entry(db, row), Facts(**{name: row[name] for name in Facts._fields})) if row else None


async def by_source(db: Scope, source: Source) -> PostedEntry | None:
    """Return the entry of a document."""
    row = await db.fetchrow(f"{_ENTRY} WHERE e.source_kind = $1 AND e.source_id = $2 AND e.source_kind <> ''", source.kind, source.id)
    return await _entry(db, row) if row else None


async def journal_page(
    db: Scope, first: date, last: date, journals: Sequence[UUID], after: tuple[date, UUID] | None, limit: int
) -> list[PostedEntry]:
    """Return entries by date, those of some journals only if any are named; `after` is date and id of the last one before."""
    rows = await db.fetch(
        f"{_ENTRY} WHERE e.date BETWEEN $1 AND $2 AND (cardinality($3::uuid[]) = 0 OR e.journal = ANY ($3)) AND (e.date, e.id) > ($4, $5) "
        "ORDER BY e.date, e.id LIMIT $6",
        *(first, last, list(journals), *(after or (date.min, UUID(int=0))), limit),
    )
    lines: dict[UUID, list[PostedLine]] = {row["id"]: [] for row in rows}
    for line in await db.fetch(_LINES, list(lines)):
        lines[line["entry"]].append(_line_of(line))
    return [_entry_of(row, lines[row["id"]]) for row in rows]


class LedgerLine(NamedTuple):
    """A line of the general ledger, with the entry it is in."""

    entry: UUID
    position: int
    date: date
    reference: str
    journal: str
    description: str
    party: UUID | None
    dimensions: str
    currency: str
    amount: Decimal
    base: Decimal
    residual: Decimal | None


_LEDGER = """
SELECT l.entry, l.position, l.date, e.reference, j.code AS journal,
    CASE WHEN l.description <> '' THEN l.description ELSE e.description END AS description, l.party,
    coalesce(s.label, '') AS dimensions, l.currency, l.amount, l.base, l.residual
FROM accounting_line l JOIN accounting_entry e ON e.id = l.entry JOIN accounting_journal j ON j.id = e.journal
LEFT JOIN accounting_dimension_set s ON s.id = l.dimensions
WHERE l.account = $1 AND l.date BETWEEN $2 AND $3 AND (l.date, l.entry, l.position) > ($4, $5, $6)
ORDER BY l.date, l.entry, l.position LIMIT $7
"""


async def ledger_page(
    db: Scope, account: UUID, first: date, last: date, after: tuple[date, UUID, int] | None, limit: int
) -> list[LedgerLine]:
    """Return lines of an account by date; `after` is where the page before ended."""
    rows = await db.fetch(_LEDGER, account, first, last, *(after or (date.min, UUID(int=0), 0)), limit)
    return [LedgerLine(**dict(row.items())) for row in rows]


async def settle_reversed(db: Scope, line_ids: Sequence[UUID]) -> None:
    """Close lines that an entry and its reversal settle with each other."""
    await db.execute("UPDATE accounting_line SET residual = 0 WHERE id = ANY ($1::uuid[]) AND residual <> 0", list(line_ids))


async def attachments(db: Scope, entry_id: UUID) -> list[tuple[UUID, UUID, str]]:
    """Return id, file and name of what is attached to an entry."""
    rows = await db.fetch("SELECT a.id, a.file, a.name FROM accounting_attachment a WHERE a.entry = $1 ORDER BY a.added_at, a.id", entry_id)
    return [(row["id"], row["file"], row["name"]) for row in rows]


async def attach(db: Scope, entry_id: UUID, file_id: UUID, name: str, now: datetime) -> None:
    """Attach a file to an entry."""
    await db.execute(
        "INSERT INTO accounting_attachment (id, entry, file, name, added_at) VALUES ($1, $2, $3, $4, $5)",
        *(new_id(), entry_id, file_id, name, now),
    )


async def dimensions_of(db: Scope, entry_id: UUID) -> dict[UUID, dict[str, str]]:
    """Return the dimensions of an entry's lines: line → key → code."""
    rows = await db.fetch(
        "SELECT l.id, d.key, v.code FROM accounting_line l JOIN accounting_dimension_set s ON s.id = l.dimensions "
        "JOIN accounting_dimension_value v ON v.id = ANY (s.members) JOIN accounting_dimension d ON d.id = v.dimension WHERE l.entry = $1",
        entry_id,
    )
    found: dict[UUID, dict[str, str]] = {}
    for row in rows:
        found.setdefault(row["id"], {})[row["key"]] = row["code"]
    return found
