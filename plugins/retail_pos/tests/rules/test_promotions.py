"""Which promotions hold, what they take off, and that a customer gets the best of them."""

from datetime import date
from decimal import Decimal
from random import Random

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from plugins.retail_pos.domain.rules.basket import Basket, BasketLine, Part, Priced, Promotion, Selector, Tier
from plugins.retail_pos.domain.rules.pricing import price
from plugins.retail_pos.domain.rules.promotions import holds
from weft import Invalid

from .baskets import basket

FRIDAY = date(2026, 11, 20)


def line(price_each: str, quantity: str = "1", item: str = "", category: str = "") -> BasketLine:
    """Return a line."""
    return BasketLine(item=item, category=category, quantity=Decimal(quantity), unit_price=Decimal(price_each))


def priced(lines: list[BasketLine], *promotions: Promotion, coupons: tuple[str, ...] = ()) -> Priced:
    """Price lines."""
    return price(Basket(lines=tuple(lines), promotions=promotions, coupons=coupons, day=FRIDAY))


def test_three_for_two_gives_the_cheapest_of_each_item() -> None:
    three = Promotion(code="A", title="3 for 2", kind="buy_n_pay_m", n=3, m=2)
    assert priced([line("2.00", "3", "x"), line("5.00", "2", "y")], three).total == Decimal("14.00")
    assert priced([line("2.00", "1", "x"), line("5.00", "2", "y")], three).total == Decimal("12.00")
    assert priced([line("2.00", "1", "x"), line("5.00", "2", "y")], msgspec.structs.replace(three, mixed=True)).total == Decimal("10.00")


def test_of_two_that_do_not_stack_the_better_is_taken() -> None:
    ten = Promotion(code="A", title="10 %", kind="percent_off", percent=Decimal(10))
    one = Promotion(code="B", title="1.50 off", kind="amount_off", amount=Decimal("1.50"))
    found = priced([line("10.00"), line("20.00")], ten, one)
    assert found.total == Decimal("27.00")
    assert {each.code for each in found.lines[0].discounts} == {"A"} or found.discount == Decimal("3.00")
    assert priced([line("10.00"), line("12.00")], ten, one).total == Decimal("19.00")
    both = priced([line("10.00")], ten, msgspec.structs.replace(one, stacks=True))
    assert both.total == Decimal("7.50")


def test_the_best_choice_is_found_where_the_greatest_saving_alone_would_mislead() -> None:
    bundle = Promotion(
        code="Z", title="Both for 9", kind="bundle", amount=Decimal(9),
        parts=(Part(goods=Selector(items=("a",))), Part(goods=Selector(items=("b",)))),
    )  # fmt: skip
    a = Promotion(code="A", title="a", kind="amount_off", amount=Decimal(5), goods=Selector(items=("a",)))
    b = Promotion(code="B", title="b", kind="amount_off", amount=Decimal(4), goods=Selector(items=("b",)))
    assert priced([line("8.00", item="a"), line("8.00", item="b")], bundle, a, b).total == Decimal("7.00")


def test_a_bundle_counts_whole_sets_and_leaves_the_rest_at_its_price() -> None:
    meal = Promotion(
        code="M", title="Meal", kind="bundle", amount=Decimal("5.00"),
        parts=(Part(goods=Selector(categories=("Food",)), quantity=2), Part(goods=Selector(items=("drink",)))),
    )  # fmt: skip
    found = priced([line("3.00", "5", "roll", "Food > Bread"), line("2.00", "2", "drink")], meal)
    assert found.total == Decimal("13.00")


@pytest.mark.parametrize(("units", "total"), [("2", "20.00"), ("3", "28.50"), ("10", "90.00")])
def test_tiers_take_the_highest_that_is_reached(units: str, total: str) -> None:
    tiers = (Tier(quantity=3, percent=Decimal(5)), Tier(quantity=10, percent=Decimal(10)))
    assert priced([line("10.00", units)], Promotion(code="T", title="More", kind="tiered", tiers=tiers)).total == Decimal(total)


def test_a_coupon_holds_only_for_who_brings_it() -> None:
    spring = Promotion(code="S", title="Spring", kind="order_percent", percent=Decimal(20), coupon="SPRING")
    assert priced([line("10.00")], spring).total == Decimal("10.00")
    assert priced([line("10.00")], spring, coupons=("spring",)).total == Decimal("8.00")


@pytest.mark.parametrize(
    ("changes", "time", "held"),
    [
        ({"valid_from": date(2026, 11, 21)}, "12:00", False),
        ({"valid_to": FRIDAY}, "12:00", True),
        ({"weekdays": "67"}, "12:00", False),
        ({"weekdays": "5"}, "12:00", True),
        ({"hours_from": "17:00", "hours_to": "19:00"}, "19:00", False),
        ({"hours_from": "22:00", "hours_to": "06:00"}, "05:59", True),
    ],
)
def test_days_and_hours(changes: dict[str, object], time: str, held: bool) -> None:
    promotion = msgspec.structs.replace(Promotion(code="H", title="Hour", kind="percent_off", percent=Decimal(5)), **changes)
    assert holds(promotion, FRIDAY, time, ()) is held


def test_a_discount_greater_than_the_price_is_refused() -> None:
    with pytest.raises(Invalid, match="greater than the price"):
        price(Basket(lines=(msgspec.structs.replace(line("1.00"), discount_amount=Decimal("1.01")),), day=FRIDAY))


@settings(deadline=None)
@given(seed=st.integers(0, 2**48))
def test_figures_follow_from_each_other_in_any_basket(seed: int) -> None:
    asked = msgspec.structs.replace(basket(Random(seed)), discount_amount=None)
    found = price(asked)
    for before, after in zip(asked.lines, found.lines, strict=True):
        assert after.base - sum(each.amount for each in after.discounts) == after.amount
        assert after.amount * before.quantity >= 0 or after.amount == 0
    asked_for = sum((each.amount for each in found.lines), Decimal(0))
    taxes = sum((each.tax for each in found.taxes), Decimal(0))
    assert found.total == asked_for + (0 if asked.taxes_included else taxes)
    assert sum((tax for each in found.lines for tax in each.taxes), Decimal(0)) == taxes
    reordered = msgspec.structs.replace(asked, promotions=tuple(reversed(asked.promotions)))
    assert price(reordered) == found
