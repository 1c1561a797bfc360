"""The platform's own connections: they log in as `weft_platform`, which can reach no tenant's schema."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import asyncpg

from core.platform.connection import open_pool

Db = asyncpg.pool.PoolConnectionProxy  # what `Platform.transaction()` hands out


class Platform:
    """A small pool, and the two ways to use it."""

    def __init__(self, pool: "asyncpg.Pool[asyncpg.Record]") -> None:
        self.pool = pool

    @classmethod
    async def open(cls, dsn: str, *, size: int, name: str) -> "Platform":
        """Connect; `size` is the greatest number of connections."""
        return cls(await open_pool(dsn, size=size, name=name, statement_timeout="30000"))

    async def close(self) -> None:
        """Close the pool."""
        await self.pool.close()

    async def fetch(self, sql: str, *args: object) -> list[asyncpg.Record]:
        """Return all rows of one statement."""
        return await self.pool.fetch(sql, *args)

    async def fetchrow(self, sql: str, *args: object) -> asyncpg.Record | None:
        """Return the first row of one statement."""
        return await self.pool.fetchrow(sql, *args)

    async def fetchval(self, sql: str, *args: object) -> Any:
        """Return the first value of one statement."""
        return await self.pool.fetchval(sql, *args)

    async def execute(self, sql: str, *args: object) -> int:
        """Return how many rows one statement touched."""
        count = (await self.pool.execute(sql, *args)).rpartition(" ")[2]
        return int(count) if count.isdigit() else 0

    @asynccontextmanager
    async def transaction(self) -> "AsyncIterator[Db[asyncpg.Record]]":
        """Open a transaction on one connection."""
        async with self.pool.acquire() as connection, connection.transaction():
            yield connection
