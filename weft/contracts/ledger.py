"""The books of a business: whoever sells, buys, pays or keeps stock posts here, and asks what an account holds.

::

    ledger = tenant.service(Ledger)
    async with tenant.transaction() as db:
        ...  # the document itself
        await ledger.post(NewEntry(
            journal="sales", date=invoice.date, description=f"Invoice {invoice.number}",
            source=Source("shop.invoice", str(invoice.id), invoice.number),
            lines=(
                NewLine(event="receivable", debit=Decimal("240.00"), party=invoice.customer, due=invoice.due),
                NewLine(event="sales_revenue", detail="books", credit=Decimal("200.00")),
                NewLine(event="output_tax", credit=Decimal("40.00")),
            ),
        ))
"""

from abc import ABC, abstractmethod
from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Literal
from uuid import UUID

import msgspec

from weft.contracts.taxes import TaxFact
from weft.errors import Conflict, Invalid

JournalKind = Literal["general", "sales", "purchases", "bank", "cash", "opening", "closing"]


class Unbalanced(Invalid):
    """Debits and credits of an entry differ."""


class PeriodLocked(Conflict):
    """The date lies in a period that is locked, or in no fiscal year at all."""


class AlreadyPosted(Conflict):
    """The document was posted before, with other figures."""


class MissingRate(Invalid):
    """An amount in a foreign currency came without a rate and without its amount in base currency."""


class Source(msgspec.Struct, frozen=True):
    """The document an entry was made from: the name of its `RecordKind`, its id, and what people call it.

    No two entries have the same `kind` and `id`; where a document makes several, add to the id: ``"0197…/payment"``.
    """

    kind: str
    id: str
    title: str = ""


class NewLine(msgspec.Struct, frozen=True, kw_only=True):
    """One line to post. The account is named by its `code`, its `account_id`, or the `event` of a posting rule, which a tenant can edit.

    Exactly one of `debit` and `credit` is not zero, save for a difference in base currency alone: then both are zero and `base` is not.
    """

    code: str = ""
    account_id: UUID | None = None
    event: str = ""
    detail: str = ""  # which kind of the event, such as a product category; the rule without a detail takes what no other does
    debit: Decimal = Decimal(0)
    credit: Decimal = Decimal(0)
    currency: str = ""  # ISO 4217; empty: the entry's
    base: Decimal | None = None  # in base currency, debits positive; empty: by the entry's rate
    description: str = ""
    party: UUID | None = None
    due: date | None = None
    dimensions: dict[str, str] = {}  # key of a dimension → code of one of its values


class NewEntry(msgspec.Struct, frozen=True, kw_only=True):
    """An entry to post. `journal` is the code of a journal, or a kind: then the first active journal of it.

    `rate` is how much base currency one unit of `currency` is worth. `taxes` are what goes into the tax return, for sales that are no
    invoices; the lines hold their amounts all the same.
    """

    journal: str
    date: date
    lines: tuple[NewLine, ...]
    description: str = ""
    currency: str = ""  # ISO 4217; empty: base currency
    rate: Decimal | None = None
    source: Source | None = None
    taxes: tuple[TaxFact, ...] = ()


class PostedLine(msgspec.Struct, frozen=True, kw_only=True):
    """A line as it stands: `amount` in `currency` and `base` in base currency, debits positive.

    `residual` is what is still open of a line on an account that is reconciled, in `currency`; none elsewhere.
    """

    id: UUID
    position: int
    account_id: UUID
    code: str
    name: str
    currency: str
    amount: Decimal
    base: Decimal
    description: str = ""
    party: UUID | None = None
    due: date | None = None
    dimensions: str = ""  # its values, as people read them
    residual: Decimal | None = None


class PostedEntry(msgspec.Struct, frozen=True, kw_only=True):
    """An entry as it stands; of a preview `reference` is empty and the ids mean nothing."""

    id: UUID
    reference: str
    journal: str  # its code
    date: date
    description: str
    total: Decimal  # sum of the debits in base currency
    lines: tuple[PostedLine, ...]
    source: Source | None = None
    reverses: UUID | None = None


class Balance(msgspec.Struct, frozen=True, kw_only=True):
    """What an account holds at the end of a day; `amount` is debits minus credits, `base` the same in base currency."""

    currency: str
    amount: Decimal
    base: Decimal


class Ledger(ABC):
    """General ledger; works in the caller's transaction, so that a document and its entry are saved together or not at all."""

    @abstractmethod
    async def post(self, entry: NewEntry) -> PostedEntry:
        """Post an entry and return it with its number. The same `source` with the same figures again returns the entry that stands.

        Raises `Unbalanced`, `PeriodLocked`, `AlreadyPosted`, `MissingRate`, and `Invalid` with a sentence by field: ``lines.2.code``.
        """

    @abstractmethod
    async def post_many(self, entries: Sequence[NewEntry]) -> Sequence[UUID]:
        """Post many entries at once, all or none; returns their ids in the same order. Several times faster for each than `post`."""

    @abstractmethod
    async def preview(self, entry: NewEntry) -> PostedEntry:
        """Return what `post` would make, and write nothing; raises the same, save `AlreadyPosted`."""

    @abstractmethod
    async def reverse(self, entry_id: UUID, day: date, reason: str, source: Source | None = None) -> PostedEntry:
        """Post the opposite of an entry on a day, and return it; raises `Missing`, `PeriodLocked`, and `Conflict` when it is reversed."""

    @abstractmethod
    async def find(self, source: Source) -> PostedEntry | None:
        """Return the entry of a document."""

    @abstractmethod
    async def balance(self, account: str, at: date | None = None) -> Sequence[Balance]:
        """Return what an account, by its code, and all below it hold at the end of a day, one for each currency; today unless told."""

    @abstractmethod
    async def account_for(self, event: str, detail: str = "") -> str:
        """Return the code of the account that a posting rule names; raises `Invalid` with a sentence that says where to set it."""
