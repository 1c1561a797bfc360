"""What accounting hears from other modules, and what it publishes. Amounts are decimals in the document's currency."""

from datetime import date
from decimal import Decimal
from typing import ClassVar
from uuid import UUID

import msgspec

from weft import Event
from weft.contracts import DocumentType, Source


class PartiesMerged(Event, frozen=True, kw_only=True):
    """A contact became part of another."""

    heard_as: ClassVar[str] = "contacts.PartiesMerged"

    kept: UUID
    merged: UUID


class MergeUndone(Event, frozen=True, kw_only=True):
    """A contact is one of its own again."""

    heard_as: ClassVar[str] = "contacts.MergeUndone"

    kept: UUID
    merged: UUID


class PostedDocumentLine(msgspec.Struct, frozen=True, kw_only=True):
    """A line of a document that was posted: `net` without tax, in the document's currency."""

    position: int
    source_line: str = ""
    item: UUID | None = None
    quantity: Decimal
    net: Decimal


class DocumentPosted(Event, frozen=True, kw_only=True):
    """An invoice, credit note, bill or vendor credit stands, under its number.

    `source` is what another module asked for it with, and `credits` the document that it takes back.
    """

    document_id: UUID
    type: DocumentType
    number: str
    party: UUID
    issued: date
    currency: str
    net: Decimal
    total: Decimal
    source: Source | None = None
    credits: UUID | None = None
    lines: tuple[PostedDocumentLine, ...] = ()


class DocumentPaid(Event, frozen=True, kw_only=True):
    """Nothing is open of a document any more, by payments, credit notes or what was written off."""

    document_id: UUID
    type: DocumentType
    number: str
    party: UUID
    source: Source | None = None


class DocumentCancelled(Event, frozen=True, kw_only=True):
    """Credit notes took back all of a document; `by` is the last of them."""

    document_id: UUID
    type: DocumentType
    number: str
    party: UUID
    by: UUID
    source: Source | None = None


EVENTS = (DocumentPosted, DocumentPaid, DocumentCancelled)
