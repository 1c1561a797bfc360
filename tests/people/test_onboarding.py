"""The first days of a business: its industry, its modules, and the list of what is left to do."""

from core.tenancy.tenant import LiveTenant
from tests.people.conftest import Town
from web.tenant.people.industries import INDUSTRIES, choices, to_switch_on

READ, MODULES = "notes.note.read", "core.modules"


async def test_the_industry_suggests_modules_and_the_operator_switches_on_what_was_chosen(town: Town) -> None:
    tenant = await town.installation.new_tenant("echo")
    owner = await town.member(tenant)
    assert "What kind of business" in (await owner.get(town.url(tenant, "/welcome"))).text
    page = await owner.submit(town.url(tenant, "/welcome/industry"), {"industry": "retail"})
    assert "What do you need today?" in page.text
    assert 'value="notes"' in page.text
    page = await owner.submit(town.url(tenant, "/welcome/modules"), {"modules": ["notes", "echo", "no_such_module"]})
    assert "Switching your modules on" in page.text
    running = await owner.get(town.url(tenant, "/welcome/progress"), headers={"hx-request": "true"})
    assert 'hx-get="/welcome/progress"' in running.text
    assert "hx-refresh" not in running.headers
    await town.operator().work_off()
    done = await owner.get(town.url(tenant, "/welcome/progress"), headers={"hx-request": "true"})
    assert done.headers["hx-refresh"] == "true"
    page = await owner.get(town.url(tenant, "/welcome"))
    assert "Switching your modules on" not in page.text
    assert "What do you need today?" not in page.text
    record = await town.installation.runtime.catalogue.by_id(tenant.id)
    assert record is not None
    assert set(record.modules) == {"echo", "notes"}
    assert [what for _, what, kind, _ in await town.entries(tenant) if kind == "core.business"][-2:] == [
        "chose an industry",
        "chose modules",
    ]


async def test_a_module_that_could_not_be_switched_on_is_told(town: Town) -> None:
    tenant = await town.installation.new_tenant("echo")
    owner = await town.member(tenant)
    await owner.submit(town.url(tenant, "/welcome/industry"), {"industry": "other"})
    await owner.submit(town.url(tenant, "/welcome/modules"), {"modules": ["notes"]})
    async with town.installation.provisioner.as_owner() as db:
        await db.execute("UPDATE platform.operation SET state = 'failed' WHERE tenant_id = $1 AND kind = 'enable_module'", tenant.id)
    assert "Not every module could be switched on" in (await owner.get(town.url(tenant, "/welcome"))).text


async def test_one_may_think_again_about_the_industry(town: Town, tenant: LiveTenant) -> None:
    owner = await town.member(tenant)
    await owner.submit(town.url(tenant, "/welcome/industry"), {"industry": "clinic"})
    page = await owner.submit(town.url(tenant, "/welcome/again"))
    assert "What kind of business" in page.text
    assert (await owner.submit(town.url(tenant, "/welcome/industry"), {"industry": "piracy"})).status_code == 422


async def test_the_list_stays_on_the_dashboard_until_it_is_dismissed(town: Town, tenant: LiveTenant) -> None:
    owner = await town.member(tenant)
    for _ in range(2):
        page = await owner.get(town.url(tenant, "/"))
        assert "Getting started" in page.text
        assert "Invite your colleagues" in page.text
    page = await owner.submit(town.url(tenant, "/welcome/dismiss"))
    assert "Getting started" not in page.text
    assert "Getting started" not in (await owner.get(town.url(tenant, "/"))).text


async def test_the_list_ticks_off_what_was_done_and_goes_when_it_is_all_done(town: Town, tenant: LiveTenant) -> None:
    owner = await town.member(tenant)
    await owner.submit(town.url(tenant, "/welcome/industry"), {"industry": "other"})
    await owner.submit(town.url(tenant, "/welcome/modules"), {})
    assert "2 of 4" in (await owner.get(town.url(tenant, "/"))).text
    await town.member(tenant, READ, signed_in=False)
    assert "3 of 4" in (await owner.get(town.url(tenant, "/"))).text
    async with tenant.transaction(unaudited="a test") as db:
        await db.execute(
            "INSERT INTO platform.import_batch (id, importer, file, file_name, size, state) "
            "VALUES (gen_random_uuid(), 'notes.notes', gen_random_uuid(), 'notes.csv', 7, 'done')"
        )
    assert "Getting started" not in (await owner.get(town.url(tenant, "/"))).text
    record = await town.installation.runtime.catalogue.by_id(tenant.id)
    assert record is not None
    assert record.onboarded


async def test_the_list_shows_everybody_only_what_they_may_do(town: Town, tenant: LiveTenant) -> None:
    member = await town.member(tenant, READ)
    assert "Getting started" not in (await member.get(town.url(tenant, "/"))).text
    for path in ("/welcome/industry", "/welcome/modules", "/welcome/dismiss", "/welcome/again"):
        assert (await member.submit(town.url(tenant, path), {"industry": "retail"})).status_code == 403
    admin = await town.member(tenant, MODULES)
    page = await admin.get(town.url(tenant, "/"))
    assert "Choose your modules" in page.text
    assert "Invite your colleagues" not in page.text


def test_every_industry_suggests_what_it_needs_first(town: Town) -> None:
    registry = town.installation.runtime.registry
    for industry in INDUSTRIES:
        found = choices(registry, frozenset(), industry)
        suggested = [each.suggested for each in found]
        assert suggested == sorted(suggested, reverse=True)
        assert {each.plugin.key for each in found if each.suggested} == set(industry.modules) & set(registry.plugins)


def test_what_another_module_brings_along_is_not_asked_for_twice(town: Town) -> None:
    registry = town.installation.runtime.registry
    wanted = list(registry.plugins)
    asked = to_switch_on(registry, frozenset(), wanted)
    for key in asked:
        assert not any(key in registry.plugins[other].requires for other in asked)
    assert to_switch_on(registry, frozenset(wanted), wanted) == []
    assert to_switch_on(registry, frozenset(), ["no_such_module"]) == []
