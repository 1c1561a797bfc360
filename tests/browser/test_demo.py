"""The three businesses that `make run` begins with: whole, and worked in by people who may not all do the same."""

import re

import pytest
from playwright.async_api import expect

from tenants.demo.businesses import BUSINESSES, Business
from tests.browser.conftest import Desk

REFUSED = {"open_food_facts.csv": "1"}  # the barcode that is none, which is the point of that file


@pytest.mark.parametrize("business", BUSINESSES, ids=lambda each: each.new.slug)
async def test_every_file_of_the_demo_came_in_whole(desk: Desk, business: Business) -> None:
    page = desk.page
    await desk.sign_in(business.new.slug, business.people[0].email)
    await desk.follow("Imports")
    for delivery in business.deliveries:
        row = page.get_by_role("row").filter(has=page.get_by_role("link", name=delivery.file)).last
        await expect(row.get_by_role("cell").nth(2)).to_have_text("Done")
        await expect(row.get_by_role("cell").nth(4)).to_have_text(re.compile(REFUSED.get(delivery.file, "none")))


async def test_somebody_who_works_for_two_businesses_switches_and_may_do_in_each_what_their_roles_there_allow(desk: Desk) -> None:
    page = desk.page
    await desk.sign_in("clinic", "olive@books.example")
    await desk.follow("Products")
    await expect(page.get_by_role("link", name="New product")).to_be_visible()
    await page.get_by_role("button", name="Switch business").click()
    await page.get_by_role("link", name="Harbour & Vine").click()
    await desk.follow("Products")
    await page.get_by_text(" in all").wait_for()
    await expect(page.get_by_role("link", name="New product")).to_have_count(0)
