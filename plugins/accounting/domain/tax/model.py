"""What a tax is: how it is computed, when it falls due, what of it can be deducted, and which boxes of a return it fills."""

from collections.abc import Sequence
from decimal import Decimal
from enum import StrEnum
from typing import Annotated

import msgspec

from weft.errors import Invalid

HUNDRED = Decimal(100)


class TaxKind(StrEnum):
    """How an amount follows from a base."""

    PERCENT = "percent"  # a share of the base: 20 % of 100 is 20
    FIXED = "fixed"  # an amount for each unit, such as a deposit or an eco-contribution
    DIVISION = "division"  # a share of base and tax together ("por dentro"): 10 % of 200 is 22.22, which is 10 % of 222.22


class Use(StrEnum):
    """Whether a tax stands on what is sold or on what is bought."""

    SALE = "sale"
    PURCHASE = "purchase"


class Exigibility(StrEnum):
    """When a tax is owed to the authority, or can be deducted."""

    INVOICE = "invoice"  # with the document
    PAYMENT = "payment"  # with each payment: cash accounting (Directive 2006/112/EC, articles 66 and 167a)


class Part(StrEnum):
    """Which amount of a tax goes into a box."""

    BASE = "base"
    TAX = "tax"  # the whole tax
    DEDUCTIBLE = "deductible"  # what of it can be deducted


class Documents(StrEnum):
    """Which documents count in a box."""

    ALL = "all"  # invoices, less credit notes
    INVOICES = "invoices"
    CREDIT_NOTES = "credit_notes"  # shown as a positive amount in a box of its own


class BoxRule(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A part of a tax that goes, times `factor`, into one box of the return."""

    box: str
    part: Part
    documents: Documents = Documents.ALL
    factor: Decimal = Decimal(1)


class Tax(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One tax as it holds on a day.

    `rate` is a percentage, or for a fixed tax an amount of `currency` for each unit. A negative rate is withheld: it lowers what is paid.
    A tax that `raises_base` adds to the base of those after it on the same line, except those that are not `on_raised_base`.
    Under `reverse_charge` whoever buys owes the tax (Directive 2006/112/EC, articles 194 to 199): it is told, not paid with the document.
    `deductible` is the percentage of an input tax that can be deducted (Directive 2006/112/EC, articles 168 and 173); the rest is a cost.
    """

    code: Annotated[str, msgspec.Meta(min_length=1, max_length=40)]
    title: str
    rate: Decimal
    kind: TaxKind = TaxKind.PERCENT
    use: Use = Use.SALE
    included: bool = False  # whether prices hold it already
    raises_base: bool = False
    on_raised_base: bool = True
    reverse_charge: bool = False
    deductible: Decimal = HUNDRED
    exigibility: Exigibility = Exigibility.INVOICE
    currency: str = ""  # of a fixed tax
    category: str = ""  # code of UNTDID 5305 for an e-invoice (EN 16931 BT-151): S, Z, E, AE, K, G, O
    boxes: tuple[BoxRule, ...] = ()

    @property
    def is_withheld(self) -> bool:
        """Whether it lowers what is paid."""
        return self.rate < 0

    @property
    def on_document(self) -> bool:
        """Whether it is part of the document's total."""
        return not self.reverse_charge


def check_tax(tax: Tax) -> None:
    """Raise `Invalid`, with a sentence per field, for a tax that cannot be computed or would be understood in two ways."""
    wrong: dict[str, str] = {}
    if not (tax.rate.is_finite() and tax.deductible.is_finite()):
        raise Invalid(f"“{tax.title}”: rate and deductible share are plain numbers.")
    if tax.kind is TaxKind.DIVISION and tax.rate >= HUNDRED:
        wrong["rate"] = f"“{tax.title}” cannot be {tax.rate:f} % of a price that it is part of: enter less than 100."
    if tax.kind is TaxKind.PERCENT and tax.rate <= -HUNDRED:
        wrong["rate"] = f"“{tax.title}” cannot withhold {-tax.rate:f} % or more than everything: enter more than -100."
    if tax.reverse_charge and tax.included:
        wrong["included"] = f"“{tax.title}” is owed by the buyer, so no price can hold it."
    if tax.reverse_charge and tax.raises_base:
        wrong["raises_base"] = f"“{tax.title}” is owed by the buyer, so it raises no other tax's base."
    if tax.is_withheld and tax.deductible != HUNDRED:
        wrong["deductible"] = f"“{tax.title}” is withheld: no share of it is deducted. Enter 100."
    elif not 0 <= tax.deductible <= HUNDRED:
        wrong["deductible"] = f"{tax.deductible:f} % of “{tax.title}” cannot be deducted: enter 0 to 100."
    if tax.kind is TaxKind.FIXED and not tax.currency:
        wrong["currency"] = f"“{tax.title}” is an amount for each unit: say in which currency."
    if wrong:
        raise Invalid(fields=wrong)


def check_set(taxes: Sequence[Tax], currency: str = "") -> None:
    """Raise `Invalid` for taxes that cannot stand on one line: one twice, or a fixed amount in another currency than the document's."""
    codes = [tax.code for tax in taxes]
    if double := next((code for code in codes if codes.count(code) > 1), ""):
        raise Invalid.field("taxes", f"The tax “{double}” is on this line twice: leave one out.")
    for tax in taxes:
        check_tax(tax)
        if tax.kind is TaxKind.FIXED and currency and tax.currency != currency:
            raise Invalid.field("taxes", f"“{tax.title}” is an amount in {tax.currency} and cannot stand on a document in {currency}.")
