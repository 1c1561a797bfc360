"""The page of mail that could not be sent: only where one tries things out."""

import msgspec
import pytest

from core.runtime import Runtime
from core.settings import Settings
from tests.people.conftest import Human, Town
from web.platform.mailbox import with_links
from web.site import Site


async def test_letters_are_shown_with_links_to_press(town: Town) -> None:
    human = await town.human()
    await human.submit("/reset", {"email": human.email})
    box = await human.get("/mailbox")
    assert "Set a new password" in box.text
    assert human.email in box.text
    link = box.text.partition('href="/mailbox/')[2].partition('"')[0]
    letter = await human.get(f"/mailbox/{link}")
    assert '<a href="http://weft.test/reset/new?secret=' in letter.text
    html = await human.get(f"/mailbox/{link}/html")
    assert html.headers["content-security-policy"].startswith("sandbox")
    assert "script" not in html.headers["content-security-policy"]
    assert "Set a new password" in html.text


def _site(town: Town, **changes: object) -> Human:
    """Return somebody at the same installation, set up in another way."""
    runtime = town.installation.runtime
    settings = msgspec.structs.replace(runtime.settings, **changes)
    other = Runtime(
        settings,
        runtime.registry,
        runtime.platform,
        runtime.catalogue,
        runtime.changes,
        runtime.sessions,
        runtime.places,
        runtime.pools,
        runtime.logins,
        runtime.store,
        runtime.throttle,
        runtime.clock,
    )
    human = Human(Site(settings, runtime.registry, other), settings.base_url)
    town.humans.append(human)
    return human


@pytest.mark.parametrize(
    "changes",
    [
        {"smtp_url": "smtp://mail.test"},
        {"strict": False},
        {"base_url": "https://weft.test"},
        {"demo": True, "base_url": "https://weft.test"},
    ],
)
async def test_there_is_no_such_page_in_production(town: Town, changes: dict[str, object]) -> None:
    human = _site(town, **changes)
    for path in ("/mailbox", "/mailbox/01a20266-339f-7624-ab06-d196f44f07d3", "/mailbox/01a20266-339f-7624-ab06-d196f44f07d3/html"):
        assert (await human.get(path)).status_code == 404
    assert "/mailbox" not in (await human.get("/")).text


async def test_the_demo_shows_it(town: Town) -> None:
    human = _site(town, strict=False, demo=True)
    assert (await human.get("/mailbox")).status_code == 200


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("See http://a.test/x?y=1&z=2.", 'See <a href="http://a.test/x?y=1&amp;z=2">http://a.test/x?y=1&amp;z=2</a>.'),
        ("<script>alert(1)</script>", "&lt;script&gt;alert(1)&lt;/script&gt;"),
        ('http://a.test/"onclick="x', '<a href="http://a.test/">http://a.test/</a>&#34;onclick=&#34;x'),
        ("javascript:alert(1)", "javascript:alert(1)"),
    ],
)
def test_nothing_but_web_addresses_becomes_a_link(text: str, html: str) -> None:
    assert str(with_links(text)) == html


def test_settings_say_when_it_is_there() -> None:
    base = Settings(database_url="postgresql:///x", redis_url="redis://", secret_key="x")
    assert not base.shows_mail
    assert msgspec.structs.replace(base, demo=True).shows_mail
    assert not msgspec.structs.replace(base, demo=True, smtp_url="smtp://x").shows_mail
