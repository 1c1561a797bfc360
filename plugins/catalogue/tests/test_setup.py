"""Categories, units of measure, price lists, and what every tenant starts with."""

import asyncio
from decimal import Decimal

import pytest

from plugins.catalogue.domain.categories import Category, CategoryDraft
from plugins.catalogue.domain.prices import PriceDraft, PriceListDraft
from plugins.catalogue.domain.units import STANDARD, UnitDraft
from plugins.catalogue.services import categories, prices, products, setup
from plugins.catalogue.services.basics import basics, on_enable
from weft import Conflict, Invalid, Missing, Tenant, new_id

from .conftest import Make, count


async def test_a_tenant_starts_with_units_and_a_price_list_in_its_currency(tenant: Tenant) -> None:
    known = await basics(tenant)
    assert {each.code for each in known.units} == {each.code for each in STANDARD}
    assert known.unit.code == "pcs"
    assert (known.price_list.code, known.price_list.currency, known.price_list.tax_included) == ("RETAIL", "GBP", True)
    assert [each.rec20 for each in known.units if each.code == "kg"] == ["KGM"]


async def test_switching_the_module_on_twice_seeds_once(tenant: Tenant) -> None:
    async with tenant.transaction():
        await on_enable(tenant)
        await on_enable(tenant)
    assert await count(tenant, "unit") == len(STANDARD)
    assert await count(tenant, "price_list") == 1


async def test_two_first_requests_at_once_seed_once(tenant: Tenant) -> None:
    done = await asyncio.gather(*(basics(tenant) for _ in range(4)), return_exceptions=True)
    assert not [each for each in done if isinstance(each, BaseException)]
    assert await count(tenant, "unit") == len(STANDARD)
    assert await count(tenant, "price_list") == 1


async def test_moving_a_category_takes_all_below_it_along(tenant: Tenant, make: Make) -> None:
    food = await categories.add(tenant, CategoryDraft(name="Food"))
    sweets = await categories.add(tenant, CategoryDraft(name="Sweets", parent=food.id))
    await categories.add(tenant, CategoryDraft(name="Chocolate", parent=sweets.id))
    shop = await categories.add(tenant, CategoryDraft(name="Shop"))
    moved = await categories.place(tenant, sweets.id, sweets.version, CategoryDraft(name="Candy", parent=shop.id))
    assert moved.full_name == "Shop > Candy"
    assert [each.full_name for each in await categories.tree(tenant)] == ["Food", "Shop", "Shop > Candy", "Shop > Candy > Chocolate"]
    with pytest.raises(Invalid, match="below itself"):
        await categories.place(tenant, shop.id, shop.version, CategoryDraft(name="Shop", parent=moved.id))


async def test_two_moves_at_once_make_no_circle(tenant: Tenant) -> None:
    one = await categories.add(tenant, CategoryDraft(name="One"))
    other = await categories.add(tenant, CategoryDraft(name="Other"))
    done = await asyncio.gather(
        categories.place(tenant, one.id, 1, CategoryDraft(name="One", parent=other.id)),
        categories.place(tenant, other.id, 1, CategoryDraft(name="Other", parent=one.id)),
        return_exceptions=True,
    )
    assert sum(isinstance(each, Category) for each in done) == 1
    assert sum(isinstance(each, Invalid) for each in done) == 1


async def test_siblings_have_different_names(tenant: Tenant) -> None:
    await categories.add(tenant, CategoryDraft(name="Food"))
    with pytest.raises(Conflict):
        await categories.add(tenant, CategoryDraft(name="food"))
    with pytest.raises(Invalid, match="no such category"):
        await categories.add(tenant, CategoryDraft(name="Below", parent=new_id()))


async def test_products_of_a_deleted_category_go_to_the_one_above(tenant: Tenant, make: Make) -> None:
    food = await categories.add(tenant, CategoryDraft(name="Food"))
    sweets = await categories.add(tenant, CategoryDraft(name="Sweets", parent=food.id))
    toffee = await make("Toffee", category=sweets.id)
    with pytest.raises(Conflict, match="below it"):
        await categories.delete(tenant, food.id, food.version)
    with pytest.raises(Conflict, match="somebody else"):
        await categories.delete(tenant, sweets.id, 7)
    assert (await categories.delete(tenant, sweets.id, sweets.version))[1] == 1
    stored = await products.get(tenant, toffee.id)
    assert (stored.facts.category, stored.version) == (food.id, 2)


async def test_units_can_be_made_changed_and_made_the_default(tenant: Tenant, make: Make) -> None:
    crate = await setup.save_unit(tenant, UnitDraft(code="crate", title="Crate", dimension="count", factor=Decimal(20)))
    with pytest.raises(Conflict, match="already"):
        await setup.save_unit(tenant, UnitDraft(code="crate", title="Another", dimension="count", factor=Decimal(1)))
    with pytest.raises(Invalid):
        await setup.save_unit(tenant, UnitDraft(code="none", title="None", dimension="count", factor=Decimal(0)))
    await setup.make_default(tenant, "unit", crate.id)
    assert (await basics(tenant)).unit.code == "crate"
    beer = await make("Beer")
    assert beer.facts.unit == crate.id
    now = await setup.find_unit(tenant, crate.id)
    with pytest.raises(Invalid, match="counted in this unit"):
        await setup.save_unit(tenant, UnitDraft(code="crate", title="Crate", dimension="count", factor=Decimal(24)), crate.id, now.version)
    renamed = await setup.save_unit(
        tenant, UnitDraft(code="cr", title="Crate of 20", dimension="count", factor=Decimal(20)), crate.id, now.version
    )
    assert renamed.code == "cr"
    with pytest.raises(Conflict, match="somebody else"):
        await setup.save_unit(tenant, UnitDraft(code="x", title="Late", dimension="count", factor=Decimal(20)), crate.id, now.version)
    with pytest.raises(Conflict, match="default"):
        await setup.delete(tenant, "unit", crate.id)
    pieces = next(each for each in (await basics(tenant)).units if each.code == "pcs")
    await setup.make_default(tenant, "unit", pieces.id)
    with pytest.raises(Conflict, match="in use"):
        await setup.delete(tenant, "unit", crate.id)
    litre = next(each for each in (await basics(tenant)).units if each.code == "gal")
    assert await setup.delete(tenant, "unit", litre.id) == "Gallon (US)"
    with pytest.raises(Missing):
        await setup.find_unit(tenant, litre.id)


async def test_price_lists_keep_code_and_currency_and_the_default_stays_on(tenant: Tenant, make: Make) -> None:
    retail = (await basics(tenant)).price_list
    with pytest.raises(Invalid, match="no currency"):
        await setup.save_price_list(tenant, PriceListDraft(code="X", title="X", currency="XQX"))
    with pytest.raises(Invalid, match="cannot be switched off"):
        await setup.save_price_list(
            tenant, PriceListDraft(code="RETAIL", title="Retail", currency="GBP", active=False), retail.id, retail.version
        )
    changed = await setup.save_price_list(
        tenant, PriceListDraft(code="OTHER", title="Shop", currency="EUR", tax_included=True), retail.id, retail.version
    )
    assert (changed.code, changed.currency, changed.title) == ("RETAIL", "GBP", "Shop")
    trade = await setup.save_price_list(tenant, PriceListDraft(code="trade", title="Trade", currency="GBP"))
    await setup.make_default(tenant, "price_list", trade.id)
    pen = await make()
    await prices.set_price(tenant, pen.variants[0].id, PriceDraft(amount=Decimal(3)))
    assert await setup.price_counts(tenant) == {trade.id: 1}
    await setup.make_default(tenant, "price_list", retail.id)
    with pytest.raises(Conflict, match="in use"):
        await setup.delete(tenant, "price_list", trade.id)
