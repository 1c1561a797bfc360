"""Documents and payments as they are kept: drafts that change, and posted ones that stand with the taxes they were made with."""

from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

import msgspec

from weft.contracts.ledger import Source
from weft.errors import Invalid

from ..amounts import ZERO
from ..tax.cash import CashRounding
from ..tax.compute import Per
from ..tax.determination import ItemKind
from ..tax.jurisdiction import Jurisdiction
from ..tax.model import Tax
from .model import Document, DocumentKind, DocumentLine
from .terms import PaymentTerms


class StoredLine(msgspec.Struct, frozen=True, kw_only=True):
    """A line as it was written; `taxes` are codes of taxes or groups.

    Of one that goes `by_category` they follow from its tax category and the other party, anew each time a draft is kept.
    """

    description: str = ""
    quantity: Decimal = Decimal(1)
    unit_price: Decimal = ZERO
    discount: Decimal = ZERO
    taxes: tuple[str, ...] = ()
    account: str = ""
    detail: str = ""
    event: str = ""
    unit: str = ""
    item: UUID | None = None
    deposit: UUID | None = None  # the deposit invoice that it takes off
    dimensions: dict[str, str] = {}
    by_category: bool = False
    tax_category: str = ""
    kind: ItemKind = "goods"
    source_line: str = ""  # of the module that asked for the document


class MadeWith(msgspec.Struct, frozen=True, kw_only=True):
    """What a document is made with, kept with it: taxes by code as they held on its day, rounding, terms, and whom it is addressed to."""

    taxes: dict[str, tuple[Tax, ...]] = {}
    per: Per = Per.LINE
    cash_rounding: CashRounding | None = None
    terms: PaymentTerms = PaymentTerms()
    recipient: tuple[str, ...] = ()  # the lines of the address
    language: str = ""  # of the party
    position: str = ""  # code of the fiscal position
    position_chosen: bool = False  # by a person, not by the party


class StoredDocument(msgspec.Struct, frozen=True, kw_only=True):
    """A document as it is kept. `open` is what is not settled, more than or equal to 0 unless the total is negative."""

    id: UUID
    kind: DocumentKind
    party: UUID
    party_name: str
    currency: str
    issued: date
    due: date
    lines: tuple[StoredLine, ...] = ()
    state: str = "draft"
    number: str = ""
    reference: str = ""
    rate: Decimal | None = None
    tax_day: date | None = None
    terms: UUID | None = None
    included: bool = False
    note: str = ""
    made_with: MadeWith = MadeWith()
    net: Decimal = ZERO
    tax: Decimal = ZERO
    rounding: Decimal = ZERO
    total: Decimal = ZERO
    base_total: Decimal = ZERO
    open: Decimal = ZERO
    entry: UUID | None = None
    credits: UUID | None = None
    deposit_for: UUID | None = None
    sent_at: datetime | None = None
    sent_to: str = ""
    source_kind: str = ""
    source_id: str = ""
    source_title: str = ""
    version: int = 1
    made_at: datetime | None = None
    made_by: UUID | None = None
    posted_at: datetime | None = None

    @property
    def is_draft(self) -> bool:
        """Whether it can still be changed."""
        return self.state == "draft"

    @property
    def position(self) -> str:
        """The fiscal position that a person chose; empty where it is that of the party."""
        return self.made_with.position if self.made_with.position_chosen else ""

    @property
    def source(self) -> Source | None:
        """What another module made it from."""
        return Source(self.source_kind, self.source_id, self.source_title) if self.source_kind else None

    @property
    def title(self) -> str:
        """What people call it."""
        return f"{TITLES[self.kind]} {self.number}" if self.number else f"Draft {TITLES[self.kind].lower()}"

    def status(self, today: date) -> str:
        """Return draft, paid, partial, overdue or open."""
        if self.is_draft:
            return "draft"
        if not self.open:
            return "paid"
        if self.due < today:
            return "overdue"
        return "partial" if self.open != self.total else "open"


TITLES = {
    DocumentKind.INVOICE: "Invoice",
    DocumentKind.CREDIT_NOTE: "Credit note",
    DocumentKind.BILL: "Bill",
    DocumentKind.BILL_CREDIT: "Vendor credit",
}


class StoredPayment(msgspec.Struct, frozen=True, kw_only=True):
    """A payment as it is kept."""

    id: UUID
    incoming: bool
    number: str
    day: date
    currency: str
    amount: Decimal
    bank: str
    entry: UUID
    party: UUID | None = None
    party_name: str = ""
    state: str = "posted"
    bank_currency: str = ""
    bank_amount: Decimal = ZERO
    worth: Decimal = ZERO
    reference: str = ""
    reversal: UUID | None = None
    version: int = 1
    made_at: datetime | None = None
    made_by: UUID | None = None


class StoredSettlement(msgspec.Struct, frozen=True, kw_only=True):
    """What a payment, or a credit, did to a document: a `later` one did not come with the payment itself, and can be taken back alone.

    `entry` is what it entered on its `day`, such as a difference of exchange.
    """

    id: UUID
    document: UUID
    amount: Decimal
    payment: UUID | None = None
    credit: UUID | None = None
    later: bool = False
    entry: UUID | None = None
    day: date | None = None
    discount: Decimal = ZERO
    write_off: Decimal = ZERO
    base: Decimal = ZERO
    undone: bool = False

    @property
    def settles(self) -> Decimal:
        """How much of the document it settled."""
        return self.amount + self.discount + self.write_off


def taxes_of(
    lines: tuple[StoredLine, ...], system: Jurisdiction | None, day: date, kept: Mapping[str, tuple[Tax, ...]]
) -> dict[str, tuple[Tax, ...]]:
    """Return the taxes that lines name: those `kept` from a document that is taken back, others as they hold on a day.

    Raises `Invalid` by line: ``lines.2.taxes``.
    """
    found: dict[str, tuple[Tax, ...]] = {}
    wrong: dict[str, str] = {}
    for place, line in enumerate(lines):
        for code in line.taxes:
            try:
                if system is None and code not in kept:
                    raise Invalid("Choose the taxes of the business first, under Accounting, Taxes.")
                found[code] = kept[code] if code in kept or system is None else system.on(code, day)
            except Invalid as problem:
                wrong[f"lines.{place}.taxes"] = problem.message
    if wrong:
        raise Invalid(fields=wrong)
    return found


def to_document(stored: StoredDocument, taxes: Mapping[str, tuple[Tax, ...]] | None = None) -> Document:
    """Return a kept document as one to compute; with its own taxes unless others are given."""
    known = stored.made_with.taxes if taxes is None else taxes
    return Document(
        kind=stored.kind,
        currency=stored.currency,
        issued=stored.issued,
        per=stored.made_with.per,
        cash_rounding=stored.made_with.cash_rounding,
        tax_day=stored.tax_day,
        lines=tuple(
            DocumentLine(
                description=line.description,
                quantity=line.quantity,
                unit_price=line.unit_price,
                discount=line.discount,
                taxes=tuple(tax for code in line.taxes for tax in known[code]),
                included=False if line.detail == "deposit" else True if stored.included else None,
                unit=line.unit,
                item=line.item,
                account=line.account,
                detail=line.detail,
                event=line.event,
                dimensions=line.dimensions,
            )
            for line in stored.lines
        ),
    )
