"""With the network cut the till goes on, and when it is back everything arrives exactly once."""

import asyncio
from typing import Any

from playwright.async_api import Route, expect

from .conftest import BISCUITS, CASHIER, COFFEE, MANAGER, TEA, TILL, Counter, arrived, browser, counter, shop

__all__ = ["browser", "counter", "shop"]


async def test_a_till_forgets_nothing_until_the_server_says_that_it_stands(counter: Counter) -> None:
    device, ways, done = counter.shop.visitors.visit(counter.shop.tenant), iter(("damaged", "stumbled", "forgotten", "lost")), list[str]()
    over = asyncio.Event()

    async def mistreat(route: Route) -> None:
        sent = route.request
        body: Any = sent.post_data_json
        way = next(ways, "lost")
        done.append(way)
        if way == "damaged":  # on the way: what arrives is not what was sent
            body["records"][0]["made_at"] = "2020-01-01T00:00:00.000Z"
        if way == "stumbled":
            await route.fulfill(status=500, json={"title": "Something went wrong"})
            return
        if way == "forgotten":  # it says that all stands, and is set back to a time before it did
            said = [{"id": each["id"], "seq": each["seq"], "state": "applied", "reason": ""} for each in body["records"]]
            await route.fulfill(json={"results": said, "seq": 0, "hash": "", "missing": []})
            return
        headers = {"authorization": sent.headers["authorization"]}
        heard = await device.request("POST", sent.url.removeprefix(counter.home), json=body, headers=headers)
        assert heard.status_code == 200
        if way == "damaged":
            assert heard.json()["results"][0]["state"] == "damaged"
            await route.fulfill(json=heard.json())
            return
        over.set()
        await route.abort()  # it arrived, and the till never hears of it

    await counter.page.route("**/api/records", mistreat)
    for code in (COFFEE, TEA, BISCUITS):
        await counter.scan(code)
        await counter.pay_cash()
    await asyncio.wait_for(over.wait(), 90)
    assert done[:4] == ["damaged", "stumbled", "forgotten", "lost"]
    await expect(counter.page.locator("#waiting")).to_be_visible()
    await counter.page.unroute_all(behavior="ignoreErrors")
    async with asyncio.timeout(90):  # it learns what the server forgot from the answer to what it sends next
        while await counter.shop.receipts() != ["T1-000001", "T1-000002", "T1-000003"]:
            await counter.sent()
    assert {(state, chain) for _, state, chain in await arrived(counter)} == {("applied", "linked")}
    assert await counter.shop.problems() == []


async def test_a_sale_made_while_the_server_says_what_it_has_uses_up_no_chance_to_be_sent_again(counter: Counter) -> None:
    device, asked, sold, forgot = counter.shop.visitors.visit(counter.shop.tenant), asyncio.Event(), asyncio.Event(), list[int]()

    async def late(route: Route) -> None:
        sent = route.request
        heard = await device.request(
            "GET", sent.url.removeprefix(counter.home), headers={"authorization": sent.headers["authorization"]}
        )  # what it has before the next sale
        asked.set()
        await sold.wait()
        await route.fulfill(json=heard.json())

    async def forget(route: Route) -> None:
        body: Any = route.request.post_data_json
        forgot.extend(each["seq"] for each in body["records"])
        said = [{"id": each["id"], "seq": each["seq"], "state": "applied", "reason": ""} for each in body["records"]]
        await route.fulfill(json={"results": said, "seq": 0, "hash": "", "missing": []})

    await counter.sent()
    await counter.page.route("**/api/state", late, times=1)
    await counter.scan(COFFEE)
    await counter.pay_cash()
    await asyncio.wait_for(asked.wait(), 60)
    await counter.page.route("**/api/records", forget, times=1)
    await counter.scan(TEA)
    await counter.pay_cash()
    sold.set()
    async with asyncio.timeout(60):
        while await counter.shop.receipts() != ["T1-000001", "T1-000002"]:
            await counter.sent()
    assert forgot


async def test_a_basket_survives_its_tab_and_one_tab_is_the_till(counter: Counter) -> None:
    await counter.scan(COFFEE)
    await counter.scan(TEA)
    await expect(counter.page.locator(".line")).to_have_count(2)
    second = await counter.context.new_page()
    await second.goto(f"{counter.home}{TILL}")
    await expect(second.get_by_role("heading", name="The till is open in another tab")).to_be_visible()
    await second.get_by_role("button", name="Take it over here").click()
    await expect(second.locator("#total")).to_have_text("£20.80")
    await expect(counter.page.get_by_role("heading", name="The till is open in another tab")).to_be_visible()
    await second.close()  # killed, with goods in the basket
    counter.page = await counter.context.new_page()
    await counter.page.goto(f"{counter.home}{TILL}")
    await expect(counter.page.locator("#total")).to_have_text("£20.80")
    await counter.pay_cash()
    await counter.sent()
    assert await counter.shop.receipts() == ["T1-000001"]


async def test_what_needs_a_manager_is_asked_for_and_written_down(counter: Counter) -> None:
    page = counter.page
    await counter.scan(COFFEE)
    await page.locator(".line").click()
    await page.get_by_role("button", name="Discount %").click()
    await page.get_by_role("textbox", name="Discount in percent").fill("50")
    await page.get_by_role("button", name="OK").click()
    await page.get_by_role("textbox", name="PIN").fill(CASHIER)  # a cashier's own PIN is no manager's
    await page.get_by_role("button", name="Sign in").click()
    await expect(page.get_by_text("That is not the PIN.")).to_be_visible()
    await page.get_by_role("textbox", name="PIN").fill(MANAGER)
    await page.get_by_role("button", name="Sign in").click()
    await expect(page.locator("#total")).to_have_text("£6.25")
    assert await counter.pay_cash() == "£6.25"
    await counter.choose("Training")
    await expect(page.get_by_text("TRAINING — nothing counts")).to_be_visible()
    await counter.scan(TEA)
    assert await counter.pay_cash() == "£8.30"
    await counter.sent()
    kinds = [each["event"]["kind"] for each in await counter.kept("records") if each["type"] == "event"]
    assert "override" in kinds
    rows = await counter.shop.ask("SELECT reference, kind, total FROM retail_pos_receipt ORDER BY reference")
    assert [(row["reference"], row["kind"], str(row["total"])) for row in rows if row["kind"] != "training"] == [
        ("T1-000001", "sale", "6.25")
    ]
    assert await counter.shop.problems() == []
