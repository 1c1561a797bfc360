"""Orders with their lines, and the numbers of documents."""

from collections.abc import Sequence
from decimal import Decimal
from uuid import UUID

import msgspec

from weft import Scope, new_id

from ..domain.orders import Order, OrderLine, Totals
from ..domain.suppliers import fold
from . import rows

_ORDER = f"SELECT {rows.columns(Order, 'o', 'lines')} FROM purchasing_order o"
_LINES = f"SELECT {rows.columns(OrderLine, 'l')}, l.purchase_order FROM purchasing_order_line l"


async def next_number(db: Scope, kind: str, year: int) -> int:
    """Take the next number of a kind of document in a year; a rollback gives it back."""
    number = await db.fetchval(
        "INSERT INTO purchasing_counter (id, kind, year, last) VALUES ($1, $2, $3, 1) "
        "ON CONFLICT (kind, year) DO UPDATE SET last = purchasing_counter.last + 1 RETURNING last",
        *(new_id(), kind, year),
    )
    return int(number)


async def order(db: Scope, order_id: UUID, *, lock: bool = False) -> Order | None:
    """Return an order with its lines, locked until the transaction ends when asked for."""
    found = await orders(db, [order_id], lock=lock)
    return found[0] if found else None


async def orders(db: Scope, ids: Sequence[UUID], *, lock: bool = False) -> list[Order]:
    """Return orders with their lines, in the order of their ids."""
    found = await db.fetch(f"{_ORDER} WHERE o.id = ANY ($1::uuid[]) ORDER BY o.id{' FOR UPDATE' if lock else ''}", list(ids))
    if not found:
        return []
    lines: dict[UUID, list[OrderLine]] = {}
    for row in await db.fetch(
        f"{_LINES} WHERE l.purchase_order = ANY ($1::uuid[]) ORDER BY l.position, l.id", [row["id"] for row in found]
    ):
        lines.setdefault(row["purchase_order"], []).append(rows.read(OrderLine, row))
    return [rows.read(Order, row, lines=tuple(lines.get(row["id"], ()))) for row in found]


async def put(db: Scope, order: Order, totals: Totals, base_search: str = "") -> None:
    """Store an order and its lines; lines that are gone are deleted."""
    text = fold(" ".join((order.number, order.supplier_name, order.reference, *(f"{each.sku} {each.description}" for each in order.lines))))
    more = {"net": totals.net, "total": totals.total, "base_net": totals.base_net, "search_text": text + base_search}
    await rows.put(db, "purchasing_order", order, "lines", **more)
    await db.execute(
        "DELETE FROM purchasing_order_line l WHERE l.purchase_order = $1 AND NOT (l.id = ANY ($2::uuid[]))",
        *(order.id, [each.id for each in order.lines]),
    )
    await rows.put_all(db, "purchasing_order_line", order.lines, purchase_order=order.id)


async def put_progress(db: Scope, order: Order) -> None:
    """Store the state of an order and what came, went back and was billed of its lines."""
    await db.execute(
        "UPDATE purchasing_order o SET state = $2, version = $3, reason = $4 WHERE o.id = $1",
        *(order.id, order.state.value, order.version, order.reason),
    )
    for each in order.lines:
        await db.execute(
            "UPDATE purchasing_order_line l SET received = $2, returned = $3, billed = $4 WHERE l.id = $1",
            *(each.id, each.received, each.returned, each.billed),
        )


async def put_approval(db: Scope, order: Order) -> None:
    """Store who agreed to an order, its state, and when it was sent to whom."""
    await db.execute(
        "UPDATE purchasing_order o SET state = $2, version = $3, approvals = $4::text::jsonb, asked_by = $5, asked_name = $6, reason = $7, "
        "sent_at = $8, sent_to = $9 WHERE o.id = $1",
        *(order.id, order.state.value, order.version, msgspec.json.encode(order.approvals).decode(), order.asked_by, order.asked_name),
        *(order.reason, order.sent_at, order.sent_to),
    )


async def delete(db: Scope, order_id: UUID) -> None:
    """Delete a draft."""
    await db.execute("DELETE FROM purchasing_order o WHERE o.id = $1 AND o.state = 'draft'", order_id)


async def waiting(db: Scope, limit: int) -> list[Order]:
    """Return orders that wait for approval, the oldest first."""
    rows = await db.fetch("SELECT o.id FROM purchasing_order o WHERE o.state = 'waiting' ORDER BY o.id LIMIT $1", limit)
    return await orders(db, [row["id"] for row in rows])


async def running_of(db: Scope, supplier: UUID, limit: int = 50) -> list[Order]:
    """Return a supplier's orders that are neither closed nor cancelled, the latest first."""
    found = await db.fetch(
        "SELECT o.id FROM purchasing_order o WHERE o.supplier = $1 AND o.state NOT IN ('closed', 'cancelled') "
        "ORDER BY o.ordered DESC, o.id DESC LIMIT $2",
        *(supplier, limit),
    )
    return list(reversed(await orders(db, [row["id"] for row in found])))


async def receivable(db: Scope, limit: int, text: str = "") -> list[Order]:
    """Return orders of which goods may come, those expected first coming first; `text` is in their number, supplier or its number."""
    found = await db.fetch(
        "SELECT o.id FROM purchasing_order o WHERE o.state IN ('approved', 'sent', 'partly_received') "
        "AND ($2 = '' OR strpos(lower(concat_ws(' ', o.number, o.supplier_name, o.reference)), $2) > 0) "
        "ORDER BY $2 NOT IN (lower(o.number), lower(o.reference)), coalesce(o.expected, o.ordered), o.id LIMIT $1",
        *(limit, text.lower()),
    )
    ids = [row["id"] for row in found]
    place = {each: at for at, each in enumerate(ids)}
    return sorted(await orders(db, ids), key=lambda each: place[each.id])


async def by_words(db: Scope, words: Sequence[str], limit: int) -> list[Order]:
    """Return orders whose number, supplier or lines hold all words, the latest first."""
    where = " AND ".join(f"o.search_text LIKE ${place}" for place in range(2, len(words) + 2))
    found = await db.fetch(
        f"SELECT o.id FROM purchasing_order o WHERE {where} ORDER BY o.ordered DESC, o.id DESC LIMIT $1",
        *(limit, *(f"%{word}%" for word in words)),
    )
    return list(reversed(await orders(db, [row["id"] for row in found])))


async def lines(db: Scope, ids: Sequence[UUID]) -> dict[UUID, OrderLine]:
    """Return lines of orders by id."""
    return {row["id"]: rows.read(OrderLine, row) for row in await db.fetch(f"{_LINES} WHERE l.id = ANY ($1::uuid[])", list(ids))}


async def drafted(db: Scope, items: Sequence[UUID]) -> dict[UUID, Decimal]:
    """Return how much of items is on orders that are not agreed to yet."""
    found = await db.fetch(
        "SELECT l.item, sum(l.quantity) AS quantity FROM purchasing_order_line l JOIN purchasing_order o ON o.id = l.purchase_order "
        "WHERE o.state IN ('draft', 'waiting') AND l.item = ANY ($1::uuid[]) GROUP BY 1",
        list(items),
    )
    return {row["item"]: row["quantity"] for row in found}


async def running_with(db: Scope, item: UUID, limit: int = 20) -> list[Order]:
    """Return orders of which an item is still to come, the oldest first."""
    found = await db.fetch(
        "SELECT DISTINCT o.id FROM purchasing_order o JOIN purchasing_order_line l ON l.purchase_order = o.id "
        "WHERE l.item = $1 AND l.received < l.quantity AND o.state IN ('approved', 'sent', 'partly_received') ORDER BY o.id LIMIT $2",
        *(item, limit),
    )
    return await orders(db, [row["id"] for row in found])
