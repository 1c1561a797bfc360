"""What is not finished, and sums that are kept beside rows of their own: asked every night, and before books are closed."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from weft import Scope

_HELD = """
SELECT i.item, i.name, l.code, coalesce(b.reserved, 0) AS reserved, coalesce(r.held, 0) AS held, coalesce(b.promised, 0) AS promised,
    coalesce(r.asked, 0) AS asked, coalesce(b.expected, 0) AS expected, coalesce(e.coming, 0) AS coming
FROM (SELECT b.item, b.location, b.reserved, b.promised, b.expected FROM inventory_balance b
    WHERE b.reserved > 0 OR b.promised > 0 OR b.expected > 0) AS b
FULL JOIN (SELECT r.item, r.location, sum(r.quantity) AS held, sum(r.asked) AS asked FROM inventory_reservation r GROUP BY 1, 2) AS r
    ON r.item = b.item AND r.location = b.location
FULL JOIN (SELECT e.item, e.location, sum(e.quantity) AS coming FROM inventory_expected e GROUP BY 1, 2) AS e
    ON e.item = coalesce(b.item, r.item) AND e.location = coalesce(b.location, r.location)
JOIN inventory_item i ON i.item = coalesce(b.item, r.item, e.item)
JOIN inventory_location l ON l.id = coalesce(b.location, r.location, e.location)
WHERE (coalesce(b.reserved, 0), coalesce(b.promised, 0), coalesce(b.expected, 0))
    <> (coalesce(r.held, 0), coalesce(r.asked, 0), coalesce(e.coming, 0))
ORDER BY i.sort_name LIMIT 100
"""
_LOTS = """
WITH scanned AS (
    SELECT m.lot, m.destination AS location, m.quantity FROM inventory_move m WHERE m.lot IS NOT NULL
    UNION ALL SELECT m.lot, m.origin, -m.quantity FROM inventory_move m WHERE m.lot IS NOT NULL
), summed AS (
    SELECT s.lot, s.location, sum(s.quantity) AS quantity FROM scanned s JOIN inventory_location l ON l.id = s.location
    WHERE l.kind IN ('internal', 'transit') GROUP BY s.lot, s.location
)
SELECT o.item, i.name, o.number, l.code, coalesce(b.on_hand, 0) AS kept, coalesce(s.quantity, 0) AS scanned
FROM inventory_lot_balance b FULL JOIN summed s ON s.lot = b.lot AND s.location = b.location
JOIN inventory_lot o ON o.id = coalesce(b.lot, s.lot) JOIN inventory_item i ON i.item = o.item
JOIN inventory_location l ON l.id = coalesce(b.location, s.location)
WHERE coalesce(b.on_hand, 0) <> coalesce(s.quantity, 0) ORDER BY i.sort_name, o.number LIMIT 100
"""


async def unequal_held(db: Scope) -> Sequence[Any]:
    """Return balances whose reserved, promised or expected quantity is not what documents hold, ask for or bring."""
    return await db.fetch(_HELD)


async def unequal_lots(db: Scope) -> Sequence[Any]:
    """Return lots of which there is not what their moves add up to."""
    return await db.fetch(_LOTS)


async def below_zero(db: Scope) -> Sequence[Any]:
    """Return balances below zero, with the category of the item."""
    return await db.fetch(
        "SELECT i.item, i.name, i.category, l.code, b.on_hand FROM inventory_balance b JOIN inventory_item i ON i.item = b.item "
        "JOIN inventory_location l ON l.id = b.location WHERE b.below ORDER BY b.sort_name, b.id LIMIT 500"
    )


async def counts_open(db: Scope, through: date) -> Sequence[Any]:
    """Return counts that were begun on a day or before and are neither posted nor given up."""
    return await db.fetch(
        "SELECT c.id, c.title, c.state FROM inventory_count c WHERE c.state IN ('counting', 'review') AND c.begun_at < $1::date + 1 "
        "ORDER BY c.begun_at, c.id LIMIT 100",
        through,
    )


async def movements_open(db: Scope, through: date) -> Sequence[Any]:
    """Return movements planned for a day or before that nobody carried out."""
    return await db.fetch(
        "SELECT m.id, m.title, m.date FROM inventory_movement m WHERE m.state IN ('draft', 'reserved') AND m.date <= $1 "
        "ORDER BY m.date, m.id LIMIT 100",
        through,
    )
