"""The taxes of a business: whoever sells asks what stands on an item, and tells with its entry what was taxed.

A till takes `sale_taxes` along, so that it computes without a connection; what it computed reaches the tax return as `TaxFact`s of its
entry.
"""

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Literal
from uuid import UUID

import msgspec

TaxKind = Literal["percent", "fixed", "division"]


class SaleTax(msgspec.Struct, frozen=True, kw_only=True):
    """One tax on a sale as it holds on a day: `rate` is a percentage of the net amount, or for a fixed tax an amount for each unit."""

    code: str
    title: str
    rate: Decimal
    kind: TaxKind = "percent"
    category: str = ""  # code of UNTDID 5305: S, Z, E, AE, K, G, O


class TaxFact(msgspec.Struct, frozen=True, kw_only=True):
    """What a tax came to in a document, in base currency: sales positive, what is taken back negative."""

    code: str
    base: Decimal
    amount: Decimal


class Taxes(ABC):
    """Which taxes stand on what is sold; works in the caller's transaction.

    The keys of categories are compared whatever their case.
    """

    @abstractmethod
    async def categories(self) -> Sequence[tuple[str, str]]:
        """Return the tax categories an item can have, as key and title; the empty key is the usual one."""

    @abstractmethod
    async def on_sale(
        self, tax_category: str, day: date, party: UUID | None = None, kind: Literal["goods", "service"] = "goods"
    ) -> Sequence[SaleTax]:
        """Return the taxes on an item of a category on a day: those of home, or of the customer's fiscal position, such as an export.

        Nothing where the business has chosen no taxes. Raises `Invalid` for an unknown category, `Missing` for an unknown customer.
        """

    @abstractmethod
    async def on_purchase(
        self, tax_category: str, day: date, party: UUID, kind: Literal["goods", "service"] = "goods"
    ) -> Sequence[SaleTax]:
        """Return the taxes that a supplier adds to an item of a category on a day, such as an order shows beside its lines.

        What the business owes by itself, as under reverse charge, is not among them. Raises as `on_sale`.
        """

    @abstractmethod
    async def sale_taxes(self, day: date) -> Mapping[str, Sequence[SaleTax]]:
        """Return the taxes of each tax category on a day, for a customer at the counter."""
