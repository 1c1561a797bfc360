"""Scans everything again, to compare it with what is kept; and what moved in some days."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from weft import Scope

_BALANCES = """
WITH scanned AS (
    SELECT m.item, m.destination AS location, m.quantity FROM inventory_move m
    UNION ALL SELECT m.item, m.origin, -m.quantity FROM inventory_move m
), summed AS (
    SELECT s.item, s.location, sum(s.quantity) AS quantity FROM scanned s JOIN inventory_location l ON l.id = s.location
    WHERE l.kind IN ('internal', 'transit') GROUP BY s.item, s.location
)
SELECT i.item, i.name, l.code, coalesce(b.on_hand, 0) AS kept, coalesce(s.quantity, 0) AS scanned
FROM inventory_balance b FULL JOIN summed s ON s.item = b.item AND s.location = b.location
JOIN inventory_item i ON i.item = coalesce(b.item, s.item) JOIN inventory_location l ON l.id = coalesce(b.location, s.location)
WHERE coalesce(b.on_hand, 0) <> coalesce(s.quantity, 0) ORDER BY i.sort_name LIMIT 100
"""
_POOLS = """
SELECT i.item, i.name, i.quantity, i.value, coalesce(v.quantity, 0) AS flowed, coalesce(v.value, 0) AS valued,
    coalesce((SELECT sum(b.on_hand) FROM inventory_balance b WHERE b.item = i.item), 0) AS on_hand
FROM inventory_item i LEFT JOIN (
    SELECT v.item, sum(v.quantity) AS quantity, sum(v.value) FILTER (WHERE v.kind <> 'revaluation' OR v.value <> 0) AS value
    FROM inventory_valuation v GROUP BY v.item
) AS v ON v.item = i.item
WHERE i.quantity <> coalesce(v.quantity, 0) OR i.value <> coalesce(v.value, 0)
    OR i.quantity <> coalesce((SELECT sum(b.on_hand) FROM inventory_balance b WHERE b.item = i.item), 0)
ORDER BY i.sort_name LIMIT 100
"""
_LAYERS = """
SELECT i.item, i.name, i.quantity, i.value, l.quantity AS layered, l.value AS worth FROM inventory_item i
CROSS JOIN LATERAL (SELECT coalesce(sum((e ->> 1)::numeric), 0) AS quantity, coalesce(sum((e ->> 2)::numeric), 0) AS value
    FROM jsonb_array_elements(i.layers) AS e) AS l
WHERE i.method = 'fifo' AND (l.quantity, l.value) <> (i.quantity, i.value) ORDER BY i.sort_name LIMIT 100
"""


async def unequal_balances(db: Scope) -> Sequence[Any]:
    """Return balances that are not what moves add up to."""
    return await db.fetch(_BALANCES)


async def unequal_pools(db: Scope) -> Sequence[Any]:
    """Return items whose quantity and value are not what their valuation adds up to, or not what lies at their places."""
    return await db.fetch(_POOLS)


async def unequal_layers(db: Scope) -> Sequence[Any]:
    """Return items whose layers are not their quantity and value."""
    return await db.fetch(_LAYERS)


async def totals(db: Scope) -> tuple[int, int, Decimal]:
    """Return how many items and moves there are, and what stock is worth."""
    row = await db.fetchrow(
        "SELECT (SELECT count(*) FROM inventory_item) AS items, (SELECT count(*) FROM inventory_move) AS moves, "
        "(SELECT coalesce(sum(i.value), 0) FROM inventory_item i) AS value"
    )
    assert row is not None
    return row["items"], row["moves"], row["value"]


async def categories(db: Scope) -> list[str]:
    """Return the categories of items, by one step in the index for each."""
    rows = await db.fetch(
        """
        WITH RECURSIVE found AS (
            SELECT min(i.category) AS category FROM inventory_item i
            UNION ALL
            SELECT (SELECT min(i.category) FROM inventory_item i WHERE i.category > f.category) FROM found f WHERE f.category IS NOT NULL
        ) SELECT f.category FROM found f WHERE f.category IS NOT NULL
        """
    )
    return [row["category"] for row in rows]


async def unequal_months(db: Scope) -> Sequence[Any]:
    """Return months of items that are not what their rows of the valuation add up to."""
    return await db.fetch(
        """
        SELECT i.item, i.name, coalesce(m.month, v.month) AS month, coalesce(m.value, 0) AS kept, coalesce(v.value, 0) AS summed
        FROM inventory_month m FULL JOIN (
            SELECT v.item, date_trunc('month', v.date)::date AS month, sum(v.quantity) AS quantity, sum(v.value) AS value
            FROM inventory_valuation v GROUP BY 1, 2) AS v ON v.item = m.item AND v.month = m.month
        JOIN inventory_item i ON i.item = coalesce(m.item, v.item)
        WHERE (coalesce(m.quantity, 0), coalesce(m.value, 0)) <> (coalesce(v.quantity, 0), coalesce(v.value, 0))
        ORDER BY i.sort_name LIMIT 100
        """
    )


async def expiring(db: Scope, until: date) -> Sequence[Any]:
    """Return lots of which there is something and that expire until a day, the first to expire first."""
    return await db.fetch(
        """
        SELECT l.id, l.number, l.expires, i.name, i.sku, i.unit, sum(b.on_hand) AS quantity, round(sum(b.on_hand) * i.cost, 2) AS value
        FROM inventory_lot l JOIN inventory_item i ON i.item = l.item JOIN inventory_lot_balance b ON b.lot = l.id
        WHERE l.expires <= $1 AND b.on_hand > 0 GROUP BY l.id, i.item ORDER BY l.expires, l.number LIMIT 5000
        """,
        until,
    )


async def moved_between(db: Scope, first: date, last: date) -> Sequence[Any]:
    """Return what came in and went out of each item in some days, with its value."""
    return await db.fetch(
        """
        SELECT i.item, i.sku, i.name, i.category, i.unit, m.came, m.went, m.came_value, m.went_value, m.corrected FROM (
            SELECT v.item, coalesce(sum(v.quantity) FILTER (WHERE v.quantity > 0), 0) AS came,
                coalesce(-sum(v.quantity) FILTER (WHERE v.quantity < 0), 0) AS went,
                coalesce(sum(v.value) FILTER (WHERE v.kind = 'flow' AND v.quantity > 0), 0) AS came_value,
                coalesce(-sum(v.value) FILTER (WHERE v.kind = 'flow' AND v.quantity < 0), 0) AS went_value,
                coalesce(sum(v.value) FILTER (WHERE v.kind <> 'flow'), 0) AS corrected
            FROM inventory_valuation v WHERE v.date BETWEEN $1 AND $2 GROUP BY v.item) AS m
        JOIN inventory_item i ON i.item = m.item ORDER BY i.sort_name, i.item
        """,
        *(first, last),
    )
