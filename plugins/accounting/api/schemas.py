"""What programs send and get of documents and payments. Amounts and rates are decimals, written as text; days are ISO 8601."""

from datetime import date
from decimal import Decimal
from typing import Annotated, Literal
from uuid import UUID

import msgspec
from msgspec import Meta

from ..domain.documents.model import DocumentKind


class FieldProblem(msgspec.Struct, frozen=True, kw_only=True):
    """What is wrong with one field, such as ``lines.2.taxes``."""

    field: str
    detail: str


class Problem(msgspec.Struct, frozen=True, kw_only=True):
    """An error (RFC 9457); `request` is the id under which the operator finds it."""

    type: str
    title: str
    status: int
    detail: str
    request: str
    errors: tuple[FieldProblem, ...] = ()


class LineBody(msgspec.Struct, frozen=True, kw_only=True):
    """A line; `taxes` are codes of the taxes or groups of the business, `account` a code instead of what the posting rules say.

    With `by_category` the taxes follow from `tax_category`, from goods or service, and from the other party instead.
    """

    description: Annotated[str, Meta(max_length=500)] = ""
    quantity: Decimal = Decimal(1)
    unit_price: Decimal = Decimal(0)
    discount: Decimal = Decimal(0)
    unit: Annotated[str, Meta(max_length=20)] = ""
    taxes: tuple[str, ...] = ()
    account: str = ""
    detail: str = ""
    item: UUID | None = None
    dimensions: dict[str, str] = {}
    by_category: bool = False
    tax_category: Annotated[str, Meta(max_length=40)] = ""
    kind: Literal["goods", "service"] = "goods"


class EntryLineBody(msgspec.Struct, frozen=True, kw_only=True):
    """A line of an entry: `code` is the account's; exactly one of `debit` and `credit` is not zero."""

    code: Annotated[str, Meta(min_length=1, max_length=40)]
    debit: Decimal = Decimal(0)
    credit: Decimal = Decimal(0)
    currency: str = ""
    base: Decimal | None = None
    description: Annotated[str, Meta(max_length=500)] = ""
    party: UUID | None = None
    due: date | None = None
    dimensions: dict[str, str] = {}


class EntryBody(msgspec.Struct, frozen=True, kw_only=True):
    """An entry to post; `journal` is the code of a journal, or a kind such as general: then the first active one of it."""

    journal: Annotated[str, Meta(min_length=1, max_length=40)]
    date: date
    lines: Annotated[tuple[EntryLineBody, ...], Meta(min_length=2, max_length=1000)]
    description: Annotated[str, Meta(max_length=500)] = ""
    currency: str = ""
    rate: Decimal | None = None


class DocumentBody(msgspec.Struct, frozen=True, kw_only=True):
    """A document to keep as a draft; without `terms` it is due on `due`, or at once, without `position` taxed as the party is."""

    kind: DocumentKind
    party: UUID
    issued: date
    lines: tuple[LineBody, ...]
    currency: str = ""
    due: date | None = None
    terms: UUID | None = None
    tax_day: date | None = None
    rate: Decimal | None = None
    included: bool = False
    reference: Annotated[str, Meta(max_length=100)] = ""
    note: Annotated[str, Meta(max_length=2000)] = ""
    position: Annotated[str, Meta(max_length=40)] = ""


class DocumentChange(DocumentBody, frozen=True, kw_only=True):
    """What a draft becomes; `version` is the one that was read."""

    version: int


class PostBody(msgspec.Struct, frozen=True, kw_only=True):
    """Which version of a draft is posted; `same_reference` posts a bill whose vendor's number is there already."""

    version: int
    same_reference: bool = False


class TaxOut(msgspec.Struct, frozen=True, kw_only=True):
    """A tax of a document; `on_document` says whether it is part of the total."""

    code: str
    title: str
    rate: Decimal
    base: Decimal
    amount: Decimal
    on_document: bool


class LineOut(LineBody, frozen=True, kw_only=True):
    """A line with what it comes to."""

    net: Decimal
    gross: Decimal


class DocumentOut(msgspec.Struct, frozen=True, kw_only=True):
    """A document; `status` is draft, open, partial, overdue or paid."""

    id: UUID
    kind: DocumentKind
    status: str
    number: str
    version: int
    party: UUID
    party_name: str
    issued: date
    due: date
    currency: str
    reference: str
    note: str
    included: bool
    lines: tuple[LineOut, ...]
    taxes: tuple[TaxOut, ...]
    net: Decimal
    tax: Decimal
    rounding: Decimal
    total: Decimal
    open: Decimal
    base_total: Decimal
    entry: UUID | None = None
    credits: UUID | None = None


class WishBody(msgspec.Struct, frozen=True, kw_only=True):
    """What of a payment is for one document; `early` takes the early-payment discount of its terms."""

    document: UUID
    amount: Decimal
    write_off: Decimal = Decimal(0)
    early: bool = False


class PaymentBody(msgspec.Struct, frozen=True, kw_only=True):
    """A payment to post, and what it settles; what settles nothing stays open with the party."""

    incoming: bool
    day: date
    amount: Decimal
    party: UUID | None = None
    currency: str = ""
    bank: str = ""
    bank_amount: Decimal | None = None
    rate: Decimal | None = None
    reference: Annotated[str, Meta(max_length=200)] = ""
    documents: tuple[WishBody, ...] = ()


class TakeBackBody(msgspec.Struct, frozen=True, kw_only=True):
    """Why a payment is taken back, and on which day."""

    reason: Annotated[str, Meta(min_length=1, max_length=500)]
    day: date | None = None


class PaymentOut(msgspec.Struct, frozen=True, kw_only=True):
    """A payment; `state` is posted or reversed."""

    id: UUID
    number: str
    state: str
    incoming: bool
    day: date
    party: UUID | None
    party_name: str
    currency: str
    amount: Decimal
    unused: Decimal
    reference: str
    entry: UUID
    documents: tuple[WishBody, ...] = ()
