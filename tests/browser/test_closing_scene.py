"""What a newcomer is promised: start Weft, bring the Open Food Facts in by the browser, and scan a product.

The file has 2,861 rows, 2,860 of them with a valid GTIN. Row 2,036 (as a spreadsheet counts) has 380706: six digits are none.
"""

import csv
import io
import re

from playwright.async_api import expect

from tests.browser.conftest import MANY, ROOT, Desk
from weft.ids import new_id

FILE = ROOT / "plugins" / "catalogue" / "demo" / "open_food_facts.csv"
REFUSED = "380706 has 6 digits; a barcode (GTIN) has 8, 12, 13 or 14."
CHOCOLATE = "Dark Chocolate With Absinthe Filling"  # 0074291000650


async def test_a_newcomer_signs_up_imports_the_open_food_facts_and_scans_a_product(desk: Desk) -> None:
    page, unique = desk.page, new_id().hex[-8:]
    await page.goto(desk.up.address)
    await page.get_by_role("link", name="Start a business").first.click()
    await page.get_by_label("Name of the business").press_sequentially(f"Corner {unique}")
    await page.get_by_text("is free").wait_for()
    await page.get_by_label("Your name").fill("Maeve O’Hara")
    await page.get_by_label("E-mail").fill(f"maeve-{unique}@corner.example")
    await page.locator("[name=password]").fill("seven wooden garden chairs")
    await page.get_by_role("button", name="Create the business").click()
    await page.get_by_text("Shop", exact=True).click()
    await page.get_by_role("button", name="Go on").click()
    await expect(page.get_by_role("checkbox", name=re.compile("^Catalogue"))).to_be_checked()
    await page.get_by_role("button", name=re.compile("Go on|Switch these on")).click()
    await page.get_by_text("Choose modules").wait_for(state="detached")

    await desk.upload(FILE, "Products")
    await expect(page.get_by_text("2,861 rows. 2 of 2 columns were recognised.")).to_be_visible()
    assert await page.get_by_label("Field for barcode").input_value() == "barcode"
    await page.get_by_role("button", name="Check the rows").click()
    save = page.get_by_role("button", name="Save 2,860 rows")
    await save.wait_for(timeout=MANY)
    assert await desk.figures() == {"New": "2,860", "Changed": "0", "Same as before": "0", "Refused": "1"}
    await expect(page.get_by_role("cell", name=REFUSED)).to_be_visible()
    await desk.follow("Products")
    await expect(page.get_by_text("No products yet")).to_be_visible()  # a dry run leaves nothing behind
    await page.go_back()

    await save.click()
    await page.get_by_role("link", name="See Products").wait_for(timeout=MANY)
    assert await desk.figures() == {"New": "2,860", "Changed": "0", "Same as before": "0", "Refused": "1"}
    await _look_at_the_refused_row(desk)
    await page.get_by_role("link", name="See Products").click()
    await expect(page.get_by_text("2,860 in all")).to_be_visible()
    await _scan_the_chocolate(desk)


async def test_the_demos_shop_recognises_every_product_when_its_file_comes_again(desk: Desk) -> None:
    page = desk.page
    await desk.sign_in("shop", "ada@shop.example")
    await desk.follow("Products")
    before = await page.get_by_text(" in all").inner_text()
    await desk.upload(FILE, "Products")
    await page.get_by_role("button", name="Check the rows").click()
    await page.get_by_text("1 row cannot be saved").wait_for(timeout=MANY)
    assert await desk.figures() == {"New": "0", "Changed": "0", "Same as before": "2,860", "Refused": "1"}
    await expect(page.get_by_text("Nothing would change")).to_be_visible()
    await page.get_by_role("button", name="Finish").click()
    await page.get_by_role("link", name="See Products").wait_for(timeout=MANY)
    assert await desk.figures() == {"New": "0", "Changed": "0", "Same as before": "2,860", "Refused": "1"}
    await _look_at_the_refused_row(desk)
    await page.get_by_role("link", name="See Products").click()
    await expect(page.get_by_text(" in all")).to_have_text(before)
    await _scan_the_chocolate(desk)


async def _look_at_the_refused_row(desk: Desk) -> None:
    """See why one row was refused: on the page, and in a file that names its row, its column and the reason."""
    await expect(desk.page.get_by_role("cell", name=REFUSED)).to_be_visible()
    headings, row = csv.reader(io.StringIO(await desk.download("Download this row")))
    assert headings[:2] == ["Row", "What is wrong"]
    told = dict(zip(headings, row, strict=True))
    assert told["Row"] == "2036"
    assert told["What is wrong"].startswith(f"Barcode: {REFUSED}")
    assert told["barcode"] == "380706"


async def _scan_the_chocolate(desk: Desk) -> None:
    """Find a product by its barcode as a till would, and hear why a code that was misread leads nowhere."""
    page = desk.page
    await desk.follow("Scan")
    await expect(page.get_by_label("Code")).to_be_focused()
    await desk.scan("0074291000651")
    await expect(page.get_by_text("the last digit should be 0, not 1")).to_be_visible()
    await expect(page.get_by_label("Code")).to_be_focused()
    await page.get_by_label("Code").press("Control+A")
    await desk.scan("0074291000650")
    await expect(page.get_by_role("heading", name=CHOCOLATE)).to_be_visible()
    await expect(page.get_by_text("GTIN-12 (UPC-A)")).to_be_visible()
