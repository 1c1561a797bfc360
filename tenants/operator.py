"""The operator: one loop that does what the web may only ask for, and keeps spares ready. Any number may run at once."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import Any
from uuid import UUID

import asyncpg
import msgspec
import structlog

from core.cells.directory import free_left_over
from core.platform.connection import WeftConnection
from core.runtime import Runtime
from core.tenancy.pending import Actor
from tenants.backups.keeper import ASKED, Keeper
from tenants.backups.past import Past
from tenants.life import purge
from tenants.modules import Modules, disable, enable, settle, upgrade
from tenants.provisioner import Provisioner
from tenants.spares import count_spares, make_spare
from tenants.trash.purging import purge_trash
from tenants.trash.removing import KEPT, remove, undo
from tenants.trial.running import preview
from tenants.turns import only_one
from weft.errors import Missing, Unavailable, WeftError
from weft.tenant import Person

Log = structlog.get_logger("weft.operator")
STARTERS = ("contacts", "catalogue")  # modules whose tables every spare has
ATTEMPTS = 3
PATIENCE = 100  # attempts at what only has to wait its turn
_BUSY = (asyncpg.LockNotAvailableError, asyncpg.DeadlockDetectedError, Unavailable)

# What runs and is locked by nobody was left behind by an operator that died.
_OPEN = """
SELECT id FROM platform.operation WHERE state IN ('waiting', 'running') AND kind <> ALL ($1) AND id <> ALL ($2)
ORDER BY created_at, id LIMIT 1
"""
_TAKE = """
UPDATE platform.operation SET state = 'running', started_at = now(), attempts = attempts + 1
WHERE id = $1 AND state IN ('waiting', 'running') RETURNING id, tenant_id, kind, arguments::text, attempts
"""
_SHEET = """
INSERT INTO platform.module_preview (id, tenant, plugin, change, sheet)
SELECT $1, schema, $3, $4, $5::jsonb FROM platform.tenant WHERE id = $2
ON CONFLICT (id) DO UPDATE SET sheet = excluded.sheet, made_at = now()
"""
_DUE = """
SELECT id FROM platform.tenant WHERE (state = 'deleting' OR state = 'deleted' AND moving = 'gone') AND delete_after <= now()
"""
_FINISH = (
    "UPDATE platform.operation SET state = $2, note = $3, finished_at = CASE WHEN $2 = 'waiting' THEN NULL ELSE now() END WHERE id = $1"
)


class Operator:
    """Runs operations one at a time, in the order in which they were asked for."""

    def __init__(
        self, runtime: Runtime, provisioner: Provisioner, *, spares: int = 3, starters: tuple[str, ...] = STARTERS, past: Past | None = None
    ) -> None:
        self.runtime = runtime
        self.provisioner = provisioner
        self.modules = Modules(runtime.registry)
        self.spares = spares
        self._past = past
        self.starters = tuple(key for key in starters if runtime.registry.get(key))

    async def run(self, stop: asyncio.Event) -> None:
        """Work until `stop` is set; a notification wakes it, a clock is the fallback. Backups go on beside it."""
        provisioner = await Provisioner.open(self.runtime.settings.provisioner_url)
        keeping = asyncio.create_task(Keeper(self.runtime, provisioner, self._past).run(stop), name="weft backups")
        try:
            await self._work(stop)
        finally:
            keeping.cancel()
            await asyncio.gather(keeping, return_exceptions=True)
            await provisioner.close()

    async def _work(self, stop: asyncio.Event) -> None:
        wake = asyncio.Event()
        while not stop.is_set():
            listener = await self._listen(wake)
            try:
                while not stop.is_set() and not (listener and listener.is_closed()):
                    wake.clear()
                    for part in (self.work_off, self.fill_pool, self.purge_due, self.purge_trash, self.free_addresses):
                        await self._turn(part)
                    await _first_of(wake, stop, seconds=5 if listener else 1)
            finally:
                if listener:
                    await listener.close(timeout=2)

    async def _turn(self, part: Callable[[], Awaitable[object]]) -> None:
        """Do one part of the work; what goes wrong in it stops neither the others nor the next turn."""
        try:
            await part()
        except (OSError, asyncpg.PostgresConnectionError, asyncpg.InterfaceError, Unavailable) as wrong:
            Log.warning("the database does not answer", error=str(wrong))
        except Exception:
            Log.exception("the operator could not do a part of its work", part=part.__name__)

    async def _listen(self, wake: asyncio.Event) -> "asyncpg.Connection[asyncpg.Record] | None":
        with suppress(OSError, asyncpg.PostgresError):
            connection = await asyncpg.connect(self.runtime.settings.provisioner_url, connection_class=WeftConnection)
            await connection.add_listener("weft_operation", lambda *_: wake.set())
            return connection
        return None

    async def work_off(self) -> int:
        """Do everything that waits, each thing once; returns how many operations that were, once their news has come round."""
        tried: set[UUID] = set()
        while next_id := await self.runtime.platform.fetchval(_OPEN, list(ASKED), list(tried)):
            tried.add(next_id)
            async with only_one(self.provisioner, next_id) as mine:
                if mine:
                    await self._do(next_id)
        if tried:
            await self.runtime.changes.catch_up(self.runtime.platform, patience=5)
        return len(tried)

    async def _do(self, operation_id: UUID) -> None:
        async with self.provisioner.as_owner() as connection:
            row = await connection.fetchrow(_TAKE, operation_id)
        if row is None:  # another operator has done it meanwhile
            return
        log = Log.bind(operation=str(operation_id), kind=row["kind"], tenant_id=str(row["tenant_id"]))
        arguments: dict[str, Any] = msgspec.json.decode(row["arguments"])
        try:
            note = await self._perform(row["kind"], row["tenant_id"], {**arguments, "operation": operation_id})
        except Exception as wrong:
            refused = isinstance(wrong, WeftError) and not isinstance(wrong, Unavailable)
            busy = isinstance(wrong, _BUSY)
            if not refused and not busy:
                log.exception("an operation failed")
            again = not refused and row["attempts"] < (PATIENCE if busy else ATTEMPTS)
            note = wrong.message if isinstance(wrong, WeftError) else f"{type(wrong).__name__}: {wrong}"
            await self._finish(operation_id, "waiting" if again else "failed", note)
        else:
            log.info("an operation is done", note=note)
            await self._finish(operation_id, "done", note)

    async def _perform(self, kind: str, tenant_id: UUID, arguments: dict[str, Any]) -> str:
        if kind == "settle":
            return ", ".join(await settle(self.runtime, self.modules, tenant_id))
        if kind == "enable_module":
            return ", ".join(await enable(self.provisioner, self.runtime, self.modules, tenant_id, arguments["module"]))
        if kind == "disable_module":
            return ", ".join(await disable(self.provisioner, self.runtime, self.modules, tenant_id, arguments["module"]))
        if kind == "upgrade_module":
            return await upgrade(self.provisioner, self.runtime, self.modules, tenant_id, arguments["module"])
        if kind == "preview_module":
            return await self._preview(tenant_id, arguments)
        if kind == "remove_module":
            gone = await remove(self.provisioner, self.runtime, self.modules, tenant_id, arguments["module"], _asker(arguments))
            return f"{sum(gone.values()):,} rows of {len(gone)} tables are kept for {KEPT.days} days."
        if kind == "undo_module":
            return " ".join(await undo(self.provisioner, self.runtime, self.modules, tenant_id, arguments["module"], _asker(arguments)))
        if kind == "make_spare":
            return await make_spare(self.provisioner, self.modules, self.starters)
        raise LookupError(f"nobody knows how to do “{kind}”")

    async def _preview(self, tenant_id: UUID, arguments: dict[str, Any]) -> str:
        """Try a change on a copy, and keep what it came to for whoever asked."""
        sheet = await preview(self.provisioner, self.runtime, self.modules, tenant_id, arguments["module"], arguments["change"])
        async with self.provisioner.as_owner() as connection:
            told = msgspec.json.encode(sheet).decode()
            await connection.execute(_SHEET, arguments["operation"], tenant_id, sheet.module, sheet.change, told)
        return sheet.problem

    async def _finish(self, operation_id: UUID, state: str, note: str) -> None:
        async with self.provisioner.as_owner() as connection:
            await connection.execute(_FINISH, operation_id, state, note[:2000])

    async def fill_pool(self) -> int:
        """Make the spares that are missing; returns how many it made."""
        made = 0
        async with only_one(self.provisioner, "spares") as mine:
            while mine and await count_spares(self.runtime.platform) < self.spares:
                await make_spare(self.provisioner, self.modules, self.starters)
                made += 1
        return made

    async def purge_due(self) -> list[str]:
        """Erase the tenants whose time of grace is over; returns their schemas."""
        gone = []
        for row in await self.runtime.platform.fetch(_DUE):
            with suppress(Missing):  # brought back, or erased by another operator, meanwhile
                gone.append(await purge(self.provisioner, row["id"]))
        return gone

    async def free_addresses(self) -> list[str]:
        """Give addresses back that were businesses' of this cell; in the home cell its catalogue does that. Returns them."""
        home = self.runtime.home
        return await free_left_over(home, self.runtime.settings.cell, self.runtime.platform) if home else []

    async def purge_trash(self) -> list[UUID]:
        """Erase the removed modules that nobody wanted back in time; returns the ids of their removals."""
        return await purge_trash(self.provisioner, self.runtime)


def _asker(arguments: dict[str, Any]) -> Actor:
    """Return who asked for an operation, as far as they were named."""
    name, person = str(arguments.get("by_name", "")), arguments.get("by")
    return Actor(via="session", name=name, person=Person(UUID(person), name, "") if person else None)


async def _first_of(*events: asyncio.Event, seconds: float) -> None:
    """Wait until one of the events is set, or the seconds are over."""
    waits = [asyncio.create_task(event.wait()) for event in events]
    _, pending = await asyncio.wait(waits, timeout=seconds, return_when=asyncio.FIRST_COMPLETED)
    for task in pending:
        task.cancel()
    await asyncio.gather(*pending, return_exceptions=True)
