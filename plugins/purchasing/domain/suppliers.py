"""Suppliers as purchasing knows them: contacts with terms of their own."""

import re
import unicodedata
from decimal import Decimal
from typing import Annotated
from uuid import UUID

import msgspec

from weft.errors import Invalid
from weft.money import is_currency

_ADDRESS = re.compile(r"[^@\s<>,;]+@[^@\s<>,;]+\.[^@\s<>,;]+")


class Supplier(msgspec.Struct, frozen=True, kw_only=True):
    """A supplier; `id` is that of the contact, `account` the number the business has with them, `lead_days` from order to delivery."""

    id: UUID
    name: str
    currency: str
    account: Annotated[str, msgspec.Meta(max_length=60)] = ""
    email: str = ""  # where orders go; empty: the contact's
    lead_days: int = 7
    least_order: Decimal = Decimal(0)  # in their currency, without tax
    note: Annotated[str, msgspec.Meta(max_length=2000)] = ""
    active: bool = True
    version: int = 1


def checked(supplier: Supplier) -> Supplier:
    """Return a supplier that can be kept; raises `Invalid` by field."""
    wrong: dict[str, str] = {}
    if not is_currency(supplier.currency):
        wrong["currency"] = f"“{supplier.currency}” is no currency: write three letters such as EUR."
    if supplier.email and not _ADDRESS.fullmatch(supplier.email):
        wrong["email"] = f"“{supplier.email[:80]}” is not one e-mail address."
    if not 0 <= supplier.lead_days <= 730:
        wrong["lead_days"] = "A lead time is between 0 and 730 days."
    if supplier.least_order < 0:
        wrong["least_order"] = "A least order is zero or more."
    if wrong:
        raise Invalid(fields=wrong)
    return supplier


def fold(text: str) -> str:
    """Return text as searches compare it: lower case, no accents, a space before each word."""
    plain = unicodedata.normalize("NFKD", text.casefold())
    words = re.findall(r"[^\s]+", "".join(each for each in plain if not unicodedata.combining(each)))
    return "".join(f" {word}" for word in words)
