"""What becomes of whole columns that plugins seal: what a version before kept readable is sealed, and everything is, with a new key."""

from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from uuid import UUID

import asyncpg
import msgspec
import structlog

from core.plugins.registry import Registry
from core.tenancy.tenant import LiveTenant
from core.vault.seals import LiveSeals
from weft.jobs import Job
from weft.sealed import Sealed, Seals, Secret
from weft.tenant import Tenant

Log = structlog.get_logger("weft.sealing")
NIGHTLY = "10 2 * * *"  # in the tenant's time zone
TOGETHER = 500  # values of one transaction
FIRST = UUID(int=0)

_THERE = """
SELECT count(*) FROM pg_attribute a
WHERE a.attrelid = to_regclass($1) AND a.attname = ANY ($2::text[]) AND a.attnum > 0 AND NOT a.attisdropped
"""


class Sealing(msgspec.Struct, frozen=True):
    """Which module's columns are looked through."""

    plugin: str


def takes_over(registry: Registry, key: str) -> list[Sealed]:
    """Return the columns of a module that a version before kept readable."""
    return [each for each in registry.sealed(frozenset({key})) if each.was or each.take_over]


async def seal_readable(tenant: Tenant, wanted: Sealing) -> int:
    """Seal what is still readable in a module's columns; returns how many values. May be stopped at any moment and run again."""
    assert isinstance(tenant, LiveTenant)
    done = 0
    for column in takes_over(tenant.house.registry, wanted.plugin):
        if not await _is_there(tenant, column):
            continue
        one = column.take_over or _taking(column)
        while count := await one(tenant):
            done += count
            await tenant.progress(done, 0, column.title)
    return done


async def _job(tenant: Tenant, wanted: Sealing) -> None:
    await seal_readable(tenant, wanted)


SEAL_READABLE = Job(name="core.seal_values", title="Seal what is readable", payload=Sealing, run=_job, attempts=3, timeout=3600)


def _taking(column: Sealed) -> "Callable[[Tenant], Awaitable[int]]":
    async def take(tenant: Tenant) -> int:
        async with tenant.transaction(unaudited="what was kept readable is sealed, and says the same") as db:
            seals = await db.seals()
            rows = await db.fetch(
                f"SELECT x.id, x.{column.was} AS value FROM {column.table} x WHERE x.{column.was} <> '' "
                "ORDER BY x.id LIMIT $1 FOR UPDATE SKIP LOCKED",
                TOGETHER,
            )
            values = [(row["id"], Secret(row["value"])) for row in rows]
            return await _put(tenant, seals, column, values, f", {column.was} = ''")

    return take


async def seal_anew(tenant: LiveTenant) -> int:
    """Seal with the newest key of a business what an older one sealed in columns of modules; returns how many values that were.

    Every value can be read, and found, before, meanwhile and after. One that would then be there twice (both were written within the
    moments that processes need to hear of a new key) stays as it is, and is told in the log.
    """
    done = 0
    for column in tenant.house.registry.sealed():
        if await _is_there(tenant, column):
            done += await _anew(tenant, column)
    return done


async def _anew(tenant: LiveTenant, column: Sealed) -> int:
    done, after = 0, FIRST
    while True:
        async with tenant.transaction(unaudited="sealed with another key, and says the same") as db:
            seals = await db.seals()
            rows = await db.fetch(
                f"SELECT x.id, x.{column.column} AS stored FROM {column.table} x WHERE x.{column.column} IS NOT NULL AND x.id > $1 "
                f"AND substring(x.{column.column} FROM 2 FOR 2) < $2::bytea ORDER BY x.id LIMIT $3 FOR UPDATE",
                *(after, generation(seals), TOGETHER),
            )
            if not rows:
                return done
            values = [(row["id"], seals.open(column, row["id"], row["stored"])) for row in rows]
            done, after = done + await _put(tenant, seals, column, values), rows[-1]["id"]


def generation(seals: Seals) -> bytes:
    """Return the newest generation as sealed values carry it."""
    assert isinstance(seals, LiveSeals)
    return seals.keys.generation.to_bytes(2)


async def _put(tenant: Tenant, seals: Seals, column: Sealed, values: Sequence[tuple[UUID, Secret]], also: str = "") -> int:
    """Store values sealed; with `also`, which empties what was readable, one that is there twice goes without its entry in the index."""
    with suppress(asyncpg.UniqueViolationError):
        await _store(tenant, seals, column, values, also)
        return len(values)
    for each in values:
        try:
            await _store(tenant, seals, column, [each], also)
        except asyncpg.UniqueViolationError:
            Log.warning("a sealed value is there twice", column=column.name, row=str(each[0]), tenant_id=str(tenant.id))
            if also:
                await _store(tenant, seals, column, [each], also, findable=False)
    return len(values)


async def _store(
    tenant: Tenant, seals: Seals, column: Sealed, values: Sequence[tuple[UUID, Secret]], also: str, *, findable: bool = True
) -> None:
    blind = f", {column.blind} = u.blind" if column.blind else ""
    async with tenant.transaction(unaudited="it says the same as before") as db:
        await db.execute(
            f"UPDATE {column.table} AS x SET {column.column} = u.stored{blind}{also} "
            "FROM unnest($1::uuid[], $2::bytea[], $3::text[]) AS u (id, stored, blind) WHERE x.id = u.id",
            [row for row, _ in values],
            [seals.seal(column, row, value) for row, value in values],
            [seals.blind(column, value) if findable else "" for _, value in values],
        )


async def _is_there(tenant: Tenant, column: Sealed) -> bool:
    """Tell whether a business has a column by now: it may not have the module, or not its newest version."""
    names = [name for name in (column.column, column.blind, column.was) if name]
    async with tenant.transaction() as db:
        return bool(await db.fetchval(_THERE, column.table, names) == len(names))
