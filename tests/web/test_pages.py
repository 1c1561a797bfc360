"""The shell's own pages answer, and every button on them does something."""

from html.parser import HTMLParser

import pytest

from core.messaging.notifications import tell_of_dead_job
from core.tenancy.tenant import LiveTenant
from infra.testing import Browser, Installation
from weft.ids import new_id

PATHS = (
    "/",
    "/?arrange=yes",
    "/audit",
    "/help",
    "/jobs",
    "/jobs/schedules",
    "/jobs?tab=failed",
    "/jobs?tab=waiting",
    "/modules",
    "/notifications",
    "/people",
    "/people/invite",
    "/people/roles",
    "/people/roles/new",
    "/people/tokens",
    "/people/tokens/new",
    "/search?q=xyz",
    "/settings",
    "/settings/close",
    "/settings/contacts",
    "/welcome",
)
WITHOUT = frozenset({"input", "meta", "link", "br", "hr", "img"})  # an end


class Buttons(HTMLParser):
    """Reads a page for its submit buttons, each with the form that it sends: its own by an attribute, or the one around it."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.around: list[tuple[str, str]] = []
        self.forms: set[str] = set()
        self.sends: list[str] = []  # forms by their ids; "" for one around, "nothing" where there is none
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note a form, or a button."""
        given = dict(attrs)
        if tag == "form":
            self.forms.add(given.get("id") or "")
        if tag == "button" and given.get("type", "submit") == "submit":
            inside = any(name == "form" for name, _ in self.around)
            self.sends.append(given.get("form") or ("" if inside else "nothing"))
        if tag not in WITHOUT:
            self.around.append((tag, given.get("id") or ""))

    def handle_endtag(self, tag: str) -> None:
        """Leave elements up to this one."""
        while any(name == tag for name, _ in self.around):
            if self.around.pop()[0] == tag:
                return


async def _news(installation: Installation, tenant: LiveTenant) -> None:
    await tell_of_dead_job(installation.runtime.platform, tenant.schema, new_id(), "Count the tills", "The till is wrong.")


@pytest.mark.parametrize("path", PATHS)
async def test_a_page_answers_and_each_of_its_buttons_sends_a_form(
    client: Browser, tenant: LiveTenant, installation: Installation, path: str
) -> None:
    await _news(installation, tenant)
    answer = await client.get(path)
    assert answer.status_code == 200, answer.text
    found = Buttons(answer.text)
    assert found.sends
    assert set(found.sends) <= found.forms | {""}


async def test_news_is_counted_until_it_has_been_read(client: Browser, tenant: LiveTenant, installation: Installation) -> None:
    await _news(installation, tenant)
    page = (await client.get("/notifications")).text
    assert "1 unread" in page
    assert "The job “Count the tills” was given up: The till is wrong." in page
    up_to = page.partition('name="up_to" value="')[2].partition('"')[0]
    await client.submit("/notifications", {"up_to": up_to})
    page = (await client.get("/notifications")).text
    assert "unread" not in page
    assert "Mark all as read" not in page
    assert "Count the tills" in page
