"""Eight broken plugins among the installed ones: pages of others, other businesses and the data stand."""

import asyncio
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from core.firewall.books import Fault
from core.firewall.stepping import ABANDONED
from core.plugins.registry import Registry
from core.runtime import running
from core.tenancy.tenant import LiveTenant
from infra.testing import Browser, Installation, Visitors
from tenants import modules
from tests.hostile.plugins import AT_RUN_TIME, SEEN, Hangs, Raises
from web.site import Site
from weft import new_id

_PARTY = """
INSERT INTO contacts_party (id, kind, name, sort_name, match_key, search_text) VALUES ($1, 'organisation', $2, $2, $2, $3)
"""
NOTICE = "SELECT body FROM platform.notification WHERE tenant = $1 ORDER BY created_at"


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def hostile(installation: Installation) -> AsyncIterator[LiveTenant]:
    """Yield a business that has switched on every one of them that can be."""
    made = await installation.new_tenant("contacts", *AT_RUN_TIME)
    yield made
    Hangs.sound = True
    if ABANDONED:  # it has to end, or the loop of the tests never does
        await asyncio.wait(ABANDONED)


@pytest.fixture(autouse=True)
def _as_shipped() -> None:
    Raises.sound, Raises.calls = False, 0


async def party(tenant: LiveTenant, name: str) -> str:
    """Put a contact into a business; returns the address of its page."""
    made = new_id()
    async with tenant.transaction(unaudited="a test") as db:
        await db.execute(_PARTY, made, name, f" {name.lower()}")
    return f"/contacts/{made}"


async def faults(installation: Installation, tenant: LiveTenant) -> dict[tuple[str, str], Fault]:
    return {(each.plugin, each.hook): each for each in await installation.runtime.firewall.faults(tenant)}


async def test_what_cannot_be_used_is_set_aside_and_told_of_while_all_others_start(
    hostile_registry: Registry, installation: Installation, visitors: Visitors, hostile: LiveTenant
) -> None:
    assert set(hostile_registry.set_aside) == {"asks", "a_takes"}
    assert "“asks.everything”" in hostile_registry.set_aside["asks"]
    assert "contacts_party" in hostile_registry.set_aside["a_takes"]
    page = (await (await visitors.sign_in(hostile)).get("/modules")).text
    assert "“a_takes” cannot be used" in page
    assert "which nobody offers" in page


async def test_a_page_stands_without_the_parts_that_fail_and_says_which_module_it_was(
    installation: Installation, visitors: Visitors, hostile: LiveTenant
) -> None:
    address = await party(hostile, "Kettle Works")
    admin, clerk = await visitors.sign_in(hostile), await visitors.sign_in(hostile, SEEN)
    page = await admin.get("/")
    assert page.status_code == 200
    assert 'data-widget="contacts.new"' in page.text
    for title in ("Raises", "Hangs", "Blocks", "Outside", "Types"):
        assert f"The module {title} could not show this." in page.text
    assert "<script>alert" not in page.text
    assert 'href="/modules/raises/faults"' in page.text
    assert "/faults" not in (await clerk.get("/")).text  # who cannot mend it is shown no way there
    found = await faults(installation, hostile)
    assert {key: each.cause for key, each in found.items()} == {
        ("raises", "widgets"): "raised",
        ("hangs", "widgets"): "late",
        ("blocks", "widgets"): "blocked",
        ("outside", "widgets"): "tables",
        ("types", "widgets"): "answer",
    }
    assert "division by zero" in found["raises", "widgets"].traceback
    # what harmed everybody is not waited for again; what only failed may fail a few times
    assert {key[0] for key, each in found.items() if each.retry_at} == {"hangs", "blocks"}

    page = await admin.get(address)  # sys.exit() in a panel ends neither page nor process
    assert (page.status_code, "Kettle Works" in page.text, "The module Raises could not show this." in page.text) == (200, True, True)
    async with hostile.transaction() as db:  # the write outside its prefix never reached the table
        assert await db.fetchval("SELECT name FROM contacts_party") == "Kettle Works"

    answer = (await admin.get("/search", params={"q": "kettle"})).text
    assert "Kettle Works" in answer
    assert "The module Floods could not show this." in answer
    assert (await faults(installation, hostile))["floods", "search"].cause == "statements"


async def test_three_failures_leave_a_part_out_in_that_business_alone_until_it_is_sound_again(
    installation: Installation, visitors: Visitors, hostile_registry: Registry
) -> None:
    mine, other = [await installation.new_tenant("contacts", "raises") for _ in range(2)]
    admin, stranger = await visitors.sign_in(mine), await visitors.sign_in(other)
    await stranger.get("/")
    for _ in range(5):
        page = (await admin.get("/")).text
    assert Raises.calls == 1 + 3  # the fourth and fifth page did not ask it
    assert "The module Raises failed here several times and is left out." in page
    told = [row["body"] for row in await installation.runtime.platform.fetch(NOTICE, mine.schema)]
    assert told == ["The module Raises is left out of some pages: “Card of Raises” failed again and again. Everything else works."]
    assert "could not show this" in (await stranger.get("/")).text  # another business has its own count
    assert not await installation.runtime.platform.fetch(NOTICE, other.schema)
    assert "A part of it is left out" in (await admin.get("/modules/raises/card")).text

    async with running(installation.settings, hostile_registry, name="second", clock=installation.clock) as runtime:
        second = Visitors(installation, Site(installation.settings, hostile_registry, runtime))
        elsewhere = await second.sign_in(mine)
        assert "is left out" in (await elsewhere.get("/")).text  # a process that started afterwards knows
        Raises.sound = True
        why = await admin.get("/modules/raises/faults")
        assert "DivisionByZeroError" in why.text
        assert "Try it now" in why.text
        assert (await admin.submit("/modules/raises/faults/widgets/try")).status_code == 303
        await runtime.changes.catch_up(runtime.platform, patience=5)
        assert "the card of Raises" in (await elsewhere.get("/")).text
        await installation.runtime.changes.catch_up(installation.runtime.platform, patience=5)
    assert "the card of Raises" in (await admin.get("/")).text
    assert "In use" in (await admin.get("/modules/raises/faults")).text
    assert "had tried again" in (await admin.get("/audit")).text


async def test_it_is_tried_again_by_itself_after_a_time_that_grows(installation: Installation, visitors: Visitors) -> None:
    one = await installation.new_tenant("contacts", "raises")
    admin = await visitors.sign_in(one)
    pauses = []
    for _ in range(3):
        await admin.get("/")
    now = installation.clock()
    installation.clock.set(now)
    for _ in range(3):
        found = (await faults(installation, one))["raises", "widgets"]
        assert found.retry_at is not None
        pauses.append((found.retry_at - installation.clock()).total_seconds())
        installation.clock.set(found.retry_at)
        await admin.get("/")  # the trial, which fails
    assert pauses == sorted(pauses)
    assert pauses[1] == 4 * 60
    assert pauses[2] == 16 * 60
    found = (await faults(installation, one))["raises", "widgets"]
    assert found.retry_at is not None
    Raises.sound = True
    assert "the card of Raises" not in (await admin.get("/")).text
    installation.clock.set(found.retry_at)
    assert "the card of Raises" in (await admin.get("/")).text
    assert len(await installation.runtime.platform.fetch(NOTICE, one.schema)) == 1
    installation.clock.moment = None


async def test_a_migration_that_fails_half_way_leaves_nothing_and_the_module_off(installation: Installation, visitors: Visitors) -> None:
    tenant = await installation.new_tenant("contacts")
    with pytest.raises(Exception, match="halfway_nowhere"):
        await modules.enable(installation.provisioner, installation.runtime, installation.modules, tenant.id, "halfway")
    assert not (await installation.runtime.tenant_by_id(tenant.id)).has("halfway")
    async with tenant.transaction() as db:
        assert await db.fetchval("SELECT to_regclass('halfway_first')") is None
    admin: Browser = await visitors.sign_in(tenant)
    assert (await admin.get("/contacts/")).status_code == 200
