"""The search box finds pages beside records; help tells who can help."""

from hypothesis import given
from hypothesis import strategies as st

from core.tenancy.tenant import LiveTenant
from infra.testing import Browser, Installation, Visitors
from web.tenant.places import fits

BOX = {"hx-request": "true", "hx-target": "wf-search-found"}
PALETTE = {"hx-request": "true", "hx-target": "wf-palette-records"}


async def test_a_page_is_found_by_the_beginning_of_a_word_of_its_name(client: Browser) -> None:
    found = (await client.get("/search?q=audi", headers=BOX)).text
    assert 'href="/audit"' in found
    assert 'href="/people/invite"' in (await client.get("/search?q=colleague", headers=BOX)).text
    assert 'href="/settings/contacts"' in (await client.get("/search?q=contacts+settings", headers=BOX)).text


async def test_the_palette_which_shows_the_navigation_itself_is_not_told_of_it_twice(client: Browser) -> None:
    found = (await client.get("/search?q=people", headers=PALETTE)).text
    assert 'href="/people/invite"' in found
    assert 'href="/people"' not in found


async def test_pages_that_one_may_not_open_are_not_found(tenant: LiveTenant, visitors: Visitors) -> None:
    clerk = await visitors.sign_in(tenant, "notes.note.read")
    for asked in ("audit", "invite", "settings", "jobs", "token"):
        assert "Nothing found" in (await clerk.get(f"/search?q={asked}", headers=BOX)).text
    assert 'href="/person"' in (await clerk.get("/search?q=password", headers=BOX)).text


async def test_one_letter_finds_nothing_and_says_nothing(client: Browser) -> None:
    assert not (await client.get("/search?q=a", headers=BOX)).text.strip()


@given(st.lists(st.text("abcdefgh", min_size=1), min_size=1, max_size=4).map(" ".join))
def test_a_name_fits_itself_and_the_beginnings_of_its_words(name: str) -> None:
    assert fits(name, name)
    assert fits(" ".join(word[:1] for word in name.split()), name)
    assert not fits(f"{name}x", name)


async def test_help_names_who_can_help_and_what_one_may_do(tenant: LiveTenant, visitors: Visitors, client: Browser) -> None:
    assert "you are an owner" in (await client.get("/help")).text
    clerk = await visitors.sign_in(tenant, "core.audit")
    page = (await clerk.get("/help")).text
    assert "Read the audit log" in page
    assert "Change settings" not in page
    assert "mailto:" in page


async def test_a_page_of_a_module_that_is_off_says_so_and_leads_to_its_switch(installation: Installation, visitors: Visitors) -> None:
    tenant = await installation.new_tenant("contacts")
    admin, clerk = await visitors.sign_in(tenant), await visitors.sign_in(tenant, "contacts.party.read")
    page = await admin.get("/catalogue/products")
    assert page.status_code == 404
    assert "is switched off" in page.text
    assert "/modules#module-catalogue" in page.text
    assert "/modules#module-catalogue" not in (await clerk.get("/catalogue/products")).text


async def test_the_way_out_of_an_unknown_address_leads_to_the_platform(visitors: Visitors, tenant: LiveTenant) -> None:
    page = (await visitors.visit(tenant).get("/", headers={"host": "nobody.weft.test"})).text
    assert 'href="http://weft.test/sign-in"' in page
