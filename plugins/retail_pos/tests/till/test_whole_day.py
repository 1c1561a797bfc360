"""A day in the shop: sold, cut off, refunded, counted and closed by an assistant; and what the owner reads of it, to the penny."""

from decimal import Decimal
from typing import Any

from playwright.async_api import expect

from tests.browsing import WIDE, Visit
from tests.chaos import expected

from .conftest import BISCUITS, COFFEE, MANAGER, STOCK, TEA, Counter, arrived, browser, counter, shop

__all__ = ["browser", "counter", "shop"]

FACTS = dict.fromkeys(("percent", "amount", "minimum", "priority"), "0") | {"n": "3", "m": "2", "active": "yes"}
APPLES = "2110001012501"  # 1.250 kg of them, as the scale says


async def test_a_day_comes_to_the_same_in_drawer_stock_books_and_figures(counter: Counter) -> None:
    page, shop = counter.page, counter.shop
    made = await shop.person.submit("/retail_pos/promotions/new", {**FACTS, "title": "3 for 2", "code": "THREE", "kind": "buy_n_pay_m"})
    assert made.status_code == 303, made.text
    await counter.choose("Refresh prices")
    await expect(page.get_by_text("Prices are fresh.")).to_be_visible()
    await sell_with_two_tenders_and_a_promotion(counter)
    await sell_with_a_managers_word(counter)
    await counter.sent()

    await counter.context.set_offline(True)
    for code in (BISCUITS, BISCUITS, APPLES):
        await counter.scan(code)
    await counter.pay_cash()
    await expect(page.locator("#waiting")).to_be_visible()
    await take_biscuits_back(counter)
    await page.reload()  # nothing but what the device keeps
    await expect(page.locator("#total")).to_have_text("£0.00")
    await counter.scan(TEA)
    assert await counter.pay_cash() == "£8.30"
    assert len(await arrived(counter)) < len(await counter.kept("records"))

    await counter.context.set_offline(False)
    await counter.sent()
    await count_and_close(counter)
    await counter.sent()
    records = await counter.kept("records")
    assert await arrived(counter) == [(seq, "applied", "linked") for seq in range(1, len(records) + 1)]
    sums = expected.told(records)
    await expected.in_the_inbox(shop, [records])
    await expected.in_the_drawers(shop, sums)
    await expected.in_stock(shop, sums, STOCK)
    await expected.in_the_books(shop, sums, Decimal(0))
    await read_by_the_owner(counter, sums)


async def sell_with_two_tenders_and_a_promotion(counter: Counter) -> None:
    page = counter.page
    for code in (BISCUITS, BISCUITS, BISCUITS, COFFEE):
        await counter.scan(code)
    await expect(page.locator("#total")).to_have_text("£17.20")
    await page.locator("#pay").click()
    await page.locator("[data-tender=card]").click()
    await page.get_by_role("textbox", name="Amount").fill("10")
    await page.get_by_role("button", name="Take").click()
    await page.get_by_role("button", name="£10.00").click()
    assert await counter.done() == "£2.80"


async def sell_with_a_managers_word(counter: Counter) -> None:
    page = counter.page
    await counter.scan(TEA)
    await page.locator(".line").click()
    await page.get_by_role("button", name="Discount %").click()
    await page.get_by_role("textbox", name="Discount in percent").fill("50")
    await page.get_by_role("button", name="OK").click()
    await page.get_by_role("textbox", name="PIN").fill(MANAGER)
    await page.get_by_role("button", name="Sign in").click()
    await expect(page.locator("#total")).to_have_text("£4.15")
    await counter.pay_cash()


async def take_biscuits_back(counter: Counter) -> None:
    page = counter.page
    await counter.choose("Receipts and returns")
    await page.get_by_role("button", name="T1-000003").click()
    await page.get_by_role("button", name="Take goods back").click()
    await page.get_by_role("button", name="One Oat biscuits more").click()
    await page.get_by_role("button", name="Not liked").click()
    await page.get_by_role("button", name="Put into the basket").click()
    await page.locator("#pay").click()
    await page.get_by_role("button", name="As it was paid").click()
    await counter.done()


async def count_and_close(counter: Counter) -> None:
    """Count what is in the drawer: what went in and out of it, in the largest notes and coins."""
    page = counter.page
    left = next(iter(expected.told(await counter.kept("records")).drawers.values()))
    await counter.choose("Count and close")
    fields = page.locator(".count input")
    for place in range(await fields.count()):
        label = await fields.nth(place).get_attribute("aria-label")
        assert label
        note = Decimal(label.removeprefix("How many of "))
        if many := int(left // note):
            await fields.nth(place).fill(str(many))
            left -= many * note
    assert left == 0
    await page.get_by_role("button", name="Close the till").click()
    await expect(page.locator("#open")).to_be_visible()


async def read_by_the_owner(counter: Counter, sums: expected.Sums) -> None:
    """Open the page of the day and the Z report as the owner does."""
    person: Any = counter.shop.person
    await counter.context.add_cookies([{"name": "weft_session", "value": person.cookies["weft_session"], "url": counter.home}])
    visit = Visit(await counter.context.new_page())
    await visit.page.set_viewport_size(WIDE)
    await visit.page.goto(f"{counter.home}/retail_pos/figures")
    await visit.ready()
    main = visit.page.get_by_role("main")
    await expect(main).to_contain_text(f"£{sums.net:.2f}")
    cost = sum(sums.units.values(), Decimal(0)) * expected.COST
    await expect(main).to_contain_text(f"£{abs(sums.net - cost):.2f}")  # the margin
    [session] = sums.over
    await visit.page.goto(f"{counter.home}/retail_pos/sessions/{session}")
    await visit.ready()
    await expect(main).to_contain_text(f"£{sums.net + sums.tax:.2f}")
    await expect(main).to_contain_text(f"£{sums.tax:.2f}")
    assert visit.complaints == []
    await visit.page.close()
