"""Receipts as they were sent, to be shown and printed, and what was printed and mailed of them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

import msgspec

from weft import Row, Scope, new_id

TOKEN = 32  # hex digits of a receipt's hash that are its public address: 128 bits, 74 of them random in its id alone

_SENT = """
SELECT i.id, i.till, i.body, i.hash, i.state, i.chain, t.code AS till_code, t.printer, s.title AS store_title, s.address, s.phone, s.head,
    s.foot, coalesce(o.name, '') AS operator
FROM retail_pos_inbox i JOIN retail_pos_till t ON t.id = i.till JOIN retail_pos_store s ON s.id = t.store
LEFT JOIN retail_pos_operator o ON o.id = (i.body ->> 'operator')::uuid
WHERE i.type = 'receipt'
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sent:
    """A receipt as its till sent it, with its store and who sold."""

    id: UUID
    till: UUID
    body: dict[str, Any]
    hash: str
    state: str
    chain: str
    till_code: str
    printer: str
    store_title: str
    address: str
    phone: str
    head: str
    foot: str
    operator: str

    @property
    def token(self) -> str:
        """What its public address ends in."""
        return self.hash[:TOKEN]


class CopyRow(NamedTuple):
    """A receipt that was printed or mailed: which copy, how, where to, when and by whom."""

    id: UUID
    record: UUID
    number: int
    way: str
    target: str
    made_at: datetime
    person: UUID | None


def _sent(row: Row | None) -> Sent | None:
    if row is None:
        return None
    values = dict(row.items())
    body = values["body"]
    return Sent(**{**values, "body": msgspec.json.decode(body) if isinstance(body, str) else body})


async def sent(db: Scope, record_id: UUID) -> Sent | None:
    """Return a receipt by the id of its record."""
    return _sent(await db.fetchrow(f"{_SENT} AND i.id = $1", record_id))


async def by_token(db: Scope, token: str) -> Sent | None:
    """Return a receipt by its public address."""
    return _sent(await db.fetchrow(f"{_SENT} AND left(i.hash, 32) = $1", token))


async def references(db: Scope, records: Sequence[UUID]) -> dict[str, str]:
    """Return what receipts are called, by the ids of their records as text."""
    rows = await db.fetch(
        "SELECT id::text AS id, body #>> '{receipt,reference}' AS reference FROM retail_pos_inbox WHERE id = ANY ($1) AND type = 'receipt'",
        list(records),
    )
    return {row["id"]: row["reference"] for row in rows}


async def copies(db: Scope, record_id: UUID) -> list[CopyRow]:
    """Return what was printed and mailed of a receipt, the first first."""
    rows = await db.fetch(
        "SELECT id, record, number, way, target, made_at, person FROM retail_pos_copy WHERE record = $1 ORDER BY number", record_id
    )
    return [CopyRow(*(row[name] for name in CopyRow._fields)) for row in rows]


async def add_copy(
    db: Scope, record_id: UUID, way: str, target: str, now: datetime, person: UUID | None, *, first: bool = False
) -> CopyRow:
    """Count a copy of a receipt; with `first` it is no copy, but the first print, where none was made yet."""
    made = new_id()
    await db.fetchval("SELECT id FROM retail_pos_inbox WHERE id = $1 FOR UPDATE", record_id)  # two at once get numbers one after the other
    number = await db.fetchval(
        "INSERT INTO retail_pos_copy (id, record, number, way, target, made_at, person) "
        "SELECT $1, $2, CASE WHEN $7 AND count(*) FILTER (WHERE number = 0) = 0 THEN 0 ELSE coalesce(max(number), 0) + 1 END, "
        "$3, $4, $5, $6 FROM retail_pos_copy WHERE record = $2 RETURNING number",
        *(made, record_id, way, target, now, person, first),
    )
    return CopyRow(made, record_id, number, way, target, now, person)


async def copy(db: Scope, copy_id: UUID) -> CopyRow | None:
    """Return a copy."""
    row = await db.fetchrow("SELECT id, record, number, way, target, made_at, person FROM retail_pos_copy WHERE id = $1", copy_id)
    return CopyRow(*(row[name] for name in CopyRow._fields)) if row else None


async def mailed_to(db: Scope, address: str) -> list[CopyRow]:
    """Return what was mailed to an address, the first first."""
    rows = await db.fetch(
        "SELECT id, record, number, way, target, made_at, person FROM retail_pos_copy WHERE way = 'mail' AND lower(target) = lower($1) "
        "ORDER BY made_at, id",
        address,
    )
    return [CopyRow(*(row[name] for name in CopyRow._fields)) for row in rows]


async def forget_address(db: Scope, address: str) -> int:
    """Forget where receipts were mailed to; returns how many."""
    return await db.execute("UPDATE retail_pos_copy SET target = 'erased' WHERE way = 'mail' AND lower(target) = lower($1)", address)
