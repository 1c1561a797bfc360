"""Every sample screen, in both themes and at both widths: accessible, quiet, and no wider than the screen."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import BrowserContext

from tests.browsing import NARROW, WIDE
from web.design.samples import SAMPLES

from .conftest import Visit, Visitor

PATHS = ["/design", *(f"/{sample.slug}" for sample in SAMPLES)]


@pytest.fixture(scope="module")
def visitor(contexts: dict[tuple[int, bool], BrowserContext], address: str) -> Iterator[Visit]:
    """One page for all samples."""
    one = Visit(contexts[WIDE["width"], True], address)
    yield one
    one.page.close()


@pytest.mark.parametrize("path", PATHS)
def test_a_page_is_accessible_breaks_no_policy_and_fits_a_telephone(visitor: Visit, path: str) -> None:
    visitor.complaints.clear()
    visitor.page.set_viewport_size(WIDE)
    page = visitor.to(f"{path}?theme=light")
    assert visitor.complaints == []
    assert visitor.violations() == []
    page.evaluate("document.documentElement.dataset.bsTheme = 'dark'")
    assert visitor.violations("color-contrast", "link-in-text-block") == []  # only colours differ between the themes
    page.set_viewport_size(NARROW)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert visitor.violations("target-size", "scrollable-region-focusable") == []


def test_what_can_be_pressed_is_large_enough(visit: Visitor) -> None:
    inline = "p a, dd a, td a, li > a.wf-link, .wf-list a, .wf-crumbs a, h2 a"  # in a line of text, which the rule leaves out
    script = """(inline) => [...document.querySelectorAll('a[href], button, input:not([type=hidden]), select, summary')]
      .filter((e) => e.checkVisibility() && getComputedStyle(e).clipPath === 'none' && !e.matches('.wf-skip, ' + inline))
      .map((e) => [e.closest('label, .form-check, .wf-find') ?? e, e])
      .filter(([box]) => { const {width, height} = box.getBoundingClientRect(); return width < 23.5 || height < 23.5; })
      .map(([, e]) => e.outerHTML.slice(0, 120))"""
    for size in (WIDE, NARROW):
        visitor = visit(size)
        for path in ["/design", "/products", "/contact", "/sign-in", "/roles"]:
            assert visitor.to(path).evaluate(script, inline) == []


def test_the_open_overlays_are_accessible(visit: Visitor) -> None:
    visitor = visit()
    for theme in ("light", "dark"):
        page = visitor.to(f"/audit?theme={theme}")
        page.keyboard.press("Control+k")
        page.keyboard.type("bel")
        page.wait_for_selector("#wf-palette-records a")
        assert visitor.violations() == []
        page.keyboard.press("Escape")
        page.keyboard.press("?")
        assert visitor.violations() == []
        page.keyboard.press("Escape")
        page.get_by_role("button", name="Who", exact=True).click()
        assert visitor.violations() == []
        page.keyboard.press("Escape")
        page.get_by_role("button", name="You: Maeve O’Connell").click()
        assert visitor.violations() == []
