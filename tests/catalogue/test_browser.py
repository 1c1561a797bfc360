"""The catalogue in a real Chromium: from a scanner's Enter to a product, the form with and without scripts, every page held by axe."""

import io
from decimal import Decimal
from pathlib import Path

import pytest_asyncio
from PIL import Image
from playwright.async_api import Browser, expect

from core.tenancy.tenant import LiveTenant
from infra.testing import Visitors
from plugins.catalogue.domain.categories import CategoryDraft
from plugins.catalogue.domain.prices import PriceDraft
from plugins.catalogue.domain.products import BarcodeDraft, Facts, Product, ProductDraft, VariantDraft
from plugins.catalogue.domain.variants import Option
from plugins.catalogue.services import categories, images, prices, products
from tests.imports.test_browser import visit

PEN = "4006381333931"


def picture(colour: str) -> bytes:
    content = io.BytesIO()
    Image.new("RGB", (60, 40), colour).save(content, "PNG")
    return content.getvalue()


@pytest_asyncio.fixture(loop_scope="session")
async def shirt(tenant: LiveTenant) -> Product:
    """Make a product with everything on it."""
    clothes = await categories.add(tenant, CategoryDraft(name="Clothes"))
    made = await products.create(
        tenant,
        ProductDraft(
            facts=Facts(
                name="Linen shirt", category=clothes.id, brand="Weave", tags=("summer", "linen"), country="PT", description="Soft."
            ),
            options=(Option(name="Size", values=("S", "M")),),
            variants=(
                VariantDraft(choices=("S",), barcodes=(BarcodeDraft(code=PEN), BarcodeDraft(code="2110001000003"))),
                VariantDraft(choices=("M",)),
            ),
        ),
    )
    for days, amount in ((-90, "39.90"), (-20, "44.90"), (10, "29.90")):
        from_day = tenant.today().fromordinal(tenant.today().toordinal() + days)
        await prices.set_price(tenant, made.variants[0].id, PriceDraft(amount=Decimal(amount), valid_from=from_day))
    return await images.add(
        tenant, made.id, [images.Upload("front.png", picture("#c0862f")), images.Upload("back.png", picture("#31572c"))]
    )


async def test_every_page_holds_light_and_dark_wide_and_narrow(
    chromium: Browser, server: str, visitors: Visitors, tenant: LiveTenant, shirt: Product
) -> None:
    seen, context = await visit(chromium, server, visitors, tenant)
    assert shirt.facts.category is not None
    for path in (
        "products",
        "products?segment=no_image",
        f"products/{shirt.id}",
        f"products/{shirt.id}/edit",
        f"products/{shirt.id}/prices",
        f"products/{shirt.id}/delete",
        "products/new",
        "prices/change",
        "categories",
        f"categories/{shirt.facts.category}",
        "units",
        "units/new",
        "price-lists",
        "price-lists/new",
        "scan?code=4006381333930",
        f"scan?code=010{PEN}10ABC123",
    ):
        await seen.page.goto(f"/catalogue/{path}")
        await seen.held()
    await seen.page.goto("/")
    await seen.held()
    await context.close()


async def test_a_scanners_enter_opens_the_product_and_a_wrong_digit_says_why(
    chromium: Browser, server: str, visitors: Visitors, tenant: LiveTenant, shirt: Product
) -> None:
    seen, context = await visit(chromium, server, visitors, tenant)
    page = seen.page
    await page.goto("/")
    await page.keyboard.press("/")
    await page.keyboard.type(PEN)
    await page.keyboard.press("Enter")
    await page.wait_for_url(f"**/catalogue/products/{shirt.id}")
    await page.goto("/catalogue/scan")
    await page.keyboard.type("4006381333930\n")  # the field is ready without a click
    await expect(page.get_by_text("the last digit should be 1, not 0")).to_be_visible()
    await page.get_by_label("Code").fill("2110001012341")
    await page.keyboard.press("Enter")
    await expect(page.get_by_text("1.234 kg")).to_be_visible()
    await context.close()


async def test_a_product_with_variants_is_made_without_any_script(
    chromium: Browser, server: str, visitors: Visitors, tenant: LiveTenant
) -> None:
    seen, context = await visit(chromium, server, visitors, tenant, script=False)
    page = seen.page
    await page.goto("/catalogue/products/new")
    await page.get_by_label("Name").first.fill("Mug")
    await page.get_by_role("textbox", name="Barcode").fill("96385075")
    await page.get_by_role("button", name="Add an option").click()
    await page.get_by_label("Option 1").fill("Colour")
    await page.get_by_label("Its values").fill("Red, Blue")
    await page.get_by_role("button", name="Make the variants").click()
    await page.get_by_label("Price", exact=False).nth(1).fill("7,50")
    await page.get_by_role("button", name="Create product").click()
    await expect(page.get_by_text("the last digit should be 4, not 5").first).to_be_visible()
    await page.get_by_role("textbox", name="Barcode").first.fill("96385074")
    await page.get_by_role("button", name="Create product").click()
    await page.wait_for_url("**/catalogue/products/0*")
    await expect(page.get_by_role("heading", name="Mug")).to_be_visible()
    (mug,) = await products.page(tenant, None, 5)
    assert [(each.choices, [str(price.amount) for price in each.prices]) for each in mug.variants] == [
        (("Red",), []),
        (("Blue",), ["7.50"]),
    ]
    assert mug.variants[0].barcodes[0].code == "96385074"
    await context.close()


async def test_chosen_products_get_new_prices_after_a_look(
    chromium: Browser, server: str, visitors: Visitors, tenant: LiveTenant, shirt: Product
) -> None:
    seen, context = await visit(chromium, server, visitors, tenant)
    page = seen.page
    await page.goto("/catalogue/products")
    await page.get_by_label("Choose Linen shirt").check()
    await page.get_by_role("button", name="Change prices").click()
    await page.get_by_label("By or to").fill("-10")
    await page.get_by_role("button", name="Look at what would happen").click()
    await expect(page.get_by_text("£40.41")).to_be_visible()
    await seen.held()
    await page.get_by_role("button", name="Change 1 price").click()
    await page.wait_for_url("**/catalogue/products")
    await expect(page.get_by_text("£40.41")).to_be_visible()
    await context.close()


async def test_pictures_are_added_in_the_page_and_the_main_one_is_chosen(
    chromium: Browser, server: str, visitors: Visitors, tenant: LiveTenant, shirt: Product, tmp_path: Path
) -> None:
    seen, context = await visit(chromium, server, visitors, tenant)
    page = seen.page
    side = tmp_path / "side.png"
    side.write_bytes(picture("#6d597a"))
    await page.goto(f"/catalogue/products/{shirt.id}")
    await page.get_by_role("button", name="Add images").first.click()
    await page.set_input_files("input[type=file]", side)
    await page.get_by_role("button", name="Add", exact=True).click()
    await expect(page.get_by_text("1 picture added")).to_be_visible()
    await page.get_by_role("button", name="Actions for image 3").click()
    await page.get_by_role("button", name="Make it the main image").last.click()
    await expect(page.get_by_text("in their new order")).to_be_visible()
    stored = await products.get(tenant, shirt.id)
    assert [each.id for each in stored.images[1:]] == [each.id for each in shirt.images]
    assert seen.complaints == []
    await context.close()
