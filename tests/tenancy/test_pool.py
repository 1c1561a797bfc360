"""Many tenants over few connections: no request ever sees another's rows, and no failure costs a connection."""

import asyncio
import random

import asyncpg
import pytest
import pytest_asyncio

from core.platform.pool import TenantPool
from core.runtime import app_login
from core.tenancy import opening
from core.tenancy.opening import OpenScope, begin
from core.tenancy.pending import Actor
from core.tenancy.scope import TransactionLost
from core.tenancy.tenant import LiveTenant
from infra.testing import Installation
from tests.sample.tables import Note
from tests.tenancy.arena import Arena
from weft.errors import Unavailable

TENANTS, REQUESTS, CONNECTIONS, TASKS = 40, 4000, 4, 8
NOBODY = Actor(via="platform", name="Nobody")


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def crowd(installation: Installation) -> list[LiveTenant]:
    """Return tenants whose only note is named like their schema."""
    tenants = [await installation.new_tenant() for _ in range(TENANTS)]
    for tenant in tenants:
        async with tenant.transaction(unaudited="test") as scope:
            await scope.execute("INSERT INTO notes_note VALUES (uuidv7(), current_user, 0)")
    return tenants


async def test_of_4000_interleaved_requests_of_40_tenants_over_4_connections_none_is_wrong(
    installation: Installation, crowd: list[LiveTenant]
) -> None:
    pool = TenantPool(installation.settings.login(app_login(0)), size=CONNECTIONS, name="test")
    chance = random.Random(7)
    wrong: list[object] = []

    async def one(tenant: LiveTenant) -> None:
        async with OpenScope(pool, tenant.schema, NOBODY, strict=False, unaudited="test") as scope:
            titles = [row["title"] for row in await Note.select(Note.title).run()]  # cached, and unqualified
            await scope.execute("UPDATE notes_note SET version = version + 1")
            if titles != [tenant.schema] or await scope.fetchval("SELECT current_user") != tenant.schema:
                wrong.append((tenant.schema, titles))
            if chance.random() < 0.1:
                raise Failed

    async def many(tenants: list[LiveTenant]) -> int:
        failed = 0
        for tenant in tenants:
            try:
                await one(tenant)
            except Failed:
                failed += 1
        return failed

    plan = [crowd[number % TENANTS] for number in range(REQUESTS)]
    chance.shuffle(plan)
    failed = sum(await asyncio.gather(*(many(plan[start::TASKS]) for start in range(TASKS))))
    await pool.close()
    counted = 0
    for tenant in crowd:
        async with tenant.transaction() as scope:
            counted += await scope.fetchval("SELECT sum(version) FROM notes_note")
    assert wrong == []
    assert counted == REQUESTS - failed, "an update went astray, or one was kept that failed"


class Failed(Exception):
    """Something went wrong in a request."""


async def test_a_begin_that_fails_loses_no_connection(installation: Installation) -> None:
    pool = TenantPool(installation.settings.login(app_login(0)), size=2, name="test")
    for _ in range(2 + 1):
        with pytest.raises(asyncpg.PostgresError):
            async with OpenScope(pool, "t_nosuchrole", NOBODY, strict=True):
                pass
    for connection in [await pool.acquire("", 1) for _ in range(2)]:
        assert not connection.is_in_transaction()
        pool.release(connection)
    await pool.close()


@pytest.mark.parametrize(
    "name", ["t_0123456789; SET ROLE weft_owner", "t_012345678", "T_0123456789", "public", "t_012345678é", "t_0123456789\n", ""]
)
async def test_only_the_name_of_a_schema_is_put_into_the_string_that_opens_a_scope(name: str) -> None:
    with pytest.raises(ValueError, match="not the name of a tenant"):
        begin(name, 5)


async def test_a_pool_that_is_exhausted_says_try_again(arena: Arena, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(opening, "WAIT", 0.05)
    pool = TenantPool(arena.installation.settings.login(app_login(0)), size=1, name="test")
    async with OpenScope(pool, arena.a.schema, NOBODY, strict=True):
        with pytest.raises(Unavailable):
            await OpenScope(pool, arena.a.schema, NOBODY, strict=True).__aenter__()
    async with OpenScope(pool, arena.a.schema, NOBODY, strict=True) as scope:
        assert await scope.fetchval("SELECT 1") == 1
    await pool.close()


async def test_a_backend_that_has_learnt_too_much_is_replaced(arena: Arena) -> None:
    dsn = arena.installation.settings.login(app_login(0))
    for most, changes in ((256_000_000, False), (1, True)):
        pool, pids = TenantPool(dsn, size=1, name="test", look_every=2, most_memory=most), []
        for _ in range(3):
            async with OpenScope(pool, arena.a.schema, NOBODY, strict=True) as scope:
                pids.append(await scope.fetchval("SELECT pg_backend_pid()"))
        assert pids[0] == pids[1]
        assert (pids[2] != pids[1]) is changes
        await pool.close()


async def test_a_scope_costs_one_round_trip_to_open_and_one_to_close(arena: Arena) -> None:
    pool = TenantPool(arena.installation.settings.login(app_login(0)), size=1, name="test")
    sent: list[str] = []
    async with OpenScope(pool, arena.a.schema, NOBODY, strict=True) as scope:
        connection = scope.connection
        with connection.query_logger(lambda query: sent.append(query.query)):
            await scope.fetchval("SELECT 1")
    assert sent == ["SELECT 1"]
    pid = await arena.superuser.fetchval("SELECT pid FROM pg_stat_activity WHERE application_name = 'test' AND state = 'idle'")
    assert await arena.superuser.fetchval("SELECT query FROM pg_stat_activity WHERE pid = $1", pid) == "COMMIT"
    await pool.close()


async def test_deferred_refusals_at_commit_reach_the_caller(arena: Arena) -> None:
    pair = f"{arena.a.schema}.notes_pair"
    await arena.superuser.execute(
        f"CREATE TABLE {pair} (id int PRIMARY KEY, other int REFERENCES {pair} DEFERRABLE INITIALLY DEFERRED);"
        f"GRANT ALL ON {pair} TO {arena.a.schema}"
    )
    with pytest.raises(asyncpg.ForeignKeyViolationError):
        async with arena.a.transaction(unaudited="test") as scope:
            await scope.execute("INSERT INTO notes_pair VALUES (1, 2)")
    await arena.superuser.execute(f"DROP TABLE {pair}")
    with pytest.raises(TransactionLost):
        async with arena.a.transaction(unaudited="test") as scope:
            with pytest.raises(asyncpg.UndefinedTableError):
                await scope.fetch("SELECT * FROM notes_pair")
