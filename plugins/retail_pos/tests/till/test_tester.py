"""The barcode tester in the back office: live by patterns that are not saved, and by the server for who has no script."""

from typing import Any

from playwright.async_api import expect

from .conftest import COFFEE, Counter, browser, counter, shop

__all__ = ["browser", "counter", "shop"]


async def test_patterns_are_tried_before_they_are_saved(counter: Counter) -> None:
    person: Any = counter.shop.person
    without_script = (await person.get(f"/retail_pos/barcodes?code={COFFEE}")).text
    assert "Espresso beans" in without_script
    assert "No item has this code." in (await person.get("/retail_pos/barcodes?code=4012345678901")).text
    await counter.context.add_cookies([{"name": name, "value": value, "url": counter.home} for name, value in dict(person.cookies).items()])
    page = await counter.context.new_page()
    await page.goto(f"{counter.home}/retail_pos/barcodes")
    code, patterns, reading = page.get_by_label("Code", exact=True), page.get_by_label("Patterns of your scales"), page.locator("#reading")
    await code.fill("2710001012343")
    await expect(reading).to_contain_text("Number of a product")
    await patterns.fill("27PPPPPWWWWWC")
    await expect(reading).to_contain_text("Weight: 1.234 kg")
    await code.fill("2710001012346")
    await expect(reading).to_contain_text("The check digit is wrong")
    await patterns.fill("27PPPPC")
    await expect(reading).to_contain_text("does not make 13 characters")
    await page.close()
