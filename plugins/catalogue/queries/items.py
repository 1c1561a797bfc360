"""Reads variants as the items that other plugins know."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from weft import Row, Scope
from weft.contracts import Item

from ..domain.measures import in_kg, in_litres
from ..domain.naming import folded
from ..domain.variants import title_of

_ITEMS = """
SELECT v.id, v.product, v.sku, v.choices, v.active, v.weight, v.weight_unit,
    v.length, v.width, v.height, v.size_unit, p.name, p.kind, p.status, p.brand, p.tags, p.tax_category,
    p.country, p.hs_code, p.image, u.code AS unit, coalesce(c.full_name, '') AS category,
    coalesce((SELECT b.code FROM catalogue_barcode b WHERE b.variant = v.id ORDER BY b.position, b.key LIMIT 1), '') AS barcode
FROM catalogue_variant v JOIN catalogue_product p ON p.id = v.product LEFT JOIN catalogue_unit u ON u.id = p.unit
LEFT JOIN catalogue_category c ON c.id = p.category WHERE v.id = ANY ($1::uuid[])
"""


async def load(db: Scope, item_ids: Sequence[UUID]) -> dict[UUID, Item]:
    """Return items by id, in the order asked for, those that exist."""
    found = {row["id"]: _item(row) for row in await db.fetch(_ITEMS, list(item_ids))}
    return {item_id: found[item_id] for item_id in item_ids if item_id in found}


def _item(row: Row) -> Item:
    named = title_of(tuple(row["choices"]))
    weight: Any = row["weight"]
    sides: list[Any] = [row[name] for name in ("length", "width", "height")]
    return Item(
        id=row["id"],
        product_id=row["product"],
        sku=row["sku"],
        name=f"{row['name']}, {named}" if named else row["name"],
        kind=row["kind"],
        for_sale=row["active"] and row["status"] == "active",
        unit=row["unit"] or "",
        barcode=row["barcode"],
        category=row["category"],
        brand=row["brand"],
        tags=tuple(row["tags"]),
        tax_category=row["tax_category"],
        country_of_origin=row["country"],
        hs_code=row["hs_code"],
        weight_kg=None if weight is None else in_kg(weight, row["weight_unit"]),
        volume_l=in_litres(sides[0], sides[1], sides[2], row["size_unit"]) if all(sides) else None,
        image=row["image"],
    )


async def by_words(db: Scope, text: str, limit: int) -> list[UUID]:
    """Return the variants for sale of products that hold all words in names, brands or codes; a SKU that is meant comes first."""
    words = folded(text).split()[:6]
    if not words:
        return []
    rows = await db.fetch(
        """
        SELECT v.id FROM catalogue_product p JOIN catalogue_variant v ON v.product = p.id
        WHERE p.search_text LIKE ALL ($1::text[]) AND p.status = 'active' AND v.active
        ORDER BY upper(v.sku) = upper($2) DESC, starts_with(p.sort_name, $3) DESC, p.sort_name, p.id, v.position LIMIT $4
        """,
        *([f"%{_escaped(word)}%" for word in words], text.strip(), words[0], limit),
    )
    return [row["id"] for row in rows]


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
