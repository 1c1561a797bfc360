"""Nothing outlives a scope: not on the connection, not in a task, not through an error that somebody swallowed."""

import asyncio
from typing import Any

import asyncpg
import pytest

from core.tenancy.opening import OpenScope
from core.tenancy.scope import CURRENT, OutsideTenant, TransactionLost
from infra.testing import Installation
from tests.sample.tables import Note
from tests.tenancy.arena import Arena
from weft.errors import Refused


async def everyone(installation: Installation) -> list[tuple[Any, ...]]:
    """Return who each connection of the tenants' pool is, and what its path is."""
    pool = installation.runtime.pools[0]
    held = [await pool.acquire("", 5) for _ in range(pool.size)]
    found = [tuple(*await each.fetch("SELECT session_user, current_user, current_setting('search_path')")) for each in held]
    for each in held:
        pool.release(each)
    return found


async def test_connections_come_back_as_they_were(arena: Arena) -> None:
    for tenant in (arena.a, arena.b) * 5:
        async with tenant.transaction(unaudited="test") as scope:
            await scope.execute("UPDATE notes_note SET version = version")
    assert set(await everyone(arena.installation)) == {("weft_app_00", "weft_app_00", '"$user", pg_temp')}


async def test_a_scope_that_has_ended_refuses_everything(arena: Arena) -> None:
    async with arena.a.transaction() as scope:
        pass
    for use in (scope.fetch, scope.fetchrow, scope.fetchval, scope.execute):
        with pytest.raises(OutsideTenant):
            await use("SELECT 1")
    with pytest.raises(OutsideTenant):
        await arena.a.record()


async def test_a_query_without_a_scope_is_refused(arena: Arena) -> None:
    with pytest.raises(OutsideTenant, match=r"async with tenant\.transaction"):
        await Note.select().run()
    with pytest.raises(OutsideTenant):
        await Note.raw("SELECT 1").run()


async def test_a_task_that_outlives_its_scope_is_refused(arena: Arena) -> None:
    go_on = asyncio.Event()

    async def late() -> str:
        await go_on.wait()
        assert CURRENT.get() is not None  # the task was born inside, and remembers
        with pytest.raises(OutsideTenant):
            await Note.select().run()
        async with arena.a.transaction() as own:  # but it may open a scope of its own
            return str(await own.fetchval("SELECT current_user"))

    async with arena.a.transaction():
        task = asyncio.create_task(late())
    go_on.set()
    assert await task == arena.a.schema


async def test_a_statement_under_way_when_its_scope_ends_reaches_nobody_elses_transaction(arena: Arena) -> None:
    async def slow(scope: Any, started: asyncio.Event) -> None:
        started.set()
        await scope.fetch("SELECT count(*) FROM generate_series(1, 300000)")

    async def careless() -> None:
        started = asyncio.Event()
        async with arena.a.transaction() as scope:
            late.append(asyncio.create_task(slow(scope, started)))
            await started.wait()

    async def careful() -> Any:
        async with arena.b.transaction() as scope:
            return await scope.fetchval("SELECT current_user")

    late: list[asyncio.Task[None]] = []
    ended: Any
    who: Any
    for _ in range(10):
        ended, who = await asyncio.gather(careless(), careful(), return_exceptions=True)
        (reached,) = await asyncio.gather(late.pop(), return_exceptions=True)
        assert isinstance(ended, Exception) or isinstance(reached, Exception), "one of the two must notice"
        assert who == arena.b.schema
    assert set(await everyone(arena.installation)) == {("weft_app_00", "weft_app_00", '"$user", pg_temp')}


async def test_two_queries_at_once_in_one_scope_fail_loudly(arena: Arena) -> None:
    with pytest.raises(asyncpg.InterfaceError):
        async with arena.a.transaction():
            await asyncio.gather(Note.select().run(), Note.select().run())
    async with arena.b.transaction() as scope:
        assert await scope.fetchval("SELECT current_user") == arena.b.schema


async def test_scopes_of_two_tenants_live_side_by_side_in_two_tasks(arena: Arena) -> None:
    async def who(tenant: Any) -> Any:
        async with tenant.transaction() as scope:
            await asyncio.sleep(0)
            rows = await Note.select(Note.title).run()
            return await scope.fetchval("SELECT current_user"), rows

    seen = await asyncio.gather(*(who(tenant) for tenant in (arena.a, arena.b) * 20))
    assert {(schema, row["title"]) for schema, rows in seen for row in rows} == {
        (arena.a.schema, "of A"),
        (arena.b.schema, "the secret of B"),
    }


async def test_a_transaction_of_another_tenant_is_refused_inside(arena: Arena) -> None:
    async with arena.a.transaction() as scope:
        with pytest.raises(Refused, match="never spans two tenants"):
            arena.b.transaction()
        with pytest.raises(Refused):
            await arena.b.mail("x@example.com", "x", "x")
        assert await scope.fetchval("SELECT current_user") == arena.a.schema


@pytest.mark.parametrize("swallowed", ["SELECT 1 / 0", "SELECT * FROM nothing", "INSERT INTO notes_note (id) VALUES (NULL)"])
async def test_a_swallowed_error_loses_the_transaction_and_says_so(arena: Arena, swallowed: str) -> None:
    with pytest.raises(TransactionLost, match="nothing was saved"):
        async with arena.a.transaction(unaudited="test") as scope:
            await scope.execute("INSERT INTO notes_note VALUES (uuidv7(), 'lost', 1)")
            with pytest.raises(asyncpg.PostgresError):
                await scope.fetch(swallowed)
    async with arena.a.transaction() as scope:
        assert await scope.fetchval("SELECT count(*) FROM notes_note WHERE title = 'lost'") == 0


async def test_a_swallowed_error_loses_what_was_told_as_well(arena: Arena) -> None:
    with pytest.raises(TransactionLost):
        async with arena.a.transaction(unaudited="test") as scope:
            await arena.a.mail("x@example.com", "lost", "x")
            with pytest.raises(asyncpg.PostgresError):
                await scope.fetch("SELECT 1 / 0")
    assert not await arena.superuser.fetchval("SELECT count(*) FROM platform.mail WHERE subject = 'lost'")


async def test_an_error_inside_a_savepoint_may_be_swallowed(arena: Arena) -> None:
    async with arena.a.transaction(unaudited="test") as scope:
        await scope.execute("UPDATE notes_note SET version = 5")
        with pytest.raises(asyncpg.DivisionByZeroError):
            async with arena.a.transaction():
                await scope.execute("UPDATE notes_note SET version = 6")
                await scope.fetch("SELECT 1 / 0")
        assert await scope.fetchval("SELECT version FROM notes_note") == 5
        await scope.execute("UPDATE notes_note SET version = 1")


async def test_a_cancelled_request_gives_its_connection_back_clean(arena: Arena) -> None:
    async def long() -> None:
        async with arena.a.transaction(unaudited="test") as scope:
            await scope.execute("INSERT INTO notes_note VALUES (uuidv7(), 'cancelled', 1)")
            await scope.fetch("SELECT count(*) FROM generate_series(1, 100000000)")

    for _ in range(arena.installation.runtime.pools[0].size + 2):
        task = asyncio.create_task(long())
        await asyncio.sleep(0.02)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
    assert set(await everyone(arena.installation)) == {("weft_app_00", "weft_app_00", '"$user", pg_temp')}
    async with arena.a.transaction() as scope:
        assert await scope.fetchval("SELECT count(*) FROM notes_note WHERE title = 'cancelled'") == 0


async def test_a_connection_that_the_server_kills_costs_one_request(arena: Arena) -> None:
    for inside in (True, False):
        with pytest.raises((asyncpg.PostgresError, asyncpg.InterfaceError, asyncpg.InternalClientError, ConnectionError)):
            async with arena.a.transaction(unaudited="test") as scope:
                pid = await scope.fetchval("SELECT pg_backend_pid()")
                await scope.execute("UPDATE notes_note SET version = 9")
                await arena.superuser.execute("SELECT pg_terminate_backend($1)", pid)
                if inside:
                    await scope.fetch("SELECT 1")
    async with arena.a.transaction() as scope:
        assert await scope.fetchval("SELECT version FROM notes_note") == 1


async def test_a_request_cancelled_while_its_transaction_opens_leaves_no_role_behind(arena: Arena) -> None:
    async def opening() -> None:
        async with arena.a.transaction():
            await asyncio.Event().wait()

    for turns in range(200):
        task = asyncio.create_task(opening())
        for _ in range(turns % 10):  # a little later in the opening each time
            await asyncio.sleep(0)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        assert set(await everyone(arena.installation)) == {("weft_app_00", "weft_app_00", '"$user", pg_temp')}


async def test_connections_that_the_server_kills_while_they_lie_idle_cost_nothing(arena: Arena) -> None:
    await everyone(arena.installation)  # as many as there can be
    await arena.superuser.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'weft_app_00'")
    for _ in range(arena.installation.runtime.pools[0].size + 1):
        async with arena.a.transaction() as scope:
            assert await scope.fetchval("SELECT current_user") == arena.a.schema


async def test_a_statement_that_takes_too_long_is_stopped(arena: Arena) -> None:
    scope = OpenScope(arena.installation.runtime.pools[0], arena.a.schema, arena.a.actor, strict=True, timeout=1)
    with pytest.raises(asyncpg.QueryCanceledError):
        async with scope as inside:
            await inside.fetch("SELECT count(*) FROM generate_series(1, 10000000000)")
