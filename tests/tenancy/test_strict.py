"""Strictly isolated businesses: on connections of their own they may send whatever SQL they like, past every gate, and reach nobody."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import asyncpg
import msgspec
import pytest
import pytest_asyncio

from core.platform.connection import WeftConnection
from core.platform.pool import SESSION
from core.plugins.registry import Registry
from core.runtime import app_login
from core.tenancy.gate import NotAllowed
from core.tenancy.logins import LoginPool
from core.tenancy.tenant import LiveTenant
from infra.testing import Installation
from tenants import life
from tenants.doctor import examine
from tenants.doctor.logins import logins
from tenants.isolation import isolate, share
from tenants.modules import Modules, enable
from tenants.spares import make_spare
from tests.sample.plugin import plugin as notes
from tests.tenancy import leading_out, reaching, utilities
from tests.tenancy.arena import SECRET, Connection
from tests.tenancy.breaking_out import BREAKING_OUT
from weft import Conflict, Lifecycle, Plugin, Tenant, Unavailable, hookimpl

ATTACKS = (
    *BREAKING_OUT,
    *(each.sql for part in (reaching.READING, reaching.WRITING) for each in part),
    *(
        each.sql
        for name in ("CHANGING_WHO", "RUNNING_SQL", "FILES", "LARGE_OBJECTS", "SERVER", "CATALOGUE")
        for each in getattr(leading_out, name)
    ),
    *(each.sql for each in leading_out.SESSION if "sleep" not in each.sql),
    *(
        each.sql
        for name in ("BECOMING_ANOTHER", "ENDING", "STAYING", "RUNNING", "CHANGING_THINGS", "HIDING")
        for each in getattr(utilities, name)
    ),
)


@pytest_asyncio.fixture(loop_scope="session")
async def strict(installation: Installation) -> LiveTenant:
    """Return a business with connections of its own, and one note."""
    tenant = await installation.new_tenant()
    async with tenant.transaction(unaudited="test") as db:
        await db.execute("INSERT INTO notes_note VALUES (uuidv7(), 'of A', 1)")
    return await isolated(installation, tenant)


async def isolated(installation: Installation, tenant: LiveTenant) -> LiveTenant:
    await isolate(installation.provisioner, installation.runtime, tenant.catalogue_entry)
    return await installation.runtime.tenant_by_id(tenant.id)


@pytest_asyncio.fixture(loop_scope="session")
async def superuser(installation: Installation) -> AsyncIterator[Connection]:
    """Yield somebody who sees everything."""
    connection = await asyncpg.connect(installation.superuser_url)
    yield connection
    await connection.close()


async def test_whatever_it_sends_without_any_gate_it_stays_who_it_is_and_reaches_nobody(
    installation: Installation, strict: LiveTenant, superuser: Connection
) -> None:
    other = await isolated(installation, await installation.new_tenant())
    await superuser.execute(f"INSERT INTO {other.schema}.notes_note VALUES (gen_random_uuid(), '{SECRET}', 1)")
    await superuser.execute(f"CREATE SEQUENCE {other.schema}.notes_number; ALTER SEQUENCE {other.schema}.notes_number OWNER TO weft_owner")
    before = await everything(superuser, strict.schema)
    refused = 0
    connection = await login(installation, strict.schema)
    for sql in ATTACKS:
        if connection.is_closed():
            connection = await login(installation, strict.schema)
        attack = sql.replace("{a}", strict.schema).replace("{b}", other.schema).replace("\0", "")
        await connection.execute("ROLLBACK; BEGIN")
        answer: Any = None
        try:
            async with asyncio.timeout(3):
                answer = await connection.fetch(attack) if ";" not in attack else await connection.execute(attack)
        except TimeoutError:  # it waits for data that asyncpg does not send
            connection.terminate()
        except (asyncpg.PostgresError, asyncpg.InterfaceError, asyncpg.InternalClientError):
            refused += 1
        assert SECRET not in repr(answer), attack
        if not connection.is_closed():
            await check_confined(connection, strict.schema, other.schema, attack)
    await connection.close()
    assert refused > 200, "most of it is refused outright"
    assert [tuple(row) for row in await superuser.fetch(f"SELECT title, version FROM {other.schema}.notes_note")] == [(SECRET, 1)]
    assert await everything(superuser, strict.schema) == before, "roles, rights and tables are as they were"
    async with strict.transaction() as db:
        assert await db.fetchval("SELECT title FROM notes_note") == "of A"


async def check_confined(connection: Connection, schema: str, other: str, attack: str) -> None:
    """Check that a session still is who it was, and reads nothing of another."""
    await connection.execute("ROLLBACK")
    who = await connection.fetchrow("SELECT session_user::text, current_user::text")
    assert tuple(who or ()) == (schema, schema), attack
    for sql in (f"SELECT title FROM {other}.notes_note", f"SET ROLE {other}"):
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await connection.execute(sql)


async def everything(superuser: Connection, but: str) -> list[Any]:
    """Return who is who and owns what, but for the password of one role."""
    return [
        await superuser.fetch("SELECT rolname, rolsuper, rolcreaterole, rolbypassrls, rolcanlogin, rolconfig FROM pg_roles ORDER BY 1"),
        await superuser.fetch("SELECT roleid, member, set_option, inherit_option FROM pg_auth_members ORDER BY 1, 2"),
        await superuser.fetch(
            "SELECT oid, relowner, relacl::text, relrowsecurity FROM pg_class WHERE relkind IN ('r', 'v', 'S') ORDER BY 1"
        ),
        await superuser.fetch("SELECT oid, proacl::text FROM pg_proc ORDER BY 1"),
        await superuser.fetch("SELECT nspname, nspowner, nspacl::text FROM pg_namespace WHERE nspname !~ '^pg_t' ORDER BY 1"),
        await superuser.fetch("SELECT rolname FROM pg_roles WHERE pg_has_role($1, oid, 'SET') AND rolname <> $1", but),
    ]


async def login(installation: Installation, role: str) -> Connection:
    dsn = installation.settings.login(role)
    return await asyncpg.connect(
        dsn, connection_class=WeftConnection, statement_cache_size=0, server_settings={**SESSION, "statement_timeout": "2000"}
    )


async def test_its_transactions_log_in_as_it_and_nobody_elses_connection_can_become_it(
    installation: Installation, strict: LiveTenant
) -> None:
    async with strict.transaction() as db:
        assert await db.fetchval("SELECT session_user || ' ' || current_user") == f"{strict.schema} {strict.schema}"
    shared = await login(installation, app_login(0))
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        await shared.execute(f"SET ROLE {strict.schema}")
    await shared.close()
    stale = installation.runtime.tenant(_with(strict, "shared"))  # as another process knows it for a moment
    with pytest.raises(Unavailable, match="try again"):
        async with stale.transaction():
            pass


def _with(tenant: LiveTenant, isolation: str) -> Any:
    return msgspec.structs.replace(tenant.catalogue_entry, isolation=isolation)


async def test_what_it_sets_ends_with_its_connection_and_what_would_harm_itself_is_refused(strict: LiveTenant) -> None:
    async with strict.transaction() as db:
        kept = await db.fetchval("SELECT pg_backend_pid()")
    async with strict.transaction() as db:
        assert await db.fetchval("SELECT pg_backend_pid()") == kept, "an ordinary transaction leaves nothing behind"
        await db.execute("SET work_mem = '7MB'")
        await db.execute("LOCK TABLE notes_note IN SHARE MODE")
        assert (await db.fetch("EXPLAIN SELECT 1"))[0]
        for sql in (
            "COMMIT",
            "NOTIFY weft_changed",
            "LISTEN weft_changed",
            "ALTER ROLE CURRENT_USER PASSWORD 'x'",
            "DROP OWNED BY CURRENT_USER",
        ):
            with pytest.raises(NotAllowed):
                await db.execute(sql)
    async with strict.transaction() as db:
        assert await db.fetchval("SELECT pg_backend_pid()") != kept
        assert await db.fetchval("SELECT setting FROM pg_settings WHERE name = 'work_mem'") != "7168"


async def test_few_connections_serve_many_isolated_businesses_and_idle_ones_are_closed(installation: Installation) -> None:
    tenants = [await isolated(installation, await installation.new_tenant()) for _ in range(4)]
    pool = LoginPool(installation.settings.login, size=3, name="test", idle=0.05)
    most, wrong = 0, []

    async def one(tenant: LiveTenant) -> None:
        nonlocal most
        connection = await pool.acquire(tenant.schema, 20)
        most = max(most, pool.open.total())
        if await connection.fetchval("SELECT session_user::text") != tenant.schema:
            wrong.append(tenant)
        pool.release(connection)

    await asyncio.gather(*(one(tenant) for tenant in tenants * 25))
    assert (most, wrong) == (3, [])
    assert pool.evicted > 0, "four at three places: one that lay idle gave way"
    held = await pool.acquire(tenants[0].schema, 5)
    assert pool.in_use == 1
    with pytest.raises(TimeoutError):  # one business may have half of them, and one at least
        await pool.acquire(tenants[0].schema, 0.05)
    async with asyncio.timeout(60):
        while pool.open.total() > 1:  # noqa: ASYNC110  # a timer of the pool's own closes them
            await asyncio.sleep(0.01)
    pool.release(held)
    await pool.close()
    assert not pool.open
    with pytest.raises(ConnectionError):
        await pool.acquire(tenants[0].schema, 1)


async def test_a_business_goes_there_and_back_and_is_erased_like_any_other(installation: Installation, superuser: Connection) -> None:
    tenant = await isolated(installation, await installation.new_tenant())
    assert [each.ok for each in await logins(installation.runtime)] == [True]
    await superuser.execute(
        f"ALTER ROLE {tenant.schema} NOLOGIN; GRANT {tenant.schema} TO weft_app_00 WITH INHERIT FALSE, SET TRUE GRANTED BY weft_provisioner"
    )
    (unwell,) = await logins(installation.runtime)
    assert not unwell.ok
    assert tenant.schema in unwell.sentence
    told = [each.sentence for each in await examine(installation.provisioner, installation.modules) if each.name == "homes"]
    assert [tenant.schema in each for each in told] == [True, True], told
    tenant = await isolated(installation, tenant)  # done again, it mends
    assert all(
        each.ok for each in await examine(installation.provisioner, installation.modules) if each.name in ("homes", "roles", "memberships")
    )
    await share(installation.provisioner, installation.runtime, tenant.catalogue_entry)
    again = await installation.runtime.tenant_by_id(tenant.id)
    async with again.transaction() as db:
        assert await db.fetchval("SELECT session_user::text") == app_login(0)
    actions = await superuser.fetch("SELECT action FROM platform.audit_entry WHERE tenant = $1 ORDER BY at, id", tenant.schema)
    assert [row["action"] for row in actions][-2:] == ["isolated", "shared"]
    await isolated(installation, again)
    await life.delete(installation.runtime, tenant.id, "", grace=timedelta())
    assert await life.purge(installation.provisioner, tenant.id) == tenant.schema
    assert not await superuser.fetchval("SELECT count(*) FROM pg_roles WHERE rolname = $1", tenant.schema)


async def test_a_server_that_denies_the_login_says_so_and_nothing_is_changed(installation: Installation, superuser: Connection) -> None:
    tenant = await installation.new_tenant()
    await superuser.execute(f"ALTER ROLE {tenant.schema} CONNECTION LIMIT 0")
    with pytest.raises(Conflict, match=r"does not let t_\w+ log in.*Nothing was changed"):
        await isolate(installation.provisioner, installation.runtime, tenant.catalogue_entry)
    assert not await superuser.fetchval("SELECT rolcanlogin FROM pg_roles WHERE rolname = $1", tenant.schema)
    async with (await installation.runtime.tenant_by_id(tenant.id)).transaction() as db:
        assert await db.fetchval("SELECT session_user::text") == app_login(0)


class Raw(Plugin):
    """A module of a vendor's that sends SQL of its own."""

    key, title, version, isolation = "raw", "Raw SQL", "1.0.0", "strict"

    @hookimpl
    def lifecycle(self) -> Lifecycle:
        return Lifecycle(on_enable=remember_who)


WHO: list[str] = []


async def remember_who(tenant: Tenant) -> None:
    WHO.append(await tenant.scope().fetchval("SELECT session_user::text"))


async def test_a_module_that_asks_for_it_isolates_who_switches_it_on_before_it_runs_anything(
    installation: Installation, superuser: Connection
) -> None:
    tenant = await installation.new_tenant("notes")
    modules, runtime = Modules(Registry([notes, Raw()])), replace(installation.runtime, registry=Registry([notes, Raw()]))
    await enable(installation.provisioner, runtime, modules, tenant.id, "raw")
    assert [tenant.schema] == WHO
    record = (await runtime.tenant_by_id(tenant.id)).catalogue_entry
    with pytest.raises(Conflict, match="Raw SQL needs connections of its own"):
        await share(installation.provisioner, runtime, record)
    with pytest.raises(Conflict, match="no spare can have it"):
        await make_spare(installation.provisioner, modules, ("raw",))
