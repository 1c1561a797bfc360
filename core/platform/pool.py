"""Connections to tenants' schemas, handed to the same tenants again where possible.

A backend of PostgreSQL learns a tenant's tables and plans anew whenever the tenant changes, and keeps what it learnt for good. So each
tenant has a connection it prefers (by a hash of its schema's name), and takes another only while that one is busy.
"""

import asyncio
from collections import deque
from contextlib import suppress
from dataclasses import dataclass, field
from zlib import crc32

import asyncpg

from core.platform.connection import WeftConnection

RECYCLE_AFTER = 20_000  # uses; a backend never gives back what it has learnt
LOOK_EVERY = 500  # uses between two looks at how much memory a backend holds
MOST_MEMORY = 256_000_000  # bytes
CLOSE_WITHIN = 5.0  # seconds for a connection to say goodbye

PATIENCE = 30  # seconds one statement of a tenant may take, where nothing else is said

# What holds for a tenant's connection as long as it lives, so that opening a transaction need not say it. The path names whoever acts: in
# the role of a tenant it is that tenant's schema, and in the role that logged in, which owns none, it is nothing.
SESSION = {
    "search_path": '"$user", pg_temp',
    "statement_timeout": str(PATIENCE * 1000),
    "idle_in_transaction_session_timeout": "120000",
    "jit": "off",
}

Connection = asyncpg.Connection


class PoolClosed(ConnectionError):
    """The pool was asked for a connection after it was closed."""


@dataclass(slots=True, eq=False)
class Slot:
    """One place in the pool: a connection, or none yet."""

    connection: "Connection[asyncpg.Record] | None" = None
    busy: bool = False
    uses: int = 0


@dataclass(slots=True, eq=False)
class TenantPool:
    """At most `size` connections as one login role."""

    dsn: str
    size: int
    name: str
    look_every: int = LOOK_EVERY
    most_memory: int = MOST_MEMORY
    slots: list[Slot] = field(init=False)
    _waiting: deque[asyncio.Future[Slot]] = field(default_factory=deque)
    _slot_of: dict[int, Slot] = field(default_factory=dict)  # by the id() of the connection that is out
    _closing: set[asyncio.Task[None]] = field(default_factory=set)
    _closed: bool = False

    def __post_init__(self) -> None:
        self.slots = [Slot() for _ in range(self.size)]

    async def acquire(self, key: str, timeout: float) -> "Connection[asyncpg.Record]":
        """Return a connection nobody else uses, best the one that `key` had before.

        Raises `TimeoutError` when none becomes free within `timeout` seconds, and what connecting raises.
        """
        slot = self._free_slot(key)
        if slot is None:
            slot = await self._wait(timeout)
        slot.busy = True
        try:
            connection = slot.connection
            if connection and slot.uses % self.look_every == 0 and await self._is_fat(connection):
                self._part_with(connection)
                connection = None
            if connection is None or connection.is_closed():
                connection = slot.connection = await self._connect(timeout)
                slot.uses = 0
        except BaseException:
            if slot.connection:  # whoever gave up while it was asked does not know what it says next
                slot.connection.terminate()
            slot.connection = None
            self._hand_on(slot)
            raise
        slot.uses += 1
        self._slot_of[id(connection)] = slot
        return connection

    def release(self, connection: "Connection[asyncpg.Record]") -> None:
        """Take a connection back. One that is in a transaction still, broken or worn out is closed."""
        slot = self._slot_of.pop(id(connection))
        if connection.is_closed():
            slot.connection = None
        elif connection.is_in_transaction():
            connection.terminate()
            slot.connection = None
        elif slot.uses >= RECYCLE_AFTER or self._closed:
            slot.connection = None
            self._part_with(connection)
        self._hand_on(slot)

    async def fetchval(self, sql: str) -> object:
        """Ask something that needs no tenant, such as whether the server answers."""
        connection = await self.acquire("", CLOSE_WITHIN)
        try:
            return await connection.fetchval(sql)
        finally:
            self.release(connection)

    async def close(self) -> None:
        """Close every connection; those in use when they come back."""
        self._closed = True
        for waiting in self._waiting:
            if not waiting.done():
                waiting.set_exception(PoolClosed("the pool is closed"))
        for slot in self.slots:
            if slot.connection and not slot.busy:
                self._part_with(slot.connection)
                slot.connection = None
        if self._closing:
            await asyncio.wait(self._closing, timeout=CLOSE_WITHIN)

    @property
    def in_use(self) -> int:
        """How many connections are out."""
        return sum(slot.busy for slot in self.slots)

    def _free_slot(self, key: str) -> Slot | None:
        if self._closed:
            raise PoolClosed("the pool is closed")
        preferred = self.slots[crc32(key.encode()) % self.size]
        if not preferred.busy:
            return preferred
        idle = [slot for slot in self.slots if not slot.busy]
        return next((slot for slot in idle if slot.connection), idle[0]) if idle else None

    async def _wait(self, timeout: float) -> Slot:
        waiting: asyncio.Future[Slot] = asyncio.get_running_loop().create_future()
        self._waiting.append(waiting)
        try:
            async with asyncio.timeout(timeout):
                return await waiting
        except BaseException:
            if waiting.done() and not waiting.cancelled() and not waiting.exception():
                self._hand_on(waiting.result())  # it came in the very moment we gave up
            raise
        finally:
            with suppress(ValueError):
                self._waiting.remove(waiting)

    def _hand_on(self, slot: Slot) -> None:
        """Give a free slot to who has waited longest."""
        slot.busy = False
        while self._waiting:
            waiting = self._waiting.popleft()
            if not waiting.done():
                slot.busy = True
                waiting.set_result(slot)
                return

    async def _connect(self, timeout: float) -> "Connection[asyncpg.Record]":
        return await asyncpg.connect(
            self.dsn,
            timeout=timeout,
            connection_class=WeftConnection,
            statement_cache_size=100,
            server_settings={"application_name": self.name, **SESSION},
        )

    async def _is_fat(self, connection: "Connection[asyncpg.Record]") -> bool:
        """Tell whether a backend has learnt so much that a new one is better; one that may not be asked is not."""
        try:
            held = await connection.fetchval(_MEMORY, timeout=CLOSE_WITHIN)
        except (OSError, TimeoutError, asyncpg.PostgresError, asyncpg.InterfaceError, asyncpg.InternalClientError):
            return False
        return bool(held > self.most_memory)

    def _part_with(self, connection: "Connection[asyncpg.Record]") -> None:
        task = asyncio.ensure_future(_goodbye(connection))
        self._closing.add(task)
        task.add_done_callback(self._closing.discard)


_MEMORY = "SELECT sum(total_bytes)::bigint FROM pg_catalog.pg_get_backend_memory_contexts()"


async def _goodbye(connection: "Connection[asyncpg.Record]") -> None:
    try:
        await connection.close(timeout=CLOSE_WITHIN)
    except (OSError, TimeoutError, asyncpg.PostgresError, asyncpg.InterfaceError):
        connection.terminate()
