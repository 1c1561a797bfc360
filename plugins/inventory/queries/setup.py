"""Warehouses, locations and how categories are kept."""

from collections.abc import Sequence
from datetime import date, datetime
from uuid import UUID

from weft import Scope, new_id
from weft.contracts import LocationKind, StockLocation

from ..domain.policies import CategoryRule

OUTSIDE: tuple[tuple[str, str, LocationKind], ...] = (
    (":supplier", "Suppliers", "supplier"),
    (":customer", "Customers", "customer"),
    (":adjustment", "Differences of stock", "adjustment"),
    (":production", "Production", "production"),
    (":scrap", "Scrap", "scrap"),
    (":transit", "In transit", "transit"),
)


async def locations(db: Scope, kind: LocationKind | None = None) -> list[StockLocation]:
    """Return the open locations of a kind, or of all kinds, by code."""
    rows = await db.fetch(
        "SELECT l.id, l.code, l.title, l.kind, coalesce(w.code, '') AS warehouse FROM inventory_location l "
        "LEFT JOIN inventory_warehouse w ON w.id = l.warehouse WHERE l.active AND ($1::text IS NULL OR l.kind = $1) ORDER BY l.code",
        kind,
    )
    return [StockLocation(**dict(row.items())) for row in rows]


async def add_outside(db: Scope) -> None:
    """Make the places outside that are missing."""
    await db.execute(
        "INSERT INTO inventory_location (id, code, title, kind) SELECT n.id, n.code, n.title, n.kind "
        "FROM unnest($1::uuid[], $2::text[], $3::text[], $4::text[]) AS n (id, code, title, kind) ON CONFLICT (code) DO NOTHING",
        [new_id() for _ in OUTSIDE],
        *(list(column) for column in zip(*OUTSIDE, strict=True)),
    )


async def has_warehouse(db: Scope) -> bool:
    """Tell whether there is a warehouse at all."""
    return bool(await db.fetchval("SELECT EXISTS (SELECT FROM inventory_warehouse)"))


async def add_warehouse(db: Scope, code: str, title: str) -> UUID:
    """Make a warehouse with a location of the same code; returns the location's id."""
    warehouse, location = new_id(), new_id()
    await db.execute(
        "WITH made AS (INSERT INTO inventory_warehouse (id, code, title) VALUES ($1, $2, $3) RETURNING id) "
        "INSERT INTO inventory_location (id, warehouse, code, title, kind) SELECT $4, made.id, $2, $3, 'internal' FROM made",
        *(warehouse, code, title, location),
    )
    return location


async def add_location(db: Scope, parent_code: str, code: str, title: str) -> UUID:
    """Make a location below another one; `code` is its whole path."""
    location = new_id()
    await db.execute(
        "INSERT INTO inventory_location (id, warehouse, parent, code, title, kind) "
        "SELECT $1, p.warehouse, p.id, $2, $3, 'internal' FROM inventory_location p WHERE p.code = $4",
        *(location, code, title, parent_code),
    )
    return location


async def category_rules(db: Scope) -> dict[str, CategoryRule]:
    """Return the rules of categories."""
    rows = await db.fetch(
        "SELECT r.category, r.method, r.tracking, r.below_zero, r.removal, r.version FROM inventory_category_rule r ORDER BY r.category"
    )
    return {row["category"]: CategoryRule(**dict(row.items())) for row in rows}


async def put_category_rule(db: Scope, rule: CategoryRule) -> bool:
    """Set how items of a category are kept, a new rule where `version` is zero; returns whether it still had this version."""
    if not rule.version:
        sql = (
            "INSERT INTO inventory_category_rule (category, method, tracking, below_zero, removal) VALUES ($1, $2, $3, $4, $5) "
            "ON CONFLICT (category) DO NOTHING"
        )
        return bool(await db.execute(sql, rule.category, rule.method, rule.tracking, rule.below_zero, rule.removal))
    sql = (
        "UPDATE inventory_category_rule r SET method = $2, tracking = $3, below_zero = $4, removal = $5, version = r.version + 1 "
        "WHERE r.category = $1 AND r.version = $6"
    )
    return bool(await db.execute(sql, rule.category, rule.method, rule.tracking, rule.below_zero, rule.removal, rule.version))


async def remove_category_rule(db: Scope, category: str) -> bool:
    """Forget the rule of a category."""
    return bool(await db.execute("DELETE FROM inventory_category_rule r WHERE r.category = $1", category))


async def follow_rules(db: Scope, item_ids: Sequence[UUID] | None = None) -> None:
    """Give items the policies of the nearest rule of their category: those named, or all."""
    await db.execute(
        """
        UPDATE inventory_item i SET below_zero = n.below_zero, removal = n.removal FROM (
            SELECT i.item, coalesce(r.below_zero, '') AS below_zero, coalesce(r.removal, '') AS removal FROM inventory_item i
            LEFT JOIN LATERAL (SELECT r.below_zero, r.removal FROM inventory_category_rule r
                WHERE r.category = '' OR r.category = i.category OR r.category = ANY (i.lineage)
                ORDER BY length(r.category) DESC LIMIT 1) AS r ON true
            WHERE $1::uuid[] IS NULL OR i.item = ANY ($1::uuid[])
        ) AS n WHERE n.item = i.item AND (n.below_zero, n.removal) <> (i.below_zero, i.removal)
        """,
        list(item_ids) if item_ids is not None else None,
    )


async def codes(db: Scope, ids: Sequence[UUID]) -> dict[UUID, str]:
    """Return the codes of locations."""
    rows = await db.fetch("SELECT l.id, l.code FROM inventory_location l WHERE l.id = ANY ($1::uuid[])", list(ids))
    return {row["id"]: row["code"] for row in rows}


async def holds(db: Scope, location_id: UUID) -> bool:
    """Tell whether there are goods at a location, or something is reserved or expected there."""
    sql = "SELECT EXISTS (SELECT FROM inventory_balance b WHERE b.location = $1 AND (b.on_hand, b.promised, b.expected) <> (0, 0, 0))"
    return bool(await db.fetchval(sql, location_id))


async def change_location(db: Scope, location_id: UUID, title: str, *, active: bool, version: int) -> bool:
    """Rename, close or open a location; returns whether it still had this version."""
    return bool(
        await db.execute(
            "UPDATE inventory_location l SET title = $2, active = $3, version = l.version + 1 WHERE l.id = $1 AND l.version = $4",
            *(location_id, title, active, version),
        )
    )


async def closed_through(db: Scope) -> date | None:
    """Return the day that stock is closed through."""
    found: date | None = await db.fetchval("SELECT max(p.through) FROM inventory_period p")
    return found


async def reserved_since_before(db: Scope, through: date) -> int:
    """Return how many lines are reserved since a day or longer."""
    found: int = await db.fetchval("SELECT count(*) FROM inventory_reservation r WHERE r.day <= $1 AND r.quantity > 0", through)
    return found


async def close_period(db: Scope, through: date, at: datetime, by: UUID | None) -> UUID:
    """Close stock through a day; whoever moves goods meanwhile is waited for."""
    period = new_id()
    await db.fetch("SELECT i.item FROM inventory_item i WHERE i.last_day <= $1 ORDER BY i.item FOR UPDATE", through)
    await db.execute("INSERT INTO inventory_period (id, through, closed_at, closed_by) VALUES ($1, $2, $3, $4)", period, through, at, by)
    return period


async def open_period(db: Scope, through: date) -> bool:
    """Open what was closed last."""
    return bool(await db.execute("DELETE FROM inventory_period p WHERE p.through = $1", through))
