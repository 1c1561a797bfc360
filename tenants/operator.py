"""The operator: one loop that does what the web may only ask for, and keeps spares ready."""

import asyncio
from contextlib import suppress
from typing import Any
from uuid import UUID

import asyncpg
import msgspec
import structlog

from core.platform.connection import WeftConnection
from core.runtime import Runtime
from tenants.life import purge
from tenants.modules import Modules, disable, enable, upgrade
from tenants.provisioner import Provisioner
from tenants.spares import count_spares, make_spare
from weft.errors import WeftError

Log = structlog.get_logger("weft.operator")
STARTERS = ("contacts", "catalogue")  # modules whose tables every spare has
ATTEMPTS = 3

_TAKE = """
UPDATE platform.operation SET state = 'running', started_at = now(), attempts = attempts + 1
WHERE id = (SELECT id FROM platform.operation
            WHERE state = 'waiting' OR (state = 'running' AND started_at < now() - interval '5 minutes')
            ORDER BY created_at LIMIT 1 FOR UPDATE SKIP LOCKED)
RETURNING id, tenant_id, kind, arguments::text, attempts
"""
_FINISH = "UPDATE platform.operation SET state = $2, note = $3, finished_at = now() WHERE id = $1"


class Operator:
    """Runs operations one at a time, in the order in which they were asked for."""

    def __init__(self, runtime: Runtime, provisioner: Provisioner, *, spares: int = 3, starters: tuple[str, ...] = STARTERS) -> None:
        self.runtime = runtime
        self.provisioner = provisioner
        self.modules = Modules(runtime.registry)
        self.spares = spares
        self.starters = tuple(key for key in starters if runtime.registry.get(key))

    async def run(self, stop: asyncio.Event) -> None:
        """Work until `stop` is set; a notification wakes it, a clock is the fallback."""
        wake = asyncio.Event()
        while not stop.is_set():
            listener = await self._listen(wake)
            try:
                while not stop.is_set() and not (listener and listener.is_closed()):
                    wake.clear()
                    await self._turn()
                    await _first_of(wake, stop, seconds=5 if listener else 1)
            finally:
                if listener:
                    await listener.close(timeout=2)

    async def _turn(self) -> None:
        try:
            await self.work_off()
            await self.fill_pool()
            await self.purge_due()
        except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError) as wrong:
            Log.warning("the database does not answer", error=str(wrong))
            await asyncio.sleep(1)

    async def _listen(self, wake: asyncio.Event) -> "asyncpg.Connection[asyncpg.Record] | None":
        with suppress(OSError, asyncpg.PostgresError):
            connection = await asyncpg.connect(self.runtime.settings.provisioner_url, connection_class=WeftConnection)
            await connection.add_listener("weft_operation", lambda *_: wake.set())
            return connection
        return None

    async def work_off(self) -> int:
        """Do everything that waits; returns how many operations that were."""
        count = 0
        while await self._one():
            count += 1
        return count

    async def _one(self) -> bool:
        async with self.provisioner.as_owner() as connection:
            row = await connection.fetchrow(_TAKE)
        if row is None:
            return False
        arguments: dict[str, Any] = msgspec.json.decode(row["arguments"])
        log = Log.bind(operation=str(row["id"]), kind=row["kind"], tenant_id=str(row["tenant_id"]))
        try:
            note = await self._perform(row["kind"], row["tenant_id"], arguments)
        except WeftError as refused:
            await self._finish(row["id"], "failed", refused.message)
        except Exception as wrong:
            log.exception("an operation failed")
            again = row["attempts"] < ATTEMPTS and not isinstance(wrong, asyncpg.SyntaxOrAccessError)
            await self._finish(row["id"], "waiting" if again else "failed", f"{type(wrong).__name__}: {wrong}")
        else:
            log.info("an operation is done", note=note)
            await self._finish(row["id"], "done", note)
        return True

    async def _perform(self, kind: str, tenant_id: UUID, arguments: dict[str, Any]) -> str:
        if kind == "enable_module":
            return ", ".join(await enable(self.provisioner, self.runtime, self.modules, tenant_id, arguments["module"]))
        if kind == "disable_module":
            return ", ".join(await disable(self.provisioner, self.runtime, self.modules, tenant_id, arguments["module"]))
        if kind == "upgrade_module":
            return await upgrade(self.provisioner, self.runtime, self.modules, tenant_id, arguments["module"])
        if kind == "make_spare":
            return await make_spare(self.provisioner, self.modules, self.starters)
        raise LookupError(f"nobody knows how to do “{kind}”")

    async def _finish(self, operation_id: UUID, state: str, note: str) -> None:
        async with self.provisioner.as_owner() as connection:
            await connection.execute(_FINISH, operation_id, state, note[:2000])

    async def fill_pool(self) -> int:
        """Make the spares that are missing; returns how many it made."""
        missing = self.spares - await count_spares(self.runtime.platform)
        for _ in range(missing):
            await make_spare(self.provisioner, self.modules, self.starters)
        return max(0, missing)

    async def purge_due(self) -> list[str]:
        """Erase the tenants whose time of grace is over; returns their schemas."""
        due = await self.runtime.platform.fetch("SELECT id FROM platform.tenant WHERE state = 'deleting' AND delete_after <= now()")
        return [await purge(self.provisioner, row["id"]) for row in due]


async def _first_of(*events: asyncio.Event, seconds: float) -> None:
    """Wait until one of the events is set, or the seconds are over."""
    waits = [asyncio.create_task(event.wait()) for event in events]
    _, pending = await asyncio.wait(waits, timeout=seconds, return_when=asyncio.FIRST_COMPLETED)
    for task in pending:
        task.cancel()
    await asyncio.gather(*pending, return_exceptions=True)
