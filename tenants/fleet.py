"""Brings every tenant's tables up to the installed plugins: asks once who is behind, works in parallel, goes on after a kill."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from uuid import UUID

import asyncpg
import structlog

from core.platform.database import Db
from core.runtime import Runtime
from tenants.modules import Modules, upgrade
from tenants.provisioner import Provisioner
from tenants.requirements import closure, in_order
from tenants.steps import last_migration
from weft.errors import Missing

Log = structlog.get_logger("weft.fleet")
ROUNDS = 4  # a tenant whose tables are busy is skipped, and tried again at the end
PAUSE = 0.5  # seconds before another round


@dataclass(frozen=True, slots=True)
class Behind:
    """A module of a tenant that has not the installed version."""

    tenant_id: UUID
    schema: str
    plugin: str


@dataclass(slots=True)
class Report:
    """What a run came to."""

    behind: int = 0
    done: int = 0
    failed: dict[str, str] = field(default_factory=dict)  # schema → why


_BEHIND = """
SELECT m.tenant_id, t.schema::text, m.plugin FROM platform.tenant_module m
JOIN platform.tenant t ON t.id = m.tenant_id
JOIN unnest($1::text[], $2::text[], $3::text[]) AS installed (plugin, version, migration) USING (plugin)
WHERE (m.migration <> installed.migration OR m.enabled AND m.version <> installed.version) AND t.state NOT IN ('building', 'deleted')
  AND t.moving = ''
ORDER BY m.tenant_id
"""


async def who_is_behind(runtime: Runtime, modules: Modules) -> list[Behind]:
    """Ask, in one query, which modules of which tenants are not at the installed version."""
    plugins = list(modules.registry.plugins.values())
    rows = await runtime.platform.fetch(
        _BEHIND, [each.key for each in plugins], [each.version for each in plugins], [last_migration(each) for each in plugins]
    )
    return [Behind(row["tenant_id"], row["schema"], row["plugin"]) for row in rows]


async def migrate_fleet(
    provisioner: Provisioner,
    runtime: Runtime,
    modules: Modules,
    *,
    workers: int = 2,
    progress: Callable[[int, int], None] = lambda done, of: None,
) -> Report:
    """Upgrade every module that is behind; `progress` is told tenants done and in all.

    One transaction per tenant and module, so a kill at any moment leaves each either before or after; what is done is not asked for again.
    """
    waiting = _by_tenant(await who_is_behind(runtime, modules), modules)
    report = Report(behind=len(waiting))

    async def bring_up(steps: Sequence[Behind]) -> bool:
        through = await _bring_up(provisioner, runtime, modules, steps, report)
        progress(report.done + len(report.failed), report.behind)
        return through

    for number in range(ROUNDS):
        if number and waiting:
            await asyncio.sleep(PAUSE)
        waiting = await _round(bring_up, waiting, workers)
    for steps in waiting:
        report.failed[steps[0].schema] = "its tables were in use the whole time; run `weft migrate` again"
    return report


def _by_tenant(behind: Sequence[Behind], modules: Modules) -> list[list[Behind]]:
    """Return each tenant's steps, in the order in which its modules need each other."""
    plugins = modules.registry.plugins
    order = {key: place for place, key in enumerate(in_order(plugins, closure(plugins, [each.plugin for each in behind])))}
    tenants: dict[UUID, list[Behind]] = {}
    for each in sorted(behind, key=lambda item: order[item.plugin]):
        tenants.setdefault(each.tenant_id, []).append(each)
    return list(tenants.values())


async def _round(bring_up: "Callable[[list[Behind]], Awaitable[bool]]", tenants: list[list[Behind]], workers: int) -> list[list[Behind]]:
    """Bring tenants up, so many at once; returns those whose tables were busy."""
    queue, busy = iter(tenants), list[list[Behind]]()

    async def work() -> None:
        for steps in queue:
            if not await bring_up(steps):
                busy.append(steps)

    await asyncio.gather(*(work() for _ in range(workers)))
    return busy


async def _bring_up(provisioner: Provisioner, runtime: Runtime, modules: Modules, steps: Sequence[Behind], report: Report) -> bool:
    """Upgrade one tenant; returns False when a lock could not be had in time."""
    schema = steps[0].schema
    try:
        for step in steps:
            await upgrade(provisioner, runtime, modules, step.tenant_id, step.plugin)
    except asyncpg.LockNotAvailableError:
        return False
    except Exception as wrong:
        if isinstance(wrong, Missing) and not await runtime.catalogue.by_id(steps[0].tenant_id):
            report.behind -= 1  # erased meanwhile
            return True
        Log.exception("a tenant could not be migrated", tenant=schema)
        report.failed[schema] = f"{type(wrong).__name__}: {wrong}"
    else:
        report.done += 1
    return True


async def ledger(db: "Db[asyncpg.Record]", tenant_id: UUID) -> list[asyncpg.Record]:
    """Return every step that changed a tenant's tables, oldest first."""
    return await db.fetch(
        "SELECT plugin, migration, milliseconds, at FROM platform.migration_step WHERE tenant_id = $1 ORDER BY id", tenant_id
    )
