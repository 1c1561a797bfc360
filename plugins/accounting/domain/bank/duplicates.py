"""What a statement and an entry are recognised by, when they come a second time."""

import hashlib
from collections import Counter
from collections.abc import Iterable
from datetime import date
from decimal import Decimal

import msgspec

from .statement import Entry, Statement

# Banks number these; a statement of any other format is recognised by what it holds.
_NUMBERED = frozenset({"camt.052", "camt.053", "camt.054", "mt940", "mt942"})


class EntryKey(msgspec.Struct, frozen=True, gc=False):
    """What an entry is recognised by in its account: `digest`, and which one of those that look alike on that day."""

    digest: str
    occurrence: int


def statement_key(statement: Statement) -> str:
    """Return what a statement is recognised by: account, currency, number or id, period, and the balances it runs between.

    A number alone is not enough: banks begin again every year, and some always write 0.
    """
    opening, closing = statement.balance("opening"), statement.balance("closing")
    parts = [
        statement.account.number,
        statement.account.currency,
        statement.format[:4],
        statement.sequence.lstrip("0") or statement.id,
        *(_day(each) for each in (statement.starts_on, statement.ends_on)),
        *("" if each is None else _amount(each.amount) for each in (opening, closing)),
        ""
        if statement.format in _NUMBERED and (statement.sequence or statement.id)
        else _digest(key.digest for key in entry_keys(statement)),
    ]
    return _digest(parts)


def entry_keys(statement: Statement) -> list[EntryKey]:
    """Return the keys of a statement's entries, in their order.

    The bank's own reference counts where it gives one, together with day and amount, since banks use references again; else what the entry
    says. The second of two that are equal gets occurrence 2, so that two coffees on one day are two, and a file taken twice adds nothing,
    nor does one that overlaps another by whole days.
    """
    seen: Counter[str] = Counter()
    keys: list[EntryKey] = []
    ordered = reversed(statement.entries) if statement.newest_first else iter(statement.entries)
    for entry in ordered:
        digest = _digest(_identity(statement.account.number, entry))
        seen[digest] += 1
        keys.append(EntryKey(digest, seen[digest]))
    return keys[::-1] if statement.newest_first else keys


def _identity(account: str, entry: Entry) -> list[str]:
    """Return what makes an entry itself."""
    known = [account, _day(entry.booked_on), _amount(entry.amount), entry.currency]
    if entry.references.servicer:
        return [*known, "ref", entry.references.servicer]
    words = (entry.counterparty.name, entry.counterparty.account, entry.remittance, entry.references.end_to_end, entry.references.cheque)
    return [*known, "text", *(" ".join(each.upper().split()) for each in words)]


def new_entries(statement: Statement, known: Iterable[EntryKey]) -> list[tuple[Entry, EntryKey]]:
    """Return the entries that are not known yet, with their keys."""
    there = set(known)
    return [(entry, key) for entry, key in zip(statement.entries, entry_keys(statement), strict=True) if key not in there]


def _day(day: date | None) -> str:
    return day.isoformat() if day else ""


def _amount(amount: Decimal) -> str:
    """Return an amount without the zeros that one export writes and another does not."""
    return format(amount.normalize(), "f") if amount else "0"


def _digest(parts: Iterable[str]) -> str:
    """Return a short hash of parts that cannot run into each other."""
    return hashlib.blake2b("\x1f".join(parts).encode(), digest_size=16).hexdigest()
