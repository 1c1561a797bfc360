"""The figures through the doors: the page, its narrowing down, the reports and the cards."""

from datetime import timedelta

import pytest

from plugins.retail_pos.services import history
from weft import Tenant
from weft.testing import Client, Visitors


@pytest.fixture
async def shop(tenant: Tenant) -> Tenant:
    """Return a shop with a past."""
    await history.tell(tenant)
    return tenant


async def test_the_page_shows_the_last_day_against_the_week_before(shop: Tenant, client: Client) -> None:
    page = await client.get("/retail_pos/figures")
    assert page.status_code == 200
    assert "52,532.13" in page.text
    assert "+13.7%" in page.text  # 52,532.13 over 46,207.28
    assert "nothing was sold on" in page.text  # a year before
    assert "Christmas" in page.text
    assert "Cleo Dean" in page.text


async def test_a_figure_leads_to_those_behind_it_and_back(shop: Tenant, client: Client) -> None:
    day = (shop.today() - timedelta(1)).isoformat()
    narrowed = await client.get(f"/retail_pos/figures?first={day}&last={day}&category=Christmas&hour=12")
    assert narrowed.status_code == 200
    assert "Category: Christmas" in narrowed.text
    assert "Hour: 12:00" in narrowed.text
    assert f"first={day}&amp;last={day}&amp;hour=12" in narrowed.text  # without the category
    assert "Postage and charges" not in narrowed.text


async def test_days_that_cannot_be_are_told_in_place(client: Client) -> None:
    for query, sentence in (
        ("first=2026-02-02&last=2026-02-01", "The last day comes before the first."),
        ("first=2020-01-01&last=2026-02-01", "Choose 366 days at most."),
        ("first=yesterday", "is not a date"),
        ("hour=25", "Enter 23 or less."),
    ):
        page = await client.get(f"/retail_pos/figures?{query}")
        assert page.status_code == 422
        assert sentence in page.text


async def test_a_shop_without_sales_sees_that_nothing_was_sold(client: Client) -> None:
    page = await client.get("/retail_pos/figures?span=four_weeks")
    assert page.status_code == 200
    assert "Nothing was sold" in page.text


async def test_figures_are_seen_by_those_who_may(tenant: Tenant, visitors: Visitors) -> None:
    stranger = await visitors.sign_in(tenant, "catalogue.product.read")
    assert (await stranger.get("/retail_pos/figures")).status_code == 403
    reader = await visitors.sign_in(tenant, "retail_pos.sales.read")
    assert (await reader.get("/retail_pos/figures")).status_code == 200


@pytest.mark.parametrize("name", ["by_day", "by_hour", "by_category", "by_cashier", "by_item"])
async def test_the_reports_add_up_to_all_that_was_sold(shop: Tenant, client: Client, name: str) -> None:
    last = shop.today() - timedelta(1)
    page = await client.get(f"/reports/retail_pos.{name}?first={(last - timedelta(8)).isoformat()}&last={last.isoformat()}")
    assert page.status_code == 200
    assert "377,488.45" in page.text or name == "by_item"  # of the eight days together; items end at the two thousandth


async def test_the_dashboard_has_cards_of_the_day(shop: Tenant, client: Client) -> None:
    page = await client.get("/")
    assert "52,532.13" in page.text
