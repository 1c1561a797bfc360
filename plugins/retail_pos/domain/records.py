"""What a till writes down and sends: records of one chain per till, the same in the browser, on the wire and in the inbox.

A till numbers its records without a gap (`seq`), and each holds the hash of the one before, so a missing, changed or moved record shows.
`hash` is SHA-256, in hex, over the record without `hash` as canonical JSON (RFC 8785): keys in order, no spaces, UTF-8. There are no JSON
numbers but whole ones: amounts and quantities are strings of plain decimals, days `YYYY-MM-DD`, moments `YYYY-MM-DDTHH:MM:SS.mmmZ`.

Signs: what is sold is positive, what comes back negative, in quantities, amounts, taxes and tenders alike. A receipt may hold both: an
exchange. `amount` of a line is what is asked for it after every discount; whether that holds the taxes is said once, on the receipt.
"""

from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Annotated
from uuid import UUID

import msgspec

Text = Annotated[str, msgspec.Meta(max_length=200)]
Code = Annotated[str, msgspec.Meta(max_length=60)]
Hash = Annotated[str, msgspec.Meta(pattern="^[0-9a-f]{64}$")]

FIRST = "0" * 64  # `previous` of a till's first record


class RecordType(StrEnum):
    """What a record tells; each but `receipt` has its own struct below."""

    OPEN = "open"  # a session begins
    RECEIPT = "receipt"
    CASH = "cash"  # money put into the drawer or taken from it, without a sale
    COUNT = "count"  # the drawer was counted, and the session ends
    EVENT = "event"  # something the fiscal journal of technical events wants: see `EventKind`


class ReceiptKind(StrEnum):
    """What a receipt is. Training counts in no figure, but has its place in the chain."""

    SALE = "sale"  # returned lines may stand on it too: an exchange
    RETURN = "return"
    VOID = "void"  # takes back all of `voids`, on the same day, with the same tenders
    TRAINING = "training"


class CashKind(StrEnum):
    """Why money moves without a sale."""

    PAY_IN = "pay_in"
    PAY_OUT = "pay_out"  # an expense paid from the drawer
    DROP = "drop"  # to the safe
    PICKUP = "pickup"  # from the safe


class EventKind(StrEnum):
    """Technical events of a till."""

    STARTED = "started"  # a tab took the till over
    SIGNED_IN = "signed_in"
    SIGNED_OUT = "signed_out"
    NO_SALE = "no_sale"  # the drawer was opened
    PRINTED = "printed"  # a copy of a receipt
    ABANDONED = "abandoned"  # a basket with goods in it was thrown away
    LINE_REMOVED = "line_removed"
    OVERRIDE = "override"  # a manager let something pass with a PIN
    OFFLINE = "offline"
    ONLINE = "online"
    TRAINING_ON = "training_on"
    TRAINING_OFF = "training_off"


class Discount(msgspec.Struct, frozen=True, kw_only=True):
    """A part of a line's price that is not asked for: `amount` has the line's sign. Of an order's discount each line has its share."""

    source: Code  # "manual", "promotion" or "loyalty"
    amount: Decimal
    code: Code = ""  # of the promotion or coupon
    title: Text = ""
    order: bool = False  # whether it is this line's share of a discount on the whole receipt
    percent: Decimal | None = None  # as typed, where a manual one was
    by: UUID | None = None  # the operator who let it pass


class LineTax(msgspec.Struct, frozen=True, kw_only=True):
    """One tax of a line: what the till computed by; the rate is kept, since it may change."""

    code: Code
    rate: Decimal
    kind: Code = "percent"


class Original(msgspec.Struct, frozen=True, kw_only=True):
    """The line that goods come back from; `receipt` is the id of its record."""

    receipt: UUID
    position: int


class Line(msgspec.Struct, frozen=True, kw_only=True):
    """One line. `base` is price times quantity, rounded; `amount` is `base` less all `discounts`.

    `item` is empty for a sale by amount alone ("open item"), which then has a `tax_category`.
    """

    position: Annotated[int, msgspec.Meta(ge=1)]
    name: Text
    quantity: Decimal
    unit_price: Decimal
    base: Decimal
    amount: Decimal
    item: UUID | None = None
    sku: Code = ""
    scanned: Text = ""
    unit: Code = ""
    tax_category: Code = ""
    category: Text = ""
    taxes: tuple[LineTax, ...] = ()
    discounts: tuple[Discount, ...] = ()
    list_price: Decimal | None = None  # where the price was overridden
    lot: Code = ""
    expires: date | None = None
    original: Original | None = None
    reason: Text = ""  # why it comes back, or why the price is another
    stored_value: Code = ""  # number of the gift card that this line sells or tops up: no revenue and no tax, but a liability


class TaxTotal(msgspec.Struct, frozen=True, kw_only=True):
    """What one tax comes to on a receipt: `gross` is `net` and `tax`, of the lines it stands on."""

    code: Code
    rate: Decimal
    net: Decimal
    tax: Decimal
    gross: Decimal


class Tender(msgspec.Struct, frozen=True, kw_only=True):
    """How it is paid: `amount` is what counts towards the receipt, negative where it is given back; `given` less `change` is `amount`."""

    type: Code  # "cash", "card", "gift_card", "store_credit", "loyalty", or one of the tenant's own
    amount: Decimal
    given: Decimal | None = None
    change: Decimal | None = None
    reference: Text = ""  # of the card slip; number of the gift card; of store credit the customer or the credit's number
    offline: bool = False  # taken without asking the server, under the till's own limit


class Points(msgspec.Struct, frozen=True, kw_only=True):
    """What a receipt does to a customer's loyalty account."""

    earned: int = 0  # negative where a return takes them back
    spent: int = 0


class Receipt(msgspec.Struct, frozen=True, kw_only=True):
    """A receipt. Tenders add up to `total` and `rounding`; `total` to the lines' amounts, and the taxes where prices do not hold them."""

    kind: ReceiptKind
    number: Annotated[int, msgspec.Meta(ge=1)]  # without a gap per till; training has numbers of its own
    reference: Code  # as printed: T1-000123
    currency: Annotated[str, msgspec.Meta(pattern="^[A-Z]{3}$")]
    taxes_included: bool
    lines: tuple[Line, ...]
    taxes: tuple[TaxTotal, ...]
    tenders: tuple[Tender, ...]
    total: Decimal
    rounding: Decimal = Decimal(0)  # what rounding of its cash part adds
    tax_per: Code = "document"  # or "line": where tax was rounded
    customer: UUID | None = None
    coupons: tuple[Code, ...] = ()
    points: Points | None = None
    voids: UUID | None = None
    book: Code = ""  # which book of prices the till computed by
    note: Text = ""


class Opening(msgspec.Struct, frozen=True, kw_only=True):
    """A session begins with a float in the drawer."""

    float: Decimal
    currency: Annotated[str, msgspec.Meta(pattern="^[A-Z]{3}$")]
    denominations: dict[str, int] = {}  # "20.00" → how many


class CashMovement(msgspec.Struct, frozen=True, kw_only=True):
    """Money in (positive) or out (negative) of the drawer."""

    kind: CashKind
    amount: Decimal
    reason: Text
    reason_code: Code = ""


class Count(msgspec.Struct, frozen=True, kw_only=True):
    """The drawer as it was counted; `expected` is what the till worked out, `totals` its own Z by tender type, for comparison."""

    counted: Decimal
    expected: Decimal
    denominations: dict[str, int] = {}
    totals: dict[str, Decimal] = {}
    receipts: int = 0
    note: Text = ""


class TillEvent(msgspec.Struct, frozen=True, kw_only=True):
    """Something that happened at the till besides sales."""

    kind: EventKind
    about: Text = ""
    by: UUID | None = None  # whose PIN let it pass


class Record(msgspec.Struct, frozen=True, kw_only=True):
    """One link of a till's chain. `business_date` is the fiscal day of its session, which a sale after midnight keeps."""

    id: UUID  # version 7, made at the till
    till: Code  # code of the workstation
    seq: Annotated[int, msgspec.Meta(ge=1)]
    type: RecordType
    made_at: datetime  # by the till's clock
    business_date: date
    session: UUID  # id of the session; that of its `open` record
    operator: UUID | None
    previous: Hash
    hash: Hash
    receipt: Receipt | None = None
    open: Opening | None = None
    cash: CashMovement | None = None
    count: Count | None = None
    event: TillEvent | None = None
