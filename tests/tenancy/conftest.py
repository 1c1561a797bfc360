"""The two businesses of the attacks: made once, checked after every test."""

from collections.abc import AsyncIterator

import asyncpg
import pytest
import pytest_asyncio

from core.platform.connection import WeftConnection
from core.plugins.registry import Registry
from infra.testing import Installation, ServerUrls, installed
from tests.sample.plugin import plugin as notes
from tests.tenancy.arena import SECRET, Arena


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def installation(weft_servers: ServerUrls, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Installation]:
    """Yield a Weft with nothing but the sample plugin."""
    async with installed(weft_servers, Registry([notes]), tmp_path_factory.mktemp("tenancy")) as made:
        yield made


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def _arena(installation: Installation) -> AsyncIterator[Arena]:
    a, b = await installation.new_tenant(), await installation.new_tenant()
    superuser = await asyncpg.connect(installation.superuser_url, connection_class=WeftConnection)
    await superuser.execute(f"INSERT INTO {a.schema}.notes_note VALUES (gen_random_uuid(), 'of A', 1)")
    await superuser.execute(f"INSERT INTO {b.schema}.notes_note VALUES (gen_random_uuid(), '{SECRET}', 1)")
    await superuser.execute(f"CREATE SEQUENCE {b.schema}.notes_number; ALTER SEQUENCE {b.schema}.notes_number OWNER TO weft_owner")
    await superuser.execute(f"SELECT nextval('{b.schema}.notes_number')")
    yield Arena(installation, a, b, superuser)
    await superuser.close()


@pytest_asyncio.fixture(loop_scope="session")
async def arena(_arena: Arena) -> AsyncIterator[Arena]:
    """Yield the arena, and check afterwards that B is as it was."""
    yield _arena
    left = await _arena.superuser.fetch(f"SELECT title, version FROM {_arena.b.schema}.notes_note")
    assert [tuple(row) for row in left] == [(SECRET, 1)], "B was changed"
