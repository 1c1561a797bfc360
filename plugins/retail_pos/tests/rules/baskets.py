"""Random baskets: every kind of promotion, tax and discount, prices as fine as they may be, and sums that fall between two cents."""

from datetime import date, timedelta
from decimal import Decimal
from random import Random
from typing import get_args

from plugins.retail_pos.domain.records import LineTax
from plugins.retail_pos.domain.rules.basket import Basket, BasketLine, Part, Promotion, PromotionKind, Selector, Tier

CATEGORIES = ("", "Food", "Food > Chocolate", "Food > Tea", "Foodless", "Garden")
TAGS = ("eco", "sale", "new")
ITEMS = tuple(f"item-{n}" for n in range(8))
TAXES = (
    LineTax(code="A", rate=Decimal(20)),
    LineTax(code="B", rate=Decimal("5.5")),
    LineTax(code="C", rate=Decimal("8.875")),
    LineTax(code="Z", rate=Decimal(0)),
    LineTax(code="ECO", rate=Decimal("0.13"), kind="fixed"),
    LineTax(code="DIV", rate=Decimal("12.5"), kind="division"),
)
KINDS: tuple[PromotionKind, ...] = get_args(PromotionKind)
DAY = date(2026, 11, 20)


def _amount(random: Random, digits: int, most: int) -> Decimal:
    return Decimal(random.randrange(most)).scaleb(-digits)


def _goods(random: Random) -> Selector:
    return Selector(
        items=tuple(random.sample(ITEMS, random.randrange(4))),
        categories=tuple(random.sample(CATEGORIES[1:], random.randrange(2))),
        tags=tuple(random.sample(TAGS, random.randrange(2))),
    )


def _promotion(random: Random, number: int, digits: int) -> Promotion:
    kind = random.choice(KINDS)
    n = random.randrange(1, 5)
    return Promotion(
        code=f"P{number}",
        title=f"Promotion {number}",
        kind=kind,
        goods=_goods(random),
        n=n,
        m=random.randrange(n + 1),
        mixed=random.random() < 0.5,
        percent=Decimal(random.randrange(1, 1000)).scaleb(-1).min(Decimal(100)),
        amount=_amount(random, digits, 2000),
        minimum=_amount(random, digits, 4000),
        tiers=tuple(Tier(quantity=q, percent=Decimal(q * 3)) for q in sorted(random.sample(range(1, 9), random.randrange(4)))),
        parts=tuple(Part(goods=_goods(random), quantity=random.randrange(1, 3)) for _ in range(random.randrange(4))),
        coupon=random.choice(("", "", "", "SPRING", "autumn")),
        valid_from=random.choice((None, DAY - timedelta(1), DAY, DAY + timedelta(1))),
        valid_to=random.choice((None, None, DAY, DAY + timedelta(1))),
        weekdays=random.choice(("", "", "5", "67")),
        hours_from=random.choice(("", "", "09:00", "22:00")),
        hours_to=random.choice(("", "", "17:00", "06:00")),
        stacks=random.random() < 0.3,
        priority=random.choice((0, 0, 0, 1, 2)),
    )


def _line(random: Random, digits: int) -> BasketLine:
    quantity = random.choice(
        (Decimal(random.randrange(1, 8)), Decimal(random.randrange(1, 5000)).scaleb(-3), Decimal(-random.randrange(1, 4)))
    )
    by_hand = random.random()
    return BasketLine(
        item=random.choice((*ITEMS, "")),
        category=random.choice(CATEGORIES),
        tags=tuple(random.sample(TAGS, random.randrange(3))),
        quantity=quantity,
        unit_price=_amount(random, digits + random.choice((0, 0, 2)), 9000),
        taxes=tuple(random.sample(TAXES, random.choice((0, 1, 1, 1, 2, 3)))),
        discount_percent=Decimal(random.randrange(0, 1001)).scaleb(-1) if by_hand < 0.2 else None,
        discount_amount=Decimal(0) if 0.2 <= by_hand < 0.25 else None,
        stored_value=random.random() < 0.05,
    )


def basket(random: Random) -> Basket:
    """Return a basket."""
    digits = random.choice((2, 2, 2, 0, 3))
    by_hand = random.random()
    return Basket(
        lines=tuple(_line(random, digits) for _ in range(random.randrange(9))),
        digits=digits,
        taxes_included=random.random() < 0.7,
        tax_per="document" if random.random() < 0.6 else "line",
        promotions=tuple(_promotion(random, number, digits) for number in range(random.randrange(8))),
        coupons=tuple(random.sample(("spring", "AUTUMN", "x"), random.randrange(3))),
        discount_percent=Decimal(random.randrange(0, 301)).scaleb(-1) if by_hand < 0.2 else None,
        discount_amount=_amount(random, digits, 5) if 0.2 <= by_hand < 0.3 else None,
        day=DAY,
        time=random.choice(("08:59", "09:00", "12:30", "16:59", "17:00", "23:10")),
    )
