"""Contacts that became part of others: what was posted keeps the contact it named."""

from uuid import UUID

from weft import Scope

_SAME = """
WITH RECURSIVE up AS (
    SELECT $1::uuid AS id UNION SELECT a.kept FROM accounting_party_alias a JOIN up ON a.merged = up.id
), down AS (
    SELECT up.id FROM up UNION SELECT a.merged FROM accounting_party_alias a JOIN down ON a.kept = down.id
)
SELECT down.id FROM down
"""


async def same(db: Scope, party: UUID) -> list[UUID]:
    """Return all ids of one contact: its own, that of the one it became part of, and those of all that became part of either."""
    return [row["id"] for row in await db.fetch(_SAME, party)]


async def put(db: Scope, merged: UUID, kept: UUID) -> None:
    """Remember that a contact became part of another."""
    await db.execute(
        "INSERT INTO accounting_party_alias AS a (merged, kept) VALUES ($1, $2) ON CONFLICT (merged) DO UPDATE SET kept = excluded.kept",
        *(merged, kept),
    )


async def forget(db: Scope, merged: UUID) -> None:
    """Forget it: the contact is one of its own again."""
    await db.execute("DELETE FROM accounting_party_alias a WHERE a.merged = $1", merged)
