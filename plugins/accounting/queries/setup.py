"""Journals, dimensions and posting rules as they are stored."""

from collections.abc import Sequence
from uuid import UUID

import asyncpg

from weft import Conflict, Invalid, Row, Scope, new_id

from ..domain.ground import Dimension, DimensionValue, Journal
from ..domain.rules import PostingRule

_JOURNAL = "j.id, j.code, j.name, j.kind, j.number_format, j.active, j.version"
USED = (asyncpg.ForeignKeyViolationError, asyncpg.RestrictViolationError)


def _journal_of(row: Row) -> Journal:
    return Journal(**dict(row.items()))


async def journals(db: Scope) -> list[Journal]:
    """Return every journal by code."""
    return [_journal_of(row) for row in await db.fetch(f"SELECT {_JOURNAL} FROM accounting_journal j ORDER BY j.code")]


async def journal(db: Scope, journal_id: UUID, *, lock: bool = False) -> Journal | None:
    """Return a journal."""
    row = await db.fetchrow(f"SELECT {_JOURNAL} FROM accounting_journal j WHERE j.id = $1{' FOR UPDATE' if lock else ''}", journal_id)
    return _journal_of(row) if row else None


async def put_journal(db: Scope, made: Journal) -> None:
    """Store a journal, new or changed; raises `Invalid` for a code that is taken."""
    try:
        await db.execute(
            "INSERT INTO accounting_journal (id, code, name, kind, number_format, active, version) VALUES ($1, $2, $3, $4, $5, $6, $7) "
            "ON CONFLICT (id) DO UPDATE SET code = $2, name = $3, kind = $4, number_format = $5, active = $6, version = $7",
            *(made.id, made.code, made.name, made.kind, made.number_format, made.active, made.version),
        )
    except asyncpg.UniqueViolationError as taken:
        raise Invalid.field("code", "There is a journal with this code already.") from taken


async def delete_journal(db: Scope, journal_id: UUID) -> None:
    """Delete a journal; raises `Conflict` when it has entries."""
    try:
        await db.execute("DELETE FROM accounting_counter c WHERE c.journal = $1 AND c.value = 0", journal_id)
        await db.execute("DELETE FROM accounting_journal j WHERE j.id = $1", journal_id)
    except USED as used:
        raise Conflict("This journal has entries: switch it off instead.") from used


async def has_entries(db: Scope, journal_id: UUID) -> bool:
    """Tell whether a journal has entries."""
    return bool(await db.fetchval("SELECT EXISTS (SELECT FROM accounting_entry e WHERE e.journal = $1)", journal_id))


async def dimensions(db: Scope) -> list[Dimension]:
    """Return every dimension with its values."""
    rows = await db.fetch(
        "SELECT v.id, d.key AS dimension, v.code, v.title, v.active FROM accounting_dimension_value v "
        "JOIN accounting_dimension d ON d.id = v.dimension ORDER BY v.code"
    )
    values = [DimensionValue(**dict(row.items())) for row in rows]
    heads = await db.fetch("SELECT d.id, d.key, d.title, d.active, d.version FROM accounting_dimension d ORDER BY d.title")
    return [Dimension(**dict(row.items()), values=tuple(each for each in values if each.dimension == row["key"])) for row in heads]


async def put_dimension(db: Scope, made: Dimension) -> None:
    """Store a dimension, without its values; raises `Invalid` for a key that is taken."""
    try:
        await db.execute(
            "INSERT INTO accounting_dimension (id, key, title, active, version) VALUES ($1, $2, $3, $4, $5) "
            "ON CONFLICT (id) DO UPDATE SET title = $3, active = $4, version = $5",
            *(made.id, made.key, made.title, made.active, made.version),
        )
    except asyncpg.UniqueViolationError as taken:
        raise Invalid.field("key", "There is a dimension with this key already.") from taken


async def put_value(db: Scope, dimension_id: UUID, made: DimensionValue) -> None:
    """Store a value of a dimension; raises `Invalid` for a code that is taken."""
    try:
        await db.execute(
            "INSERT INTO accounting_dimension_value (id, dimension, code, title, active) VALUES ($1, $2, $3, $4, $5) "
            "ON CONFLICT (id) DO UPDATE SET code = $3, title = $4, active = $5",
            *(made.id, dimension_id, made.code, made.title, made.active),
        )
    except asyncpg.UniqueViolationError as taken:
        raise Invalid.field("code", "This dimension has a value with this code already.") from taken


async def rules(db: Scope) -> list[PostingRule]:
    """Return every posting rule."""
    rows = await db.fetch(
        "SELECT r.event, r.detail, a.code FROM accounting_posting_rule r JOIN accounting_account a ON a.id = r.account "
        "ORDER BY r.event, r.detail"
    )
    return [PostingRule(row["event"], row["detail"], row["code"]) for row in rows]


async def put_rules(db: Scope, wanted: Sequence[tuple[str, str, UUID]]) -> None:
    """Store rules: event, detail and account; one that stands for event and detail is replaced."""
    if wanted:
        await db.execute(
            "INSERT INTO accounting_posting_rule (id, event, detail, account) "
            "SELECT n.id, n.event, n.detail, n.account FROM unnest($1::uuid[], $2::text[], $3::text[], $4::uuid[]) "
            "AS n (id, event, detail, account) ON CONFLICT (event, detail) DO UPDATE SET account = excluded.account",
            [new_id() for _ in wanted],
            *(list(column) for column in zip(*wanted, strict=True)),
        )


async def remove_rule(db: Scope, event: str, detail: str) -> None:
    """Forget a rule."""
    await db.execute("DELETE FROM accounting_posting_rule r WHERE r.event = $1 AND r.detail = $2", event, detail)
