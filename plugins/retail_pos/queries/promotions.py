"""Promotions, read and written."""

from typing import Any
from uuid import UUID

import asyncpg
import msgspec

from weft import Conflict, Row, Scope

from ..domain.promotions import PromotionDraft, StoredPromotion
from ..domain.rules.basket import Promotion

_ALL = "SELECT id, entry::text AS entry, rule::text AS rule, active, version FROM retail_pos_promotion"
_DRAFT, _RULE = msgspec.json.Decoder(PromotionDraft), msgspec.json.Decoder(Promotion)


def _stored(row: Row) -> StoredPromotion:
    return StoredPromotion(
        id=row["id"], entry=_DRAFT.decode(row["entry"]), rule=_RULE.decode(row["rule"]), active=row["active"], version=row["version"]
    )


async def every(db: Scope) -> list[StoredPromotion]:
    """Return all promotions, those in use first, by title."""
    return [_stored(row) for row in await db.fetch(f"{_ALL} ORDER BY active DESC, lower(title), id")]


async def in_use(db: Scope) -> tuple[Promotion, ...]:
    """Return what tills compute by, in the order of codes."""
    rows = await db.fetch("SELECT rule::text AS rule FROM retail_pos_promotion WHERE active ORDER BY code")
    return tuple(_RULE.decode(row["rule"]) for row in rows)


async def one(db: Scope, promotion_id: UUID) -> StoredPromotion | None:
    """Return a promotion."""
    row = await db.fetchrow(f"{_ALL} WHERE id = $1", promotion_id)
    return _stored(row) if row else None


def _values(stored: StoredPromotion) -> tuple[Any, ...]:
    told = (msgspec.json.encode(stored.entry).decode(), msgspec.json.encode(stored.rule).decode())
    return stored.id, stored.rule.code, stored.rule.title, *told, stored.active


async def add(db: Scope, stored: StoredPromotion) -> None:
    """Keep a new one; raises `Conflict` for a code that is taken."""
    sql = (
        "INSERT INTO retail_pos_promotion (id, code, title, entry, rule, active, version) "
        "VALUES ($1, $2, $3, $4::text::jsonb, $5::text::jsonb, $6, 1) ON CONFLICT DO NOTHING"
    )
    if not await db.execute(sql, *_values(stored)):
        raise Conflict(f"There is a promotion with the code {stored.rule.code} already.")


async def change(db: Scope, stored: StoredPromotion, version: int) -> bool:
    """Write one over its version; returns False when somebody else was faster. Raises `Conflict` for a code that is taken."""
    sql = (
        "UPDATE retail_pos_promotion SET code = $2, title = $3, entry = $4::text::jsonb, rule = $5::text::jsonb, active = $6, "
        "version = version + 1 WHERE id = $1 AND version = $7"
    )
    try:
        return await db.execute(sql, *_values(stored), version) == 1
    except asyncpg.UniqueViolationError as taken:
        raise Conflict(f"Another promotion has the code {stored.rule.code} already.") from taken
