"""Drafts and templates as they are stored: their lines are JSON."""

from datetime import date
from decimal import Decimal
from uuid import UUID

import msgspec

from weft import Row, Scope

from ..domain.drafts import Draft, DraftLine, Template

_DRAFT = "d.id, d.journal, d.date, d.description, d.currency, d.rate, d.lines::text AS lines, d.version, d.made_at, d.made_by"
_TEMPLATE = (
    "t.id, t.title, t.journal, t.description, t.currency, t.lines::text AS lines, t.every_months, t.next_date, t.post_at_once, "
    "t.active, t.version"
)


def _draft_of(row: Row) -> Draft:
    return Draft(**{**dict(row.items()), "lines": msgspec.json.decode(row["lines"], type=tuple[DraftLine, ...])})


def _template_of(row: Row) -> Template:
    return Template(**{**dict(row.items()), "lines": msgspec.json.decode(row["lines"], type=tuple[DraftLine, ...])})


async def draft(db: Scope, draft_id: UUID, *, lock: bool = False) -> Draft | None:
    """Return a draft."""
    row = await db.fetchrow(f"SELECT {_DRAFT} FROM accounting_draft d WHERE d.id = $1{' FOR UPDATE' if lock else ''}", draft_id)
    return _draft_of(row) if row else None


async def put_draft(db: Scope, made: Draft, total: Decimal) -> None:
    """Store a draft, new or changed."""
    await db.execute(
        "INSERT INTO accounting_draft (id, journal, date, description, currency, rate, lines, total, version, made_at, made_by) "
        "VALUES ($1, $2, $3, $4, $5, $6, $7::jsonb, $8, $9, $10, $11) ON CONFLICT (id) DO UPDATE SET journal = $2, date = $3, "
        "description = $4, currency = $5, rate = $6, lines = $7::jsonb, total = $8, version = $9",
        *(made.id, made.journal, made.date, made.description, made.currency, made.rate, msgspec.json.encode(made.lines).decode()),
        *(total, made.version, made.made_at, made.made_by),
    )


async def delete_draft(db: Scope, draft_id: UUID) -> None:
    """Forget a draft."""
    await db.execute("DELETE FROM accounting_draft d WHERE d.id = $1", draft_id)


async def count_drafts(db: Scope, upto: date) -> int:
    """Return how many drafts are dated up to a day."""
    found: int = await db.fetchval("SELECT count(*) FROM accounting_draft d WHERE d.date <= $1", upto)
    return found


async def templates(db: Scope) -> list[Template]:
    """Return every template by title."""
    return [_template_of(row) for row in await db.fetch(f"SELECT {_TEMPLATE} FROM accounting_template t ORDER BY t.title, t.id")]


async def template(db: Scope, template_id: UUID, *, lock: bool = False) -> Template | None:
    """Return a template."""
    row = await db.fetchrow(f"SELECT {_TEMPLATE} FROM accounting_template t WHERE t.id = $1{' FOR UPDATE' if lock else ''}", template_id)
    return _template_of(row) if row else None


async def put_template(db: Scope, made: Template) -> None:
    """Store a template, new or changed."""
    await db.execute(
        "INSERT INTO accounting_template (id, title, journal, description, currency, lines, every_months, next_date, post_at_once, active, "
        "version) VALUES ($1, $2, $3, $4, $5, $6::jsonb, $7, $8, $9, $10, $11) ON CONFLICT (id) DO UPDATE SET title = $2, journal = $3, "
        "description = $4, currency = $5, lines = $6::jsonb, every_months = $7, next_date = $8, post_at_once = $9, active = $10, "
        "version = $11",
        *(made.id, made.title, made.journal, made.description, made.currency, msgspec.json.encode(made.lines).decode()),
        *(made.every_months, made.next_date, made.post_at_once, made.active, made.version),
    )


async def delete_template(db: Scope, template_id: UUID) -> None:
    """Forget a template."""
    await db.execute("DELETE FROM accounting_template t WHERE t.id = $1", template_id)


async def due_templates(db: Scope, day: date) -> list[UUID]:
    """Return the templates that are to be made into entries by a day."""
    rows = await db.fetch("SELECT t.id FROM accounting_template t WHERE t.active AND t.every_months > 0 AND t.next_date <= $1", day)
    return [row["id"] for row in rows]
