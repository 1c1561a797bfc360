"""Erases removed modules whose time is over, and writes the certificate of it into the audit log."""

from collections.abc import Iterable
from hashlib import sha256
from typing import Any
from uuid import UUID

import asyncpg
import msgspec

from core.audit.trail import write_entry
from core.platform.database import Db
from core.runtime import SYSTEM, Runtime
from tenants.provisioner import Provisioner
from tenants.roles import OWNER
from tenants.trash.keeping import forget
from tenants.trash.removing import KIND

_DUE = "SELECT id FROM platform.module_trash WHERE state = 'kept' AND purge_after <= $1 ORDER BY purge_after"
_TAKE = """
SELECT tenant::text, tenant_id, plugin, title, version, schema::text, removed_at, removed_by, tables::text FROM platform.module_trash
WHERE id = $1 AND state = 'kept' AND purge_after <= $2 FOR UPDATE SKIP LOCKED
"""


async def purge_trash(provisioner: Provisioner, runtime: Runtime) -> list[UUID]:
    """Erase what is due; returns the ids of removals."""
    due = [row["id"] for row in await runtime.platform.fetch(_DUE, runtime.now())]
    return [each for each in due if await purge_removal(provisioner, runtime, each)]


async def purge_removal(provisioner: Provisioner, runtime: Runtime, removal: UUID) -> bool:
    """Erase one removed module that is due, in one transaction; returns False when it is not, or somebody else is at it."""
    now = runtime.now()
    async with provisioner.transaction() as connection:
        await connection.execute(f"SET LOCAL ROLE {OWNER}")
        row = await connection.fetchrow(_TAKE, removal, now)
        if row is None:
            return False
        tables = await seal_tables(connection, row["schema"], msgspec.json.decode(row["tables"]))
        certificate = {
            "module": row["plugin"],
            "version": row["version"],
            "removed at": row["removed_at"],
            "removed by": row["removed_by"],
            "purged at": now,
            "tables": tables,
            "rows": sum(each["rows"] for each in tables),
            "sha256": sha256("".join(f"{each['table']}:{each['sha256']}\n" for each in tables).encode()).hexdigest(),
        }
        await connection.execute(f"DROP SCHEMA {row['schema']} CASCADE")
        await forget(connection, row["tenant_id"], row["plugin"])
        text = msgspec.json.encode(certificate).decode()
        state = "UPDATE platform.module_trash SET state = 'purged', kept = '{}', certificate = $2::jsonb WHERE id = $1"
        await connection.execute(state, removal, text)
        await write_entry(connection, row["tenant"], SYSTEM, "purged", KIND, row["title"], record=removal, after=certificate)
    return True


async def seal_tables(connection: "Db[asyncpg.Record]", schema: str, names: Iterable[str]) -> list[dict[str, Any]]:
    """Return how many rows each table has, and the SHA-256 of them as COPY writes them, in the order of their text."""
    sealed = []
    for name in sorted(names):
        digest = sha256()

        async def take(chunk: bytes, digest: Any = digest) -> None:
            digest.update(chunk)

        told = await connection.copy_from_query(f'SELECT x.* FROM {schema}."{name}" x ORDER BY x::text COLLATE "C"', output=take)
        sealed.append({"table": name, "rows": int(told.rpartition(" ")[2]), "sha256": digest.hexdigest()})
    return sealed
