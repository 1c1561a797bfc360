"""The tables of the auditor's bundle: sealed entries as rows, and what they come to."""

import csv
import io
from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal
from uuid import UUID

from .leaf import LeafEntry, time_text

ZERO = Decimal(0)
ENTRIES = (
    *("Place", "Reference", "Date", "Journal", "Fiscal year", "Number", "Line", "Account", "Account name", "Debit", "Credit", "Currency"),
    *("Amount", "Description", "Party id", "Due", "Document", "Reverses", "Reason", "Posted at", "Posted by", "Account id"),
)
TRIAL_BALANCE = ("Account", "Account name", "Debit", "Credit", "Balance", "Account id")


def csv_bytes(rows: Iterable[Iterable[object]]) -> bytes:
    """Return rows as CSV (RFC 4180) in UTF-8; a text that a spreadsheet would take for a formula gets an apostrophe before it."""
    text = io.StringIO()
    csv.writer(text, lineterminator="\r\n").writerows([_cell(value) for value in row] for row in rows)
    return text.getvalue().encode()


def _cell(value: object) -> object:
    if isinstance(value, Decimal):
        return f"{value:f}"
    if isinstance(value, str) and value[:1] in ("=", "+", "-", "@", "\t", "\r"):
        return f"'{value}"
    return "" if value is None else value


def entry_rows(place: int, entry: LeafEntry, accounts: Mapping[UUID, tuple[str, str]], codes: Mapping[UUID, str]) -> Iterator[list[object]]:
    """Yield a row for each line of an entry; debits and credits are in base currency, the amount is in the line's, debits positive."""
    head = [place, entry.reference, entry.date, codes.get(entry.journal, entry.journal), codes.get(entry.year, entry.year), entry.number]
    tail = [
        entry.source and (entry.source[2] or entry.source[0]),
        entry.reverses,
        entry.reason,
        time_text(entry.posted_at),
        entry.posted_by,
    ]
    for line in sorted(entry.lines, key=lambda each: each.position):
        debit, credit = (line.base, None) if line.base >= 0 else (None, -line.base)
        code, name = accounts.get(line.account, ("", ""))
        about = [line.description or entry.description, line.party, line.due]
        yield [*head, line.position, code, name, debit, credit, line.currency, line.amount, *about, *tail, line.account]


class Sums:
    """What entries come to by account, in base currency."""

    def __init__(self) -> None:
        self.debits: dict[UUID, Decimal] = {}
        self.credits: dict[UUID, Decimal] = {}

    def take(self, entry: LeafEntry) -> None:
        """Add the lines of an entry."""
        for line in entry.lines:
            side = self.debits if line.base >= 0 else self.credits
            side[line.account] = side.get(line.account, ZERO) + abs(line.base)

    def rows(self, accounts: Mapping[UUID, tuple[str, str]]) -> Iterator[list[object]]:
        """Yield the rows of a trial balance by code, and the total."""
        moved = sorted({*self.debits, *self.credits}, key=lambda account: (*accounts.get(account, ("", "")), account))
        for account in moved:
            debit, credit = self.debits.get(account, ZERO), self.credits.get(account, ZERO)
            yield [*accounts.get(account, ("", "")), debit, credit, debit - credit, account]
        debit, credit = sum(self.debits.values(), ZERO), sum(self.credits.values(), ZERO)
        yield ["", "Total", debit, credit, debit - credit, ""]
