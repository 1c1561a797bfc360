"""Invoices, credit notes and vendors' bills as values: their lines, and what they come to."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction
from uuid import UUID

from weft.errors import Invalid
from weft.money import is_currency, minor_unit

from ..amounts import ZERO, rounded
from ..tax.cash import CashRounding, cash_difference
from ..tax.compute import Per, TaxableLine, TaxAmount, Taxed, TaxedLine, TaxRounding, compute
from ..tax.model import HUNDRED, Tax, Use

PRICE_DECIMALS = 6
MOST = Decimal("1e12")
MOST_LINES = 1000


class DocumentKind(StrEnum):
    """What a document is; all its amounts are told as positive as it shows them."""

    INVOICE = "invoice"
    CREDIT_NOTE = "credit_note"
    BILL = "bill"  # a vendor's invoice
    BILL_CREDIT = "bill_credit"  # a vendor's credit note

    @property
    def use(self) -> Use:
        """Whether it is of what is sold or of what is bought."""
        return Use.SALE if self in (DocumentKind.INVOICE, DocumentKind.CREDIT_NOTE) else Use.PURCHASE

    @property
    def is_credit(self) -> bool:
        """Whether it takes back what an invoice asks for."""
        return self in (DocumentKind.CREDIT_NOTE, DocumentKind.BILL_CREDIT)

    @property
    def sign(self) -> int:
        """1 where the other party owes the business for it, -1 where the business owes."""
        return 1 if self in (DocumentKind.INVOICE, DocumentKind.BILL_CREDIT) else -1

    @property
    def opposite(self) -> "DocumentKind":
        """What corrects it."""
        return _OPPOSITES[self]


_OPPOSITES = {
    DocumentKind.INVOICE: DocumentKind.CREDIT_NOTE,
    DocumentKind.CREDIT_NOTE: DocumentKind.INVOICE,
    DocumentKind.BILL: DocumentKind.BILL_CREDIT,
    DocumentKind.BILL_CREDIT: DocumentKind.BILL,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentLine:
    """One line: `unit_price` with up to six decimals, `discount` a percentage of it; `included` says whether the price holds the taxes."""

    description: str = ""
    quantity: Decimal = Decimal(1)
    unit_price: Decimal = ZERO
    discount: Decimal = ZERO
    taxes: tuple[Tax, ...] = ()
    included: bool | None = None
    unit: str = ""
    item: UUID | None = None
    account: str = ""  # its code; empty: by the posting rules
    detail: str = ""  # of the posting rule, such as a product category
    event: str = ""  # of the posting rule, where it is not the usual one of sales or purchases
    dimensions: dict[str, str] = field(default_factory=dict)

    def amount(self, currency: str) -> Decimal:
        """Return quantity times price less discount, rounded half up to the currency's smallest unit (EN 16931 BT-131, BR-DEC-23)."""
        exact = Fraction(self.quantity) * Fraction(self.unit_price) * (1 - Fraction(self.discount) / 100)
        return rounded(exact, minor_unit(currency))


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """A document as somebody wrote it; `tax_day` is the day of the supply where that is not the day of issue."""

    kind: DocumentKind
    currency: str
    issued: date
    lines: tuple[DocumentLine, ...]
    per: Per = Per.LINE
    cash_rounding: CashRounding | None = None
    tax_day: date | None = None

    @property
    def step(self) -> Decimal:
        """The currency's smallest unit."""
        return minor_unit(self.currency)


@dataclass(frozen=True, slots=True)
class Computed:
    """What a document comes to: `lines` in the order of the document, `rounding` what cash rounding adds."""

    document: Document
    taxed: Taxed
    rounding: Decimal = ZERO

    @property
    def lines(self) -> Sequence[tuple[DocumentLine, TaxedLine]]:
        """Each line with what it comes to."""
        return list(zip(self.document.lines, self.taxed.lines, strict=True))

    @property
    def net(self) -> Decimal:
        """Without tax."""
        return self.taxed.net

    @property
    def taxes(self) -> tuple[TaxAmount, ...]:
        """Each tax's total."""
        return self.taxed.taxes

    @property
    def tax(self) -> Decimal:
        """The taxes that are paid with the document."""
        return self.taxed.tax

    @property
    def total(self) -> Decimal:
        """What is to be paid."""
        return self.taxed.gross + self.rounding


def compute_document(document: Document) -> Computed:
    """Compute a document's lines, taxes and total; raises `Invalid` with a sentence by field, such as ``lines.2.quantity``."""
    check_document(document)
    lines = [TaxableLine(line.amount(document.currency), line.taxes, line.quantity, line.included) for line in document.lines]
    taxed = compute(lines, TaxRounding(document.per, document.step), document.currency)
    return Computed(document, taxed, cash_difference(taxed.gross, document.cash_rounding))


def check_document(document: Document) -> None:
    """Raise `Invalid` with a sentence for each field that cannot be: at once for all lines."""
    wrong: dict[str, str] = {}
    if not is_currency(document.currency):
        raise Invalid.field("currency", f"“{document.currency}” is no currency: enter its code, such as EUR.")
    if len(document.lines) > MOST_LINES:
        wrong["lines"] = f"A document has at most {MOST_LINES} lines: make several of it."
    for place, line in enumerate(document.lines):
        wrong |= {f"lines.{place}.{name}": sentence for name, sentence in wrong_numbers(line).items()}
        if strange := next((tax for tax in line.taxes if tax.use is not document.kind.use), None):
            wrong[f"lines.{place}.taxes"] = f"“{strange.title}” is a tax on {_SIDES[strange.use]}: choose one for this document."
    if wrong:
        raise Invalid(fields=wrong)


_SIDES = {Use.SALE: "sales", Use.PURCHASE: "purchases"}


def wrong_numbers(line: DocumentLine) -> dict[str, str]:
    """Return what is wrong with a line's figures, by field."""
    wrong: dict[str, str] = {}
    for name, value in (("quantity", line.quantity), ("unit_price", line.unit_price), ("discount", line.discount)):
        if not value.is_finite() or abs(value) >= MOST:
            wrong[name] = "Enter a number below 1,000,000,000,000."
        elif value.normalize().as_tuple().exponent < -PRICE_DECIMALS:  # type: ignore[operator]  # a finite number's is a number
            wrong[name] = f"{value:f} has more than {PRICE_DECIMALS} decimals."
    if "discount" not in wrong and not 0 <= line.discount <= HUNDRED:
        wrong["discount"] = f"A discount is 0 to 100 %, not {line.discount:f} %."
    return wrong


def credit_of(document: Document, issued: date) -> Document:
    """Return the document that takes back all of another one: the same lines, of the opposite kind."""
    return Document(
        kind=document.kind.opposite,
        currency=document.currency,
        issued=issued,
        lines=document.lines,
        per=document.per,
        cash_rounding=document.cash_rounding,
        tax_day=document.tax_day or document.issued,
    )
