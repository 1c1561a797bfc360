"""All tenants are brought up to the installed plugins: in parallel, past those that are busy or broken, and whatever kills the run."""

import asyncio
from uuid import UUID

import asyncpg
import pytest

from infra.testing import Installation
from tenants import fleet
from tenants.fleet import ledger, migrate_fleet, who_is_behind
from tenants.modules import disable
from tests.tenants.ground import FLEET, V1, V2, Connection, standing_of, with_plugins
from tests.tenants.plugins import Made, Shop
from weft import Lifecycle, Tenant


async def test_everybody_is_brought_up_once_and_progress_is_told(
    installation: Installation, superuser: Connection, tenants: list[UUID]
) -> None:
    second = with_plugins(installation, Shop("2.0"))
    told: list[tuple[int, int]] = []
    report = await migrate_fleet(second.provisioner, second.runtime, second.modules, progress=lambda done, of: told.append((done, of)))
    assert (report.behind, report.done, report.failed) == (FLEET, FLEET, {})
    assert told == [(number, FLEET) for number in range(1, FLEET + 1)]
    assert {await standing_of(superuser, each) for each in tenants} == {V2}
    async with installation.provisioner.as_owner() as db:
        steps = await ledger(db, tenants[0])
    assert [(row["plugin"], row["migration"]) for row in steps] == [("shop", "shop_0001"), ("shop", "shop_0002")]
    assert await who_is_behind(second.runtime, second.modules) == []


async def test_nothing_to_do_asks_one_query(installation: Installation, tenants: list[UUID], monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []
    fetch = installation.runtime.platform.fetch

    async def counting(sql: str, *args: object) -> list[asyncpg.Record]:
        asked.append(sql)
        return await fetch(sql, *args)

    monkeypatch.setattr(installation.runtime.platform, "fetch", counting)
    report = await migrate_fleet(installation.provisioner, installation.runtime, installation.modules)
    assert report.behind == 0
    assert len(asked) == 1


async def test_several_are_migrated_at_once(installation: Installation, tenants: list[UUID]) -> None:
    together, come = asyncio.Barrier(3), 0

    async def on_upgrade(tenant: Tenant, before: str) -> None:
        nonlocal come
        come += 1
        if come <= 3:
            await asyncio.wait_for(together.wait(), 5)  # nobody leaves before three have come

    second = with_plugins(installation, Shop("2.0", life=Lifecycle(on_upgrade=on_upgrade)))
    report = await migrate_fleet(second.provisioner, second.runtime, second.modules, workers=3)
    assert (report.done, report.failed) == (FLEET, {})


async def test_a_tenant_whose_tables_are_busy_is_done_in_a_later_round(
    installation: Installation, superuser: Connection, tenants: list[UUID], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fleet, "PAUSE", 0)
    second = with_plugins(installation, Shop("2.0"))
    busy = await installation.runtime.tenant_by_id(tenants[0])
    let_go = asyncio.Event()

    async def read_for_long() -> None:
        async with busy.transaction() as db:
            await db.fetch("SELECT * FROM shop_item")
            started.set()
            await let_go.wait()

    def told(done: int, of: int) -> None:
        if done == FLEET - 1:
            let_go.set()

    started = asyncio.Event()
    reader = asyncio.create_task(read_for_long())
    await started.wait()
    report = await migrate_fleet(second.provisioner, second.runtime, second.modules, progress=told)
    await reader
    assert (report.done, report.failed) == (FLEET, {})
    assert await standing_of(superuser, tenants[0]) == V2


async def test_a_tenant_that_stays_busy_is_named_at_the_end(
    installation: Installation, superuser: Connection, tenants: list[UUID], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fleet, "PAUSE", 0)
    monkeypatch.setattr(fleet, "ROUNDS", 2)
    second = with_plugins(installation, Shop("2.0"))
    busy = await installation.runtime.tenant_by_id(tenants[5])
    async with busy.transaction() as db:
        await db.fetch("SELECT * FROM shop_item")
        report = await migrate_fleet(second.provisioner, second.runtime, second.modules)
    assert report.done == FLEET - 1
    assert list(report.failed) == [busy.schema]
    assert await standing_of(superuser, tenants[5]) == V1


async def test_a_tenant_that_fails_stops_nobody_else_and_stays_as_it_was(
    installation: Installation, superuser: Connection, tenants: list[UUID]
) -> None:
    schema = await superuser.fetchval("SELECT schema FROM platform.tenant WHERE id = $1", tenants[3])
    await superuser.execute(f"ALTER TABLE {schema}.shop_item ADD COLUMN colour integer")
    second = with_plugins(installation, Shop("2.0"))
    report = await migrate_fleet(second.provisioner, second.runtime, second.modules)
    assert report.done == FLEET - 1
    assert list(report.failed) == [schema]
    assert "colour" in report.failed[schema]
    assert (await standing_of(superuser, tenants[3])).booked == ("shop_0001",)
    await superuser.execute(f"ALTER TABLE {schema}.shop_item DROP COLUMN colour")
    assert (await migrate_fleet(second.provisioner, second.runtime, second.modules)).done == 1
    assert {await standing_of(superuser, each) for each in tenants} == {V2}


async def test_a_module_that_is_off_gets_its_tables_and_is_not_asked_for_again(
    installation: Installation, superuser: Connection, tenants: list[UUID]
) -> None:
    await disable(installation.provisioner, installation.runtime, installation.modules, tenants[0], "shop")
    second = with_plugins(installation, Shop("2.0"))
    assert (await migrate_fleet(second.provisioner, second.runtime, second.modules)).done == FLEET
    asleep = await standing_of(superuser, tenants[0])
    assert (asleep.booked, asleep.version, asleep.enabled) == (V2.booked, "1.0", False)
    assert await who_is_behind(second.runtime, second.modules) == []


async def test_a_package_nobody_uses_and_that_cannot_be_used_holds_up_no_migration(installation: Installation, tenants: list[UUID]) -> None:
    second = with_plugins(
        installation, Shop("2.0"), Made("x", requires={"y": ""}), Made("y", requires={"x": ""}), Made("z", requires={"?": ""})
    )
    assert (await migrate_fleet(second.provisioner, second.runtime, second.modules)).done == FLEET


async def test_the_admin_can_watch_a_migration_from_another_connection(
    installation: Installation, superuser: Connection, tenants: list[UUID]
) -> None:
    seen: list[int] = []
    count = "SELECT count(*) FROM platform.tenant_module WHERE version = '2.0'"

    async def on_upgrade(tenant: Tenant, before: str) -> None:
        seen.append(await superuser.fetchval(count))

    second = with_plugins(installation, Shop("2.0", life=Lifecycle(on_upgrade=on_upgrade)))
    await migrate_fleet(second.provisioner, second.runtime, second.modules, workers=1)
    assert seen == list(range(FLEET)), "each tenant is committed before the next begins"
