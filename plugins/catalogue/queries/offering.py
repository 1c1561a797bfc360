"""What is for sale, with codes and prices, in parts that a device takes along."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from weft import Scope
from weft.contracts import OfferedItem

from ..domain.variants import title_of

_PART = """
WITH part AS MATERIALIZED (
    SELECT v.id, v.sku, v.choices, v.active AND p.status = 'active' AS for_sale, p.name, p.category, p.unit, p.tags, p.tax_category
    FROM catalogue_variant v JOIN catalogue_product p ON p.id = v.product
    WHERE ($3::uuid IS NULL OR v.id > $3) AND CASE WHEN $4::timestamptz IS NULL THEN v.active AND p.status = 'active'
        ELSE p.updated_at >= $4 OR EXISTS (
            SELECT FROM catalogue_price r WHERE r.variant = v.id AND r.price_list = $1
            AND (r.valid_from BETWEEN ($4::timestamptz)::date AND $2 OR r.valid_to BETWEEN ($4::timestamptz)::date - 1 AND $2)) END
    ORDER BY v.id LIMIT $5
), coded AS (
    SELECT b.variant, array_agg(b.key ORDER BY b.position, b.key) AS keys, array_agg(b.quantity ORDER BY b.position, b.key) AS units
    FROM catalogue_barcode b WHERE b.variant IN (SELECT id FROM part) GROUP BY b.variant
), priced AS (
    SELECT r.variant, array_agg(r.min_quantity ORDER BY r.min_quantity) AS least, array_agg(r.amount ORDER BY r.min_quantity) AS amounts
    FROM catalogue_price r WHERE r.variant IN (SELECT id FROM part) AND r.price_list = $1 AND $2 >= r.valid_from
    AND ($2 <= r.valid_to OR r.valid_to IS NULL) GROUP BY r.variant
)
SELECT part.id, part.sku, part.choices, part.for_sale, part.name, part.tags, part.tax_category, coalesce(u.code, '') AS unit,
    coalesce(c.full_name, '') AS category, coded.keys, coded.units, priced.least, priced.amounts
FROM part LEFT JOIN coded ON coded.variant = part.id LEFT JOIN priced ON priced.variant = part.id
LEFT JOIN catalogue_unit u ON u.id = part.unit LEFT JOIN catalogue_category c ON c.id = part.category ORDER BY part.id
"""


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which part: the prices of a list on a day, changes `since` a moment, items `after` one, at most `limit`."""

    price_list: UUID
    day: date
    since: datetime | None
    after: UUID | None
    limit: int


async def part(db: Scope, wanted: Wanted) -> Sequence[OfferedItem]:
    """Return a part of what is for sale, in the order of ids."""
    rows = await db.fetch(_PART, wanted.price_list, wanted.day, wanted.after, wanted.since, wanted.limit)
    found = []
    for row in rows:
        named = title_of(tuple(row["choices"]))
        found.append(
            OfferedItem(
                id=row["id"],
                sku=row["sku"],
                name=f"{row['name']}, {named}" if named else row["name"],
                for_sale=row["for_sale"],
                unit=row["unit"],
                category=row["category"],
                tags=tuple(row["tags"]),
                tax_category=row["tax_category"],
                barcodes=tuple(zip(row["keys"] or (), row["units"] or (), strict=True)),
                prices=tuple(zip(row["least"] or (), row["amounts"] or (), strict=True)),
            )
        )
    return found


async def count(db: Scope) -> int:
    """Return how many items are for sale."""
    found: int = await db.fetchval(
        "SELECT count(*) FROM catalogue_variant v JOIN catalogue_product p ON p.id = v.product WHERE v.active AND p.status = 'active'"
    )
    return found
