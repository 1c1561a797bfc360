"""Connections of tenants that share none: each logs in as the tenant's own role, so nothing that is sent through it reaches anybody else.

Opening one takes about ten milliseconds, so a few are kept; of those that lie idle the one longest unused gives way to another tenant's.
"""

import asyncio
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from time import monotonic

import asyncpg

from core.platform.connection import WeftConnection
from core.platform.pool import CLOSE_WITHIN, RECYCLE_AFTER, SESSION, PoolClosed

IDLE = 60.0  # seconds after which a connection that nobody uses is closed

Connection = asyncpg.Connection


@dataclass(slots=True, eq=False)
class Own:
    """A connection of one tenant's, or the place of one that is being opened."""

    schema: str
    connection: "Connection[asyncpg.Record] | None" = None
    busy: bool = True
    uses: int = 0
    rested: float = 0.0  # since when nobody uses it, by the monotonic clock


@dataclass(slots=True, eq=False)
class LoginPool:
    """At most `size` connections in all, and half of them for one tenant; `dsn` says how to log in as a role."""

    dsn: Callable[[str], str]
    size: int
    name: str
    idle: float = IDLE
    _owned: list[Own] = field(default_factory=list)
    _waiting: set[asyncio.Future[None]] = field(default_factory=set)
    _closing: set[asyncio.Task[None]] = field(default_factory=set)
    _sweep: asyncio.TimerHandle | None = None
    _closed: bool = False
    evicted: int = 0  # how often one that lay idle gave way to another tenant's

    async def acquire(self, key: str, timeout: float) -> "Connection[asyncpg.Record]":
        """Return a connection that is logged in as `key`, a tenant's role, and that nobody else uses.

        Raises `TimeoutError` when none becomes free within `timeout` seconds, and what connecting raises.
        """
        async with asyncio.timeout(timeout):
            while (own := self._take(key)) is None:
                await self._wait()
        try:
            if own.connection is None or own.connection.is_closed():
                own.connection, own.uses = await self._connect(key, timeout), 0
        except BaseException:
            self._forget(own)
            raise
        own.uses += 1
        return own.connection

    def release(self, connection: "Connection[asyncpg.Record]") -> None:
        """Take a connection back. One that is in a transaction still, broken or worn out is closed."""
        own = next(each for each in self._owned if each.connection is connection)
        if not connection.is_closed() and connection.is_in_transaction():
            connection.terminate()
        if connection.is_closed() or self._closed or own.uses >= RECYCLE_AFTER:
            self._forget(own)
            return
        own.busy, own.rested = False, monotonic()
        if self._sweep is None:
            self._sweep = asyncio.get_running_loop().call_later(self.idle, self._close_idle)
        self._wake()

    async def close(self) -> None:
        """Close every connection; those in use when they come back."""
        self._closed = True
        if self._sweep:
            self._sweep.cancel()
        for own in [each for each in self._owned if not each.busy]:
            self._forget(own)
        self._wake()
        if self._closing:
            await asyncio.wait(self._closing, timeout=CLOSE_WITHIN)

    @property
    def open(self) -> Counter[str]:
        """How many connections each tenant has."""
        return Counter(own.schema for own in self._owned)

    @property
    def in_use(self) -> int:
        """How many are in use."""
        return sum(own.busy for own in self._owned)

    def _take(self, key: str) -> Own | None:
        if self._closed:
            raise PoolClosed("the pool is closed")
        idle = sorted((each for each in self._owned if not each.busy), key=lambda own: own.rested)
        for own in reversed(idle):
            if own.schema == key:
                own.busy = True
                return own
        if self.open[key] >= max(1, self.size // 2):
            return None
        if len(self._owned) >= self.size:
            if not idle:
                return None
            self._forget(idle[0])
            self.evicted += 1
        own = Own(key)
        self._owned.append(own)
        return own

    async def _wait(self) -> None:
        freed: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.add(freed)
        try:
            await freed
        finally:
            self._waiting.discard(freed)

    def _wake(self) -> None:
        for freed in self._waiting:
            if not freed.done():
                freed.set_result(None)

    def _forget(self, own: Own) -> None:
        self._owned.remove(own)
        if own.connection and not own.connection.is_closed():
            task = asyncio.ensure_future(_goodbye(own.connection))
            self._closing.add(task)
            task.add_done_callback(self._closing.discard)
        self._wake()

    def _close_idle(self) -> None:
        self._sweep = None
        now = monotonic()
        for own in [each for each in self._owned if not each.busy and now - each.rested >= self.idle]:
            self._forget(own)
        if resting := [own.rested for own in self._owned if not own.busy]:
            wait = max(0.0, min(resting) + self.idle - now)
            self._sweep = asyncio.get_running_loop().call_later(wait, self._close_idle)

    async def _connect(self, schema: str, timeout: float) -> "Connection[asyncpg.Record]":
        return await asyncpg.connect(
            self.dsn(schema),
            timeout=timeout,
            connection_class=WeftConnection,
            statement_cache_size=100,
            server_settings={"application_name": self.name, **SESSION},
        )


async def _goodbye(connection: "Connection[asyncpg.Record]") -> None:
    with suppress(OSError, TimeoutError, asyncpg.PostgresError, asyncpg.InterfaceError):
        await connection.close(timeout=CLOSE_WITHIN)
        return
    connection.terminate()
