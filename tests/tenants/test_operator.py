"""The operator does what it is asked, once, in order, and goes on whatever goes wrong."""

import asyncio
from typing import Any
from uuid import UUID

import pytest

from infra.testing import Installation
from tenants.life import ask_operator
from tenants.operator import ATTEMPTS, Operator
from tenants.spares import count_spares
from tests.tenants.ground import Connection, operator_of, with_plugins
from tests.tenants.plugins import Made, Shop
from weft import Lifecycle, Tenant, Unavailable


async def ask(installation: Installation, kind: str, tenant_id: UUID, **arguments: str) -> UUID:
    async with installation.runtime.platform.transaction() as db:
        return await ask_operator(db, kind, tenant_id, None, **arguments)


async def answer(superuser: Connection, operation: UUID) -> tuple[str, str, int]:
    row = await superuser.fetchrow("SELECT state, note, attempts FROM platform.operation WHERE id = $1", operation)
    assert row is not None
    return row["state"], row["note"], row["attempts"]


def step(work: Any) -> Lifecycle:
    """Return a life whose on_enable is `work`."""
    return Lifecycle(on_enable=work)


@pytest.fixture(autouse=True)
async def _nothing_waits(superuser: Connection) -> None:
    await superuser.execute("DELETE FROM platform.operation")


async def test_it_does_what_it_is_asked_in_the_order_of_asking(installation: Installation, superuser: Connection) -> None:
    tenant = await with_plugins(installation, Made("nothing")).new_tenant("nothing")
    await superuser.execute("DELETE FROM platform.operation")
    first = await ask(installation, "enable_module", tenant.id, module="shop")
    second = await ask(installation, "disable_module", tenant.id, module="shop")
    assert await operator_of(installation).work_off() == 2
    assert await answer(superuser, first) == ("done", "shop", 1)
    assert await answer(superuser, second) == ("done", "shop", 1)
    assert await operator_of(installation).work_off() == 0


async def test_what_is_refused_keeps_its_sentence_and_is_not_tried_again(installation: Installation, superuser: Connection) -> None:
    tenant = await installation.new_tenant()
    await superuser.execute("DELETE FROM platform.operation")
    asked = await ask(installation, "enable_module", tenant.id, module="nowhere")
    await operator_of(installation).work_off()
    state, note, attempts = await answer(superuser, asked)
    assert (state, attempts) == ("failed", 1)
    assert note.startswith("There is no module “nowhere” installed here.")


@pytest.mark.parametrize(("kind", "sentence"), [("make_tea", "nobody knows how to do “make_tea”"), ("enable_module", "KeyError")])
async def test_what_goes_wrong_is_tried_again_and_then_given_up(
    installation: Installation, superuser: Connection, kind: str, sentence: str
) -> None:
    asked = await ask(installation, kind, (await installation.new_tenant()).id)
    for attempt in range(1, ATTEMPTS + 1):
        await operator_of(installation).work_off()
        state, note, attempts = await answer(superuser, asked)
        assert (state, attempts) == ("failed" if attempt == ATTEMPTS else "waiting", attempt)
        assert sentence in note
    await operator_of(installation).work_off()
    assert (await answer(superuser, asked))[2] == ATTEMPTS


async def test_a_step_that_says_try_later_is_tried_later(installation: Installation, superuser: Connection) -> None:
    down = True

    async def on_enable(tenant: Tenant) -> None:
        if down:
            raise Unavailable("The tax office does not answer.")

    ground = with_plugins(installation, Made("tax", life=step(on_enable)))
    tenant = await with_plugins(installation, Made("nothing")).new_tenant("nothing")
    await superuser.execute("DELETE FROM platform.operation")
    asked = await ask(installation, "enable_module", tenant.id, module="tax")
    for _ in range(ATTEMPTS + 2):
        await operator_of(ground).work_off()
    assert (await answer(superuser, asked))[:2] == ("waiting", "The tax office does not answer.")
    down = False
    await operator_of(ground).work_off()
    assert (await answer(superuser, asked))[:2] == ("done", "tax")


async def test_tables_in_use_make_it_wait_not_fail(installation: Installation, superuser: Connection) -> None:
    tenant = await installation.new_tenant()
    await superuser.execute("DELETE FROM platform.operation")
    second = with_plugins(installation, Shop("2.0"))
    asked = await ask(installation, "upgrade_module", tenant.id, module="shop")
    async with tenant.transaction() as db:
        await db.fetch("SELECT * FROM shop_item")
        await operator_of(second).work_off()
        assert (await answer(superuser, asked))[0] == "waiting"
    await operator_of(second).work_off()
    assert (await answer(superuser, asked))[0] == "done"


async def test_two_operators_never_do_one_thing_twice(installation: Installation, superuser: Connection) -> None:
    ran: list[str] = []

    async def on_enable(tenant: Tenant) -> None:
        ran.append(tenant.slug)
        await asyncio.sleep(0)

    ground = with_plugins(installation, Made("slow", life=step(on_enable)))
    tenants = [await with_plugins(installation, Made("nothing")).new_tenant("nothing") for _ in range(6)]
    await superuser.execute("DELETE FROM platform.operation")
    asked = [await ask(installation, "enable_module", tenant.id, module="slow") for tenant in tenants]
    await asyncio.gather(*(operator_of(ground).work_off() for _ in range(3)))
    assert sorted(ran) == sorted(tenant.slug for tenant in tenants)
    assert {(await answer(superuser, each))[0] for each in asked} == {"done"}


async def test_what_an_operator_left_running_when_it_died_is_taken_up_at_once(installation: Installation, superuser: Connection) -> None:
    tenant = await with_plugins(installation, Made("nothing")).new_tenant("nothing")
    await superuser.execute("DELETE FROM platform.operation")
    asked = await ask(installation, "enable_module", tenant.id, module="shop")
    await superuser.execute("UPDATE platform.operation SET state = 'running', started_at = now(), attempts = 1")
    await operator_of(installation).work_off()
    assert await answer(superuser, asked) == ("done", "shop", 2)


async def test_what_another_operator_is_doing_is_left_alone_however_long_it_takes(
    installation: Installation, superuser: Connection
) -> None:
    tenant = await with_plugins(installation, Made("nothing")).new_tenant("nothing")
    await superuser.execute("DELETE FROM platform.operation")
    begun, go_on = asyncio.Event(), asyncio.Event()

    async def on_enable(tenant: Tenant) -> None:
        begun.set()
        await go_on.wait()

    ground = with_plugins(installation, Made("slow", life=step(on_enable)))
    asked = await ask(installation, "enable_module", tenant.id, module="slow")
    first = asyncio.create_task(operator_of(ground).work_off())
    await begun.wait()
    await superuser.execute("UPDATE platform.operation SET started_at = now() - interval '1 day'")
    await operator_of(ground).work_off()
    assert (await answer(superuser, asked))[2] == 1
    go_on.set()
    await first
    assert await answer(superuser, asked) == ("done", "slow", 1)


async def test_the_pool_is_filled_to_its_size_by_however_many_operators(installation: Installation, superuser: Connection) -> None:
    await superuser.execute("DELETE FROM platform.tenant WHERE state = 'spare'")
    operators = [operator_of(installation, spares=3, starters=("shop",)) for _ in range(3)]
    assert sum(await asyncio.gather(*(each.fill_pool() for each in operators))) == 3
    assert await count_spares(installation.runtime.platform) == 3
    assert await operators[0].fill_pool() == 0


async def test_a_starter_that_is_not_installed_is_left_out(installation: Installation) -> None:
    assert Operator(installation.runtime, installation.provisioner, starters=("shop", "nowhere")).starters == ("shop",)


async def test_the_loop_wakes_when_it_is_asked_and_survives_what_breaks(installation: Installation, superuser: Connection) -> None:
    asked_for = asyncio.Event()

    async def on_disable(tenant: Tenant) -> None:
        asked_for.set()

    ground = with_plugins(installation, Made("bell", life=Lifecycle(on_disable=on_disable)), Shop("2.0", requires={"gone": ""}))
    tenant = await ground.new_tenant("bell")
    await superuser.execute("DELETE FROM platform.operation; DELETE FROM platform.tenant WHERE state = 'spare'")
    stop = asyncio.Event()
    loop = asyncio.create_task(operator_of(ground, spares=1, starters=("shop",)).run(stop))  # every turn fails to fill the pool
    asked = await ask(ground, "disable_module", tenant.id, module="bell")
    await asyncio.wait_for(asked_for.wait(), 4)  # sooner than its clock would wake it
    stop.set()
    await asyncio.wait_for(loop, 60)
    assert await answer(superuser, asked) == ("done", "bell", 1)
    assert await count_spares(installation.runtime.platform) == 0
