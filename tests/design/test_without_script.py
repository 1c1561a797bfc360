"""Everything works without a script: links, forms, filters, menus, themes."""

from playwright.sync_api import expect

from tests.browsing import NARROW

from .conftest import Visitor


def test_a_person_finds_filters_and_goes_on(visit: Visitor) -> None:
    visitor = visit(script=False)
    page = visitor.page
    page.goto(f"{visitor.address}/products")
    page.get_by_role("button", name="Category", exact=True).click()
    page.get_by_label("Spices").check()
    page.get_by_role("group", name="Category").get_by_role("button", name="Apply").click()
    page.wait_for_url("**category=Spices**")
    assert page.locator("#products tbody tr").count() == 6
    page.locator("#products-search").fill("saffron")
    page.keyboard.press("Enter")
    page.wait_for_url("**q=saffron**")
    expect(page.locator("#products tbody tr")).to_have_count(1)
    page.get_by_role("link", name="Dashboard").click()
    page.wait_for_url("**/dashboard")
    page.get_by_label("Search everything").fill("belvoir")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="“belvoir”")).to_be_visible()


def test_chosen_rows_show_what_can_be_done_with_them(visit: Visitor) -> None:
    visitor = visit(script=False)
    page = visitor.page
    page.goto(f"{visitor.address}/products")
    bar = page.get_by_role("group", name="For the chosen rows")
    expect(bar).to_be_hidden()
    page.get_by_label("Choose Borlotti beans").check()
    expect(bar).to_be_visible()


def test_the_theme_is_kept(visit: Visitor) -> None:
    visitor = visit(script=False)
    page = visitor.page
    page.goto(f"{visitor.address}/products")
    page.get_by_role("button", name="You: Maeve O’Connell").click()
    page.get_by_role("button", name="Dark", exact=True).click()
    expect(page.locator("html")).to_have_attribute("data-bs-theme", "dark")


def test_the_navigation_opens_on_a_narrow_screen(visit: Visitor) -> None:
    visitor = visit(NARROW, script=False)
    page = visitor.page
    page.goto(f"{visitor.address}/products")
    link = page.get_by_role("link", name="Audit")
    expect(link).to_be_hidden()
    page.get_by_role("button", name="Menu").click()
    link.click()
    page.wait_for_url("**/audit")


def test_widgets_move_by_forms(visit: Visitor) -> None:
    visitor = visit(script=False)
    page = visitor.page
    page.goto(f"{visitor.address}/dashboard?arrange=yes")
    with page.expect_request(lambda request: request.method == "POST") as sent:
        page.get_by_role("button", name="Move Sales earlier").click()
    assert "earlier=sales" in (sent.value.post_data or "")
    assert sent.value.response()


def test_a_chart_is_a_table(visit: Visitor) -> None:
    visitor = visit(script=False)
    page = visitor.page
    page.goto(f"{visitor.address}/dashboard")
    page.get_by_text("Show as a table").first.click()
    expect(page.get_by_role("row", name="Fri 27 £2,810.00 £1,120.00")).to_be_visible()
