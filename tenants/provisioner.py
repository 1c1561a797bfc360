"""The operator's connections: the only ones that may make roles, schemas and tables."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import asyncpg

from core.platform.connection import open_pool
from core.platform.database import Db
from tenants.roles import OWNER


class Provisioner:
    """A small pool that logs in as the provisioner, or as the superuser who prepared the database."""

    def __init__(self, pool: "asyncpg.Pool[asyncpg.Record]") -> None:
        self.pool = pool

    @classmethod
    async def open(cls, dsn: str, *, size: int = 4) -> "Provisioner":
        """Connect."""
        return cls(await open_pool(dsn, size=size, name="weft operator"))

    async def close(self) -> None:
        """Close the pool."""
        await self.pool.close()

    @asynccontextmanager
    async def transaction(self) -> "AsyncIterator[Db[asyncpg.Record]]":
        """Open a transaction with the rights of the login: for roles and grants of membership."""
        async with self.pool.acquire() as connection, connection.transaction():
            yield connection

    @asynccontextmanager
    async def as_owner(self) -> "AsyncIterator[Db[asyncpg.Record]]":
        """Open a transaction as the owner of all tables."""
        async with self.transaction() as connection:
            await connection.execute(f"SET LOCAL ROLE {OWNER}")
            yield connection
