"""The keyboard does what a mouse does, and focus is where a person expects it."""

from playwright.sync_api import Page, expect

from .conftest import Visitor


def focused(page: Page) -> str:
    """The id, or the text, of what has focus."""
    return str(page.evaluate("document.activeElement.id || document.activeElement.textContent.trim()"))


def test_slash_finds_and_arrows_choose(visit: Visitor) -> None:
    page = visit().to("/products")
    page.keyboard.press("/")
    assert focused(page) == "wf-search"
    page.keyboard.type("bel")
    page.wait_for_selector("#wf-search-found a")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    expect(page.locator("#wf-search")).to_have_attribute("aria-expanded", "true")
    page.keyboard.press("Enter")
    page.wait_for_url("**/contact")


def test_escape_empties_the_search_box_and_then_leaves_it(visit: Visitor) -> None:
    page = visit().to("/products")
    page.keyboard.press("/")
    page.keyboard.type("bel")
    page.keyboard.press("Escape")
    expect(page.locator("#wf-search")).to_have_value("")
    page.keyboard.press("Escape")
    assert focused(page) != "wf-search"


def test_g_and_a_letter_goes(visit: Visitor) -> None:
    page = visit().to("/products")
    page.keyboard.press("g")
    expect(page.locator("html")).to_have_attribute("data-going", "")
    page.keyboard.press("j")
    page.wait_for_url("**/jobs")


def test_a_question_mark_lists_the_keys_and_focus_returns(visit: Visitor) -> None:
    page = visit().to("/products")
    button = page.get_by_role("button", name="Columns")
    button.focus()
    page.keyboard.press("?")
    dialog = page.get_by_role("dialog", name="Keyboard shortcuts")
    expect(dialog).to_be_visible()
    expect(dialog.get_by_text("New product")).to_be_visible()
    page.keyboard.press("Escape")
    expect(dialog).to_be_hidden()
    expect(button).to_be_focused()


def test_ctrl_k_runs_a_command_of_the_page(visit: Visitor) -> None:
    page = visit().to("/products")
    page.keyboard.press("Control+k")
    expect(page.locator("#wf-palette-input")).to_be_focused()
    page.keyboard.type("new prod")
    expect(page.locator("#wf-palette-list [data-active]")).to_contain_text("New product")
    page.keyboard.press("Enter")
    page.wait_for_url("**/product-form")


def test_ctrl_k_finds_records_and_changes_the_theme(visit: Visitor) -> None:
    page = visit().to("/products")
    page.keyboard.press("Control+k")
    page.keyboard.type("bel")
    page.wait_for_selector("#wf-palette-records a")
    page.keyboard.press("Control+k")
    expect(page.locator("#wf-palette")).to_be_hidden()
    page.keyboard.press("Control+k")
    page.keyboard.type("theme: dark")
    page.keyboard.press("Enter")
    expect(page.locator("html")).to_have_attribute("data-bs-theme", "dark")


def test_j_and_k_walk_the_rows_and_enter_opens(visit: Visitor) -> None:
    page = visit().to("/contact")
    for key in ("j", "j", "j", "k"):
        page.keyboard.press(key)
    assert focused(page) == "PO-10455"
    page = visit().to("/products")
    page.keyboard.press("j")
    assert "Apple cider vinegar" in focused(page)
    page.keyboard.press("x")
    expect(page.locator("[data-pick-count]")).to_have_text("1 chosen")
    page.keyboard.press("Enter")
    page.wait_for_url("**/product")


def test_a_button_answers_to_its_own_key_but_not_while_one_types(visit: Visitor) -> None:
    page = visit().to("/products")
    page.locator("#products-search").focus()
    page.keyboard.type("c")
    expect(page.locator("#products-search")).to_have_value("c")
    assert "/product-form" not in page.url
    page.keyboard.press("Escape")
    page.keyboard.press("c")
    page.wait_for_url("**/product-form")


def test_single_keys_can_be_switched_off(visit: Visitor) -> None:
    page = visit().to("/products")
    page.keyboard.press("?")
    page.get_by_role("switch", name="Single-key shortcuts").uncheck()
    page.keyboard.press("Escape")
    page.reload()
    page.wait_for_selector("html[data-ready]")
    page.keyboard.press("/")
    assert focused(page) != "wf-search"
    page.evaluate("localStorage.clear()")


def test_the_first_stop_skips_to_the_content_and_every_stop_is_visible(visit: Visitor) -> None:
    page = visit().to("/contact")
    page.keyboard.press("Tab")
    assert focused(page) == "Skip to content"
    page.keyboard.press("Enter")
    assert focused(page) == "main"
    seen = """() => { const e = document.activeElement, s = getComputedStyle(e), p = getComputedStyle(e.parentElement);
      return e === document.body || e.tagName === 'HTML' || s.outlineStyle !== 'none' || p.outlineStyle !== 'none' }"""
    for _ in range(30):
        page.keyboard.press("Tab")
        assert page.evaluate(seen), page.evaluate("document.activeElement.outerHTML.slice(0, 200)")


def test_a_menu_is_walked_with_arrows_and_gives_focus_back(visit: Visitor) -> None:
    page = visit().to("/contact")
    button = page.get_by_role("button", name="More actions")
    button.focus()
    page.keyboard.press("ArrowDown")
    expect(page.get_by_role("button", name="Merge with another…")).to_be_focused()
    page.keyboard.press("ArrowDown")
    expect(page.get_by_role("link", name="Print")).to_be_focused()
    page.keyboard.press("Escape")
    expect(button).to_be_focused()


def test_focus_goes_to_the_first_wrong_field_and_ctrl_enter_saves(visit: Visitor) -> None:
    page = visit().to("/contact-form")
    expect(page.locator("#field-name")).to_be_focused()
    page.keyboard.type("Belvoir")
    with page.expect_response(lambda response: response.request.method == "POST") as answer:
        page.keyboard.press("Control+Enter")
    assert answer.value.status == 422
    expect(page.locator("#wf-toasts [data-toast]")).to_contain_text("Nothing is saved")
    expect(page.locator("#field-name")).to_be_focused()


def test_a_table_that_scrolls_is_reached_where_nothing_in_it_is(visit: Visitor) -> None:
    page = visit().to("/products")
    page.evaluate(
        "() => { for (const inside of ['x', '<a href=\"#\">x</a>']) { const part = document.createElement('div');"
        "part.className = 'wf-scroll'; part.style.width = '100px'; part.innerHTML = `<div style=\"width: 900px\">${inside}</div>`;"
        "document.querySelector('main').append(part); }"
        "document.body.dispatchEvent(new CustomEvent('htmx:load', { bubbles: true })) }"
    )
    parts = page.locator("main > .wf-scroll")
    expect(parts.first).to_have_attribute("tabindex", "0")
    expect(parts.last).not_to_have_attribute("tabindex", "0")
