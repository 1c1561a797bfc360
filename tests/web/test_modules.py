"""An admin switches modules on and off; the operator does it."""

from pathlib import Path

from core.plugins.registry import Registry
from infra.testing import Browser, Installation, ServerUrls, Visitors, installed
from tenants.operator import Operator
from tests.tenants.plugins import Made
from web.site import Site


async def operate(installation: Installation) -> None:
    """Do what waits, as the operator's process would."""
    await Operator(installation.runtime, installation.provisioner, spares=0).work_off()


async def test_a_module_comes_alive_when_the_operator_has_done_its_part(installation: Installation, visitors: Visitors) -> None:
    tenant = await installation.new_tenant("contacts")
    admin = await visitors.sign_in(tenant)
    assert (await admin.get("/lists/notes.notes")).status_code == 404
    assert (await admin.submit("/modules/notes/enable")).status_code == 303
    waiting = await admin.get("/modules/notes/card")
    assert "Switching" in waiting.text
    assert "every" in waiting.text  # it asks for itself again
    await operate(installation)
    assert "Switch off" in (await admin.get("/modules/notes/card")).text
    again = await installation.runtime.tenant_by_id(tenant.id)
    assert again.has("notes")


async def test_pressing_twice_asks_once(installation: Installation, visitors: Visitors) -> None:
    tenant = await installation.new_tenant("contacts")
    admin = await visitors.sign_in(tenant)
    for _ in range(2):
        await admin.submit("/modules/notes/enable")
    count = await installation.runtime.platform.fetchval(
        "SELECT count(*) FROM platform.operation WHERE tenant_id = $1 AND kind = 'enable_module' AND state = 'waiting'", tenant.id
    )
    assert count == 1
    await operate(installation)


async def test_a_module_that_is_off_is_not_there(installation: Installation, visitors: Visitors) -> None:
    client = await visitors.sign_in(await installation.new_tenant("contacts"))
    await client.submit("/modules/catalogue/disable")
    await operate(installation)
    answer = await client.get("/catalogue/products")
    assert answer.status_code == 404
    assert "switched off" in answer.text
    assert "/catalogue/products" not in (await client.get("/")).text


async def test_an_unknown_module_is_a_404(client: Browser) -> None:
    assert (await client.submit("/modules/nonsense/enable")).status_code == 404
    assert (await client.get("/modules/nonsense/card")).status_code == 404


async def test_the_card_that_is_done_brings_the_page_anew_with_its_navigation(installation: Installation, visitors: Visitors) -> None:
    tenant = await installation.new_tenant("contacts")
    admin = await visitors.sign_in(tenant)
    await admin.submit("/modules/notes/enable")
    asking = {"hx-request": "true"}
    assert "Switching" in (await admin.get("/modules/notes/card", headers=asking)).text
    await operate(installation)
    done = await admin.get("/modules/notes/card", headers=asking)
    assert done.headers["hx-refresh"] == "true"
    assert "Notes is switched on." in (await admin.get("/modules")).text


async def test_what_another_module_needs_stays_on_and_says_who_needs_it(weft_servers: ServerUrls, tmp_path: Path) -> None:
    registry = Registry([Made("stock"), Made("till", requires={"stock": ">=1"})])
    async with installed(weft_servers, registry, tmp_path) as installation:
        site = Site(installation.settings, registry, installation.runtime)
        tenant = await installation.new_tenant("till")
        async with await Visitors(installation, site).sign_in(tenant) as admin:
            answer = await admin.submit("/modules/stock/disable")
            assert answer.status_code == 409
            assert "Stock is needed by Till: switch those off first." in answer.text
            card = (await admin.get("/modules/stock/card")).text
            assert "Used by" in card
            assert "disabled" in card
            assert tenant.has("stock")


async def test_a_card_names_everything_that_a_module_adds(client: Browser) -> None:
    card = (await client.get("/modules/contacts/card")).text
    for title in ("Merge duplicates, and undo that", "Contacts manager", "contacts_party", "Look for duplicate contacts"):
        assert title in card


async def test_a_card_tells_what_is_true_before_the_news_of_it_has_come(installation: Installation, visitors: Visitors) -> None:
    tenant = await installation.new_tenant("contacts")
    admin = await visitors.sign_in(tenant)
    await admin.get("/")  # from now on the tenant's entry is cached
    async with installation.provisioner.as_owner() as db, db.transaction():
        await db.execute("ALTER TABLE platform.tenant_module DISABLE TRIGGER USER")  # which would tell
        await db.execute("UPDATE platform.tenant_module SET enabled = false WHERE tenant_id = $1 AND plugin = 'contacts'", tenant.id)
        await db.execute("ALTER TABLE platform.tenant_module ENABLE TRIGGER USER")
    assert "Switch on" in (await admin.get("/modules/contacts/card")).text
