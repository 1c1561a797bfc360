"""What the law of a country wants on receipts, besides what stands on each: signatures, numbers of machines, codes.

A module for a country provides it, such as one that speaks to a signing device::

    class Signing(Fiscal):
        async def fiscalize(self, receipt: FiscalReceipt) -> Sequence[FiscalMark]:
            signed = await self.kept(receipt.id) or await self.sign(receipt)
            return [FiscalMark("Signature", signed.signature), FiscalMark("Serial number", signed.serial)]
"""

from abc import ABC, abstractmethod
from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Literal
from uuid import UUID

import msgspec


class FiscalTax(msgspec.Struct, frozen=True):
    """What one tax comes to on a receipt; `rate` is a percentage of `net`."""

    code: str
    rate: Decimal
    net: Decimal
    tax: Decimal


class FiscalReceipt(msgspec.Struct, frozen=True, kw_only=True):
    """A receipt as its till wrote it down; what came back is negative. `hash` is SHA-256 in hex over all of its record, and chains them."""

    id: UUID
    till: str
    kind: Literal["sale", "return", "void", "training"]
    number: int
    reference: str
    made_at: datetime
    business_date: date
    currency: str
    total: Decimal
    lines: int
    taxes: tuple[FiscalTax, ...]
    tenders: tuple[tuple[str, Decimal], ...]  # kind of tender, and how much of it
    hash: str


class FiscalMark(msgspec.Struct, frozen=True):
    """Something to print on a receipt."""

    label: str
    value: str


class Fiscal(ABC):
    """The fiscal rules of a country; works in the caller's transaction."""

    @abstractmethod
    async def fiscalize(self, receipt: FiscalReceipt) -> Sequence[FiscalMark]:
        """Return what is to stand on a receipt; the same one again gets the same marks. Raises `Unavailable` while it cannot be told."""
