"""The side bar shows where one can go, and no more of it at once than one can look over."""

import re

from infra.testing import Browser, Installation, Visitors


def sections(page: str) -> dict[str, bool]:
    """Return which sections the side bar has, and whether each is open."""
    return {key: opened == " open" for key, opened in re.findall(r'<details class="wf-nav-section" data-section="(\w+)"( open|)>', page)}


async def test_few_entries_are_all_shown(installation: Installation, visitors: Visitors) -> None:
    client = await visitors.sign_in(await installation.new_tenant("contacts"))
    assert sections((await client.get("/")).text) == {"contacts": True, "administration": True}


async def test_of_many_only_those_of_the_module_that_the_page_is_of(client: Browser) -> None:
    there = sections((await client.get("/contacts")).text)
    assert there["contacts"]
    assert there["administration"]
    assert not there["accounting"]
    assert not sections((await client.get("/")).text)["contacts"]


async def test_what_a_person_opened_and_closed_stays_so_on_the_next_page(client: Browser) -> None:
    client.cookies.set("weft_nav", "+accounting.-administration.-contacts")
    there = sections((await client.get("/")).text)
    assert (there["accounting"], there["administration"], there["contacts"]) == (True, False, False)
    assert sections((await client.get("/contacts")).text)["contacts"]  # where one is, is never hidden


async def test_a_cookie_that_says_nothing_is_as_none(client: Browser) -> None:
    usual = sections((await client.get("/")).text)
    for nonsense in ("accounting", "+", "+a.-b" * 100, '"><script>'):
        client.cookies.set("weft_nav", nonsense)
        assert sections((await client.get("/")).text) == usual


async def test_folded_to_icons_everything_shows(client: Browser) -> None:
    client.cookies.set("weft_side", "folded")
    assert all(sections((await client.get("/")).text).values())
