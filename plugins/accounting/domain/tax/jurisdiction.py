"""A jurisdiction as data: its taxes with what each rate was when, groups of them, and its return; read from JSON and checked whole."""

from datetime import date
from decimal import Decimal
from functools import lru_cache
from importlib.resources import files
from itertools import pairwise
from typing import Annotated

import msgspec

from weft.errors import Invalid

from .compute import Per, TaxRounding
from .determination import FiscalPosition, ItemKind, TaxCategory, mapped, problems
from .model import HUNDRED, BoxRule, Exigibility, Tax, TaxKind, Use, check_tax
from .returns import Box


class Rate(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a tax was from its first through its last day; `boxes` where it filled others than today."""

    rate: Decimal
    valid_from: date
    valid_to: date | None = None
    law: str = ""
    boxes: tuple[BoxRule, ...] | None = None

    def holds_on(self, day: date) -> bool:
        """Tell whether it was in force on a day."""
        return self.valid_from <= day and (self.valid_to is None or day <= self.valid_to)


class TaxRule(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A tax of a jurisdiction, all its rates, and the law that it comes from; see `Tax` for the fields that both have."""

    code: Annotated[str, msgspec.Meta(pattern=r"^[a-z0-9_]{1,40}$")]
    title: str
    law: str
    rates: tuple[Rate, ...]
    kind: TaxKind = TaxKind.PERCENT
    use: Use = Use.SALE
    included: bool = False
    raises_base: bool = False
    on_raised_base: bool = True
    reverse_charge: bool = False
    deductible: Decimal = HUNDRED
    exigibility: Exigibility = Exigibility.INVOICE
    currency: str = ""
    category: str = ""
    boxes: tuple[BoxRule, ...] = ()

    def on(self, day: date) -> Tax:
        """Return the tax as it holds on a day: that of the supply, not of the invoice. Raises `Invalid` when there was no rate then."""
        rate = next((each for each in self.rates if each.holds_on(day)), None)
        if rate is None:
            raise Invalid.field("taxes", f"“{self.title}” has no rate on {day}: choose another tax, or add the rate with its first day.")
        return self.with_rate(rate)

    def with_rate(self, rate: Rate) -> Tax:
        """Return the tax with one of its rates."""
        return Tax(
            code=self.code,
            title=self.title,
            rate=rate.rate,
            kind=self.kind,
            use=self.use,
            included=self.included,
            raises_base=self.raises_base,
            on_raised_base=self.on_raised_base,
            reverse_charge=self.reverse_charge,
            deductible=self.deductible,
            exigibility=self.exigibility,
            currency=self.currency,
            category=self.category,
            boxes=self.boxes if rate.boxes is None else rate.boxes,
        )


class TaxGroup(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Taxes that go together under one name, in the order in which they are computed, such as those of a state, a county and a city."""

    code: Annotated[str, msgspec.Meta(pattern=r"^[a-z0-9_]{1,40}$")]
    title: str
    taxes: tuple[str, ...]
    law: str = ""


class Return(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The form on which taxes are told to the authority."""

    title: str
    law: str
    boxes: tuple[Box, ...]


class Jurisdiction(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The taxes of a country, or an example of some; `as_of` is the day whose law the data describes."""

    code: Annotated[str, msgspec.Meta(pattern=r"^[a-z_]{2,20}$")]
    title: str
    country: str  # ISO 3166-1 alpha-2, or nothing
    currency: str
    as_of: date
    sources: tuple[str, ...]
    taxes: tuple[TaxRule, ...]
    tax_return: Return
    groups: tuple[TaxGroup, ...] = ()
    categories: tuple[TaxCategory, ...] = ()
    positions: tuple[FiscalPosition, ...] = ()
    rounding: Per = Per.LINE
    notes: tuple[str, ...] = ()

    def rule(self, code: str) -> TaxRule:
        """Return a tax by its code; raises `Invalid`."""
        found = next((each for each in self.taxes if each.code == code), None)
        if found is None:
            raise Invalid.field("taxes", f"{self.title} has no tax “{code}”.")
        return found

    def on(self, code: str, day: date) -> tuple[Tax, ...]:
        """Return a tax, or the taxes of a group, as they hold on a day; raises `Invalid`."""
        group = next((each for each in self.groups if each.code == code), None)
        return tuple(self.rule(each).on(day) for each in (group.taxes if group else (code,)))

    def category(self, key: str) -> TaxCategory:
        """Return a tax category by its key, whatever its case; raises `Invalid`."""
        found = next((each for each in self.categories if each.key == key.strip().lower()), None)
        if found is None:
            known = ", ".join(each.key for each in self.categories if each.key) or "none but the usual one"
            raise Invalid.field(
                "tax_category", f"There is no tax category “{key}”: choose one of {known}, or add it under Accounting, Taxes."
            )
        return found

    def position(self, code: str) -> FiscalPosition:
        """Return a fiscal position by its code; raises `Invalid`."""
        found = next((each for each in self.positions if each.code == code), None)
        if found is None:
            raise Invalid.field("position", f"{self.title} has no fiscal position “{code}”: choose one of the list.")
        return found

    def usual(self, tax_category: str, use: Use, position: FiscalPosition | None = None, kind: ItemKind = "goods") -> tuple[str, ...]:
        """Return the codes of the taxes on an item of a category, as a position has them; raises `Invalid`."""
        found = self.category(tax_category)
        return mapped(found.sale if use is Use.SALE else found.purchase, position, kind)

    def rounding_rule(self, step: Decimal) -> TaxRounding:
        """Return how this jurisdiction rounds unless a business chooses otherwise."""
        return TaxRounding(self.rounding, step)


def read_jurisdiction(text: bytes | str) -> Jurisdiction:
    """Read a jurisdiction from JSON; raises `Invalid` with what is wrong and where."""
    try:
        found = msgspec.json.decode(text, type=Jurisdiction)
    except msgspec.MsgspecError as wrong:
        raise Invalid(f"This is not the data of a jurisdiction: {wrong}.") from wrong
    if problems := problems_of(found):
        raise Invalid(" ".join(problems))
    return found


def problems_of(jurisdiction: Jurisdiction) -> list[str]:
    """Return a sentence for each thing that cannot be right: double codes, rates that overlap, boxes and taxes that do not exist."""
    wrong: list[str] = []
    boxes = [box.code for box in jurisdiction.tax_return.boxes]
    codes = [tax.code for tax in jurisdiction.taxes] + [group.code for group in jurisdiction.groups]
    wrong += [f"“{code}” is there twice." for code in sorted({each for each in codes if codes.count(each) > 1})]
    wrong += [f"Box {code} is there twice." for code in sorted({each for each in boxes if boxes.count(each) > 1})]
    for rule in jurisdiction.taxes:
        wrong += _of_rule(rule, set(boxes))
    for group in jurisdiction.groups:
        known = {each.code for each in jurisdiction.taxes}
        wrong += [f"“{group.title}” holds “{code}”, which is no tax." for code in group.taxes if code not in known]
    for place, box in enumerate(jurisdiction.tax_return.boxes):
        wrong += [f"Box {box.code} adds box {term.box}, which is not before it." for term in box.terms if term.box not in boxes[:place]]
    sides = {rule.code: rule.use is Use.SALE for rule in jurisdiction.taxes}
    sides |= {group.code: sides.get(group.taxes[0], True) for group in jurisdiction.groups if group.taxes}
    return wrong + problems(jurisdiction.categories, jurisdiction.positions, sides)


def _of_rule(rule: TaxRule, boxes: set[str]) -> list[str]:
    wrong: list[str] = []
    spans = sorted(rule.rates, key=lambda each: each.valid_from)
    if not spans:
        return [f"“{rule.title}” has no rate."]
    for one, other in pairwise(spans):
        if one.valid_to is None or one.valid_to >= other.valid_from:
            wrong.append(f"“{rule.title}”: the rate from {one.valid_from} still holds when that from {other.valid_from} begins.")
    for rate in spans:
        if rate.valid_to and rate.valid_to < rate.valid_from:
            wrong.append(f"“{rule.title}”: a rate ends on {rate.valid_to}, before it begins.")
        tax = rule.with_rate(rate)
        wrong += [f"“{rule.title}” fills box {each.box}, which is not on the return." for each in tax.boxes if each.box not in boxes]
        try:
            check_tax(tax)
        except Invalid as problem:
            wrong.append(problem.message)
    return wrong


def completed(jurisdiction: Jurisdiction) -> Jurisdiction:
    """Return taxes that were kept before there were categories with the usual ones and positions of our file of the same code."""
    if jurisdiction.categories or jurisdiction.code not in codes():
        return jurisdiction
    ours = load(jurisdiction.code)
    made = msgspec.structs.replace(jurisdiction, categories=ours.categories, positions=ours.positions)
    return jurisdiction if problems_of(made) else made


@lru_cache
def load(code: str) -> Jurisdiction:
    """Return a jurisdiction of ours by its code; raises `Invalid` when there is none."""
    if code not in codes():
        raise Invalid(f"There is no jurisdiction “{code}”: choose one of {', '.join(codes())}.")
    return read_jurisdiction((files(__package__) / "jurisdictions" / f"{code}.json").read_bytes())


@lru_cache
def codes() -> tuple[str, ...]:
    """Return the codes of the jurisdictions of ours."""
    names = (each.name for each in (files(__package__) / "jurisdictions").iterdir())
    return tuple(sorted(name.removesuffix(".json") for name in names if name.endswith(".json")))
