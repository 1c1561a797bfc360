"""Prices of products, one at a time and many at once."""

import asyncio
from datetime import timedelta
from decimal import Decimal
from itertools import pairwise

import asyncpg
import msgspec
import pytest

from plugins.catalogue.domain.categories import CategoryDraft
from plugins.catalogue.domain.drafts import draft_of
from plugins.catalogue.domain.price_change import PriceChange
from plugins.catalogue.domain.prices import PriceDraft, PriceListDraft, price_on
from plugins.catalogue.domain.products import Product
from plugins.catalogue.services import bulk, categories, prices, products, setup
from plugins.catalogue.services.basics import basics
from weft import Conflict, Invalid, Missing, Tenant, new_id

from .conftest import Make, count


async def amounts(tenant: Tenant, product: Product, *days: int) -> list[Decimal | None]:
    """Return what the first variant costs on days counted from today."""
    stored, known = await products.get(tenant, product.id), await basics(tenant)
    held = [price_on(stored.variants[0].prices, known.price_list.id, tenant.today() + timedelta(days=day)) for day in days]
    return [each.amount if each else None for each in held]


async def test_a_price_holds_from_its_day_and_an_offer_ends_by_itself(tenant: Tenant, make: Make) -> None:
    pen = await make()
    variant, today = pen.variants[0].id, tenant.today()
    await prices.set_price(tenant, variant, PriceDraft(amount=Decimal(10)))
    offer = PriceDraft(amount=Decimal(8), valid_from=today + timedelta(days=3), valid_to=today + timedelta(days=5))
    _, what = await prices.set_price(tenant, variant, offer)
    assert len(what.added) == 2
    assert await amounts(tenant, pen, -1, 0, 2, 3, 5, 6) == [None, 10, 10, 8, 8, 10]


async def test_the_same_price_again_changes_nothing(tenant: Tenant, make: Make) -> None:
    pen = await make()
    first, _ = await prices.set_price(tenant, pen.variants[0].id, PriceDraft(amount=Decimal(10)))
    again, what = await prices.set_price(tenant, pen.variants[0].id, PriceDraft(amount=Decimal("10.00")))
    assert what.is_empty
    assert again.version == first.version


async def test_the_database_itself_refuses_two_prices_for_one_day(tenant: Tenant, make: Make) -> None:
    pen = await make()
    await prices.set_price(tenant, pen.variants[0].id, PriceDraft(amount=Decimal(10)))
    with pytest.raises(asyncpg.ExclusionViolationError):
        async with tenant.transaction() as db:
            await db.execute(
                "INSERT INTO catalogue_price (id, variant, price_list, amount, valid_from, min_quantity) "
                "SELECT $1, variant, price_list, 9, valid_from + 10, min_quantity FROM catalogue_price",
                new_id(),
            )


async def test_prices_set_at_the_same_moment_never_overlap(tenant: Tenant, make: Make) -> None:
    pen = await make()
    wanted = [PriceDraft(amount=Decimal(number), valid_from=tenant.today() + timedelta(days=number)) for number in range(1, 6)]
    await asyncio.gather(*(prices.set_price(tenant, pen.variants[0].id, each) for each in wanted))
    stored = await products.get(tenant, pen.id)
    days = [(each.valid_from, each.last_day) for each in stored.variants[0].prices]
    assert all(one[1] < other[0] for one, other in pairwise(days))
    assert stored.version == 6


async def test_a_price_can_end_and_be_taken_away(tenant: Tenant, make: Make) -> None:
    pen, today = await make(), tenant.today()
    done, _ = await prices.set_price(tenant, pen.variants[0].id, PriceDraft(amount=Decimal(10), valid_from=today - timedelta(days=5)))
    price = done.variants[0].prices[0]
    with pytest.raises(Invalid, match="before the first"):
        await prices.end_price(tenant, price.id, today - timedelta(days=6))
    await prices.end_price(tenant, price.id, today)
    assert await amounts(tenant, pen, 0, 1) == [10, None]
    with pytest.raises(Invalid, match="ends on"):
        await prices.end_price(tenant, price.id, today + timedelta(days=1))
    await prices.remove_price(tenant, price.id)
    assert await amounts(tenant, pen, 0) == [None]
    with pytest.raises(Missing):
        await prices.remove_price(tenant, price.id)


async def test_wrong_prices_are_refused_row_by_row_and_none_is_set(tenant: Tenant, make: Make) -> None:
    pen, today = await make(), tenant.today()
    variant = pen.variants[0].id
    rows = [
        (variant, PriceDraft(amount=Decimal(1))),
        (variant, PriceDraft(amount=Decimal(-1))),
        (variant, PriceDraft(amount=Decimal(1), valid_from=today, valid_to=today - timedelta(days=1))),
        (variant, PriceDraft(amount=Decimal(1), price_list=new_id())),
    ]
    with pytest.raises(Invalid) as found:
        await prices.set_prices(tenant, pen.id, pen.version, rows)
    assert sorted(found.value.fields) == ["prices.1.amount", "prices.2.valid_to", "prices.3.price_list"]
    with pytest.raises(Missing):
        await prices.set_price(tenant, new_id(), PriceDraft(amount=Decimal(1)))
    with pytest.raises(products.Changed):
        await prices.set_prices(tenant, pen.id, pen.version + 1, rows[:1])
    assert await count(tenant, "price") == 0


async def test_lists_do_not_disturb_each_other(tenant: Tenant, make: Make) -> None:
    pen = await make()
    trade = await setup.save_price_list(tenant, PriceListDraft(code="trade", title="Trade", currency="eur"))
    assert (trade.code, trade.currency) == ("TRADE", "EUR")
    await prices.set_price(tenant, pen.variants[0].id, PriceDraft(amount=Decimal(10)))
    await prices.set_price(tenant, pen.variants[0].id, PriceDraft(amount=Decimal(7), price_list=trade.id))
    await prices.set_price(tenant, pen.variants[0].id, PriceDraft(amount=Decimal(6), price_list=trade.id, min_quantity=Decimal(100)))
    stored = await products.get(tenant, pen.id)
    held = [price_on(stored.variants[0].prices, trade.id, tenant.today(), Decimal(quantity)) for quantity in (1, 100)]
    assert [each.amount for each in held if each] == [7, 6]
    assert await amounts(tenant, pen, 0) == [10]


async def test_many_prices_change_only_after_a_look_and_as_it_showed(tenant: Tenant, make: Make) -> None:
    pens = [await make(f"Pen {number}", brand="Stabilo" if number < 2 else "Other") for number in range(3)]
    for number, pen in enumerate(pens):
        await prices.set_price(
            tenant, pen.variants[0].id, PriceDraft(amount=Decimal(10 + number), valid_from=tenant.today() - timedelta(days=1))
        )
    selection = prices.Selection(how="brand", values=("Stabilo",))
    change = PriceChange(value=Decimal(10), step=Decimal("0.5"), rounding="up", less=Decimal("0.01"))
    seen = await prices.plan(tenant, selection, change)
    assert [(line.standing.price.amount, line.amount) for line in seen.lines] == [
        (Decimal(10), Decimal("10.99")),
        (Decimal(11), Decimal("12.49")),
    ]
    assert await amounts(tenant, pens[0], 0) == [10]
    assert await prices.apply(tenant, selection, change, seen.fingerprint) == 2
    assert [await amounts(tenant, pen, -1, 0) for pen in pens] == [[10, Decimal("10.99")], [11, Decimal("12.49")], [12, 12]]


async def test_a_change_is_not_applied_to_prices_nobody_looked_at(tenant: Tenant, make: Make) -> None:
    pen = await make()
    await prices.set_price(tenant, pen.variants[0].id, PriceDraft(amount=Decimal(10)))
    selection, change = prices.Selection(), PriceChange(how="amount", value=Decimal(1))
    seen = await prices.plan(tenant, selection, change)
    await prices.set_price(tenant, pen.variants[0].id, PriceDraft(amount=Decimal(20)))
    with pytest.raises(Conflict, match="Prices changed since"):
        await prices.apply(tenant, selection, change, seen.fingerprint)
    assert await amounts(tenant, pen, 0) == [20]


async def test_products_are_chosen_by_category_with_all_below_tag_and_ids(tenant: Tenant, make: Make) -> None:
    office = await categories.add(tenant, CategoryDraft(name="Office"))
    pens_of = await categories.add(tenant, CategoryDraft(name="Pens", parent=office.id))
    pen = await make("Pen", category=pens_of.id, tags=("blue",))
    soap, gone = await make("Soap"), await make("Gone", tags=("blue",))
    for product in (pen, soap, gone):
        await prices.set_price(tenant, product.variants[0].id, PriceDraft(amount=Decimal(10)))
    await bulk.set_status(tenant, [gone.id], "archived")
    change = PriceChange(how="set", value=Decimal(5))
    chosen = {
        how: [line.standing.name for line in (await prices.plan(tenant, prices.Selection(how=how, values=values), change)).lines]  # type: ignore[arg-type]
        for how, values in {
            "category": (str(office.id),),
            "tag": ("blue",),
            "ids": (str(soap.id),),
            "all": (),
        }.items()
    }
    assert chosen == {"category": ["Pen"], "tag": ["Pen"], "ids": ["Soap"], "all": ["Pen", "Soap"]}


async def test_prices_that_would_fall_below_zero_stay_and_say_why(tenant: Tenant, make: Make) -> None:
    pens = [await make("Cheap"), await make("Dear")]
    for pen, amount in zip(pens, (1, 10), strict=True):
        await prices.set_price(tenant, pen.variants[0].id, PriceDraft(amount=Decimal(amount)))
    selection, change = prices.Selection(), PriceChange(how="amount", value=Decimal(-5))
    seen = await prices.plan(tenant, selection, change)
    assert [line.standing.name for line in seen.refused] == ["Cheap"]
    assert await prices.apply(tenant, selection, change, seen.fingerprint) == 1
    assert await amounts(tenant, pens[0], 0) == [1]


async def test_saving_the_product_form_with_another_price_sets_it_from_today(tenant: Tenant, make: Make) -> None:
    pen = await make()
    await prices.set_price(tenant, pen.variants[0].id, PriceDraft(amount=Decimal(10), valid_from=tenant.today() - timedelta(days=9)))
    stored = await products.get(tenant, pen.id)
    draft = draft_of(stored)
    priced = msgspec.structs.replace(
        draft, variants=(msgspec.structs.replace(draft.variants[0], prices=(PriceDraft(amount=Decimal(12)),)),)
    )
    await products.update(tenant, pen.id, stored.version, priced)
    assert await amounts(tenant, pen, -1, 0, 100) == [10, 12, 12]
