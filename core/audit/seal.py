"""Seals what was written since the last time: entries get their places in the tenant's tree, and its new root is kept.

Nothing waits for this. An entry has no place until it is sealed, so one whose transaction committed late simply comes later; and since a
place once given cannot be changed (a trigger refuses it), what was sealed can be proven for ever.
"""

from zlib import crc32

import asyncpg
import structlog

from core.audit.leaf import COLUMNS, hash_of
from core.platform.database import Db, Platform
from weft.merkle import Frontier

Log = structlog.get_logger("weft.audit")

BATCH = 5000  # entries sealed in one transaction
_CLASS = 7734  # of advisory locks

_UNSEALED = "SELECT DISTINCT tenant::text FROM platform.audit_entry WHERE position IS NULL"
_LAST = "SELECT size, peaks FROM platform.audit_seal WHERE tenant = $1 ORDER BY size DESC LIMIT 1"
_ENTRIES = f"SELECT id, {COLUMNS} FROM platform.audit_entry WHERE tenant = $1 AND position IS NULL ORDER BY at, id LIMIT $2"
_PLACE = """
UPDATE platform.audit_entry e SET position = $2 + new.number - 1
FROM unnest($3::uuid[]) WITH ORDINALITY AS new (id, number) WHERE e.id = new.id AND e.tenant = $1 AND e.position IS NULL
"""
_SEAL = "INSERT INTO platform.audit_seal (tenant, size, root, peaks, leaves) VALUES ($1, $2, $3, $4, $5)"


async def seal_due(platform: Platform, *, batch: int = BATCH) -> int:
    """Seal the new entries of every tenant; returns how many those were. Any number of processes may call this at once."""
    sealed = 0
    for row in await platform.fetch(_UNSEALED):
        try:
            sealed += await seal_tenant(platform, row["tenant"], batch=batch)
        except Exception:
            Log.exception("the audit log of a tenant could not be sealed", tenant=row["tenant"])
    return sealed


async def seal_tenant(platform: Platform, schema: str, *, batch: int = BATCH) -> int:
    """Seal the new entries of one tenant, a transaction per batch; returns how many those were, none when another process is at it."""
    sealed = 0
    while True:
        async with platform.transaction() as db:
            count = await _seal_batch(db, schema, batch)
        sealed += count
        if count < batch:
            return sealed


async def _seal_batch(db: "Db[asyncpg.Record]", schema: str, batch: int) -> int:
    if not await db.fetchval("SELECT pg_try_advisory_xact_lock($1, $2)", _CLASS, crc32(schema.encode()) - 2**31):
        return 0
    last, entries = await db.fetchrow(_LAST, schema), await db.fetch(_ENTRIES, schema, batch)
    if not entries:
        return 0
    before = Frontier(last["size"], tuple(last["peaks"])) if last else Frontier()
    leaves = [hash_of(entry) for entry in entries]
    after = before.append(leaves)
    placed = await db.execute(_PLACE, schema, before.size, [entry["id"] for entry in entries])
    if placed != f"UPDATE {len(entries)}":
        raise RuntimeError(f"{placed} of {len(entries)} entries: some were sealed by somebody who did not ask for the lock")
    await db.execute(_SEAL, schema, after.size, after.root(), list(after.peaks), b"".join(leaves))
    return len(entries)
