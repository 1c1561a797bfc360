"""What a bank tells of an account, whichever format it came in: balances, entries and their details."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Literal

import msgspec

from weft.errors import Invalid

Format = Literal["camt.052", "camt.053", "camt.054", "mt940", "mt942", "ofx", "qif", "bai2", "csv"]
BalanceKind = Literal["opening", "closing", "interim", "opening_available", "closing_available", "forward_available", "other"]
EntryStatus = Literal["booked", "pending", "information"]


# Frozen values of values cannot refer to themselves, so the cycle collector need not look at the hundred thousand of them (``gc=False``).


class Unreadable(Invalid):
    """A file that cannot be taken at all: `line` counts from 1, `part` is its segment, tag, element or column."""

    title = "This file cannot be read"

    def __init__(self, sentence: str, *, line: int = 0, part: str = "") -> None:
        place = ", ".join([*([f"line {line}"] if line else []), *([part] if part else [])])
        super().__init__(f"{place}: {sentence}" if place else sentence)
        self.line, self.part, self.sentence = line, part, sentence


class Note(msgspec.Struct, frozen=True, gc=False):
    """Something a person should know of a file, at a line and in a part of it; it does not stop the statement."""

    sentence: str
    line: int = 0
    part: str = ""


class Fault(msgspec.Struct, frozen=True, gc=False):
    """Something in a statement that could not be read as it should: the statement is kept, and parked for it."""

    kind: str  # "date", "amount", "currency", "balance", "structure", "sign"
    sentence: str
    line: int = 0
    part: str = ""


class Account(msgspec.Struct, frozen=True, gc=False):
    """The account a statement is about; `number` is an IBAN where the bank gives one, without spaces."""

    number: str = ""
    bank: str = ""  # BIC, or the national code of the bank
    currency: str = ""  # ISO 4217
    owner: str = ""


class Counterparty(msgspec.Struct, frozen=True, gc=False):
    """Who is at the other end."""

    name: str = ""
    account: str = ""
    bank: str = ""
    identifier: str = ""  # a creditor identifier, tax or organisation number as the bank gives it


class References(msgspec.Struct, frozen=True, gc=False):
    """What identifies a payment, for whom."""

    servicer: str = ""  # the account-holding bank's: unique in the account where banks keep to it
    end_to_end: str = ""
    creditor: str = ""  # structured creditor reference: ISO 11649, QR, OGM
    mandate: str = ""
    instruction: str = ""
    transaction: str = ""
    cheque: str = ""
    documents: tuple[str, ...] = ()  # invoice numbers given in structured remittance information


class Charge(msgspec.Struct, frozen=True, gc=False):
    """A fee the bank names; `amount` is what it took, in `currency`."""

    amount: Decimal
    currency: str
    included: bool = True  # taken from the entry's amount, rather than booked apart
    kind: str = ""


class Original(msgspec.Struct, frozen=True, gc=False):
    """What was ordered in another currency; `rate` as the bank gives it."""

    amount: Decimal
    currency: str
    rate: Decimal | None = None


class Detail(msgspec.Struct, frozen=True, gc=False, kw_only=True):
    """One transaction of an entry; `amount` is signed like the entry's, None where the bank does not give it."""

    amount: Decimal | None = None
    currency: str = ""
    counterparty: Counterparty = Counterparty()
    remittance: str = ""
    references: References = References()
    charges: tuple[Charge, ...] = ()
    original: Original | None = None
    return_reason: str = ""  # ISO 20022 external code, such as AC04
    line: int = 0
    part: str = ""


class Entry(msgspec.Struct, frozen=True, gc=False, kw_only=True):
    """One movement on the account: positive came in, negative went out, in the account's currency unless `currency` differs."""

    amount: Decimal
    currency: str
    booked_on: date
    value_on: date | None = None
    status: EntryStatus = "booked"
    reversal: bool = False
    code: str = ""  # the bank's transaction code: PMNT-RCDT-ESCT, NTRF 166, 475
    text: str = ""  # what the bank calls it
    counterparty: Counterparty = Counterparty()
    remittance: str = ""
    references: References = References()
    charges: tuple[Charge, ...] = ()
    original: Original | None = None
    return_reason: str = ""
    details: tuple[Detail, ...] = ()
    balance: Decimal | None = None  # of the account after this entry, where the file says it
    line: int = 0
    part: str = ""


class Balance(msgspec.Struct, frozen=True, gc=False):
    """A balance the bank states; `code` is what it calls it (OPBD, 60F, 010)."""

    kind: BalanceKind
    amount: Decimal
    currency: str
    on: date | None = None
    code: str = ""
    line: int = 0


class Control(msgspec.Struct, frozen=True, gc=False):
    """A count or sum that the file states about itself, and what its content comes to."""

    name: str  # "entries", "credits", "debits", "net", "account total", "records"
    stated: Decimal
    found: Decimal
    line: int = 0
    part: str = ""


class Statement(msgspec.Struct, frozen=True, kw_only=True):
    """One statement, report or notification of one account; `sequence` is the bank's running number where it gives one."""

    format: Format
    account: Account
    id: str = ""
    sequence: str = ""
    starts_on: date | None = None
    ends_on: date | None = None
    balances: tuple[Balance, ...] = ()
    entries: tuple[Entry, ...] = ()
    controls: tuple[Control, ...] = ()
    faults: tuple[Fault, ...] = ()
    notes: tuple[Note, ...] = ()
    pages: int = 1
    newest_first: bool = False
    line: int = 0

    def balance(self, kind: BalanceKind) -> Balance | None:
        """Return the stated balance of a kind: the first opening, the last of any other, the account's currency before others."""
        found = [each for each in self.balances if each.kind == kind]
        found = [each for each in found if each.currency == self.account.currency] or found
        if not found:
            return None
        return found[0] if kind in {"opening", "opening_available"} else found[-1]

    @property
    def booked(self) -> Sequence[Entry]:
        """The entries that count: neither pending nor for information."""
        return [each for each in self.entries if each.status == "booked"]

    @property
    def net(self) -> Decimal:
        """The sum of what is booked."""
        return sum((each.amount for each in self.entries if each.status == "booked"), Decimal(0))


class StatementFile(msgspec.Struct, frozen=True):
    """What a file holds; `encoding` is how its text was read."""

    format: Format
    statements: tuple[Statement, ...]
    notes: tuple[Note, ...] = ()
    encoding: str = "utf-8"
