"""What a shop assistant does at the till, in a real browser."""

import asyncio
import re

from playwright.async_api import expect

from .conftest import BISCUITS, COFFEE, MANAGER, TEA, Counter


async def test_a_sale_is_scanned_paid_and_arrives(counter: Counter) -> None:
    await counter.scan(COFFEE)
    await counter.scan(BISCUITS)
    await counter.scan(BISCUITS)
    await expect(counter.page.locator("#total")).to_have_text("£17.20")
    assert await counter.violations() == []
    await counter.page.emulate_media(color_scheme="dark")
    await counter.page.locator("#pay").click()
    assert await counter.violations() == []
    await counter.page.locator(".tile.cash").first.click()
    assert await counter.done() == "£17.20"
    await counter.sent()
    assert await counter.shop.receipts() == ["T1-000001"]
    assert await counter.shop.problems() == []


async def test_goods_without_a_receipt_come_back_with_a_managers_word(counter: Counter) -> None:
    page = counter.page
    await counter.scan(TEA)
    await page.locator(".line").click()
    await page.get_by_role("button", name="Comes back, no receipt").click()
    await page.get_by_role("textbox", name="PIN").fill(MANAGER)
    await page.get_by_role("button", name="Sign in").click()
    await page.get_by_role("textbox", name="Why does it come back?").fill("A present")
    await page.get_by_role("button", name="OK").click()
    await expect(page.locator("#pay")).to_contain_text("Give back")
    await page.locator("#pay").click()
    await page.locator(".tile.cash").first.click()
    assert await counter.done() == "£8.30"
    await counter.sent()
    rows = await counter.shop.ask("SELECT kind, total FROM retail_pos_receipt")
    assert [(row["kind"], str(row["total"])) for row in rows] == [("return", "-8.30")]
    assert await counter.shop.problems() == []


async def test_a_promotion_is_taken_off_on_the_till_and_agrees_with_the_server(counter: Counter) -> None:
    page, person = counter.page, counter.shop.person
    facts = dict.fromkeys(("percent", "amount", "minimum", "priority"), "0") | {"n": "3", "m": "2", "active": "yes"}
    three = {"title": "3 for 2", "code": "THREE", "kind": "buy_n_pay_m"}
    spring = {"title": "Spring", "code": "S", "kind": "order_percent", "percent": "10", "coupon": "SPRING"}
    for promotion in (three, spring):
        made = await person.submit("/retail_pos/promotions/new", {**facts, **promotion})
        assert made.status_code == 303, made.text
    await counter.choose("Refresh prices")
    await expect(page.get_by_text("Prices are fresh.")).to_be_visible()
    for _ in range(3):
        await counter.scan(BISCUITS)
    await counter.scan(COFFEE)
    await expect(page.locator("#total")).to_have_text("£17.20")
    await page.get_by_label("Discount on the receipt").click()
    await page.get_by_role("button", name="Coupon code").click()
    await page.get_by_role("textbox", name="Coupon code").fill("spring")
    await page.get_by_role("button", name="OK").click()
    await expect(page.locator("#total")).to_have_text("£15.48")
    await page.locator("#pay").click()  # in part by card, the rest in cash
    await page.locator("[data-tender=card]").click()
    await page.get_by_role("textbox", name="Amount").fill("10")
    await page.get_by_role("button", name="Take").click()
    await expect(page.locator("#due")).to_have_text("£5.48")
    await page.get_by_role("button", name="£10.00").click()
    assert await counter.done() == "£4.52"
    await counter.sent()
    assert await counter.shop.problems() == []
    rows = await counter.shop.ask("SELECT type, amount, given, change FROM retail_pos_tender ORDER BY type")
    assert [(row["type"], str(row["amount"])) for row in rows] == [("card", "10.00"), ("cash", "5.48")]


async def test_an_exchange_a_void_a_parked_basket_and_a_gift_card(counter: Counter) -> None:
    page = counter.page
    await counter.scan(COFFEE)
    await counter.scan(BISCUITS)
    await expect(page.locator("#total")).to_have_text("£14.85")
    await page.locator("#park").click()
    await page.get_by_role("textbox", name="Park as").fill("Blue coat")
    await page.get_by_role("button", name="Park", exact=True).last.click()
    await expect(page.locator("#total")).to_have_text("£0.00")
    await counter.choose("Sell a gift card")
    await page.get_by_role("textbox", name="Number of the gift card").fill("GC-1")
    await page.get_by_role("button", name="OK").click()
    await page.get_by_role("textbox", name="Put on the card").fill("20")
    await page.get_by_role("button", name="OK").click()
    await expect(page.locator("#total")).to_have_text("£20.00")
    await counter.pay_cash()
    await counter.choose("Parked")
    await page.get_by_role("button", name="Blue coat").click()
    await expect(page.locator("#total")).to_have_text("£14.85")
    await page.locator("#pay").click()
    await page.locator("[data-tender=gift_card]").click()
    await page.get_by_role("textbox", name="Number of the gift card").fill("GC-1")
    await page.get_by_role("button", name="OK").click()
    await page.get_by_role("button", name="Take").click()
    assert await counter.done() == "£14.85"
    await counter.sent()
    await counter.scan(COFFEE)  # what is left on the card is less than this costs
    await page.locator("#pay").click()
    await page.locator("[data-tender=gift_card]").click()
    await page.get_by_role("textbox", name="Number of the gift card").fill("GC-9")
    await page.get_by_role("button", name="OK").click()
    await expect(page.get_by_text("There is no gift card GC-9.")).to_be_visible()
    await page.locator("[data-tender=gift_card]").click()
    await page.get_by_role("textbox", name="Number of the gift card").fill("GC-1")
    await page.get_by_role("button", name="OK").click()
    await expect(page.get_by_role("textbox", name="Amount")).to_have_value("5.15")
    await page.get_by_role("button", name="Take").click()
    await expect(page.locator("#due")).to_have_text("£7.35")
    await page.locator(".tile.cash").first.click()
    assert await counter.done() == "£12.50"
    await _exchange_coffee_for_tea(counter)
    await _sell_tea_and_void_it(counter)
    async with asyncio.timeout(20):  # before it is written down nothing waits to be sent either
        while len(rows := await counter.shop.ask("SELECT kind, total FROM retail_pos_receipt ORDER BY reference")) < 6:
            await counter.sent()
    assert await counter.shop.problems() == []
    assert [(row["kind"], str(row["total"])) for row in rows] == [
        *(("sale", "20.00"), ("sale", "14.85"), ("sale", "12.50"), ("sale", "4.10"), ("sale", "8.30")),
        ("void", "-8.30"),
    ]


async def _exchange_coffee_for_tea(counter: Counter) -> None:
    page = counter.page
    await counter.choose("Receipts and returns")
    await page.get_by_role("button", name="T1-000002").click()
    await page.get_by_role("button", name="Take goods back").click()
    await page.get_by_role("button", name="One Espresso beans more").click()
    await page.get_by_role("button", name="Wrong item").click()
    await page.get_by_role("button", name="Put into the basket").click()
    await expect(page.locator("#total")).to_have_text("£12.50")
    await counter.scan(TEA)
    await counter.scan(TEA)
    await expect(page.locator("#total")).to_have_text("£4.10")
    await counter.pay_cash()


async def _sell_tea_and_void_it(counter: Counter) -> None:
    page = counter.page
    await counter.scan(TEA)
    await counter.pay_cash()
    await counter.choose("Receipts and returns")
    await page.get_by_role("button", name="T1-000005").click()
    await page.get_by_role("button", name="Void", exact=True).click()
    await page.get_by_role("textbox", name="PIN").fill(MANAGER)
    await page.get_by_role("button", name="Sign in").click()
    await page.get_by_label("Void the receipt?").get_by_role("button", name="Void").click()
    await expect(page.locator("dialog[open]")).to_have_count(0)


async def test_a_customer_earns_points_and_pays_with_them(counter: Counter) -> None:
    page, shop = counter.page, counter.shop
    made = await shop.program.request("POST", "/api/v1/contacts/parties", json={"kind": "person", "name": "Ada Regular"})
    assert made.status_code == 201, made.text
    shown = (await shop.person.get("/settings/retail_pos")).text
    kept = dict(re.findall(r'<input[^>]*name="(\w+)"[^>]*value="([^"]*)"', shown))
    chosen = {"tax_per": "document", "receipt_columns": "48", "receipt_language": "", "points_unit": "1", "points_value": "0.10"}
    saved = await shop.person.submit("/settings/retail_pos", {**kept, **chosen})
    assert saved.status_code == 303, saved.text
    await counter.choose("Refresh prices")
    await expect(page.get_by_text("Prices are fresh.")).to_be_visible()
    for paid in ("cash", "points"):
        await counter.scan(COFFEE)
        await page.get_by_role("button", name="Customer").click()
        await page.get_by_role("searchbox", name="Find a customer").fill("regular")
        await page.get_by_role("button", name="Ada Regular").click()
        await expect(page.locator(".customer")).to_have_text("Ada Regular")
        await page.locator("#pay").click()
        if paid == "points":  # twelve of them pay 1.20
            await page.locator("[data-tender=loyalty]").click()
            await expect(page.get_by_role("textbox", name="Amount")).to_have_value("1.20")
            await page.get_by_role("button", name="Take").click()
            await expect(page.locator("#due")).to_have_text("£11.30")
        await page.locator(".tile.cash").first.click()
        await counter.done()
        await counter.sent()
    assert await shop.problems() == []
    (account,) = await shop.ask("SELECT balance FROM retail_pos_loyalty_account")
    assert account["balance"] == 12 - 12 + 12
