"""Suppliers and their prices."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from uuid import UUID

import asyncpg

from weft import Conflict, Scope

from ..domain.prices import SupplierPrice
from ..domain.suppliers import Supplier, fold
from . import rows

_SUPPLIER = f"SELECT {rows.columns(Supplier, 's')} FROM purchasing_supplier s"
_PRICE = f"SELECT {rows.columns(SupplierPrice, 'p')} FROM purchasing_supplier_item p"


@dataclass(frozen=True, slots=True)
class Performance:
    """How a supplier delivered: lines that came by the day they were expected on, lines that came, and what was bought."""

    lines: int
    on_time: int
    bought: Decimal
    returned: Decimal  # share of what came
    lead: Decimal | None  # days from order to delivery, on average


async def supplier(db: Scope, supplier_id: UUID, *, lock: bool = False) -> Supplier | None:
    """Return a supplier."""
    row = await db.fetchrow(f"{_SUPPLIER} WHERE s.id = $1{' FOR UPDATE' if lock else ''}", supplier_id)
    return rows.read(Supplier, row) if row else None


async def suppliers(db: Scope, ids: Sequence[UUID]) -> dict[UUID, Supplier]:
    """Return suppliers by id, those that exist."""
    return {row["id"]: rows.read(Supplier, row) for row in await db.fetch(f"{_SUPPLIER} WHERE s.id = ANY ($1::uuid[])", list(ids))}


async def find(db: Scope, text: str, limit: int = 20) -> list[Supplier]:
    """Return active suppliers whose name or number holds all words, by name."""
    words = [f"%{word}%" for word in fold(text).split()]
    where = "".join(f" AND s.search_text LIKE ${place}" for place in range(2, len(words) + 2))
    return rows.read_all(Supplier, await db.fetch(f"{_SUPPLIER} WHERE s.active{where} ORDER BY s.name, s.id LIMIT $1", limit, *words))


async def put_supplier(db: Scope, supplier: Supplier) -> None:
    """Store a supplier."""
    await rows.put(db, "purchasing_supplier", supplier, search_text=fold(f"{supplier.name} {supplier.account} {supplier.email}"))


async def price(db: Scope, price_id: UUID, *, lock: bool = False) -> SupplierPrice | None:
    """Return a price."""
    row = await db.fetchrow(f"{_PRICE} WHERE p.id = $1{' FOR UPDATE' if lock else ''}", price_id)
    return rows.read(SupplierPrice, row) if row else None


async def prices(db: Scope, items: Sequence[UUID], day: date, supplier: UUID | None = None) -> list[SupplierPrice]:
    """Return what active suppliers ask for items on a day, or one of them."""
    found = await db.fetch(
        f"{_PRICE} JOIN purchasing_supplier s ON s.id = p.supplier AND s.active WHERE p.item = ANY ($1::uuid[]) "
        "AND (p.valid_from IS NULL OR p.valid_from <= $2) AND (p.valid_to IS NULL OR p.valid_to >= $2) "
        "AND ($3::uuid IS NULL OR p.supplier = $3) ORDER BY p.id",
        *(list(items), day, supplier),
    )
    return rows.read_all(SupplierPrice, found)


async def prices_of(db: Scope, supplier: UUID, item: UUID | None = None, *, limit: int = 500) -> list[tuple[SupplierPrice, str, str]]:
    """Return all prices of a supplier with SKU and name of their items, by name."""
    found = await db.fetch(
        f"SELECT {rows.columns(SupplierPrice, 'p')}, p.sku AS item_sku, p.name AS item_name FROM purchasing_supplier_item p "
        "WHERE p.supplier = $1 AND ($2::uuid IS NULL OR p.item = $2) "
        "ORDER BY p.name, p.min_quantity, p.valid_from NULLS FIRST, p.id LIMIT $3",
        *(supplier, item, limit),
    )
    return [(rows.read(SupplierPrice, row), row["item_sku"], row["item_name"]) for row in found]


async def by_supplier_code(db: Scope, code: str, supplier: UUID | None = None) -> list[SupplierPrice]:
    """Return the prices of items that a supplier knows under a code, whatever its case."""
    found = await db.fetch(
        f"{_PRICE} WHERE lower(p.supplier_code) = lower($1) AND p.supplier_code <> '' AND ($2::uuid IS NULL OR p.supplier = $2) "
        "ORDER BY p.id LIMIT 50",
        *(code, supplier),
    )
    return rows.read_all(SupplierPrice, found)


async def put_price(db: Scope, price: SupplierPrice, sku: str, name: str, supplier_name: str) -> None:
    """Store a price; raises `Conflict` where another one of the supplier begins on that day."""
    text = fold(" ".join((sku, name, price.supplier_code, supplier_name)))
    try:
        await rows.put(db, "purchasing_supplier_item", price, sku=sku, name=name, search_text=text)
    except asyncpg.UniqueViolationError as twice:
        raise Conflict("Such a price is there already: change that one.") from twice


async def delete_price(db: Scope, price_id: UUID) -> None:
    """Delete a price."""
    await db.execute("DELETE FROM purchasing_supplier_item p WHERE p.id = $1", price_id)


_PERFORMANCE = """
SELECT r.supplier, count(*)::int AS lines,
    count(*) FILTER (WHERE r.day <= coalesce(l.expected, o.expected, r.day))::int AS on_time,
    coalesce(sum(c.cost - c.landed), 0) AS bought,
    coalesce(sum(c.returned) / nullif(sum(c.quantity), 0), 0) AS returned,
    round(avg(r.day - o.ordered), 1) AS lead
FROM purchasing_receipt r JOIN purchasing_receipt_line c ON c.receipt = r.id
JOIN purchasing_order_line l ON l.id = c.order_line JOIN purchasing_order o ON o.id = l.purchase_order
WHERE r.state = 'done' AND r.day BETWEEN $1 AND $2 AND ($3::uuid IS NULL OR r.supplier = $3)
GROUP BY r.supplier
"""


async def performance(db: Scope, first: date, last: date, supplier: UUID | None = None) -> dict[UUID, Performance]:
    """Return how suppliers delivered on some days."""
    return {
        row["supplier"]: Performance(row["lines"], row["on_time"], row["bought"], row["returned"], row["lead"])
        for row in await db.fetch(_PERFORMANCE, first, last, supplier)
    }
