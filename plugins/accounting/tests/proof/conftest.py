"""Books whose entries are sealed, and somebody who may do everything to them."""

from collections.abc import AsyncIterator
from typing import Any, TypeAlias

import asyncpg
import pytest
import pytest_asyncio

from plugins.accounting.services import sealing
from plugins.accounting.tests.conftest import Books, line
from weft.checks import Finding

Connection: TypeAlias = "asyncpg.Connection[asyncpg.Record]"


class Tamperer:
    """Changes a tenant's tables past their triggers."""

    def __init__(self, connection: Connection, schema: str) -> None:
        self.connection = connection
        self.schema = schema

    async def run(self, sql: str, *args: object) -> str:
        """Run a statement as somebody with all rights, triggers and foreign keys asleep."""
        async with self.connection.transaction():
            await self.connection.execute(f"SET LOCAL search_path = {self.schema}; SET LOCAL session_replication_role = replica")
            return await self.connection.execute(sql, *args)


@pytest_asyncio.fixture(loop_scope="session")
async def tamperer(installation: Any, tenant: Any) -> AsyncIterator[Tamperer]:
    """Yield somebody with all rights."""
    connection = await asyncpg.connect(installation.superuser_url)
    yield Tamperer(connection, tenant.schema)
    await connection.close()


@pytest.fixture
async def sealed(books: Books) -> Books:
    """Return books with seven entries under three seals."""
    for count in (3, 1, 3):
        for number in range(count):
            await books.post(line("1100", f"{240 + number}.50", description="Müller “ü” 🧵"), line("4000", f"-{240 + number}.50"))
        await sealing.seal_entries(books.tenant)
    return books


async def findings(books: Books, *, together: int = 5000) -> list[Finding]:
    """Return what is not as it was sealed."""
    async with books.tenant.transaction() as db:
        return list((await sealing.verify(db, together=together)).findings)
