"""Writes what moved: documents, moves, values, items and balances in one statement, however many there are."""

import json
from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

import asyncpg

from weft import Conflict, Scope, new_id
from weft.contracts import AlreadyMoved, StockDocument

from ..domain.ground import layers_told
from ..domain.plan import Plan
from ..domain.queue import ZERO

_PARTS = (
    ("lotted", "inventory_lot", "id uuid, item uuid, number text, expires date", ""),
    (
        "documented",
        "inventory_document",
        "id uuid, source_kind text, source_id text, source_title text, date date, at timestamptz, digest text, posted text, undoes uuid, "
        "reason text, by uuid",
        "",
    ),
    (
        "moved",
        "inventory_move",
        "id uuid, document uuid, key text, part int, item uuid, quantity numeric, origin uuid, destination uuid, lot uuid, date date, "
        "at timestamptz, cost numeric, given numeric, returns uuid, undoes uuid, note text",
        "",
    ),
    (
        "valued",
        "inventory_valuation",
        "id uuid, item uuid, seq bigint, move uuid, document uuid, date date, quantity numeric, value numeric, kind text",
        "",
    ),
    (
        "summed",
        "inventory_month",
        "id uuid, item uuid, month date, quantity numeric, value numeric",
        "ON CONFLICT (item, month) DO UPDATE SET quantity = inventory_month.quantity + excluded.quantity, "
        "value = inventory_month.value + excluded.value",
    ),
    (
        "balanced",
        "inventory_balance",
        "id uuid, item uuid, location uuid, place text, sort_name text, sku text, on_hand numeric",
        "ON CONFLICT (item, location) DO UPDATE SET on_hand = inventory_balance.on_hand + excluded.on_hand",
    ),
    (
        "lots_balanced",
        "inventory_lot_balance",
        "id uuid, lot uuid, location uuid, on_hand numeric",
        "ON CONFLICT (lot, location) DO UPDATE SET on_hand = inventory_lot_balance.on_hand + excluded.on_hand",
    ),
)


def _insert(table: str, columns: str, conflict: str, first: int) -> str:
    named = [column.split() for column in columns.split(", ")]
    names = ", ".join(name for name, _ in named)
    values = ", ".join(f"${first + place}::{kind}[]" for place, (_, kind) in enumerate(named))
    return f"INSERT INTO {table} ({names}) SELECT {names} FROM unnest({values}) AS n ({names}) {conflict}"


def _statement(lots: bool) -> str:
    """Return the statement; without lots there is nothing to plan for them."""
    found, first = [], 1
    for name, table, columns, conflict in _PARTS:
        if lots or not name.startswith("lot"):
            found.append(f"{name} AS ({_insert(table, columns, conflict, first)})")
            first += columns.count(",") + 1
    places = [f"${first + place}" for place in range(7)]
    return f"""
WITH {", ".join(found)}
UPDATE inventory_item i SET quantity = n.quantity, value = n.value, cost = n.cost, layers = n.layers, seq = n.seq, last_day = n.last_day
FROM unnest({places[0]}::uuid[], {places[1]}::numeric[], {places[2]}::numeric[], {places[3]}::numeric[], {places[4]}::jsonb[],
    {places[5]}::bigint[], {places[6]}::date[]) AS n (item, quantity, value, cost, layers, seq, last_day)
WHERE i.item = n.item
"""


WRITE, WRITE_LOTS = _statement(lots=False), _statement(lots=True)


def _columns(rows: Sequence[Sequence[Any]], width: int) -> list[list[Any]]:
    return [list(column) for column in zip(*rows, strict=True)] if rows else [[] for _ in range(width)]


async def write(
    db: Scope,
    plan: Plan,
    documents: Sequence[StockDocument],
    digests: Sequence[str],
    *,
    at: datetime,
    by: UUID | None,
    undoes: UUID | None = None,
    reason: str = "",
) -> list[UUID]:
    """Write a plan; returns the ids of its documents. Raises `AlreadyMoved` for what another transaction did meanwhile."""
    ids = [new_id() for _ in documents]
    with_lots = bool(plan.lots or plan.lot_balances)
    values: list[list[Any]] = []
    for name, _, columns, _ in _PARTS:
        if name == "documented":
            rows: Sequence[Sequence[Any]] = [
                (id_, *_document(each, at), digest, each.post, undoes, reason, by)
                for id_, each, digest in zip(ids, documents, digests, strict=True)
            ]
        elif with_lots or not name.startswith("lot"):
            rows = _rows(name, plan, documents, ids, at)
        else:
            continue
        values += _columns(rows, columns.count(",") + 1)
    items = [
        (
            *(each.item, each.pool.quantity, each.pool.value, each.pool.cost),
            *(json.dumps(layers_told(each.pool.layers)), each.seq, each.last_day),
        )
        for each in plan.items.values()
    ]
    try:
        await db.execute(WRITE_LOTS if with_lots else WRITE, *values, *_columns(items, 7))
    except asyncpg.UniqueViolationError as taken:
        raise _taken(taken) from taken
    return ids


def _document(document: StockDocument, at: datetime) -> tuple[Any, ...]:
    source = document.source
    return source.kind, source.id, source.title, document.date, document.at or at


def _rows(name: str, plan: Plan, documents: Sequence[StockDocument], ids: Sequence[UUID], at: datetime) -> list[tuple[Any, ...]]:
    if name == "lotted":
        return [(lot, item, number, expires) for (item, number), (lot, expires) in plan.lots.items()]
    if name == "moved":
        return [
            (
                *(each.id, ids[each.document], each.move.key, each.part.number, each.move.item, each.part.quantity, each.origin.id),
                *(each.destination.id, each.part.lot, each.date, documents[each.document].at or at, each.cost),
                *(each.flow.value if each.flow else None, each.move.returns, each.undoes, each.move.note),
            )
            for each in plan.moves
        ]
    if name == "valued":
        return [
            (new_id(), each.item, each.seq, each.move, ids[each.document], each.date, each.quantity, each.value, each.kind)
            for each in plan.values
        ]
    if name == "summed":
        return _months(plan)
    if name == "balanced":
        return [
            (new_id(), item, place, plan.codes[place], kept.sort_name, kept.sku, change)
            for (item, place), change in plan.balances.items()
            for kept in (plan.items[item],)
        ]
    return [(new_id(), lot, place, change) for (lot, place), change in plan.lot_balances.items()]


def _months(plan: Plan) -> list[tuple[Any, ...]]:
    sums: dict[tuple[UUID, date], tuple[Decimal, Decimal]] = {}
    for each in plan.values:
        key = (each.item, each.date.replace(day=1))
        quantity, value = sums.get(key, (ZERO, ZERO))
        sums[key] = (quantity + each.quantity, value + each.value)
    return [(new_id(), item, month, quantity, value) for (item, month), (quantity, value) in sums.items()]


def _taken(taken: asyncpg.UniqueViolationError) -> Exception:
    if taken.constraint_name == "inventory_document_source":
        return AlreadyMoved("This document moved its goods a moment ago: load it again.")
    if taken.constraint_name == "inventory_document_undone":
        return Conflict("This document was undone a moment ago by somebody else.")
    if taken.constraint_name == "inventory_move_once":
        return Conflict("Two moves of one document have the same key.")
    return Conflict("Somebody else moved these goods at the same moment: try again.")
