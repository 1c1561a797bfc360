"""What other modules may ask: `Items`, in their own transactions."""

from datetime import timedelta
from decimal import Decimal

import pytest

from plugins.catalogue.domain.categories import CategoryDraft
from plugins.catalogue.domain.prices import PriceDraft, PriceListDraft
from plugins.catalogue.domain.products import BarcodeDraft, Facts, Measures, ProductDraft, VariantDraft
from plugins.catalogue.domain.variants import Option
from plugins.catalogue.services import bulk, categories, prices, products, setup
from weft import Invalid, Missing, Tenant, new_id
from weft.contracts import Items

from .conftest import PEN, SOAP, Make


@pytest.fixture
def items(tenant: Tenant) -> Items:
    return tenant.service(Items)


async def test_an_item_is_found_by_id_sku_and_barcode(tenant: Tenant, items: Items) -> None:
    food = await categories.add(tenant, CategoryDraft(name="Food"))
    made = await products.create(
        tenant,
        ProductDraft(
            facts=Facts(name="Chocolate", category=food.id, tags=("sweet",), tax_category="reduced", country="CH", brand="Villars"),
            options=(Option(name="Size", values=("100 g", "250 g")),),
            variants=(
                VariantDraft(
                    choices=("100 g",), barcodes=(BarcodeDraft(code=PEN),), measures=Measures(weight=Decimal(100), weight_unit="g")
                ),
                VariantDraft(choices=("250 g",), barcodes=(BarcodeDraft(code="10614141000415", quantity=Decimal(12)),)),
            ),
        ),
    )
    small, large = made.variants
    async with tenant.transaction():
        item = await items.get(small.id)
        assert (item.name, item.sku, item.unit, item.category, item.barcode) == ("Chocolate, 100 g", small.sku, "pcs", "Food", PEN)
        assert (item.weight_kg, item.for_sale, item.tax_category, item.tags) == (Decimal("0.1"), True, "reduced", ("sweet",))
        assert await items.by_sku(small.sku.lower()) == item
        assert await items.by_sku("nothing") is None
        scanned = await items.by_barcode(f"0{PEN}")
        assert scanned is not None
        assert scanned.item == item
        case = await items.by_barcode("10614141000415")
        assert case is not None
        assert (case.item.id, case.quantity) == (large.id, Decimal(12))
        assert await items.many([large.id, new_id(), small.id]) == {large.id: case.item, small.id: item}
        assert [each.id for each in await items.find("chocolate villars")] == [small.id, large.id]
        assert (await items.find(large.sku))[0].id == large.id
        with pytest.raises(Missing):
            await items.get(new_id())


async def test_a_scan_brings_weight_batch_and_date_and_a_wrong_one_its_reason(tenant: Tenant, items: Items) -> None:
    await products.create(
        tenant, ProductDraft(facts=Facts(name="Ham"), variants=(VariantDraft(sku="10001", barcodes=(BarcodeDraft(code=PEN),)),))
    )
    async with tenant.transaction():
        weighed = await items.by_barcode("2110001012341")
        assert weighed is not None
        assert (weighed.item.sku, weighed.weight_kg) == ("10001", Decimal("1.234"))
        batch = await items.by_barcode("010400638133393110ABC123\x1d17260630")
        assert batch is not None
        assert batch.elements == {"01": "04006381333931", "10": "ABC123", "17": "2026-06-30"}
        for code, told in (("4006381333930", "should be 1"), ("9812345005005", "coupon"), ("00106141412345678908", "pallet")):
            with pytest.raises(Invalid, match=told):
                await items.by_barcode(code)
        assert await items.by_barcode(SOAP) is None


async def test_prices_are_those_of_the_day_the_quantity_and_the_list(tenant: Tenant, items: Items, make: Make) -> None:
    pen, soap = await make("Pen"), await make("Soap")
    variant, today = pen.variants[0].id, tenant.today()
    await setup.save_price_list(tenant, PriceListDraft(code="TRADE", title="Trade", currency="EUR"))
    await prices.set_price(tenant, variant, PriceDraft(amount=Decimal(10), compare_at=Decimal(12)))
    await prices.set_price(tenant, variant, PriceDraft(amount=Decimal(9), min_quantity=Decimal(100)))
    await prices.set_price(tenant, variant, PriceDraft(amount=Decimal(11), valid_from=today + timedelta(days=1)))
    async with tenant.transaction():
        now = await items.price(variant, today)
        assert now is not None
        assert (now.amount, now.currency, now.tax_included, now.price_list, now.compare_at) == (
            Decimal(10),
            "GBP",
            True,
            "RETAIL",
            Decimal(12),
        )
        many, later = await items.price(variant, today, Decimal(100)), await items.price(variant, today + timedelta(days=1))
        assert [each.amount for each in (many, later) if each] == [9, 11]
        assert await items.price(variant, today - timedelta(days=1)) is None
        assert await items.price(variant, today, price_list="trade") is None
        assert {key: price.amount for key, price in (await items.prices([variant, soap.variants[0].id], today)).items()} == {variant: 10}
        with pytest.raises(Invalid, match="no price list"):
            await items.price(variant, today, price_list="nowhere")


async def test_units_convert_exactly_by_their_codes(tenant: Tenant, items: Items) -> None:
    async with tenant.transaction():
        assert "kg" in {each.code for each in await items.units()}
        assert await items.convert(Decimal(1), "lb", "g") == Decimal("453.59237")
        assert await items.convert(Decimal(1), "g", "lb", Decimal("0.001")) == Decimal("0.002")
        for source, target in (("kg", "m"), ("kg", "furlong"), ("g", "lb")):
            with pytest.raises(Invalid):
                await items.convert(Decimal(1), source, target)


async def test_archived_items_are_found_by_code_but_not_offered(tenant: Tenant, items: Items, make: Make) -> None:
    pen = await make("Pen", barcode=PEN)
    await bulk.set_status(tenant, [pen.id], "archived")
    async with tenant.transaction():
        scanned = await items.by_barcode(PEN)
        assert scanned is not None
        assert not scanned.item.for_sale
        assert not await items.find("pen")


async def test_a_contract_works_in_its_callers_transaction_and_nowhere_else(items: Items) -> None:
    with pytest.raises(RuntimeError, match="transaction"):
        await items.many([new_id()])


async def test_what_is_offered_comes_in_parts_and_later_only_what_changed(tenant: Tenant, items: Items, make: Make) -> None:
    made = [await make(f"Pen {number}") for number in range(1, 4)]
    await prices.set_price(tenant, made[0].variants[0].id, PriceDraft(amount=Decimal("1.50")))
    began = tenant.now()
    async with tenant.transaction():
        first = await items.offered(tenant.today(), limit=2)
        rest = await items.offered(tenant.today(), after=first.after, limit=2)
        assert first.count == 3
        assert rest.after is None
        offered = {each.id: each for each in (*first.items, *rest.items)}
        assert set(offered) == {each.variants[0].id for each in made}
        assert offered[made[0].variants[0].id].prices == ((Decimal(0), Decimal("1.50")),)
        assert (await items.offered(tenant.today(), since=began + timedelta(days=1))).items == ()
    await bulk.set_status(tenant, [made[1].id], "archived")
    async with tenant.transaction():
        changed = await items.offered(tenant.today(), since=began)
        assert [each.for_sale for each in changed.items if each.id == made[1].variants[0].id] == [False]
        assert changed.count == 2
        with pytest.raises(Invalid):
            await items.offered(tenant.today(), "nowhere")
