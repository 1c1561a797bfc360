"""Products brought in from tables with one row each."""

from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import msgspec
import pytest

from plugins.catalogue.domain.gtin import BarcodeKind
from plugins.catalogue.domain.prices import PriceDraft, PriceListDraft, price_on
from plugins.catalogue.domain.products import BarcodeDraft, Facts, Measures, Product, ProductDraft, VariantDraft
from plugins.catalogue.domain.variants import Option
from plugins.catalogue.exports import HEADINGS, PRODUCTS_CSV
from plugins.catalogue.imports.flat import PRODUCTS, ProductRow
from plugins.catalogue.services import bulk, categories, products, setup
from plugins.catalogue.services.basics import basics
from weft import Numbered, Outcome, Tenant

from .conftest import DEMO, PEN, SOAP, Make, bring_in, count, heading_of, once_each, read_rows

FOOD = DEMO / "open_food_facts.csv"


async def rows_in(tenant: Tenant, *rows: dict[str, Any], **options: str) -> Outcome:
    """Import rows told as keyword arguments."""
    numbered = [Numbered(number, ProductRow(**row)) for number, row in enumerate(rows, start=2)]
    return await bring_in(tenant, PRODUCTS, numbered, options)


async def only(tenant: Tenant) -> Product:
    """Return the one product there is."""
    (found,) = await products.page(tenant, None, 10)
    return found


def actions(outcome: Outcome) -> dict[str, int]:
    """Count what became of rows."""
    told = [each.action for each in outcome.written]
    return {action: told.count(action) for action in ("created", "updated", "unchanged") if action in told}


async def test_the_open_food_facts_catalogue_comes_in_with_2860_barcodes_and_one_refusal(tenant: Tenant) -> None:
    rows = read_rows(PRODUCTS, FOOD.read_bytes())
    assert len(rows) == 2861
    outcome = await bring_in(tenant, PRODUCTS, rows)
    assert actions(outcome) == {"created": 2860}
    (refused,) = outcome.problems
    assert (refused.field, refused.value) == ("barcode", "380706")
    assert refused.sentence.startswith("380706 has 6 digits; a barcode (GTIN) has 8, 12, 13 or 14.")
    assert rows[refused.row - 2].value.barcode == "380706"
    assert await count(tenant, "barcode", "count(DISTINCT key)") == 2860
    assert await count(tenant, "barcode", f"count(*) FILTER (WHERE kind = '{BarcodeKind.IN_STORE}')") == 11
    assert await count(tenant, "product", r"count(*) FILTER (WHERE name ~ '[^\x01-\x7f]')") == 626


async def test_bringing_the_same_file_in_again_changes_nothing_and_undo_takes_it_out(tenant: Tenant, make: Make) -> None:
    own = await make("Mine")
    rows = read_rows(PRODUCTS, FOOD.read_bytes())[:400]
    first = await bring_in(tenant, PRODUCTS, rows, batch=150)
    audited = await audit_entries(tenant)
    again = await bring_in(tenant, PRODUCTS, rows, batch=150)
    assert actions(again) == {"unchanged": 400}
    assert await count(tenant, "product", "max(version)") == 1
    assert await audit_entries(tenant) == audited
    async with tenant.transaction():
        assert not await PRODUCTS.undo(tenant, once_each(first.written))
    assert [each.id for each in await products.page(tenant, None, 5)] == [own.id]


async def audit_entries(tenant: Tenant) -> int:
    async with tenant.transaction() as db:
        return int(await db.fetchval("SELECT count(*) FROM platform.audit_entry"))


async def test_a_row_brings_everything_it_tells(tenant: Tenant) -> None:
    outcome = await rows_in(
        tenant,
        {
            "name": "Dark chocolate",
            "sku": "CHOC-1",
            "barcode": f"{PEN}; 036000291452",
            "category": "Food > Chocolate",
            "unit": "each",
            "price": Decimal("3.95"),
            "currency": "gbp",
            "compare_at": Decimal("4.50"),
            "brand": "Villars",
            "supplier": "Alpine Foods",
            "description": "Line one\nLine two",
            "tags": "organic; vegan",
            "weight": "100 g",
            "length": Decimal(16),
            "country": "Schweiz",
            "hs_code": "1806.32",
            "tax_category": "reduced",
            "status": "draft",
            "external_reference": "A-1",
        },
    )
    assert not outcome.problems
    made, known = await only(tenant), await basics(tenant)
    facts, variant = made.facts, made.variants[0]
    assert (facts.name, facts.brand, facts.supplier, facts.country, facts.status) == (
        "Dark chocolate",
        "Villars",
        "Alpine Foods",
        "CH",
        "draft",
    )
    assert (facts.tags, facts.tax_category, facts.hs_code, facts.external_reference) == (("organic", "vegan"), "reduced", "1806.32", "A-1")
    assert [each.full_name for each in await categories.names(tenant)] == ["Food", "Food > Chocolate"]
    assert (variant.sku, [code.code for code in variant.barcodes]) == ("CHOC-1", [PEN, "036000291452"])
    assert (variant.measures.weight, variant.measures.weight_unit, variant.measures.length) == (Decimal(100), "g", Decimal(16))
    price = price_on(variant.prices, known.price_list.id, tenant.today())
    assert price is not None
    assert (price.amount, price.compare_at) == (Decimal("3.95"), Decimal("4.50"))


@pytest.mark.parametrize(
    ("row", "field", "told"),
    [
        ({"name": "A", "barcode": "4006381333930"}, "barcode", "should be 1, not 0"),
        ({"name": "A", "barcode": "9812345005005"}, "barcode", "a coupon"),
        ({"name": "A", "unit": "furlong"}, "unit", "no unit “furlong”"),
        ({"name": "A", "price": Decimal(-1)}, "price", "0 or more"),
        ({"name": "A", "price": Decimal(1), "currency": "USD"}, "currency", "in USD"),
        ({"name": "A", "weight": "heavy"}, "weight", "no weight"),
        ({"name": "A", "country": "Atlantis"}, "country", "no country"),
        ({"name": "A", "hs_code": "x"}, "hs_code", "no HS code"),
        ({"name": "A", "category": "Food > "}, "category", "without a name"),
        ({"name": "A", "tags": "x" * 41}, "tags", "at most 40"),
        ({"barcode": PEN}, "name", "a name"),
        ({"name": "A", "choices": "Small"}, "choices", "is no choice"),
    ],
)
async def test_a_wrong_row_is_refused_with_its_field_and_reason_and_the_others_come_in(
    tenant: Tenant, row: dict[str, Any], field: str, told: str
) -> None:
    outcome = await rows_in(tenant, {"name": "Before"}, row, {"name": "After"})
    assert [(each.row, each.field) for each in outcome.problems] == [(3, field)]
    assert told in outcome.problems[0].sentence
    assert sorted(each.row for each in outcome.written) == [2, 4]
    assert await count(tenant, "product") == 2


async def test_a_code_that_came_in_a_row_before_is_refused_and_names_that_row(tenant: Tenant) -> None:
    outcome = await rows_in(
        tenant,
        {"name": "One", "barcode": "036000291452", "sku": "A", "external_reference": "r"},
        {"name": "Two", "barcode": "0036000291452"},
        {"name": "Three", "sku": "a"},
        {"name": "Four", "external_reference": "r"},
    )
    assert [(each.row, each.field) for each in outcome.problems] == [(3, "barcode"), (4, "sku"), (5, "external_reference")]
    assert all("Row 2" in each.sentence for each in outcome.problems)


async def test_a_barcode_of_another_product_is_refused_by_its_name(tenant: Tenant, make: Make) -> None:
    await make("Pen", barcode=PEN)
    outcome = await rows_in(tenant, {"name": "Other", "sku": "NEW-1", "barcode": PEN})
    assert outcome.problems[0].sentence == f"The barcode {PEN} belongs to “Pen” already."


async def test_rows_are_recognised_by_sku_then_reference_then_barcode(tenant: Tenant, make: Make) -> None:
    pen = await make("Pen", barcode=PEN, external_reference="ref")
    soap = await make("Soap", barcode=SOAP)
    outcome = await rows_in(
        tenant,
        {"sku": pen.variants[0].sku.lower(), "brand": "By SKU"},
        {"barcode": f"0{SOAP}".rjust(13, "0"), "brand": "By barcode"},
    )
    assert actions(outcome) == {"updated": 2}
    assert [(await products.get(tenant, each.id)).facts.brand for each in (pen, soap)] == ["By SKU", "By barcode"]
    outcome = await rows_in(tenant, {"external_reference": "ref", "sku": "RENAMED", "name": "Ballpoint"})
    renamed = await products.get(tenant, pen.id)
    assert (renamed.name, renamed.variants[0].sku, renamed.variants[0].id) == ("Ballpoint", "RENAMED", pen.variants[0].id)


async def test_what_is_empty_in_a_row_stays_as_it_is(tenant: Tenant, make: Make) -> None:
    pen = await make("Pen", barcode=PEN, brand="Stabilo", tags=("blue",), description="Writes.")
    outcome = await rows_in(tenant, {"barcode": PEN, "name": "Pen"})
    assert actions(outcome) == {"unchanged": 1}
    assert await products.get(tenant, pen.id) == pen


async def test_a_price_is_set_from_the_day_asked_in_the_list_asked(tenant: Tenant) -> None:
    trade = await setup.save_price_list(tenant, PriceListDraft(code="TRADE", title="Trade", currency="EUR"))
    day = tenant.today() + timedelta(days=10)
    outcome = await rows_in(tenant, {"name": "A", "price": Decimal(5), "currency": "EUR"}, price_list="trade", valid_from=day.isoformat())
    assert not outcome.problems
    (price,) = (await only(tenant)).variants[0].prices
    assert (price.price_list, price.valid_from, price.amount) == (trade.id, day, Decimal(5))
    refused = await rows_in(tenant, {"name": "B"}, {"name": "C"}, price_list="nowhere")
    assert [each.sentence for each in refused.problems] == ["There is no price list “nowhere”; there is RETAIL, TRADE."] * 2


async def test_odd_codes_come_in_when_asked_for(tenant: Tenant) -> None:
    odd, robbed = {"name": "A", "barcode": "380707"}, {"name": "B", "barcode": "36000291452"}
    assert len((await rows_in(tenant, odd, robbed)).problems) == 2
    assert not (await rows_in(tenant, odd, internal_barcodes="yes")).problems
    assert not (await rows_in(tenant, robbed, restore_zeros="yes")).problems
    kinds = {code.key: code.kind for each in await products.page(tenant, None, 5) for code in each.variants[0].barcodes}
    assert kinds == {"380707": BarcodeKind.INTERNAL, "00036000291452": BarcodeKind.GTIN_12}


async def test_rows_that_share_a_group_are_the_variants_of_one_product(tenant: Tenant) -> None:
    outcome = await rows_in(
        tenant,
        {"group": "shirt", "name": "Shirt", "options": "Size; Colour", "choices": "S; Red", "sku": "S-1"},
        {"group": "shirt", "choices": "M; Red", "sku": "S-2", "price": Decimal(9)},
        {"group": "hat", "name": "Hat", "options": "Size", "choices": "S"},
    )
    assert not outcome.problems
    shirt, hat = await products.page(tenant, None, 5)
    assert [option.values for option in shirt.options] == [("S", "M"), ("Red",)]
    assert [variant.sku for variant in shirt.variants] == ["S-1", "S-2"]
    assert hat.variants[0].choices == ("S",)
    more = await rows_in(tenant, {"group": "x", "sku": "S-1"}, {"group": "x", "choices": "L; Red", "sku": "S-3"})
    assert actions(more) == {"updated": 1, "unchanged": 1}
    assert [variant.choices for variant in (await products.get(tenant, shirt.id)).variants] == [("S", "Red"), ("M", "Red"), ("L", "Red")]


async def test_a_product_with_one_wrong_variant_is_left_out_whole(tenant: Tenant) -> None:
    outcome = await rows_in(
        tenant,
        {"group": "shirt", "name": "Shirt", "options": "Size", "choices": "S"},
        {"group": "shirt", "choices": "M", "barcode": "4006381333930"},
    )
    assert [(each.row, each.field) for each in outcome.problems] == [(3, "barcode"), (2, "")]
    assert "Row 3" in outcome.problems[1].sentence
    assert await count(tenant, "product") == 0


async def test_undo_restores_what_was_changed_unless_it_was_changed_since(tenant: Tenant, make: Make) -> None:
    pen = await make("Pen", barcode=PEN, brand="Old")
    soap = await make("Soap", barcode=SOAP)
    outcome = await rows_in(
        tenant,
        {"barcode": PEN, "brand": "New", "price": Decimal(3), "tags": "x", "category": "Office"},
        {"barcode": SOAP, "brand": "New"},
        {"name": "Created"},
        {"name": "Created and changed"},
    )
    written = [msgspec.convert(msgspec.json.decode(msgspec.json.encode(each)), type(each)) for each in outcome.written]  # as it is stored
    changed = [await products.get(tenant, outcome.written[place].id) for place in (1, 3)]
    assert await bulk.set_status(tenant, [each.id for each in changed], "archived") == 2
    async with tenant.transaction():
        problems = await PRODUCTS.undo(tenant, once_each(written))
    assert sorted(each.row for each in problems) == [3, 5]
    assert all("was changed since" in each.sentence for each in problems)
    restored = await products.get(tenant, pen.id)
    assert msgspec.structs.replace(restored, version=pen.version, updated_at=pen.updated_at) == pen
    assert (await products.get(tenant, soap.id)).facts.brand == "New"
    assert {each.name for each in await products.page(tenant, None, 9)} == {"Pen", "Soap", "Created and changed"}


async def test_what_is_exported_and_brought_in_again_changes_nothing(tenant: Tenant, other_tenant: Tenant, make: Make) -> None:
    await rows_in(
        tenant, {"name": "=cmd", "brand": "-minus", "category": "A > B", "price": Decimal("1.50"), "barcode": SOAP, "description": "a\nb"}
    )
    await make("Old", status="archived", tags=("one", "two"), country="GB", external_reference="@ref")
    await products.create(
        tenant,
        ProductDraft(
            facts=Facts(name="Shirt", kind="goods"),
            options=(Option(name="Size", values=("S", "M")),),
            variants=(
                VariantDraft(
                    choices=("S",), measures=Measures(weight=Decimal("0.20"), width=Decimal(3)), prices=(PriceDraft(amount=Decimal(9)),)
                ),
                VariantDraft(choices=("M",), sku="+SKU", barcodes=(BarcodeDraft(code=PEN), BarcodeDraft(code="036000291452"))),
            ),
        ),
    )
    exported = b"".join([part async for part in PRODUCTS_CSV.write(tenant)])
    assert exported.startswith(b"\xef\xbb\xbf")
    assert b"'=cmd" in exported
    rows = read_rows(PRODUCTS, exported)
    assert actions(await bring_in(tenant, PRODUCTS, rows)) == {"unchanged": 4}
    moved = await bring_in(other_tenant, PRODUCTS, rows)
    assert actions(moved) == {"created": 4}
    assert not moved.problems
    mine, theirs = [comparable(each) for each in await products.page(tenant, None, 9)], await products.page(other_tenant, None, 9)
    assert sorted(mine) == sorted(comparable(each) for each in theirs)


def comparable(product: Product) -> str:
    """Return what a product is, but for ids and times."""
    told = msgspec.to_builtins(product)
    facts = {name: value for name, value in told["facts"].items() if name not in ("category", "unit")}
    variants = [
        (
            each["sku"],
            each["choices"],
            each["measures"],
            [code["code"] for code in each["barcodes"]],
            [price["amount"] for price in each["prices"]],
        )
        for each in told["variants"]
    ]
    return str((facts, told["options"], variants))


def test_every_exported_column_is_one_that_is_imported() -> None:
    fields = {field.name: heading_of(field) for field in msgspec.structs.fields(ProductRow)}
    assert fields == HEADINGS


def test_no_heading_means_two_fields() -> None:
    seen: dict[str, str] = {}
    for field in msgspec.structs.fields(ProductRow):
        for heading in {heading_of(field).casefold(), field.name, *(each.casefold() for each in PRODUCTS.aliases.get(field.name, ()))}:
            assert seen.setdefault(heading, field.name) == field.name, heading


def test_the_open_food_facts_extract_has_its_licence_beside_it() -> None:
    assert "ODbL" in (Path(FOOD).parent / "LICENCE.md").read_text()
