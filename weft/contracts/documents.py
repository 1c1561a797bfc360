"""Invoices and bills that other modules have made: the draft is theirs, issuing and paying it is accounting's.

A purchase order asks for the bill of what was received, a sales order for its invoice; both hear `DocumentPosted` when it stands.
"""

from abc import ABC, abstractmethod
from datetime import date
from decimal import Decimal
from typing import Literal
from uuid import UUID

import msgspec

from weft.contracts.ledger import Source

DocumentType = Literal["invoice", "credit_note", "bill", "bill_credit"]
DocumentStep = Literal["draft", "waiting", "posted", "paid", "cancelled"]


class NewDocumentLine(msgspec.Struct, frozen=True, kw_only=True):
    """One line to invoice. The account follows from `event` and `detail` by the posting rules; empty: sales or purchases.

    `taxes` are codes; none given, they follow from `tax_category` and the other party. `source_line` is handed back as it is.
    """

    description: str
    quantity: Decimal = Decimal(1)
    unit_price: Decimal = Decimal(0)  # in the document's currency
    discount: Decimal = Decimal(0)  # percent
    item: UUID | None = None
    unit: str = ""
    event: str = ""
    detail: str = ""
    taxes: tuple[str, ...] | None = None
    tax_category: str = ""
    dimensions: dict[str, str] = {}
    source_line: str = ""


class NewDocument(msgspec.Struct, frozen=True, kw_only=True):
    """A document to draft; `reference` is the other party's number for it, such as the number of a supplier's bill."""

    type: DocumentType
    party: UUID
    lines: tuple[NewDocumentLine, ...]
    source: Source
    issued: date | None = None  # today unless told
    currency: str = ""  # ISO 4217; empty: base currency
    reference: str = ""
    note: str = ""


class DocumentLineFacts(msgspec.Struct, frozen=True, kw_only=True):
    """A line as it stands: `net` is without tax, in the document's currency."""

    position: int
    description: str
    quantity: Decimal
    unit_price: Decimal
    net: Decimal
    item: UUID | None = None
    source_line: str = ""


class DocumentFacts(msgspec.Struct, frozen=True, kw_only=True):
    """A document as it stands; amounts are in its currency, `open` is what is still to be paid."""

    id: UUID
    type: DocumentType
    step: DocumentStep
    number: str  # empty while it is a draft
    party: UUID
    issued: date
    currency: str
    net: Decimal
    total: Decimal
    open: Decimal
    address: str  # of its page
    reference: str = ""
    source: Source | None = None
    lines: tuple[DocumentLineFacts, ...] = ()


class Documents(ABC):
    """Customer invoices and vendor bills; works in the caller's transaction."""

    @abstractmethod
    async def draft(self, document: NewDocument) -> DocumentFacts:
        """Draft a document; the same `source` again returns the one that stands. Raises `Invalid` with a sentence by field."""

    @abstractmethod
    async def post(self, document_id: UUID) -> DocumentFacts:
        """Post a draft as it stands; one that is posted already is returned. `DocumentPosted` tells everybody, who asked included.

        Raises `Missing`, `Refused` for a bill that somebody else has to approve, `PeriodLocked`, and `Conflict` for a supplier's number
        that was entered before; then nothing is changed.
        """

    @abstractmethod
    async def get(self, document_id: UUID) -> DocumentFacts:
        """Return a document with its lines; raises `Missing`."""

    @abstractmethod
    async def of(self, source: Source) -> DocumentFacts | None:
        """Return the document that was drafted for a source."""
