"""Stores, tills and operators."""

from datetime import datetime
from typing import Any, TypeVar
from uuid import UUID

import asyncpg
import msgspec

from weft import Conflict, Row, Scope, new_id

from ..domain.records import FIRST
from ..domain.setup import Operator, Store, StoreDraft, Till, TillDraft

R = TypeVar("R", bound=msgspec.Struct)

_STORE = "SELECT id, code, title, location, price_list, address, phone, head, foot, active, version FROM retail_pos_store"
TILL = """
SELECT t.id, t.code, t.title, t.store, t.printer, t.active, t.version, s.title AS store_title, s.location, s.price_list, t.paired_at,
       t.revoked_at, t.seen_at, t.device, t.chain_seq, t.chain_hash, t.last_seq
FROM retail_pos_till t JOIN retail_pos_store s ON s.id = t.store
"""
_OPERATOR = "SELECT id, name, role, pin_hash, person, active, version FROM retail_pos_operator"


def _as(kind: type[R], row: Row) -> R:
    return kind(**dict(row.items()))


async def stores(db: Scope) -> list[Store]:
    """Return all stores, by title."""
    return [_as(Store, row) for row in await db.fetch(f"{_STORE} ORDER BY active DESC, lower(title), id")]


async def tills(db: Scope) -> list[Till]:
    """Return all tills, by code."""
    return [_as(Till, row) for row in await db.fetch(f"{TILL} ORDER BY t.active DESC, t.code")]


async def operators(db: Scope) -> list[Operator]:
    """Return all operators, by name."""
    return [_as(Operator, row) for row in await db.fetch(f"{_OPERATOR} ORDER BY active DESC, lower(name), id")]


async def store(db: Scope, store_id: UUID) -> Store | None:
    """Return a store."""
    row = await db.fetchrow(f"{_STORE} WHERE id = $1", store_id)
    return _as(Store, row) if row else None


async def till(db: Scope, till_id: UUID, *, lock: bool = False) -> Till | None:
    """Return a till; with `lock` nobody else changes it until the transaction ends."""
    row = await db.fetchrow(f"{TILL} WHERE t.id = $1{' FOR UPDATE OF t' if lock else ''}", till_id)
    return _as(Till, row) if row else None


async def operator(db: Scope, operator_id: UUID) -> Operator | None:
    """Return an operator."""
    row = await db.fetchrow(f"{_OPERATOR} WHERE id = $1", operator_id)
    return _as(Operator, row) if row else None


async def till_by_key(db: Scope, kept: str) -> Till | None:
    """Return the till whose device has a key."""
    row = await db.fetchrow(f"{TILL} WHERE t.key_hash = $1 AND t.revoked_at IS NULL AND t.active", kept)
    return _as(Till, row) if row else None


async def pair(db: Scope, code: str, key: str, device: str, now: datetime) -> UUID | None:
    """Give the till with a pairing code a key, once, and return its id; the device that had one before has none any more."""
    found: UUID | None = await db.fetchval(
        "UPDATE retail_pos_till SET key_hash = $2, device = $3, paired_at = $4, revoked_at = NULL, pairing_hash = NULL, "
        "pairing_until = NULL, version = version + 1 WHERE pairing_hash = $1 AND pairing_until > $4 AND active RETURNING id",
        *(code, key, device, now),
    )
    return found


async def offer_pairing(db: Scope, till_id: UUID, code: str, until: datetime) -> None:
    """Keep a pairing code of a till, instead of one before."""
    await db.execute("UPDATE retail_pos_till SET pairing_hash = $2, pairing_until = $3 WHERE id = $1", till_id, code, until)


async def revoke(db: Scope, till_id: UUID, now: datetime) -> int:
    """Take a till's key away; returns 1 when it had one."""
    return await db.execute(
        "UPDATE retail_pos_till SET revoked_at = $2, key_hash = NULL, pairing_hash = NULL, version = version + 1 "
        "WHERE id = $1 AND key_hash IS NOT NULL",
        *(till_id, now),
    )


async def seen(db: Scope, till_id: UUID, now: datetime) -> None:
    """Remember that a till's device asked for something."""
    await db.execute("UPDATE retail_pos_till SET seen_at = $2 WHERE id = $1", till_id, now)


async def add_store(db: Scope, draft: StoreDraft) -> Store:
    """Make a store; raises `Conflict` for a code that is taken."""
    made = Store(id=new_id(), **{**msgspec.structs.asdict(draft), "version": 1})
    await _insert(db, "retail_pos_store", msgspec.structs.asdict(made), f"There is a store with the code {draft.code} already.")
    return made


async def add_till(db: Scope, draft: TillDraft) -> UUID:
    """Make a till and return its id; raises `Conflict` for a code that is taken."""
    values = {**msgspec.structs.asdict(draft), "id": new_id(), "version": 1}
    values |= {"device": "", "chain_seq": 0, "chain_hash": FIRST, "last_seq": 0}
    await _insert(db, "retail_pos_till", values, f"There is a till with the code {draft.code} already.")
    made: UUID = values["id"]
    return made


async def add_operator(db: Scope, made: Operator) -> None:
    """Make an operator; raises `Conflict` for a name that is taken."""
    await _insert(db, "retail_pos_operator", msgspec.structs.asdict(made), f"There is an operator called {made.name} already.")


async def change(db: Scope, table: str, values: dict[str, Any], version: int) -> bool:
    """Write a store, till or operator over its version; returns False when somebody else was faster. Raises `Conflict` for a taken name."""
    names = [name for name in values if name not in ("id", "version")]
    places = ", ".join(f"{name} = ${place}" for place, name in enumerate(names, 3))
    sql = f"UPDATE {table} SET {places}, version = version + 1 WHERE id = $1 AND version = $2"
    try:
        return await db.execute(sql, values["id"], version, *(values[name] for name in names)) == 1
    except asyncpg.UniqueViolationError as taken:
        raise Conflict("Another one has that name or code already: choose a different one.") from taken


async def _insert(db: Scope, table: str, values: dict[str, Any], taken: str) -> None:
    names = ", ".join(values)
    places = ", ".join(f"${place}" for place in range(1, len(values) + 1))
    if not await db.execute(f"INSERT INTO {table} ({names}) VALUES ({places}) ON CONFLICT DO NOTHING", *values.values()):
        raise Conflict(taken)
