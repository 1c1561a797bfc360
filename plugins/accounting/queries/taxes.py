"""The taxes of the business, its payment terms and exchange rates."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import NamedTuple
from uuid import UUID

import asyncpg
import msgspec

from weft import Invalid, Scope, new_id

from ..domain.currency.rates import Rate
from ..domain.documents.terms import PaymentTerms
from ..domain.tax.jurisdiction import Jurisdiction, completed


class Terms(NamedTuple):
    """Payment terms with their name."""

    id: UUID
    title: str
    terms: PaymentTerms
    active: bool = True
    version: int = 1


async def system(db: Scope) -> tuple[Jurisdiction, int] | None:
    """Return the taxes of the business, and their version."""
    row = await db.fetchrow("SELECT t.id, t.version FROM accounting_tax_system t")
    return (await standing_system(db, row["id"]), row["version"]) if row else None


_KEPT: dict[UUID, Jurisdiction] = {}  # never changed under its id: what is chosen anew gets another one
_MOST = 500


async def standing_system(db: Scope, system_id: UUID) -> Jurisdiction:
    """Return the taxes of the business by the id they stand under; read once in a process."""
    found = _KEPT.get(system_id)
    if found is None:
        text = await db.fetchval("SELECT t.data::text FROM accounting_tax_system t WHERE t.id = $1", system_id)
        found = completed(msgspec.json.decode(text, type=Jurisdiction))
        while len(_KEPT) >= _MOST:
            del _KEPT[next(iter(_KEPT))]
        _KEPT[system_id] = found
    return found


async def put_system(db: Scope, made: Jurisdiction, version: int, at: datetime) -> None:
    """Store the taxes of the business, in place of those there were."""
    await db.execute("DELETE FROM accounting_tax_system t")
    await db.execute(
        "INSERT INTO accounting_tax_system (id, code, title, data, version, changed_at) VALUES ($1, $2, $3, $4::text::jsonb, $5, $6)",
        *(new_id(), made.code, made.title, msgspec.json.encode(made).decode(), version, at),
    )


async def all_terms(db: Scope) -> list[Terms]:
    """Return payment terms by title."""
    rows = await db.fetch(
        "SELECT t.id, t.title, t.terms::text AS terms, t.active, t.version FROM accounting_payment_terms t ORDER BY t.title"
    )
    return [
        Terms(row["id"], row["title"], msgspec.json.decode(row["terms"], type=PaymentTerms), row["active"], row["version"]) for row in rows
    ]


async def put_terms(db: Scope, made: Terms) -> None:
    """Store payment terms, new or changed; raises `Invalid` for a title that is taken."""
    try:
        await db.execute(
            "INSERT INTO accounting_payment_terms (id, title, terms, active, version) VALUES ($1, $2, $3::text::jsonb, $4, $5) "
            "ON CONFLICT (id) DO UPDATE SET title = $2, terms = $3::text::jsonb, active = $4, version = $5",
            *(made.id, made.title, msgspec.json.encode(made.terms).decode(), made.active, made.version),
        )
    except asyncpg.UniqueViolationError as taken:
        raise Invalid.field("title", "There are payment terms with this title already.") from taken


async def rates(db: Scope, currencies: Sequence[str], first: date, last: date) -> list[Rate]:
    """Return the rates of some days that name one of some currencies."""
    rows = await db.fetch(
        "SELECT r.day, r.base, r.quote, r.value, r.source FROM accounting_rate r "
        "WHERE r.day BETWEEN $2 AND $3 AND (r.base = ANY ($1::text[]) OR r.quote = ANY ($1))",
        *(list(currencies), first, last),
    )
    return [Rate(row["day"], row["base"], row["quote"], row["value"], row["source"]) for row in rows]


async def put_rates(db: Scope, made: Sequence[Rate]) -> None:
    """Store rates; one that is there for the same day and pair is replaced."""
    columns: list[list[object]] = [[new_id() for _ in made]]
    columns += [[getattr(each, name) for each in made] for name in ("day", "base", "quote", "value", "source")]
    await db.execute(
        "INSERT INTO accounting_rate (id, day, base, quote, value, source) "
        "SELECT r.id, r.day, r.base, r.quote, r.value, r.source FROM unnest($1::uuid[], $2::date[], $3::text[], $4::text[], $5::numeric[], "
        "$6::text[]) AS r (id, day, base, quote, value, source) "
        "ON CONFLICT (base, quote, day) DO UPDATE SET value = excluded.value, source = excluded.source",
        *columns,
    )


async def latest_rates(db: Scope, limit: int = 200) -> list[Rate]:
    """Return the newest rates."""
    rows = await db.fetch(
        "SELECT r.day, r.base, r.quote, r.value, r.source FROM accounting_rate r ORDER BY r.day DESC, r.quote LIMIT $1", limit
    )
    return [Rate(row["day"], row["base"], row["quote"], row["value"], row["source"]) for row in rows]
