"""Products brought in from Shopify."""

import json
from decimal import Decimal
from typing import Any

import msgspec
import pytest

from plugins.catalogue.domain.prices import price_on
from plugins.catalogue.imports.shopify import SHOPIFY, ShopifyRow
from plugins.catalogue.imports.shopify_json import read_json
from plugins.catalogue.services import categories, products
from plugins.catalogue.services.basics import basics
from weft import Invalid, Numbered, Outcome, Tenant, read_fields

from .conftest import DEMO, PEN, bring_in, count, heading_of, once_each, read_rows


async def rows_in(tenant: Tenant, *rows: dict[str, Any], **options: str) -> Outcome:
    numbered = [Numbered(number, ShopifyRow(**row)) for number, row in enumerate(rows, start=2)]
    return await bring_in(tenant, SHOPIFY, numbered, options)


@pytest.mark.parametrize(
    ("file", "row_count", "product_count", "variant_count", "total"),
    [("shopify_apparel.csv", 22, 20, 22, "1295.00"), ("shopify_home_and_garden.csv", 21, 20, 21, "2345.84")],
)
async def test_the_demo_shops_yield_their_known_facts(
    tenant: Tenant, file: str, row_count: int, product_count: int, variant_count: int, total: str
) -> None:
    rows = read_rows(SHOPIFY, (DEMO / file).read_bytes())
    outcome = await bring_in(tenant, SHOPIFY, rows)
    assert not outcome.problems
    assert len(rows) == len(outcome.written) == row_count
    assert await count(tenant, "product") == product_count
    assert await count(tenant, "variant") == variant_count
    assert await count(tenant, "price", "sum(amount)") == Decimal(total)
    again = await bring_in(tenant, SHOPIFY, rows)
    assert {each.action for each in again.written} == {"unchanged"}
    async with tenant.transaction():
        assert not await SHOPIFY.undo(tenant, once_each(outcome.written))
    assert await count(tenant, "product") == 0


async def test_the_plant_pot_is_one_product_in_two_sizes(tenant: Tenant) -> None:
    await bring_in(tenant, SHOPIFY, read_rows(SHOPIFY, (DEMO / "shopify_home_and_garden.csv").read_bytes()))
    found = {each.facts.external_reference: each for each in await products.page(tenant, None, 50)}
    pot, light, known = found["clay-plant-pot"], found["copper-light"], await basics(tenant)
    assert [(variant.choices, variant.prices[0].amount) for variant in pot.variants] == [
        (("Regular",), Decimal("9.99")),
        (("Large",), Decimal("15.99")),
    ]
    assert (pot.facts.brand, pot.facts.tags, pot.facts.status) == ("Company 123", ("Pot", "Plants"), "active")
    assert light.options == ()
    price = price_on(light.variants[0].prices, known.price_list.id, tenant.today())
    assert price is not None
    assert (price.amount, price.compare_at) == (Decimal("59.99"), Decimal(75))
    assert {each.full_name for each in await categories.names(tenant)} == {"Indoor", "Outdoor"}


async def test_a_shopify_product_brings_options_codes_weight_and_state(tenant: Tenant) -> None:
    outcome = await rows_in(
        tenant,
        {
            "handle": "shirt",
            "title": "Shirt",
            "body": "<p>Soft &amp; warm</p>",
            "product_category": "Apparel & Accessories > Clothing",
            "product_type": "Ignored",
            "published": "FALSE",
            "option1_name": "Size",
            "option1_value": "S",
            "option2_name": "Colour",
            "option2_value": "Red",
            "variant_sku": "'SH-1",
            "variant_barcode": f"'{PEN}",
            "variant_grams": Decimal(250),
            "variant_price": Decimal("19.90"),
        },
        {"handle": "shirt", "option1_value": "M", "option2_value": "Red", "variant_price": Decimal("19.90")},
        {"handle": "shirt", "image_src": "https://pictures.example/2.jpg"},
        {"handle": "card", "title": "Gift card", "gift_card": "true"},
    )
    assert not outcome.problems
    assert [each.action for each in outcome.written] == ["created"] * 4
    shirt, card = await products.page(tenant, None, 5)
    first = shirt.variants[0]
    assert (shirt.facts.description, shirt.facts.status, card.facts.kind) == ("Soft & warm", "draft", "service")
    assert (first.sku, first.barcodes[0].code, first.measures.weight, first.measures.weight_unit) == ("SH-1", PEN, Decimal(250), "g")
    assert [variant.choices for variant in shirt.variants] == [("S", "Red"), ("M", "Red")]
    assert [each.full_name for each in await categories.names(tenant)][-1] == "Apparel & Accessories > Clothing"


async def test_a_wrong_row_is_refused_by_shopifys_name_for_the_field(tenant: Tenant) -> None:
    outcome = await rows_in(
        tenant,
        {"handle": "a", "title": "A", "variant_barcode": "123"},
        {"handle": "b", "variant_price": Decimal(1)},
        {"handle": "c", "title": "C", "variant_price": Decimal(-1)},
    )
    assert [(each.row, each.field) for each in outcome.problems] == [(2, "variant_barcode"), (3, "title"), (4, "variant_price")]


async def test_variants_that_are_known_by_sku_are_updated_without_a_title(tenant: Tenant) -> None:
    await rows_in(tenant, {"handle": "pod", "title": "Pod", "variant_sku": "POD-1", "variant_price": Decimal(199)})
    outcome = await rows_in(tenant, {"variant_sku": "pod-1", "variant_price": Decimal(149)})
    assert [each.action for each in outcome.written] == ["updated"]
    (pod,) = await products.page(tenant, None, 5)
    assert [price.amount for price in pod.variants[0].prices] == [149]


def api_product(**more: Any) -> dict[str, Any]:
    return {
        "id": 1,
        "title": "IPod Nano",
        "handle": "ipod-nano",
        "vendor": "Apple",
        "tags": "MP3, Music",
        "published_at": "2007-12-31T19:00:00-05:00",
        "options": [{"name": "Color"}],
        "images": [{"src": "https://pictures.example/1.png"}],
        "variants": [
            {"sku": "POD-PINK", "price": "199.00", "option1": "Pink", "grams": 200},
            {"sku": "POD-RED", "price": "199.00", "option1": "Red", "compare_at_price": None},
        ],
        **more,
    }


def typed(content: object) -> list[Numbered[ShopifyRow]]:
    headings = {heading_of(field): field.name for field in msgspec.structs.fields(ShopifyRow)}
    rows = read_json(json.dumps(content).encode())
    return [
        Numbered(number, read_fields(ShopifyRow, {headings[name]: [text] for name, text in row.items() if name in headings}))
        for number, row in enumerate(rows, start=1)
    ]


@pytest.mark.parametrize("wrap", [lambda product: [product], lambda product: {"products": [product]}])
async def test_products_of_the_admin_api_come_in_as_those_of_the_csv_do(tenant: Tenant, wrap: Any) -> None:
    outcome = await bring_in(tenant, SHOPIFY, typed(wrap(api_product())))
    assert not outcome.problems
    (pod,) = await products.page(tenant, None, 5)
    assert [(variant.sku, variant.choices) for variant in pod.variants] == [("POD-PINK", ("Pink",)), ("POD-RED", ("Red",))]
    assert (pod.facts.status, pod.facts.tags) == ("active", ("MP3", "Music"))
    assert await count(tenant, "price", "sum(amount)") == 398


async def test_a_product_that_is_listed_twice_comes_in_once(tenant: Tenant) -> None:
    outcome = await bring_in(tenant, SHOPIFY, typed([api_product(), api_product(id=2)]))
    assert not outcome.problems
    assert await count(tenant, "product") == 1


async def test_variants_alone_update_those_that_are_known_and_say_of_others_that_their_title_is_missing(tenant: Tenant) -> None:
    await bring_in(tenant, SHOPIFY, typed([api_product()]))
    rows = typed({"variants": [{"sku": "POD-RED", "price": "150.00"}, {"sku": "POD-BLACK", "price": "199.00"}]})
    outcome = await bring_in(tenant, SHOPIFY, rows)
    assert [each.action for each in outcome.written] == ["updated"]
    assert [(each.row, each.field) for each in outcome.problems] == [(2, "title")]


@pytest.mark.parametrize("content", [b"", b"{", b'{"orders": []}', b"\xff", b'"text"'])
def test_what_is_no_list_of_products_is_refused(content: bytes) -> None:
    with pytest.raises(Invalid, match=r"no JSON|no products"):
        list(read_json(content))


def test_what_is_no_product_among_products_is_told_as_a_row() -> None:
    rows = list(read_json(b'[1, {"title": "A", "handle": "a"}]'))
    assert "no product" in rows[0][""]
    assert rows[1]["Title"] == "A"
