"""Modules are switched on with what they need, brought up to date, and switched off; data is never lost on the way."""

from uuid import UUID

import pytest

from infra.testing import Installation
from tenants.modules import disable, enable, upgrade
from tenants.requirements import UnmetRequirement
from tests.tenants.ground import V1, V2, Connection, standing_of, with_plugins
from tests.tenants.plugins import Made, Shop
from weft import Conflict, Lifecycle, Missing, Tenant


async def switch_on(ground: Installation, tenant_id: UUID, key: str) -> list[str]:
    return await enable(ground.provisioner, ground.runtime, ground.modules, tenant_id, key)


async def switch_off(ground: Installation, tenant_id: UUID, key: str) -> list[str]:
    return await disable(ground.provisioner, ground.runtime, ground.modules, tenant_id, key)


async def bring_up(ground: Installation, tenant_id: UUID, key: str = "shop") -> str:
    return await upgrade(ground.provisioner, ground.runtime, ground.modules, tenant_id, key)


async def bare(ground: Installation) -> UUID:
    """Make a business with nothing but a module that stores nothing."""
    return (await with_plugins(ground, Made("nothing")).new_tenant("nothing")).id


async def add_item(ground: Installation, tenant_id: UUID, title: str) -> None:
    tenant = await ground.runtime.tenant_by_id(tenant_id)
    async with tenant.transaction(unaudited="test") as db:
        await db.execute("INSERT INTO shop_item (id, title) VALUES (uuidv7(), $1)", title)


async def items(superuser: Connection, tenant_id: UUID) -> list[str]:
    schema = await superuser.fetchval("SELECT schema FROM platform.tenant WHERE id = $1", tenant_id)
    return [row["title"] for row in await superuser.fetch(f"SELECT title FROM {schema}.shop_item ORDER BY title")]


async def test_switching_on_makes_tables_roles_and_books_in_step(installation: Installation, superuser: Connection) -> None:
    tenant_id = await bare(installation)
    assert await switch_on(installation, tenant_id, "shop") == ["shop"]
    assert await standing_of(superuser, tenant_id) == V1
    roles = await superuser.fetch("SELECT template FROM platform.role WHERE tenant_id = $1", tenant_id)
    assert [row["template"] for row in roles] == ["shop.seller"]
    await add_item(installation, tenant_id, "a lamp")
    assert await switch_on(installation, tenant_id, "shop") == []


async def test_what_a_module_needs_comes_with_it_in_order(installation: Installation) -> None:
    order = []

    def saying(key: str) -> Lifecycle:
        async def on_enable(tenant: Tenant) -> None:
            order.append(key)

        return Lifecycle(on_enable=on_enable)

    ground = with_plugins(
        installation,
        Made("till", requires={"stock": ">=1", "ledger": "<3"}, life=saying("till")),
        Made("stock", requires={"ledger": "==2.*"}, life=saying("stock")),
        Made("ledger", "2.5", life=saying("ledger")),
        Made("other", life=saying("other")),
    )
    tenant_id = await bare(installation)
    assert await switch_on(ground, tenant_id, "till") == ["ledger", "stock", "till"]
    assert order == ["ledger", "stock", "till"]


@pytest.mark.parametrize(
    ("plugins", "sentence"),
    [
        ([Made("till", requires={"stock": ">=1"})], "Till needs the module “stock” >=1, which is not installed here."),
        ([Made("till", requires={"stock": ">=2"}), Made("stock", "1.9")], "Till needs “stock” >=2; version 1.9 is installed."),
        ([Made("till", requires={"stock": "2 or so"}), Made("stock")], "Till names a version range that cannot be read"),
        (
            [Made("till", requires={"stock": ""}), Made("stock", requires={"till": ""})],
            "“Stock” needs “Till” needs “Stock”: none of them can come first.",
        ),
        ([Made("till", requires={"till": ""})], "“Till” needs “Till”: none of them can come first."),
    ],
    ids=["missing", "wrong version", "unreadable range", "ring of two", "ring of one"],
)
async def test_needs_that_cannot_be_met_are_told_and_nothing_is_switched_on(
    installation: Installation, superuser: Connection, plugins: list[Made], sentence: str
) -> None:
    tenant_id = await bare(installation)
    with pytest.raises(UnmetRequirement) as refused:
        await switch_on(with_plugins(installation, *plugins), tenant_id, "till")
    assert sentence in refused.value.message
    rows = await superuser.fetch("SELECT plugin FROM platform.tenant_module WHERE tenant_id = $1", tenant_id)
    assert [row["plugin"] for row in rows] == ["nothing"]


async def test_a_module_that_is_not_installed_is_missing(installation: Installation) -> None:
    with pytest.raises(Missing, match="no module “nowhere” installed"):
        await switch_on(installation, await bare(installation), "nowhere")


async def test_a_module_that_others_need_is_not_switched_off(installation: Installation) -> None:
    ground = with_plugins(installation, Made("a"), Made("b", requires={"a": ""}), Made("c", requires={"b": ""}), Made("d"))
    tenant_id = await bare(installation)
    for key in ("c", "d"):
        await switch_on(ground, tenant_id, key)
    with pytest.raises(Conflict, match=r"^A is needed by C, B: switch those off first\.$"):
        await switch_off(ground, tenant_id, "a")
    for key in ("c", "b", "a"):
        assert await switch_off(ground, tenant_id, key) == [key]
    assert await switch_off(ground, tenant_id, "a") == []
    assert set((await ground.runtime.tenant_by_id(tenant_id)).catalogue_entry.modules) == {"d", "nothing"}


async def test_a_module_whose_package_is_gone_can_still_be_switched_off(installation: Installation) -> None:
    tenant_id = await bare(installation)
    await switch_on(installation, tenant_id, "shop")
    assert await switch_off(with_plugins(installation, Made("other")), tenant_id, "shop") == ["shop"]


async def test_off_and_on_again_keeps_the_data(installation: Installation, superuser: Connection) -> None:
    tenant_id = await bare(installation)
    await switch_on(installation, tenant_id, "shop")
    await add_item(installation, tenant_id, "a lamp")
    await switch_off(installation, tenant_id, "shop")
    assert not (await installation.runtime.tenant_by_id(tenant_id)).has("shop")
    assert await items(superuser, tenant_id) == ["a lamp"]
    await switch_on(installation, tenant_id, "shop")
    assert await items(superuser, tenant_id) == ["a lamp"]
    assert await standing_of(superuser, tenant_id) == V1


def telling(told: list[str], *, fail: str = "") -> Lifecycle:
    """Return steps that write down that they ran, in the tenant's own schema and in `told`, and fail when they are to."""

    async def step(tenant: Tenant, what: str) -> None:
        async with tenant.transaction() as db:
            await db.execute("INSERT INTO shop_item (id, title) VALUES (uuidv7(), $1)", what)
        told.append(what)
        if fail and what.startswith(fail):
            raise ZeroDivisionError(what)

    async def on_enable(tenant: Tenant) -> None:
        await step(tenant, "enabled")

    async def on_upgrade(tenant: Tenant, before: str) -> None:
        await step(tenant, f"upgraded from {before}")

    async def on_disable(tenant: Tenant) -> None:
        await step(tenant, "disabled")

    return Lifecycle(on_enable, on_upgrade, on_disable)


async def test_an_on_enable_that_fails_leaves_the_module_off_and_its_tables_harmless(
    installation: Installation, superuser: Connection
) -> None:
    told: list[str] = []
    broken = with_plugins(installation, Shop(life=telling(told, fail="enabled")))
    tenant_id = await bare(installation)
    with pytest.raises(ZeroDivisionError):
        await switch_on(broken, tenant_id, "shop")
    assert not (await installation.runtime.tenant_by_id(tenant_id)).has("shop")
    assert await items(superuser, tenant_id) == [], "what the failed step wrote is gone"
    assert await superuser.fetchval("SELECT count(*) FROM platform.role WHERE tenant_id = $1", tenant_id) == 0
    mended = with_plugins(installation, Shop("2.0", life=telling(told)))
    assert await switch_on(mended, tenant_id, "shop") == ["shop"]
    assert told == ["enabled", "enabled"], "nothing was upgraded that had never been on"
    assert await standing_of(superuser, tenant_id) == V2


async def test_an_upgrade_brings_tables_books_and_the_plugins_own_step(installation: Installation, superuser: Connection) -> None:
    told: list[str] = []
    tenant_id = await bare(installation)
    await switch_on(installation, tenant_id, "shop")
    await add_item(installation, tenant_id, "a lamp")
    second = with_plugins(installation, Shop("2.0", life=telling(told)))
    assert await bring_up(second, tenant_id) == "1.0"
    assert told == ["upgraded from 1.0"]
    assert await standing_of(superuser, tenant_id) == V2
    assert await bring_up(second, tenant_id) == "2.0"
    assert told == ["upgraded from 1.0"], "an upgrade to the same version does nothing"
    assert await items(superuser, tenant_id) == ["a lamp", "upgraded from 1.0"]


async def test_an_upgrade_whose_step_fails_is_done_again(installation: Installation, superuser: Connection) -> None:
    told: list[str] = []
    tenant_id = await bare(installation)
    await switch_on(installation, tenant_id, "shop")
    with pytest.raises(ZeroDivisionError):
        await bring_up(with_plugins(installation, Shop("2.0", life=telling(told, fail="upgraded"))), tenant_id)
    half = await standing_of(superuser, tenant_id)
    assert (half.version, half.catalogue) == ("1.0", "shop_0002")
    await bring_up(with_plugins(installation, Shop("2.0", life=telling(told))), tenant_id)
    assert await standing_of(superuser, tenant_id) == V2
    assert await items(superuser, tenant_id) == ["upgraded from 1.0"]


async def test_a_module_that_slept_through_an_upgrade_is_upgraded_when_it_wakes(installation: Installation, superuser: Connection) -> None:
    told: list[str] = []
    tenant_id = await bare(installation)
    await switch_on(installation, tenant_id, "shop")
    await switch_off(installation, tenant_id, "shop")
    second = with_plugins(installation, Shop("2.0", life=telling(told)))
    assert await bring_up(second, tenant_id) == "1.0"
    asleep = await standing_of(superuser, tenant_id)
    assert (asleep.catalogue, asleep.version, asleep.enabled, told) == ("shop_0002", "1.0", False, [])
    await switch_on(second, tenant_id, "shop")
    assert told == ["upgraded from 1.0", "enabled"]
    assert await standing_of(superuser, tenant_id) == V2


async def test_an_upgrade_brings_what_the_new_version_needs(installation: Installation, superuser: Connection) -> None:
    tenant_id = await bare(installation)
    await switch_on(installation, tenant_id, "shop")
    second = with_plugins(installation, Shop("2.0", requires={"ledger": ">=1"}), Made("ledger"))
    await bring_up(second, tenant_id)
    assert (await second.runtime.tenant_by_id(tenant_id)).has("ledger")


async def test_switching_on_brings_what_is_needed_and_on_already_up_to_date(installation: Installation, superuser: Connection) -> None:
    tenant_id = await bare(installation)
    await switch_on(installation, tenant_id, "shop")
    second = with_plugins(installation, Shop("2.0"), Made("till", requires={"shop": ">=2"}))
    assert await switch_on(second, tenant_id, "till") == ["till"]
    assert await standing_of(superuser, tenant_id) == V2


async def test_an_older_package_is_refused(installation: Installation, superuser: Connection) -> None:
    second = with_plugins(installation, Shop("2.0"))
    tenant_id = await bare(installation)
    await switch_on(second, tenant_id, "shop")
    with pytest.raises(Conflict, match=r"Shop 2\.0 is in use here, and 1\.0 is installed: install 2\.0 or newer"):
        await bring_up(installation, tenant_id)
    await switch_off(second, tenant_id, "shop")
    with pytest.raises(Conflict):
        await switch_on(installation, tenant_id, "shop")
    assert (await standing_of(superuser, tenant_id)).version == "2.0"


async def test_a_module_that_was_never_on_is_not_upgraded(installation: Installation, superuser: Connection) -> None:
    tenant_id = await bare(installation)
    with pytest.raises(Missing, match="never switched on"):
        await bring_up(installation, tenant_id)
    assert (await standing_of(superuser, tenant_id)).columns == frozenset()
