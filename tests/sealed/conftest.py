"""Businesses with the modules that keep bank accounts, and what a thief of the database would hold of one."""

from collections.abc import AsyncIterator

import asyncpg
import pytest
import pytest_asyncio

from core.platform.connection import WeftConnection
from core.tenancy.tenant import LiveTenant
from infra.testing import Installation

IBAN = "DE02120300000000202051"
OTHER = "GB33BUKB20201555555555"


class Thief:
    """Reads the server as its superuser."""

    def __init__(self, connection: "asyncpg.Connection[asyncpg.Record]") -> None:
        self.sql = connection

    async def dump(self, tenant: LiveTenant) -> str:
        """Return every row of the business's schema, and of its shared tables, as text."""
        tables = [
            f'{tenant.schema}."{row["relname"]}" x'
            for row in await self.sql.fetch(
                "SELECT relname FROM pg_class WHERE relnamespace = $1::regnamespace AND relkind = 'r'", tenant.schema
            )
        ]
        tables += [
            f"platform.{row['relname']} x WHERE tenant = '{tenant.schema}'"
            for row in await self.sql.fetch(
                "SELECT c.relname FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attname = 'tenant' "
                "WHERE c.relnamespace = 'platform'::regnamespace AND c.relkind = 'r'"
            )
        ]
        found = [await self.sql.fetchval(f"SELECT COALESCE(string_agg(x::text, E'\\n'), '') FROM {table}") for table in tables]
        return "\n".join(found)


@pytest.fixture
def modules() -> tuple[str, ...]:
    """Have contacts and accounting alone."""
    return ("accounting",)


@pytest_asyncio.fixture(loop_scope="session")
async def thief(installation: Installation) -> AsyncIterator[Thief]:
    """Yield somebody who has the whole database, and not the installation's key."""
    connection = await asyncpg.connect(installation.superuser_url, connection_class=WeftConnection)
    yield Thief(connection)
    await connection.close()
