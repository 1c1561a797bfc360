"""A promotion as a person types it, what tills make of it, and a basket to try it on."""

import re
from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Annotated
from uuid import UUID

import msgspec

from weft.errors import Invalid

from .rules.basket import Part, Promotion, PromotionKind, Selector, Tier

KINDS: dict[PromotionKind, str] = {
    "percent_off": "Percent off goods",
    "amount_off": "Amount off each unit",
    "buy_n_pay_m": "Buy some, pay for fewer",
    "tiered": "The more, the cheaper",
    "bundle": "A price for a set",
    "order_percent": "Percent off the receipt",
    "order_amount": "Amount off the receipt",
}
DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_TIME = r"^$|^([01]\d|2[0-3]):[0-5]\d$"
_SET = re.compile(r"(?:(\d{1,3})\s*[x×*]\s*)?(.+)", re.IGNORECASE)

MOST = Decimal(1_000_000)
Time = Annotated[str, msgspec.Meta(pattern=_TIME)]


class PromotionDraft(msgspec.Struct, frozen=True, kw_only=True):
    """A promotion as it is typed: goods by SKU, category and tag, tiers as ``3: 5, 10: 10``, a set as one ``2 x SKU, SKU`` a line."""

    code: Annotated[str, msgspec.Meta(min_length=1, max_length=30, pattern=r"^[A-Za-z0-9_-]+$")]
    title: Annotated[str, msgspec.Meta(min_length=1, max_length=80)]
    kind: PromotionKind = "percent_off"
    skus: Annotated[str, msgspec.Meta(max_length=4000)] = ""
    categories: Annotated[str, msgspec.Meta(max_length=2000)] = ""
    tags: Annotated[str, msgspec.Meta(max_length=1000)] = ""
    n: Annotated[int, msgspec.Meta(ge=1, le=1000)] = 3
    m: Annotated[int, msgspec.Meta(ge=0, le=1000)] = 2
    mixed: bool = False
    percent: Decimal = Decimal(10)
    amount: Decimal = Decimal(0)
    minimum: Decimal = Decimal(0)
    tiers: Annotated[str, msgspec.Meta(max_length=400)] = ""
    parts: Annotated[str, msgspec.Meta(max_length=2000)] = ""
    coupon: Annotated[str, msgspec.Meta(max_length=30)] = ""
    valid_from: date | None = None
    valid_to: date | None = None
    weekdays: tuple[str, ...] = ()
    hours_from: Time = ""
    hours_to: Time = ""
    stacks: bool = False
    priority: Annotated[int, msgspec.Meta(ge=-100, le=100)] = 0
    active: bool = True
    version: int = 0


class StoredPromotion(msgspec.Struct, frozen=True, kw_only=True):
    """A promotion as it is kept."""

    id: UUID
    entry: PromotionDraft
    rule: Promotion
    active: bool
    version: int

    @property
    def kind(self) -> str:
        """What kind it is, in words."""
        return KINDS[self.rule.kind]


def words(text: str) -> tuple[str, ...]:
    """Return what stands between commas and line ends."""
    return tuple(dict.fromkeys(filter(None, (each.strip() for each in re.split(r"[,;\n]", text)))))


def skus_in(draft: PromotionDraft) -> list[str]:
    """Return every SKU that a draft names."""
    return [*words(draft.skus), *(sku for _, skus in _sets(draft.parts) for sku in skus)]


def _sets(text: str) -> list[tuple[int, tuple[str, ...]]]:
    found = []
    for line in filter(None, (each.strip() for each in text.splitlines())):
        match = _SET.fullmatch(line)
        assert match is not None  # whatever is not empty fits
        found.append((int(match[1] or 1), words(match[2])))
    return found


def rule_of(draft: PromotionDraft, items: Mapping[str, UUID], digits: int = 2) -> Promotion:
    """Return what tills compute by; `items` are ids by SKU in capitals. Raises `Invalid` by field."""
    wrong: dict[str, str] = {}
    for field, named in (("skus", words(draft.skus)), ("parts", [sku for _, skus in _sets(draft.parts) for sku in skus])):
        if unknown := [each for each in named if each.upper() not in items]:
            wrong[field] = f"There is no item with the SKU {unknown[0]}."
    if draft.valid_from and draft.valid_to and draft.valid_to < draft.valid_from:
        wrong["valid_to"] = "The last day is before the first."
    if draft.kind == "buy_n_pay_m" and draft.m >= draft.n:
        wrong["m"] = f"Fewer than {draft.n}, or nothing is given away."
    if not 0 <= draft.percent <= 100 or (draft.kind in ("percent_off", "order_percent") and not draft.percent):
        wrong["percent"] = "Enter more than 0 and at most 100 %."
    if draft.kind in ("amount_off", "order_amount") and not draft.amount:
        wrong["amount"] = "Enter an amount above zero."
    if draft.kind == "bundle" and not _sets(draft.parts):
        wrong.setdefault("parts", "Name what belongs into the set, one thing a line.")
    for field in ("amount", "minimum"):
        if not 0 <= getattr(draft, field) <= MOST:
            wrong[field] = f"Enter an amount from 0 to {MOST:,}."
        elif getattr(draft, field) != round(getattr(draft, field), digits):
            wrong[field] = f"An amount has at most {digits} decimals."
    tiers = _tiers(draft, wrong)
    if wrong:
        raise Invalid(fields=wrong)
    return Promotion(
        code=draft.code.upper(),
        title=draft.title,
        kind=draft.kind,
        goods=Selector(
            items=tuple(str(items[each.upper()]) for each in words(draft.skus)), categories=words(draft.categories), tags=words(draft.tags)
        ),
        n=draft.n,
        m=draft.m,
        mixed=draft.mixed,
        percent=draft.percent,
        amount=draft.amount,
        minimum=draft.minimum,
        tiers=tiers,
        parts=tuple(
            Part(goods=Selector(items=tuple(str(items[each.upper()]) for each in skus)), quantity=count)
            for count, skus in _sets(draft.parts)
        ),
        coupon=draft.coupon.strip().upper(),
        valid_from=draft.valid_from,
        valid_to=draft.valid_to,
        weekdays="".join(sorted(each for each in draft.weekdays if each in "1234567")),
        hours_from=draft.hours_from,
        hours_to=draft.hours_to,
        stacks=draft.stacks,
        priority=draft.priority,
    )


def _tiers(draft: PromotionDraft, wrong: dict[str, str]) -> tuple[Tier, ...]:
    if draft.kind != "tiered":
        return ()
    found = []
    for part in words(draft.tiers):
        match = re.fullmatch(r"(\d{1,5})\s*[:=]\s*(\d{1,3}(?:\.\d{1,4})?)\s*%?", part)
        if match is None or not int(match[1]) or Decimal(match[2]) > 100:
            wrong["tiers"] = f"“{part}” is no tier: write quantity and percent, such as 3: 5, 10: 10."
            return ()
        found.append(Tier(quantity=int(match[1]), percent=Decimal(match[2])))
    if not found:
        wrong["tiers"] = "Write at least one tier, such as 3: 5."
    return tuple(found)


def usual_count(rule: Promotion) -> Decimal:
    """Return how many of one thing show best what a promotion does: as many as it takes."""
    if rule.kind == "buy_n_pay_m":
        return Decimal(rule.n)
    if rule.kind == "tiered" and rule.tiers:
        return Decimal(max(each.quantity for each in rule.tiers))
    return Decimal(1)


def example_in(text: str) -> Sequence[tuple[Decimal, str]]:
    """Read a basket to try on, one ``2 x SKU`` a line; raises `Invalid` by field."""
    found = []
    for line in filter(None, (each.strip() for each in text.splitlines())):
        match = re.fullmatch(r"(?:(\d{1,4}(?:\.\d{1,3})?)\s*[x×*]\s*)?(\S.*)", line, re.IGNORECASE)
        assert match is not None
        quantity = Decimal(match[1] or 1)
        if not quantity:
            raise Invalid.field("example", f"“{line}”: write a quantity above zero.")
        found.append((quantity, match[2].strip()))
    return found[:40]
