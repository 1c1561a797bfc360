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
PROBE = 10.0  # seconds between two looks at a connection that says nothing
PAUSE = 0.5  # seconds before another try to connect


class Changes:
    """One listening connection. While it is not `alive`, nothing may be cached."""

    def __init__(self, dsn: str) -> None:
        self._dsn = dsn
        self._listeners: list[Callable[[str, str], None]] = []
        self._task: asyncio.Task[None] | None = None
        self._connection: asyncpg.Connection[asyncpg.Record] | None = None
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
        await self._connect()
        self._task = asyncio.create_task(self._keep(), name="weft changes")

    async def stop(self) -> None:
        """Disconnect."""
        if self._task:
            self._task.cancel()
            with suppress(asyncio.CancelledError):
                await self._task

    async def _connect(self) -> None:
        self._lost.clear()
        connection = self._connection = await asyncpg.connect(self._dsn, server_settings={"application_name": "weft changes"})
        connection.add_termination_listener(self._on_lost)
        await connection.add_listener(CHANNEL, self._on_notice)
        self._tell("everything", "")
        self.alive = not connection.is_closed()

    async def _keep(self) -> None:
        try:
            while True:
                with suppress(TimeoutError):
                    await asyncio.wait_for(self._lost.wait(), PROBE)
                await (self._reconnect() if self._lost.is_set() else self._probe())
        finally:
            self.alive = False
            self._drop()

    async def _reconnect(self) -> None:
        self._drop()
        await asyncio.sleep(PAUSE)
        try:
            await self._connect()
        except (OSError, TimeoutError, asyncpg.PostgresError, asyncpg.InterfaceError, asyncpg.InternalClientError) as wrong:
            self._lost.set()
            Log.warning("the database does not answer; nothing is cached meanwhile", error=str(wrong))

    async def _probe(self) -> None:
        """Notice a connection that died without a word."""
        connection = self._connection
        assert connection is not None
        try:
            await connection.execute("SELECT 1", timeout=5)
        except (OSError, TimeoutError, asyncpg.PostgresError, asyncpg.InterfaceError, asyncpg.InternalClientError):
            self._on_lost(connection)

    def _drop(self) -> None:
        """Let go of the connection; what it says of its end is no news any more."""
        connection, self._connection = self._connection, None
        if connection and not connection.is_closed():
            connection.terminate()

    def _on_lost(self, connection: object) -> None:
        if connection is self._connection:
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
