"""What the scripts add: live search, toasts, questions, drawers, charts, arranging, folding."""

from playwright.sync_api import Dialog, expect

from tests.browsing import NARROW

from .conftest import Visitor


def test_typing_narrows_the_list_and_keeps_focus_and_address(visit: Visitor) -> None:
    page = visit().to("/products")
    page.locator("#products-search").press_sequentially("saff", delay=20)
    expect(page.locator("#products tbody tr")).to_have_count(1)
    expect(page.locator("#products-search")).to_be_focused()
    assert "q=saff" in page.url


def test_a_filter_is_applied_in_place_and_focus_returns_to_its_chip(visit: Visitor) -> None:
    page = visit().to("/products")
    page.get_by_role("button", name="Category", exact=True).click()
    page.get_by_label("Bakery").check()
    page.get_by_role("group", name="Category").get_by_role("button", name="Apply").click()
    chip = page.get_by_role("button", name="Category Bakery")
    expect(chip).to_be_focused()
    assert "category=Bakery" in page.url


def test_rows_are_chosen_in_stretches_and_all_at_once(visit: Visitor) -> None:
    page = visit().to("/products")
    boxes = page.locator("[data-pick]")
    boxes.nth(1).click()
    boxes.nth(4).click(modifiers=["Shift"])
    expect(page.locator("[data-pick-count]")).to_have_text("4 chosen")
    page.get_by_label("Choose all rows").check()
    expect(page.locator("[data-pick-count]")).to_have_text("50 chosen")
    page.get_by_role("button", name="Choose none").click()
    expect(page.locator(".wf-bulk")).to_be_hidden()


def test_a_press_anywhere_on_a_row_opens_it(visit: Visitor) -> None:
    page = visit().to("/products")
    page.get_by_role("cell", name="Larder").first.click()
    page.wait_for_url("**/product")


def test_what_cannot_be_taken_back_is_asked_about_first(visit: Visitor) -> None:
    page = visit().to("/contact")
    for answer in ("Cancel", "Archive"):
        page.get_by_role("button", name="More actions").click()
        page.get_by_role("button", name="Archive").click()
        question = page.get_by_role("dialog", name="Are you sure?")
        expect(question).to_contain_text("Archive this organisation?")
        if answer == "Cancel":
            question.get_by_role("button", name=answer).click()
            expect(question).to_be_hidden()
    with page.expect_navigation() as gone:
        page.get_by_role("dialog", name="Are you sure?").get_by_role("button", name="Archive").click()
    assert gone.value.request.method == "POST"


def test_a_refusal_becomes_a_toast_with_its_own_sentence(visit: Visitor) -> None:
    page = visit().to("/dashboard")
    page.evaluate("() => { htmx.ajax('GET', '/refuse', {target: '#board', swap: 'innerHTML'}) }")
    toast = page.locator("#wf-toasts [data-toast]")
    expect(toast).to_contain_text("You may not change prices.")
    assert page.locator("#board > li").count() > 0
    toast.get_by_role("button", name="Dismiss").click()
    expect(toast).to_have_count(0)


def test_a_link_opens_at_the_side(visit: Visitor) -> None:
    page = visit().to("/contact")
    page.get_by_role("link", name="Ruth Okafor").click()
    drawer = page.get_by_role("dialog", name="Ruth Okafor")
    expect(drawer).to_contain_text("Latest orders")
    page.keyboard.press("Escape")
    expect(page.get_by_role("link", name="Ruth Okafor")).to_be_focused()


def test_a_select_becomes_a_search_with_one_choice_or_many(visit: Visitor) -> None:
    page = visit().to("/contact-form")
    lookup = page.get_by_role("combobox", name="Belongs to")
    lookup.fill("clear")
    page.get_by_role("option", name="Clearspring Ltd London").wait_for()
    lookup.press("Enter")
    assert page.locator("select[name=parent]").input_value() == "clearspring"
    tags = page.get_by_role("combobox", name="Tags")
    tags.fill("org")
    tags.press("Enter")
    tags.press("Backspace")
    page.get_by_role("button", name="Remove Drinks").click()
    assert page.locator("select[name=tags] option:checked").all_inner_texts() == ["Local"]


def test_charts_are_drawn_in_the_theme_of_the_page(visit: Visitor) -> None:
    visitor = visit()
    page = visitor.to("/dashboard?theme=light")
    canvas = page.locator("[data-chart] canvas")
    expect(canvas).to_have_count(3)
    light = canvas.first.evaluate("c => c.toDataURL()")
    page.evaluate("document.documentElement.dataset.bsTheme = 'dark'")
    page.wait_for_timeout(100)
    assert canvas.first.evaluate("c => c.toDataURL()") != light
    assert visitor.complaints == []


def test_pages_without_charts_do_not_fetch_them(visit: Visitor) -> None:
    visitor = visit()
    fetched: list[str] = []
    visitor.page.on("request", lambda request: fetched.append(request.url))
    visitor.to("/products")
    assert fetched
    assert not [url for url in fetched if "echarts" in url or "ortable" in url]
    assert all(url.startswith((visitor.address, "data:")) for url in fetched)


def test_a_first_visit_is_light(visit: Visitor) -> None:
    visitor = visit()
    session = visitor.page.context.new_cdp_session(visitor.page)
    sizes: list[float] = []
    session.on("Network.loadingFinished", lambda event: sizes.append(event["encodedDataLength"]))
    session.send("Network.enable")
    session.send("Network.setCacheDisabled", {"cacheDisabled": True})
    visitor.to("/products")
    visitor.page.wait_for_load_state("networkidle")
    assert 150_000 < sum(sizes) < 350_000


def test_widgets_are_arranged_with_buttons_and_the_order_is_sent(visit: Visitor) -> None:
    page = visit().to("/dashboard")
    page.get_by_role("button", name="Arrange").or_(page.get_by_role("link", name="Arrange")).click()
    with page.expect_request("**/dashboard/order") as sent:
        page.get_by_role("button", name="Move Sales by category earlier").click()
    assert (sent.value.post_data or "").split("&")[4:6] == ["order=mix", "order=sales"]
    expect(page.get_by_role("button", name="Move Sales by category earlier")).to_be_focused()


def test_theme_and_side_bar_are_kept(visit: Visitor) -> None:
    page = visit().to("/products")
    page.get_by_role("button", name="You: Maeve O’Connell").click()
    page.get_by_role("button", name="Dark", exact=True).click()
    page.keyboard.press("[")
    expect(page.locator(".wf-shell")).to_have_attribute("data-side", "folded")
    page.reload()
    expect(page.locator("html")).to_have_attribute("data-bs-theme", "dark")
    assert {cookie.get("name"): cookie.get("value") for cookie in page.context.cookies()} == {"weft_theme": "dark", "weft_side": "folded"}


def test_a_section_of_the_side_bar_is_closed_by_a_press_or_by_its_key_and_that_is_kept(visit: Visitor) -> None:
    page = visit().to("/products")
    heading = page.locator("summary.wf-nav-title").first
    key = page.locator("details.wf-nav-section").first.get_attribute("data-section")
    heading.focus()
    page.keyboard.press("Enter")
    expect(page.locator("details.wf-nav-section").first).not_to_have_attribute("open", "")
    assert {cookie.get("name"): cookie.get("value") for cookie in page.context.cookies()} == {"weft_nav": f"-{key}"}
    heading.click()
    assert {cookie.get("name"): cookie.get("value") for cookie in page.context.cookies()} == {"weft_nav": f"+{key}"}


def test_the_system_decides_when_nobody_has_chosen(visit: Visitor) -> None:
    page = visit().page
    page.emulate_media(color_scheme="dark")
    dark = visit()
    dark.page.emulate_media(color_scheme="dark")
    colours = [dark.to("/sign-in").evaluate("getComputedStyle(document.body).backgroundColor")]
    dark.page.emulate_media(color_scheme="light")
    colours.append(dark.page.evaluate("getComputedStyle(document.body).backgroundColor"))
    assert colours[0] != colours[1]


def test_a_half_filled_form_is_not_left_by_accident(visit: Visitor) -> None:
    page = visit().to("/settings")
    asked: list[str] = []

    def accept(dialog: Dialog) -> None:
        asked.append(dialog.type)
        dialog.accept()

    page.on("dialog", accept)
    page.get_by_label("Name of the business").fill("Harbour")
    page.get_by_role("link", name="Audit").click()
    page.wait_for_url("**/audit")
    assert asked == ["beforeunload"]


def test_the_main_action_stays_in_reach_on_a_telephone(visit: Visitor) -> None:
    page = visit(NARROW).to("/products")
    page.mouse.wheel(0, 3000)
    box = page.get_by_role("link", name="New product").bounding_box()
    assert box
    assert box["y"] + box["height"] <= 844
