"""What reconciliation brings together: open items of the books and lines of a bank, and what it proposes."""

from datetime import date
from decimal import Decimal
from typing import Literal
from uuid import UUID

import msgspec

from .statement import Entry

SuggestionKind = Literal["structured", "reference", "amount", "group", "rule"]
RemainderKind = Literal["charge", "discount", "exchange", "rounding"]


class OpenItem(msgspec.Struct, frozen=True, gc=False, kw_only=True):
    """Something open: a document, or with `entry` a line of the ledger that no document is behind, such as a day's card receipts.

    `amount` is signed as the bank would book its payment: positive comes in.

    `references` are what else it may be called: a payment reference, the supplier's own number, the end-to-end id of our order.
    """

    id: UUID
    amount: Decimal
    currency: str
    number: str = ""
    references: tuple[str, ...] = ()
    party: UUID | None = None
    party_name: str = ""
    issued_on: date | None = None
    due_on: date | None = None
    discount: Decimal = Decimal(0)  # off `amount`, signed like it, when paid by `discount_until`
    discount_until: date | None = None
    entry: UUID | None = None  # of a line of the ledger; the line is then open on `account`
    account: str = ""  # its code
    account_name: str = ""
    base: Decimal = Decimal(0)  # of a line, what its `amount` is in base currency

    @property
    def link(self) -> str:
        """Return where it is seen."""
        return f"/accounting/entries/{self.entry}" if self.entry else f"/accounting/documents/{self.id}"

    @property
    def owner(self) -> str:
        """Return whose it is: the party, else the account it is open on."""
        return self.party_name or f"{self.account} {self.account_name}".strip()


class BankLine(msgspec.Struct, frozen=True, gc=False, kw_only=True):
    """A line of a statement, or a transaction of one that books several at once (`parts`)."""

    id: UUID
    amount: Decimal
    currency: str
    booked_on: date
    name: str = ""
    account: str = ""
    text: str = ""
    creditor_reference: str = ""
    end_to_end: str = ""
    documents: tuple[str, ...] = ()
    charges: Decimal = Decimal(0)  # what the bank says it took from the amount
    original: Decimal | None = None  # in `original_currency`, without sign
    original_currency: str = ""
    parts: "tuple[BankLine, ...]" = ()


class Part(msgspec.Struct, frozen=True, gc=False):
    """An open item, and how much of it is settled, signed like its amount and in its currency."""

    item: UUID
    amount: Decimal
    settles: bool = True  # nothing stays open of it


class Remainder(msgspec.Struct, frozen=True, gc=False):
    """What is between the line and its items, and what it is: line = items + remainders, in the line's currency."""

    kind: RemainderKind
    amount: Decimal


class Features(msgspec.Struct, frozen=True, gc=False):
    """What speaks for and against a suggestion, each about 0 to 1; what is learned, is learned on these."""

    structured: float = 0.0  # a structured reference is the item's
    reference: float = 0.0  # our number stands in the text; less for short ones
    exact: float = 0.0  # the amount is exactly what is open
    explained: float = 0.0  # it is, with a discount, charge, exchange or rounding that is known
    partial: float = 0.0  # it pays a part
    over: float = 0.0  # it is more than is open
    alone: float = 0.0  # nothing else open has the amount
    rivals: float = 0.0  # how many others have it: 0, 1 → 0.3, 10 → 1
    name: float = 0.0  # how alike the names are, above a half
    strange: float = 0.0  # both have names, and they are not alike
    account: float = 0.0  # the account is known to be the party's
    early: float = 0.0  # paid long before it was issued
    late: float = 0.0  # days from due date, a quarter of a year → 1
    several: float = 0.0  # more items than one

    def values(self) -> tuple[float, ...]:
        """Return them in the order of `FEATURES`."""
        return tuple(getattr(self, name) for name in FEATURES)


FEATURES: tuple[str, ...] = Features.__struct_fields__


class Suggestion(msgspec.Struct, frozen=True, kw_only=True):
    """What a line, or several that pay one thing, may be; `reasons` say in words what speaks for it, strongest first."""

    lines: tuple[UUID, ...]
    kind: SuggestionKind
    score: float  # 0 to 1
    reasons: tuple[str, ...]
    parts: tuple[Part, ...] = ()
    remainders: tuple[Remainder, ...] = ()
    features: Features = Features()
    account: str = ""  # where a rule books to
    party: UUID | None = None
    rule: UUID | None = None
    certain: bool = False  # so clear that it may be accepted without a person, where the tenant allows it


def from_entry(line_id: UUID, entry: Entry) -> BankLine:
    """Return the line that an entry of a statement is, with one part per transaction where the bank details several."""
    amounts = [each.amount for each in entry.details]
    parts: tuple[BankLine, ...] = ()
    if len(amounts) > 1 and all(amount is not None for amount in amounts) and sum(filter(None, amounts)) == entry.amount:
        parts = tuple(
            BankLine(
                id=line_id,
                amount=each.amount or Decimal(0),
                currency=each.currency or entry.currency,
                booked_on=entry.booked_on,
                name=each.counterparty.name,
                account=each.counterparty.account,
                text=each.remittance,
                creditor_reference=each.references.creditor,
                end_to_end=each.references.end_to_end,
                documents=each.references.documents,
            )
            for each in entry.details
        )
    original = entry.original
    return BankLine(
        id=line_id,
        amount=entry.amount,
        currency=entry.currency,
        booked_on=entry.booked_on,
        name=entry.counterparty.name,
        account=entry.counterparty.account,
        text=" ".join(filter(None, (entry.remittance, entry.text))),
        creditor_reference=entry.references.creditor,
        end_to_end=entry.references.end_to_end,
        documents=entry.references.documents,
        charges=sum((each.amount for each in entry.charges if each.included and each.currency in {"", entry.currency}), Decimal(0)),
        original=None if original is None else original.amount,
        original_currency="" if original is None else original.currency,
        parts=parts,
    )
