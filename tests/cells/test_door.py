"""Several cells behind one door: each business is answered by the server it lives on, and a person finds each of theirs."""

from typing import Any

import httpx
import pytest

from core.auth.passwords import hash_password
from core.cells.directory import free_left_over
from core.cells.servers import HOME, read_cells
from core.people.accounts import new_account
from core.people.members import add_member, owner_role
from core.settings import Misconfigured, Settings
from core.tenancy.tenant import LiveTenant
from infra.cli.cells import set_open
from infra.testing import Browser
from tenants.found import Founder, found_tenant
from tenants.life import NewTenant
from tenants.operator import Operator
from tests.cells.ground import EAST, TwoCells
from web.site import Site
from weft.errors import Invalid

PASSWORD = "a long and quiet river"  # of a person who does not exist
FORM = {"name": "Ada", "country": "GB", "currency": "GBP", "timezone": "Europe/London", "locale": "en_GB", "password": PASSWORD}


async def test_each_business_is_answered_by_the_cell_where_it_lives(cells: TwoCells) -> None:
    here, there = await cells.business(HOME, "notes"), await cells.business(EAST, "notes")
    for cell, tenant in ((HOME, here), (EAST, there)):
        browser = await cells.sign_in(cell, tenant)
        written = await browser.submit("/notes/write", {"title": f"of {cell}"})
        assert written.status_code == 201, written.text
        assert (await browser.get("/notes/titles")).json() == [f"of {cell}"]
        other = cells.installations[EAST if cell == HOME else HOME]
        assert await other.runtime.catalogue.by_slug(tenant.slug) is None
    assert (await cells.browser().get("/", headers={"host": "nobody.weft.test"})).status_code == 404


async def test_a_sign_in_or_token_of_one_cell_opens_nothing_in_another(cells: TwoCells) -> None:
    here, there = await cells.business(HOME, "notes"), await cells.business(EAST, "notes")
    for cell, mine, other in ((HOME, here, there), (EAST, there, here)):
        theirs = {"host": f"{other.slug}.weft.test"}
        browser, program = await cells.sign_in(cell, mine), await cells.visitors[cell].program(mine)
        assert (await browser.get("/notes/titles", headers=theirs)).status_code == 303
        assert (await program.get("/api/schema/openapi.json", headers=theirs)).status_code == 401


async def _no_directory_asked(cells: TwoCells, browser: Browser) -> None:
    """Ask for a page while every question to the directory would wait for ever."""
    assert (await browser.get("/notes/titles")).status_code == 200
    superuser = await cells.superuser(HOME)
    try:
        async with superuser.transaction():
            await superuser.execute("LOCK TABLE platform.residence, platform.cell, platform.move IN ACCESS EXCLUSIVE MODE")
            assert (await browser.get("/notes/titles")).status_code == 200
    finally:
        await superuser.close()


async def test_a_request_asks_the_directory_nothing(cells: TwoCells) -> None:
    for cell in (HOME, EAST):
        await _no_directory_asked(cells, await cells.sign_in(cell, await cells.business(cell, "notes")))


async def test_with_one_cell_there_is_no_directory_to_ask(cells: TwoCells) -> None:
    tenant = await cells.business(HOME, "notes")
    browser = await cells.sign_in(HOME, tenant)
    alone: Any = Site(cells.home.settings, cells.home.runtime.registry, cells.home.runtime)
    superuser = await cells.superuser(HOME)
    async with superuser.transaction():
        await superuser.execute("LOCK TABLE platform.residence, platform.cell, platform.move IN ACCESS EXCLUSIVE MODE")
        async with Browser(alone, browser.base_url.__str__()) as plain:
            plain.cookies = browser.cookies
            assert (await plain.get("/notes/titles")).status_code == 200
    await superuser.close()


async def _count(cells: TwoCells, cell: str) -> int:
    platform = cells.installations[cell].runtime.platform
    return int(await platform.fetchval("SELECT count(*) FROM platform.tenant WHERE state IN ('active', 'suspended', 'deleting')"))


async def test_a_new_business_goes_to_the_open_cell_that_has_the_fewest(cells: TwoCells) -> None:
    while await _count(cells, HOME) <= await _count(cells, EAST):
        await cells.business(HOME, "notes")
    assert await cells.site.emptiest() == EAST
    await set_open(cells.home.provisioner, EAST, open_now=False)
    assert await cells.site.emptiest() == HOME
    await set_open(cells.home.provisioner, EAST, open_now=True)
    await Operator(cells.east.runtime, cells.east.provisioner, spares=1, starters=("notes",)).fill_pool()
    browser = cells.browser()
    assert (await browser.get("/sign-up")).status_code == 200
    form = {**FORM, "business": "North Bakery", "slug": "north-bakery", "email": "ada@north.example"}
    answer = await browser.submit("/sign-up", form)
    assert (answer.status_code, answer.headers.get("location")) == (303, "/open/north-bakery?next=/welcome"), answer.text
    assert await cells.east.runtime.catalogue.by_slug("north-bakery")
    await _lead_in(browser, "north-bakery", "/search")
    other = cells.browser()
    await other.get("/sign-up")
    again = await other.submit("/sign-up", form)
    assert "is taken" in again.text or "Somebody has the address" in again.text


async def _lead_in(browser: Browser, slug: str, path: str) -> None:
    """Follow a browser from the platform's host to a business's, and hold that it gets in."""
    where = f"http://weft.test/open/{slug}?next={path}"
    for _ in range(4):  # to its host for a cookie, back, and there again with a secret
        answer = await browser.get(where)
        assert answer.status_code == 303, answer.text[:500]
        where = str(answer.url.join(answer.headers["location"]))
    assert where == f"http://{slug}.weft.test{path}"
    session = next(each for each in answer.headers.get_list("set-cookie") if each.startswith("weft_session="))
    # without those of the platform's host, which Python's jar of cookies would send to hosts below it as well, and no browser does
    answer = await httpx.AsyncClient(transport=browser._transport).get(where, headers={"cookie": session.partition(";")[0]})
    assert answer.status_code == 200, answer.text[:500]


async def _member(cells: TwoCells, cell: str, tenant: LiveTenant, email: str) -> None:
    async with cells.installations[cell].runtime.platform.transaction() as db:
        person = await new_account(db, "Ada", await hash_password(PASSWORD), email=email)
        await add_member(db, tenant.id, person, [await owner_role(db, tenant.id)])


async def test_a_person_signs_in_to_each_cell_with_the_same_address_and_stays_signed_in_to_both(cells: TwoCells) -> None:
    here, there = await cells.business(HOME, "notes"), await cells.business(EAST, "notes")
    await _member(cells, HOME, here, "ada@both.example")
    await _member(cells, EAST, there, "ada@both.example")
    browser = cells.browser()
    for tenant in (there, here):
        answer = await browser.get(f"http://weft.test/open/{tenant.slug}")
        assert answer.headers["location"].startswith("/sign-in"), "nobody is signed in to this cell yet"
        await browser.get("http://weft.test/sign-in")
        answer = await browser.submit("http://weft.test/sign-in", {"email": "ada@both.example", "password": PASSWORD})
        assert answer.status_code == 303, answer.text
        await _lead_in(browser, tenant.slug, "/search")
    for tenant in (there, here):
        await _lead_in(browser, tenant.slug, "/search")


async def test_who_signs_in_at_the_platforms_host_is_found_in_whichever_cell_and_nobody_else_is_told(cells: TwoCells) -> None:
    there = await cells.business(EAST, "notes")
    await _member(cells, EAST, there, "bob@east.example")
    stranger, browser = cells.browser(), cells.browser()
    for each in (stranger, browser):
        assert (await each.get("http://weft.test/sign-in")).status_code == 200
    refused = await stranger.submit("http://weft.test/sign-in", {"email": "bob@east.example", "password": "wrong " * 4})
    assert refused.status_code == 422
    assert "weft_cell" not in str(refused.headers.get_list("set-cookie"))
    answer = await browser.submit("http://weft.test/sign-in", {"email": "bob@east.example", "password": PASSWORD})
    assert answer.status_code == 303, answer.text
    await _lead_in(browser, there.slug, "/search")


async def test_links_in_letters_lead_to_the_cell_they_were_written_in(cells: TwoCells) -> None:
    assert cells.home.settings.platform_url == "http://weft.test"
    assert cells.east.settings.platform_url == "http://weft.test/at/east"
    browser = cells.browser()
    assert (await browser.get("http://weft.test/at/east/sign-in")).status_code == 200
    assert browser.cookies.get("weft_cell") == EAST
    assert (await browser.get("http://weft.test/at/nowhere/sign-in")).status_code == 200


async def test_an_address_is_given_once_over_all_cells_and_comes_back_when_it_is_free(cells: TwoCells) -> None:
    home, east = cells.home, cells.east
    founder = Founder("ada@once.example", "Ada", PASSWORD)
    new = NewTenant("only-once", "Only once", "GB", "GBP", "Europe/London", "en_GB")
    await found_tenant(east.runtime, east.provisioner, east.modules, new, founder, starters=("notes",))
    for each in (home, east):
        with pytest.raises(Invalid, match="taken"):
            await found_tenant(each.runtime, each.provisioner, each.modules, new, founder, starters=("notes",))
    assert await home.runtime.platform.fetchval("SELECT cell FROM platform.residence WHERE slug = 'only-once'") == EAST
    superuser = await cells.superuser(HOME)
    await superuser.execute("INSERT INTO platform.residence (slug, cell, since) VALUES ('never-used', 'east', now() - interval '2 h')")
    await superuser.close()
    assert await free_left_over(home.runtime.platform, EAST, east.runtime.platform) == ["never-used"]


def test_a_file_of_cells_that_cannot_work_is_refused_with_its_reason(tmp_path: Any) -> None:
    file = tmp_path / "cells.toml"
    for text, why in (
        ("[East]\ndatabase_url = 'postgresql://x/y'", "no name of a cell"),
        ("[east]\n", "needs database_url"),
        ("[east]\ndatabase_url = 'postgresql://x/y'\nport = 5", "nobody knows"),
        ("east = 1", "must be a table"),
        ("[east", "no TOML"),
    ):
        file.write_text(text)
        with pytest.raises(ValueError, match=why):
            read_cells(file)
    file.write_text("[east]\ndatabase_url = 'postgresql://x/y'")
    told = {"WEFT_DATABASE_URL": "postgresql://h/w", "WEFT_REDIS_URL": "redis://r", "WEFT_SECRET_KEY": "k", "WEFT_CELLS": str(file)}
    settings = Settings.from_environment(told)
    assert settings.cell_names == (HOME, EAST)
    assert [each.cell for each in settings.served_cells] == [HOME, EAST]
    assert [each.cell for each in Settings.from_environment({**told, "WEFT_CELL": EAST}).served_cells] == [EAST]
    with pytest.raises(Misconfigured, match="west"):
        Settings.from_environment({**told, "WEFT_CELL": "west"})
    with pytest.raises(Misconfigured, match="cannot be read"):
        Settings.from_environment({**told, "WEFT_CELLS": str(tmp_path / "none.toml")})
