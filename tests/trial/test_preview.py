"""A change of a module is tried on a copy, and what it comes to is read before it is made; the copy never stays."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import asyncpg
import pytest
import pytest_asyncio

from core.platform.connection import WeftConnection
from core.plugins.registry import Registry
from core.tenancy.tenant import LiveTenant
from infra.testing import Installation, ServerUrls, installed
from plugins.accounting.plugin import plugin as accounting
from plugins.contacts.plugin import plugin as contacts
from tenants.modules import Modules
from tenants.trial.running import preview
from tests.hostile.plugins import Halfway
from tests.tenants.plugins import Shop
from weft import Lifecycle, Tenant, new_id

WORLD = """
SELECT 'schema ' || nspname AS it FROM pg_namespace WHERE nspname !~ '^pg_(toast_)?temp' UNION ALL SELECT 'role ' || rolname FROM pg_roles
UNION ALL SELECT 'tenant ' || schema FROM platform.tenant UNION ALL SELECT format('%s %s', tenant_id, plugin) FROM platform.tenant_module
UNION ALL SELECT relname::text FROM pg_class WHERE relnamespace IN (SELECT oid FROM pg_namespace WHERE nspname ~ '^t_') ORDER BY 1
"""


async def colour(tenant: Tenant, _: str) -> None:
    """Stand for what a new version does with the rows there are."""
    async with tenant.transaction() as db:
        await db.execute("UPDATE shop_item SET colour = 'green'")


NEWER = Registry([contacts, Shop("2.0", life=Lifecycle(on_upgrade=colour)), Halfway(), accounting])


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def installation(weft_servers: ServerUrls, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Installation]:
    """Yield a Weft with a shop, one of ours, and one whose migration fails."""
    registry = Registry([contacts, accounting, Shop(), Halfway()])
    async with installed(weft_servers, registry, tmp_path_factory.mktemp("trial")) as made:
        yield made


@pytest_asyncio.fixture
async def superuser(installation: Installation) -> AsyncIterator[Any]:
    connection = await asyncpg.connect(installation.superuser_url, connection_class=WeftConnection)
    yield connection
    await connection.close()


@pytest_asyncio.fixture
async def shop(installation: Installation) -> LiveTenant:
    """Return a business with a few thousand things to sell."""
    tenant = await installation.new_tenant("shop", "contacts")
    async with tenant.transaction(unaudited="a test") as db:
        await db.execute("INSERT INTO shop_item (id, title) SELECT gen_random_uuid(), 'Thing ' || n FROM generate_series(1, 2500) n")
    return tenant


async def world(superuser: Any) -> list[str]:
    return [row["it"] for row in await superuser.fetch(WORLD)]


async def test_switching_on_upgrading_and_removing_say_what_they_come_to_and_leave_nothing(
    installation: Installation, superuser: Any, shop: LiveTenant
) -> None:
    before = await world(superuser)
    parts = (installation.provisioner, installation.runtime)

    sheet = await preview(*parts, installation.modules, shop.id, "accounting", "enable")
    assert sheet.problem == ""
    made = {each.name: each for each in sheet.tables if each.change == "made"}
    assert {table._meta.tablename for table in accounting.storage().table_classes} <= made.keys()
    assert "currency" in " ".join(made["accounting_entry"].columns)
    assert any("entr" in title.lower() for title in sheet.permissions)
    assert sheet.menus
    assert sheet.jobs
    assert sheet.with_it == ()
    assert sheet.seconds > 0

    sheet = await preview(*parts, Modules(NEWER), shop.id, "shop", "upgrade")
    assert (sheet.problem, sheet.version_before, sheet.version) == ("", "1.0", "2.0")
    [item] = sheet.tables
    assert (item.name, item.change, item.columns, item.rows) == ("shop_item", "changed", ("colour",), 2500)
    assert (sheet.parts, item.touched) == (("shop_item",), 2000)  # of a large table a part is tried, and that is said

    sheet = await preview(*parts, installation.modules, shop.id, "shop", "remove")
    assert [(each.name, each.change, each.rows) for each in sheet.tables] == [("shop_item", "moved", 2500)]
    assert sheet.roles == ("Seller",)
    assert await world(superuser) == before
    async with shop.transaction() as db:
        assert await db.fetchval("SELECT count(*) FROM shop_item") == 2500


async def test_rows_that_an_upgrade_deletes_are_counted(installation: Installation, shop: LiveTenant) -> None:
    async def tidy(tenant: Tenant, _: str) -> None:
        async with tenant.transaction() as db:
            await db.execute("DELETE FROM shop_item WHERE title LIKE 'Thing 1%'")
            await db.execute("UPDATE shop_item SET title = 'Changed' WHERE title LIKE 'Thing 2%'")
            await db.execute("INSERT INTO shop_item (id, title) VALUES ($1, 'New')", new_id())

    modules = Modules(Registry([contacts, accounting, Halfway(), Shop("2.0", life=Lifecycle(on_upgrade=tidy))]))
    async with shop.transaction(unaudited="a test") as db:
        await db.execute("DELETE FROM shop_item WHERE title !~ '^Thing [1-9][0-9]?$'")  # 99 are left
    sheet = await preview(installation.provisioner, installation.runtime, modules, shop.id, "shop", "upgrade")
    [item] = sheet.tables
    assert (sheet.problem, item.rows, item.touched, item.deleted) == ("", 99, 11 + 1, 11)


async def test_what_fails_on_the_copy_is_told_and_touches_nothing(installation: Installation, superuser: Any, shop: LiveTenant) -> None:
    before = await world(superuser)
    sheet = await preview(installation.provisioner, installation.runtime, installation.modules, shop.id, "halfway", "enable")
    assert "halfway_nowhere" in sheet.problem
    assert await world(superuser) == before
    sheet = await preview(installation.provisioner, installation.runtime, installation.modules, shop.id, "shop", "enable")
    assert "switched on already" in sheet.problem


async def test_a_step_that_reaches_for_another_business_is_held_by_the_copys_own_role(installation: Installation, shop: LiveTenant) -> None:
    other = await installation.new_tenant("shop")

    async def reach(tenant: Tenant, _: str) -> None:
        async with tenant.transaction() as db:
            await db.fetch(f"SELECT * FROM {other.schema}.shop_item")

    modules = Modules(Registry([contacts, accounting, Halfway(), Shop("2.0", life=Lifecycle(on_upgrade=reach))]))
    sheet = await preview(installation.provisioner, installation.runtime, modules, shop.id, "shop", "upgrade")
    assert "permission denied" in sheet.problem


async def test_a_trial_whose_process_dies_leaves_nothing(installation: Installation, superuser: Any, shop: LiveTenant) -> None:
    before, there = await world(superuser), asyncio.Event()

    async def wait(tenant: Tenant, _: str) -> None:
        async with tenant.transaction() as db:
            await db.execute("INSERT INTO shop_item (id, title) VALUES ($1, 'of the copy')", new_id())
        there.set()
        await asyncio.Event().wait()

    modules = Modules(Registry([contacts, accounting, Halfway(), Shop("2.0", life=Lifecycle(on_upgrade=wait))]))
    running = asyncio.create_task(preview(installation.provisioner, installation.runtime, modules, shop.id, "shop", "upgrade"))
    await there.wait()
    killed = await superuser.fetchval(
        "SELECT count(*) FILTER (WHERE pg_terminate_backend(pid)) FROM pg_stat_activity"
        " WHERE application_name = 'weft operator' AND state = 'idle in transaction' AND datname = current_database()"
    )
    assert killed >= 1
    running.cancel()
    await asyncio.wait([running])
    assert await world(superuser) == before
