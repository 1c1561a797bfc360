"""Hears what changed in the platform's tables, so that caches may hold on to what did not."""

import asyncio
import secrets
from collections.abc import Callable
from contextlib import suppress

import asyncpg
import structlog

from core.platform.database import Platform

Log = structlog.get_logger("weft.changes")

CHANNEL = "weft_changed"
ECHO = "echo"


class Changes:
    """One listening connection. While it is not `alive`, nothing may be cached."""

    def __init__(self, dsn: str) -> None:
        self._dsn = dsn
        self._listeners: list[Callable[[str, str], None]] = []
        self._task: asyncio.Task[None] | None = None
        self._lost = asyncio.Event()
        self._echoes: dict[str, asyncio.Future[None]] = {}
        self.alive = False

    def subscribe(self, listener: Callable[[str, str], None]) -> None:
        """Call `listener(kind, key)` for each change; with ``("everything", "")`` after the connection was lost."""
        self._listeners.append(listener)

    async def catch_up(self, platform: Platform, patience: float = 0.5) -> None:
        """Wait until everything that was committed before this call has been heard here, but for `patience` seconds at most.

        PostgreSQL tells of commits in their order, so what is heard after an echo of our own was committed after it. Who has just saved
        something then sees it on the next page, whatever is cached.
        """
        if not self.alive:
            return
        echo = secrets.token_hex(8)
        heard = self._echoes[echo] = asyncio.get_running_loop().create_future()
        try:
            async with asyncio.timeout(patience):
                await platform.execute("SELECT pg_notify($1, $2)", CHANNEL, f"{ECHO}:{echo}")
                await heard
        except (TimeoutError, OSError, asyncpg.PostgresError, asyncpg.InterfaceError) as wrong:
            Log.info("changes are heard late", error=str(wrong))
        finally:
            self._echoes.pop(echo, None)

    async def start(self) -> None:
        """Connect, and keep connected in the background."""
        connection = await self._connect()
        self._task = asyncio.create_task(self._keep(connection), name="weft changes")

    async def stop(self) -> None:
        """Disconnect."""
        if self._task:
            self._task.cancel()
            with suppress(asyncio.CancelledError):
                await self._task

    async def _connect(self) -> "asyncpg.Connection[asyncpg.Record]":
        self._lost.clear()
        connection = await asyncpg.connect(self._dsn, server_settings={"application_name": "weft changes"})
        connection.add_termination_listener(self._on_lost)
        await connection.add_listener(CHANNEL, self._on_notice)
        self._tell("everything", "")
        self.alive = True
        return connection

    async def _keep(self, connection: "asyncpg.Connection[asyncpg.Record]") -> None:
        try:
            while True:
                with suppress(TimeoutError):
                    await asyncio.wait_for(self._lost.wait(), 10)
                if not self._lost.is_set():
                    await self._probe(connection)
                    continue
                await asyncio.sleep(0.5)
                try:
                    connection = await self._connect()
                except (OSError, asyncpg.PostgresError) as wrong:
                    self._lost.set()
                    Log.warning("the database does not answer; nothing is cached meanwhile", error=str(wrong))
        finally:
            self.alive = False
            await connection.close(timeout=2)

    async def _probe(self, connection: "asyncpg.Connection[asyncpg.Record]") -> None:
        """Notice a connection that died without a word."""
        try:
            await connection.execute("SELECT 1", timeout=5)
        except (OSError, TimeoutError, asyncpg.PostgresError, asyncpg.InterfaceError):
            self._on_lost(connection)

    def _on_lost(self, _: object) -> None:
        self.alive = False
        self._lost.set()

    def _on_notice(self, _connection: object, _pid: int, _channel: str, payload: object) -> None:
        kind, _, key = str(payload).partition(":")
        if kind != ECHO:
            self._tell(kind, key)
        elif (heard := self._echoes.get(key)) and not heard.done():
            heard.set_result(None)

    def _tell(self, kind: str, key: str) -> None:
        for listener in self._listeners:
            listener(kind, key)
