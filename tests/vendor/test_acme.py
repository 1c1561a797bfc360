"""A vendor's package beside Weft is a module like ours: found, switched on, used through the pages, checked, switched off."""

import ast
import asyncio
from pathlib import Path
from uuid import UUID
from zipfile import ZipFile

import pytest

from core.plugins.registry import Registry
from core.runtime import Runtime
from core.tenancy.tenant import LiveTenant
from infra.testing import Browser, Installation, Visitors
from infra.testing_jobs import Jobs
from tenants.life import ask_operator
from tenants.operator import Operator
from tests.vendor.wheels import ACME
from weft import Tenant
from weft.contracts import NewParty, Parties

KEY = "acme_loyalty"


@pytest.fixture
async def business(installation: Installation) -> LiveTenant:
    """Return a business that has contacts, and not yet what the vendor sells."""
    return await installation.new_tenant("contacts")


async def operate(installation: Installation, tenant: LiveTenant, kind: str) -> LiveTenant:
    """Have the operator do something with the vendor's module, as the Modules page asks for it."""
    runtime: Runtime = installation.runtime
    async with runtime.platform.transaction() as db:
        operation = await ask_operator(db, kind, tenant.id, module=KEY)
    operator = Operator(runtime, installation.provisioner, spares=0)
    await operator.work_off()
    row = await runtime.platform.fetchrow("SELECT state, note FROM platform.operation WHERE id = $1", operation)
    assert row is not None
    assert row["state"] == "done", row["note"]
    return await runtime.tenant_by_id(tenant.id, tenant.actor)


async def contact(tenant: Tenant, name: str) -> UUID:
    async with tenant.transaction():
        return (await tenant.service(Parties).add(NewParty(kind="person", name=name))).id


def test_its_source_imports_the_face_and_libraries_only() -> None:
    known = {"weft", "piccolo", "litestar", "msgspec", "markupsafe", "pytest", "acme_loyalty"}
    library = {"asyncio", "collections", "dataclasses", "datetime", "decimal", "os", "pathlib", "re", "typing", "uuid"}
    for path in ACME.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            names += [node.module or ""] if isinstance(node, ast.ImportFrom) and not node.level else []
            assert {name.partition(".")[0] for name in names} <= known | library, path


def test_the_wheel_brings_templates_and_migrations(acme_wheel: Path) -> None:
    names = ZipFile(acme_wheel).namelist()
    assert "acme_loyalty/templates/acme_loyalty/member.html" in names
    assert "acme_loyalty/migrations/acme_loyalty_0001_tables.py" in names
    assert "acme_loyalty/py.typed" in names
    assert not [name for name in names if "test" in name]


def test_its_entry_point_tells_of_it(weft_registry: Registry, site_of_acme: Path) -> None:
    plugin = weft_registry.plugins[KEY]
    assert (plugin.title, plugin.vendor, plugin.version) == ("Loyalty", "Acme", "0.3.1")
    module = __import__("sys").modules[type(plugin).__module__]
    assert Path(module.__file__ or "").is_relative_to(site_of_acme)


async def test_it_is_no_part_of_a_business_that_has_not_switched_it_on(business: LiveTenant, visitors: Visitors) -> None:
    client = await visitors.sign_in(business)
    party = await contact(business, "Ada Lovelace")
    assert (await client.get("/acme_loyalty")).status_code == 404
    assert "Loyalty" not in (await client.get(f"/contacts/{party}")).text
    modules = (await client.get("/modules")).text
    assert "Shoppers collect points on a card, and spend them." in modules


async def test_the_operator_switches_it_on_and_off_and_its_data_stays(
    business: LiveTenant, installation: Installation, visitors: Visitors
) -> None:
    client = await visitors.sign_in(business)
    party = await contact(business, "Ada Lovelace")
    on = await operate(installation, business, "enable_module")
    assert on.has(KEY)
    page = (await client.get(f"/contacts/{party}")).text
    assert "No card yet." in page, "the panel in the slot of another plugin's page"
    assert f"/acme_loyalty/of/{party}" in page, "the button on another plugin's record"
    joined = await client.submit(f"/acme_loyalty/of/{party}", {"card": "4711"})
    assert joined.status_code == 303, joined.text
    await see_it_everywhere(client, party, joined.headers["location"])

    off = await operate(installation, on, "disable_module")
    assert not off.has(KEY)
    assert (await client.get("/acme_loyalty")).status_code == 404
    assert "Loyalty" not in (await client.get(f"/contacts/{party}")).text

    await operate(installation, off, "enable_module")
    assert "4711" in (await client.get(joined.headers["location"])).text


async def see_it_everywhere(client: Browser, party: UUID, card: str) -> None:
    for path, words in {
        "/": "Loyalty points",
        "/acme_loyalty?q=4711": "Ada Lovelace",
        f"/contacts/{party}": "4711",
        card: "Welcome",
        "/settings/acme_loyalty": "Points for a new card",
        "/imports/new": "Loyalty cards",
        "/api/v1/lists/acme_loyalty.members": '"points":50',
        "/api/v1/acme_loyalty/cards/4711": '"points":50',
        "/api/schema/openapi.json": "Give points for a purchase",
    }.items():
        answer = await client.get(path)
        assert answer.status_code == 200, path
        assert words in answer.text, path
    found = await client.get("/search?q=4711")
    assert (found.status_code, found.headers["location"]) == (303, card), "a scanned card opens at once"


async def test_what_an_admin_sets_counts(business: LiveTenant, installation: Installation, visitors: Visitors) -> None:
    on = await operate(installation, business, "enable_module")
    client = await visitors.sign_in(on)
    seen = (await client.get("/settings/acme_loyalty")).text.partition('name="seen" value="')[2].partition('"')[0]
    saved = await client.submit("/settings/acme_loyalty", {"per_unit": "2", "welcome": "7", "months": "0", "seen": seen})
    assert saved.status_code == 303, saved.text
    joined = await client.submit(f"/acme_loyalty/of/{await contact(on, 'Grace Hopper')}", {"card": "1"})
    assert joined.status_code == 422
    assert "is not a card number" in joined.text
    joined = await client.submit(f"/acme_loyalty/of/{await contact(on, 'Alan Turing')}", {"card": "123"})
    assert ">7<" in (await client.get(joined.headers["location"])).text


async def test_it_hears_what_contacts_tell(business: LiveTenant, installation: Installation, visitors: Visitors, jobs: Jobs) -> None:
    on = await operate(installation, business, "enable_module")
    client = await visitors.sign_in(on)
    kept, merged = await contact(on, "Ada Lovelace"), await contact(on, "A. Lovelace")
    card = (await client.submit(f"/acme_loyalty/of/{merged}", {"card": "4711"})).headers["location"]
    answer = await client.submit(f"/contacts/{kept}/merge", {"other": str(merged), "version": "1", "other_version": "1"})
    assert answer.status_code == 303, answer.text
    ran = [each for each in await jobs.run_all() if each.name.startswith(KEY)]
    assert {(each.name, each.state) for each in ran} >= {("acme_loyalty.on.follow_merge", "done")}
    assert "4711" in (await client.get(f"/contacts/{kept}")).text
    assert "Ada Lovelace" in (await client.get(card)).text


async def test_what_it_needs_from_outside_is_watched(visitors: Visitors, monkeypatch: pytest.MonkeyPatch) -> None:
    watcher = visitors.visit()
    assert (await watcher.get("/health/ready")).json()["checks"]["acme_loyalty.printer"] == "ok"
    async with await asyncio.start_server(lambda _, writer: writer.close(), "127.0.0.1", 0) as printer:
        monkeypatch.setenv("ACME_PRINTER", f"127.0.0.1:{printer.sockets[0].getsockname()[1]}")
        assert (await watcher.get("/health/ready")).json()["checks"]["acme_loyalty.printer"] == "ok"
    answer = await watcher.get("/health/ready")
    assert answer.status_code == 503
    assert answer.json()["checks"]["acme_loyalty.printer"] == "The printer of loyalty cards does not answer: is it switched on?"


async def test_contacts_cannot_be_switched_off_under_it(business: LiveTenant, installation: Installation) -> None:
    on = await operate(installation, business, "enable_module")
    async with installation.runtime.platform.transaction() as db:
        operation = await ask_operator(db, "disable_module", on.id, module="contacts")
    await Operator(installation.runtime, installation.provisioner, spares=0).work_off()
    row = await installation.runtime.platform.fetchrow("SELECT state, note FROM platform.operation WHERE id = $1", operation)
    assert row is not None
    assert (row["state"], row["note"]) == ("failed", "Contacts is needed by Loyalty: switch those off first.")
