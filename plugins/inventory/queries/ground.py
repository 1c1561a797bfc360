"""Reads what moving goods asks about, and locks the items that move, always in the same order."""

import json
from collections.abc import Collection, Sequence
from decimal import Decimal
from typing import Any
from uuid import UUID

from weft import Row, Scope
from weft.contracts import Source

from ..domain.ground import Ground, Kept, LotHeld, Original, Past, Place, Stood, layers_of
from ..domain.valuation import Flow, Pool

_ITEM = """i.item, i.sku, i.name, i.sort_name, i.search_text, i.category, i.unit, i.kept, i.tracking, i.method, i.quantity,
    i.value, i.cost, i.layers,
    i.seq, i.last_day, i.begun_after, i.begun_cost, i.below_zero, i.removal"""
# Items are locked before anything is read of them; a row that was waited for is read as it is then. The rest is true for good or is
# held by a constraint.
_LOCKED = f"""
WITH locked AS (SELECT {_ITEM} FROM inventory_item i WHERE i.item = ANY ($1::uuid[]) ORDER BY i.item FOR UPDATE)
SELECT {_ITEM.replace("i.", "l.")}, NULL::text AS places, NULL::text AS stood, NULL::date AS closed FROM locked l
UNION ALL
SELECT NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL,
    (SELECT json_agg(json_build_array(p.id, p.code, p.title, p.kind, p.active)) FROM inventory_location p
        WHERE p.code = ANY ($2::text[]))::text,
    (SELECT json_agg(json_build_array(d.source_kind, d.source_id, d.id, d.digest))
        FROM inventory_document d JOIN unnest($3::text[], $4::text[]) AS s (kind, id)
        ON d.source_kind = s.kind AND d.source_id = s.id)::text,
    (SELECT max(c.through) FROM inventory_period c)
"""


async def lock(db: Scope, item_ids: Collection[UUID], codes: Collection[str], sources: Sequence[Source]) -> Ground:
    """Return items, which stay locked until the transaction ends, places by their codes, and documents that moved goods already."""
    rows = await db.fetch(_LOCKED, list(item_ids), list(codes), [each.kind for each in sources], [each.id for each in sources])
    items = {row["item"]: kept_of(row) for row in rows if row["item"] is not None}
    rest = next(row for row in rows if row["item"] is None)
    places = [Place(UUID(id_), *facts) for id_, *facts in json.loads(rest["places"] or "[]")]
    stood = {(kind, id_): Stood(UUID(found), digest) for kind, id_, found, digest in json.loads(rest["stood"] or "[]")}
    return Ground(items=items, places={each.code: each for each in places}, stood=stood, closed=rest["closed"])


def kept_of(row: Row) -> Kept:
    """Return an item from a row of its table."""
    pool = Pool(row["method"], row["cost"], row["quantity"], row["value"], layers_of(json.loads(row["layers"])))
    return Kept(
        item=row["item"],
        sku=row["sku"],
        name=row["name"],
        sort_name=row["sort_name"],
        search_text=row["search_text"],
        category=row["category"],
        unit=row["unit"],
        kept=row["kept"],
        tracking=row["tracking"],
        pool=pool,
        seq=row["seq"],
        last_day=row["last_day"],
        begun_after=row["begun_after"],
        begun_cost=row["begun_cost"],
        below_zero=row["below_zero"],
        removal=row["removal"],
    )


async def on_hand(db: Scope, item_ids: Collection[UUID], place_ids: Collection[UUID]) -> dict[tuple[UUID, UUID], Decimal]:
    """Return what there is of items at places; to be asked when the items are locked."""
    rows = await db.fetch(
        "SELECT b.item, b.location, b.on_hand FROM inventory_balance b WHERE b.item = ANY ($1::uuid[]) AND b.location = ANY ($2::uuid[])",
        list(item_ids),
        list(place_ids),
    )
    return {(row["item"], row["location"]): row["on_hand"] for row in rows}


async def lots(
    db: Scope, item_ids: Collection[UUID], numbers: Collection[str]
) -> tuple[dict[tuple[UUID, UUID], tuple[LotHeld, ...]], dict[tuple[UUID, str], UUID], frozenset[UUID]]:
    """Return lots of items: those there are of by place, the ids of those named, and all that are somewhere."""
    rows = await db.fetch(
        """
        SELECT l.id, l.item, l.number, l.expires, b.location, b.on_hand FROM inventory_lot l
        LEFT JOIN inventory_lot_balance b ON b.lot = l.id AND b.on_hand <> 0
        WHERE l.item = ANY ($1::uuid[]) AND (b.id IS NOT NULL OR l.number = ANY ($2::text[]))
        """,
        list(item_ids),
        list(numbers),
    )
    held: dict[tuple[UUID, UUID], list[LotHeld]] = {}
    ids: dict[tuple[UUID, str], UUID] = {}
    for row in rows:
        ids[row["item"], row["number"]] = row["id"]
        if row["location"]:
            found = LotHeld(row["id"], row["number"], row["expires"], row["on_hand"])
            held.setdefault((row["item"], row["location"]), []).append(found)
    present = frozenset(each.lot for found in held.values() for each in found if each.on_hand > 0)
    return {key: tuple(found) for key, found in held.items()}, ids, present


_ORIGINALS = """
SELECT m.id, m.item, m.quantity, m.lot, o.code AS origin, d.code AS destination,
    abs(coalesce((SELECT sum(v.value) FROM inventory_valuation v WHERE v.move = m.id AND v.kind <> 'correction'), m.cost)) AS flowed,
    abs(coalesce((SELECT sum(v.value) FROM inventory_valuation v WHERE v.move = m.id), m.cost)) AS total, o.kind AS origin_kind
FROM inventory_move m JOIN inventory_location o ON o.id = m.origin JOIN inventory_location d ON d.id = m.destination
"""


async def originals(db: Scope, move_ids: Collection[UUID]) -> dict[UUID, Original]:
    """Return moves that goods come back from. What a receipt corrected of goods that were missing is no part of what it was worth."""
    rows = await db.fetch(f"{_ORIGINALS} WHERE m.id = ANY ($1::uuid[])", list(move_ids))
    return {
        row["id"]: Original(
            id=row["id"],
            item=row["item"],
            quantity=row["quantity"],
            worth=row["total"] if row["origin_kind"] in ("internal", "transit") else row["flowed"],
            origin=row["origin"],
            destination=row["destination"],
            lot=row["lot"],
        )
        for row in rows
    }


_PASTS = """
SELECT m.id, m.item, f.date, f.seq, f.quantity, s.total, m.returns, m.undoes, m.given,
    CASE WHEN s.revalued IS NOT NULL THEN coalesce(m.given, abs(f.value)) + s.revalued ELSE m.given END AS worth,
    CASE WHEN f.quantity > 0 THEN o.kind ELSE d.kind END AS outside
FROM inventory_valuation f JOIN inventory_item i ON i.item = f.item JOIN inventory_move m ON m.id = f.move
JOIN inventory_location o ON o.id = m.origin JOIN inventory_location d ON d.id = m.destination
CROSS JOIN LATERAL (SELECT sum(v.value) AS total, sum(v.value) FILTER (WHERE v.kind = 'revaluation') AS revalued
    FROM inventory_valuation v WHERE v.move = m.id) AS s
WHERE f.item = ANY ($1::uuid[]) AND f.kind = 'flow' AND f.seq > i.begun_after ORDER BY f.item, f.date, f.seq
"""


async def pasts(db: Scope, item_ids: Collection[UUID]) -> dict[UUID, tuple[Past, ...]]:
    """Return all flows of items that their method valued, in order."""
    found: dict[UUID, list[Past]] = {}
    for row in await db.fetch(_PASTS, list(item_ids)):
        found.setdefault(row["item"], []).append(_past(row))
    return {item: tuple(flows) for item, flows in found.items()}


def _past(row: Any) -> Past:
    like = row["undoes"] or row["returns"]
    of = str(row["undoes"]) if row["undoes"] and row["quantity"] < 0 else ""
    goods = Flow(str(row["id"]), row["quantity"], row["worth"], str(like) if like and row["worth"] is not None else "", of)
    return Past(goods, row["id"], row["date"], row["seq"], row["total"], row["outside"])
