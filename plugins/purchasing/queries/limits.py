"""How much people may approve."""

from decimal import Decimal
from uuid import UUID

from weft import Scope


async def everyone(db: Scope) -> dict[UUID, Decimal]:
    """Return the limits of all who have one."""
    return {row["id"]: row["most"] for row in await db.fetch("SELECT l.id, l.most FROM purchasing_limit l")}


async def of(db: Scope, person: UUID) -> Decimal | None:
    """Return the limit of somebody, or nothing."""
    found: Decimal | None = await db.fetchval("SELECT l.most FROM purchasing_limit l WHERE l.id = $1", person)
    return found


async def put(db: Scope, person: UUID, most: Decimal | None) -> None:
    """Set or take away the limit of somebody."""
    if most is None:
        await db.execute("DELETE FROM purchasing_limit WHERE id = $1", person)
        return
    sql = "INSERT INTO purchasing_limit (id, most) VALUES ($1, $2) ON CONFLICT (id) DO UPDATE SET most = excluded.most"
    await db.execute(sql, person, most)
