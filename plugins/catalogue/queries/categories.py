"""The tree of categories."""

from collections.abc import Sequence
from uuid import UUID

import asyncpg
import msgspec

from weft import Conflict, Scope

from ..domain.categories import Category, lineage_of

_TREE = """
SELECT c.id, c.parent, c.name, c.path, c.full_name, c.version, coalesce(n.products, 0) AS products
FROM catalogue_category c
LEFT JOIN (SELECT category, count(*) AS products FROM catalogue_product WHERE status <> 'archived' GROUP BY category) n ON n.category = c.id
"""


async def tree(db: Scope) -> list[Category]:
    """Return all categories with the number of products right in each, archived ones not counted."""
    return [Category(**dict(row.items())) for row in await db.fetch(_TREE)]


async def locked_tree(db: Scope) -> list[Category]:
    """Return all categories without numbers; nobody else changes the tree until the transaction ends."""
    rows = await db.fetch("SELECT id, parent, name, path, full_name, version FROM catalogue_category ORDER BY id FOR UPDATE")
    return [Category(**dict(row.items())) for row in rows]


async def names(db: Scope) -> list[Category]:
    """Return all categories without numbers."""
    rows = await db.fetch("SELECT id, parent, name, path, full_name, version FROM catalogue_category")
    return [Category(**dict(row.items())) for row in rows]


async def add(db: Scope, categories: Sequence[Category]) -> None:
    """Make categories, parents before children; raises `Conflict` when a sibling has the name meanwhile."""
    try:
        for each in categories:
            await db.execute(
                "INSERT INTO catalogue_category (id, parent, name, path, full_name, lineage) VALUES ($1, $2, $3, $4, $5, $6)",
                *(each.id, each.parent, each.name, each.path, each.full_name, lineage_of(each.full_name)),
            )
    except asyncpg.UniqueViolationError as taken:
        raise Conflict("There is a category of this name at the same place already.") from taken
    except asyncpg.ForeignKeyViolationError as gone:
        raise Conflict("The category above has been deleted meanwhile.") from gone


async def change(db: Scope, categories: Sequence[Category]) -> None:
    """Write categories with their new places and names; each gets its next version."""
    names = ("id", "parent", "name", "path", "full_name")
    rows = [{**{name: getattr(each, name) for name in names}, "lineage": lineage_of(each.full_name)} for each in categories]
    await db.execute(
        """
        UPDATE catalogue_category c SET parent = r.parent, name = r.name, path = r.path, full_name = r.full_name,
            lineage = r.lineage, version = c.version + 1
        FROM json_to_recordset($1::json) AS r (id uuid, parent uuid, name text, path text, full_name text, lineage text[]) WHERE c.id = r.id
        """,
        msgspec.json.encode(rows).decode(),
    )


async def delete(db: Scope, category_id: UUID, heir: UUID | None) -> int:
    """Delete a category without children; its products go to the category above it. Returns how many."""
    moved = await db.execute("UPDATE catalogue_product SET category = $2, version = version + 1 WHERE category = $1", category_id, heir)
    await db.execute("DELETE FROM catalogue_category WHERE id = $1", category_id)
    return moved
