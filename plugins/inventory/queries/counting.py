"""Reads and writes counts and reorder rules."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from weft import Row, Scope, new_id

from ..domain.counting import CountLine
from ..domain.reordering import Levels, wanted


@dataclass(frozen=True, slots=True)
class CountFacts:
    """A count; `location` is the code of its place."""

    id: UUID
    title: str
    location: str
    state: str
    blind: bool
    begun_at: datetime
    version: int
    counted_by: tuple[UUID, ...] = ()
    lines: int = 0
    counted: int = 0


_COUNTS = """
SELECT c.id, c.title, l.code AS location, c.state, c.blind, c.begun_at, c.version, c.counted_by,
    (SELECT count(*) FROM inventory_count_line n WHERE n.count = c.id) AS lines,
    (SELECT count(*) FROM inventory_count_line n WHERE n.count = c.id AND n.counted IS NOT NULL) AS counted
FROM inventory_count c JOIN inventory_location l ON l.id = c.location
"""


async def counts(db: Scope) -> list[CountFacts]:
    """Return the latest counts, the last first."""
    rows = await db.fetch(f"{_COUNTS} ORDER BY c.begun_at DESC, c.id DESC LIMIT 100")
    return [_facts(row) for row in rows]


async def count(db: Scope, count_id: UUID) -> CountFacts | None:
    """Return a count."""
    row = await db.fetchrow(f"{_COUNTS} WHERE c.id = $1", count_id)
    return _facts(row) if row else None


def _facts(row: Row) -> CountFacts:
    return CountFacts(**dict(row.items()) | {"counted_by": tuple(row["counted_by"])})


async def lines(db: Scope, count_id: UUID) -> list[CountLine]:
    """Return the lines of a count, by name."""
    rows = await db.fetch(
        """
        SELECT n.id, n.item, i.name, i.sku, i.unit, coalesce(l.number, '') AS lot, n.expected, n.counted, i.cost
        FROM inventory_count_line n JOIN inventory_item i ON i.item = n.item LEFT JOIN inventory_lot l ON l.id = n.lot
        WHERE n.count = $1 ORDER BY i.sort_name, n.id LIMIT 2000
        """,
        count_id,
    )
    return [CountLine(**dict(row.items())) for row in rows]


async def begin(db: Scope, title: str, location: str, category: str, *, blind: bool, at: datetime, by: UUID | None) -> tuple[UUID, int]:
    """Make a count with a line for each item, or lot, of which there is something at a place; returns how many."""
    made = new_id()
    await db.execute(
        "INSERT INTO inventory_count (id, title, location, blind, begun_at, begun_by) "
        "SELECT $1, $2, l.id, $4, $5, $6 FROM inventory_location l WHERE l.code = $3",
        *(made, title, location, blind, at, by),
    )
    rows = await db.fetch(
        """
        SELECT i.item, NULL::uuid AS lot, b.on_hand FROM inventory_balance b JOIN inventory_item i ON i.item = b.item
        JOIN inventory_location l ON l.id = b.location
        WHERE l.code = $1 AND b.on_hand <> 0 AND i.tracking = 'none'
            AND ($2 = '' OR i.category = $2 OR starts_with(i.category, $2 || ' > '))
        UNION ALL
        SELECT i.item, o.id, b.on_hand FROM inventory_lot_balance b JOIN inventory_lot o ON o.id = b.lot
        JOIN inventory_item i ON i.item = o.item JOIN inventory_location l ON l.id = b.location
        WHERE l.code = $1 AND b.on_hand <> 0 AND i.tracking <> 'none'
            AND ($2 = '' OR i.category = $2 OR starts_with(i.category, $2 || ' > '))
        LIMIT 2000
        """,
        *(location, category),
    )
    await add_lines(db, made, [(row["item"], row["lot"], row["on_hand"]) for row in rows])
    return made, len(rows)


async def add_lines(db: Scope, count_id: UUID, found: Sequence[tuple[UUID, UUID | None, Decimal]]) -> None:
    """Add items to a count; those that are in it stay."""
    if found:
        await db.execute(
            "INSERT INTO inventory_count_line (id, count, item, lot, expected) SELECT n.id, $1, n.item, n.lot, n.expected "
            "FROM unnest($2::uuid[], $3::uuid[], $4::uuid[], $5::numeric[]) AS n (id, item, lot, expected) ON CONFLICT DO NOTHING",
            *(count_id, [new_id() for _ in found], *(list(column) for column in zip(*found, strict=True))),
        )


async def set_counted(db: Scope, count_id: UUID, counted: dict[UUID, Decimal | None]) -> None:
    """Keep what was counted of some lines."""
    if counted:
        await db.execute(
            "UPDATE inventory_count_line l SET counted = n.counted FROM unnest($2::uuid[], $3::numeric[]) AS n (id, counted) "
            "WHERE l.id = n.id AND l.count = $1",
            *(count_id, list(counted), list(counted.values())),
        )


async def counted_by(db: Scope, count_id: UUID, person: UUID) -> None:
    """Keep that somebody counted."""
    await db.execute(
        "UPDATE inventory_count c SET counted_by = c.counted_by || $2 WHERE c.id = $1 AND $2 <> ALL (c.counted_by)", count_id, person
    )


async def add_counted(db: Scope, count_id: UUID, item: UUID, quantity: Decimal) -> bool:
    """Add what was scanned to an item's line; returns whether there is one."""
    sql = "UPDATE inventory_count_line l SET counted = coalesce(l.counted, 0) + $3 WHERE l.count = $1 AND l.item = $2 AND l.lot IS NULL"
    return bool(await db.execute(sql, count_id, item, quantity))


async def set_state(db: Scope, count_id: UUID, state: str, version: int) -> bool:
    """Bring a count into another state; returns whether it still had this version."""
    sql = "UPDATE inventory_count c SET state = $2, version = c.version + 1 WHERE c.id = $1 AND c.version = $3"
    return bool(await db.execute(sql, count_id, state, version))


@dataclass(frozen=True, slots=True)
class Suggestion:
    """What to order, or to bring from `supply`, a place of the business's own."""

    rule: UUID | None
    item: UUID
    name: str
    sku: str
    unit: str
    location: str
    supply: str
    levels: Levels
    forecast: Decimal
    version: int

    @property
    def quantity(self) -> Decimal:
        """How much."""
        return wanted(self.levels, self.forecast)


_RULES = """
SELECT r.id AS rule, i.item, i.name, i.sku, i.unit, l.code AS location, coalesce(s.code, '') AS supply, r.minimum, r.target, r.pack,
    r.version, coalesce(b.on_hand - b.promised + b.expected, 0) AS forecast
FROM inventory_reorder_rule r JOIN inventory_item i ON i.item = r.item JOIN inventory_location l ON l.id = r.location
LEFT JOIN inventory_location s ON s.id = r.supply LEFT JOIN inventory_balance b ON b.item = r.item AND b.location = r.location
"""
# Goods that are missing and that no rule speaks of are ordered as well.
_MISSING = """
SELECT NULL::uuid AS rule, i.item, i.name, i.sku, i.unit, l.code AS location, '' AS supply, 0::numeric AS minimum, 0::numeric AS target,
    0::numeric AS pack, 0 AS version, b.on_hand - b.promised + b.expected AS forecast
FROM inventory_balance b JOIN inventory_item i ON i.item = b.item JOIN inventory_location l ON l.id = b.location
WHERE (b.below OR b.promised > 0) AND b.on_hand - b.promised + b.expected < 0 AND l.kind = 'internal'
    AND NOT EXISTS (SELECT FROM inventory_reorder_rule r WHERE r.item = b.item AND r.location = b.location)
"""

_A = "a.rule, a.item, a.name, a.sku, a.unit, a.location, a.supply, a.minimum, a.target, a.pack, a.version, a.forecast"


async def suggestions(db: Scope) -> list[Suggestion]:
    """Return every rule with what it says today, and what is missing without one, by name."""
    rows = await db.fetch(f"SELECT {_A} FROM ({_RULES} UNION ALL {_MISSING}) AS a ORDER BY a.name, a.location LIMIT 2000")
    return [_suggestion(row) for row in rows]


def _suggestion(row: Any) -> Suggestion:
    facts = {name: row[name] for name in ("rule", "item", "name", "sku", "unit", "location", "supply", "forecast", "version")}
    return Suggestion(**facts, levels=Levels(row["minimum"], row["target"], row["pack"]))


async def put_rule(db: Scope, item: UUID, location: str, levels: Levels, supply: str) -> UUID:
    """Set the rule of an item at a place."""
    found: UUID = await db.fetchval(
        """
        INSERT INTO inventory_reorder_rule (id, item, location, minimum, target, pack, supply)
        SELECT $1, $2, l.id, $4, $5, $6, (SELECT s.id FROM inventory_location s WHERE s.code = $7)
        FROM inventory_location l WHERE l.code = $3
        ON CONFLICT (item, location) DO UPDATE SET minimum = $4, target = $5, pack = $6, supply = excluded.supply,
            version = inventory_reorder_rule.version + 1
        RETURNING id
        """,
        *(new_id(), item, location, levels.minimum, levels.target, levels.pack, supply),
    )
    return found


async def remove_rule(db: Scope, rule_id: UUID) -> bool:
    """Forget a rule."""
    return bool(await db.execute("DELETE FROM inventory_reorder_rule r WHERE r.id = $1", rule_id))
