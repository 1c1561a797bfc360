"""New keys for old: the installation's around the data keys of businesses, and the data key of one business around its values."""

from collections.abc import Sequence

from core import sealing
from core.platform.database import Platform
from core.runtime import Runtime
from core.tenancy.tenant import LiveTenant
from core.vault.columns import Column, generation_of, seal, unseal
from core.vault.keys import Vault
from core.webhooks.sealing import OLD_SECRET, SECRET

TOGETHER = 200  # values sealed anew in one transaction
SEALED: Sequence[Column] = (SECRET, OLD_SECRET)


async def new_data_key(runtime: Runtime, tenant: LiveTenant) -> int:
    """Give a business a new data key and seal its values with it; returns how many those were.

    May be stopped at any moment: what was not sealed anew still opens, and `seal_anew` goes on where this stopped. The key before stays:
    backups that were made with it need it. Raises `Missing`.
    """
    await runtime.vault.add(tenant.schema, (await runtime.vault.read(tenant.schema)).generation + 1)
    return await seal_anew(runtime, tenant)


async def seal_anew(runtime: Runtime, tenant: LiveTenant) -> int:
    """Seal what an older data key of a business sealed with its newest; returns how many values those were."""
    await runtime.vault.read(tenant.schema)  # what is sealed below is sealed with the newest
    own = [await _column(runtime.vault, runtime.platform, tenant.schema, column) for column in SEALED]
    return sum(own) + await sealing.seal_anew(tenant)


async def _column(vault: Vault, platform: Platform, schema: str, column: Column) -> int:
    keys = await vault.read(schema)
    ids = [
        row["id"]
        for row in await platform.fetch(f"SELECT id, {column.name} AS sealed FROM {column.table} WHERE tenant = $1", schema)
        if row["sealed"] is not None and generation_of(row["sealed"]) < keys.generation
    ]
    take = f"SELECT id, {column.name} AS sealed FROM {column.table} WHERE tenant = $1 AND id = ANY ($2) FOR UPDATE"
    put = f"UPDATE {column.table} SET {column.name} = $3 WHERE tenant = $1 AND id = $2"
    for start in range(0, len(ids), TOGETHER):
        async with platform.transaction() as db:
            for row in await db.fetch(take, schema, ids[start : start + TOGETHER]):
                if row["sealed"] is not None and generation_of(row["sealed"]) < keys.generation:
                    value = unseal(keys, column, row["id"], row["sealed"])
                    await db.execute(put, schema, row["id"], seal(keys, column, row["id"], value))
    return len(ids)
