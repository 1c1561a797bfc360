"""Ledgers of beancount: transactions, with costs and prices, paddings and balance assertions."""

import re
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

from weft.errors import Invalid

from .model import ZERO, Amount, Book, Posting, Problem, Transaction, completed
from .numbers import read_amount, times, with_sign

_DATED = re.compile(r"(\d{4})[-/](\d{1,2})[-/](\d{1,2})\s+(\S+)\s*(.*)")
_STRING = re.compile(r'"((?:[^"\\]|\\.)*)"')
_POSTING = re.compile(r"(?:([*!&#?%PSTCURM])\s+)?([A-Z][\w-]*(?::[\w-]+)+)\s*(.*)")
_COST = re.compile(r"\{(\{)?([^}]*)\}\}?\s*")
_ROOTS = {"Assets": "asset", "Liabilities": "liability", "Equity": "equity", "Income": "income", "Expenses": "expense"}


@dataclass(frozen=True, slots=True)
class _Assertion:
    day: date
    account: str
    amount: Amount
    line: int


@dataclass(frozen=True, slots=True)
class _Pad:
    day: date
    account: str
    source: str
    line: int


def read(text: str, _: int = 0) -> Book:
    """Read a ledger. What cannot be read, and assertions that do not hold, are among its problems."""
    book, pads, assertions = Book(), list[_Pad](), list[_Assertion]()
    lines = text.splitlines()
    place = 0
    while place < len(lines):
        end = place + 1
        while end < len(lines) and lines[end][:1] in (" ", "\t") and lines[end].strip():
            end += 1
        if found := _DATED.match(lines[place]):
            try:
                day = date(int(found[1]), int(found[2]), int(found[3]))
                _dated(book, pads, assertions, _Item(day, found[4], found[5], place + 1, lines[place + 1 : end]))
            except (Invalid, ValueError) as wrong:
                book.problems.append(Problem(place + 1, str(wrong)))
        elif lines[place].startswith("include"):
            book.problems.append(Problem(place + 1, "Another file is included: bring it in as a file of its own."))
        place = end
    _lots(book)
    book.transactions.sort(key=lambda each: each.day)
    _settle(book, pads, assertions)
    return book


@dataclass(frozen=True, slots=True)
class _Item:
    """A dated directive with the lines below it."""

    day: date
    word: str
    rest: str
    line: int
    below: list[str]


def _dated(book: Book, pads: list[_Pad], assertions: list[_Assertion], item: _Item) -> None:
    words = item.rest.split(";")[0].split()
    if item.word == "open":
        book.accounts[words[0]] = _ROOTS.get(words[0].partition(":")[0], "")
    elif item.word == "balance":
        amount = read_amount(item.rest.partition(words[0])[2].split("~")[0].split(";")[0])[0]
        assertions.append(_Assertion(item.day, words[0], amount, item.line))
    elif item.word == "pad":
        pads.append(_Pad(item.day, words[0], words[1], item.line))
    elif item.word == "price":
        book.prices.append((item.day, words[0], read_amount(item.rest.partition(words[0])[2])[0]))
    elif item.word in ("*", "!", "txn") or len(item.word) == 1:
        postings = [each for number, line in enumerate(item.below, item.line + 1) if (each := _posting(line, number))]
        description = " | ".join(found.replace('\\"', '"') for found in _STRING.findall(item.rest) if found)
        if postings:
            book.transactions.append(completed(item.day, description, postings, item.line))


def _posting(line: str, number: int) -> Posting | None:
    bare = _without_comment(line).strip()
    if not bare or re.match(r"[a-z][\w-]*:", bare) or bare[:1] in "#^":
        return None
    found = _POSTING.fullmatch(bare)
    if not found:
        raise Invalid(f"Line {number}: “{bare[:60]}” is no posting.")
    posting = Posting(found[2], None, number)
    if not found[3]:
        return posting
    units, rest = read_amount(found[3])
    if not units.commodity:
        raise Invalid(f"Line {number}: the amount has no currency.")
    cost: Amount | None = None
    if lot := _COST.match(rest):
        inside = lot[2].split(",")[0].strip()
        if not inside or inside.startswith(("*", '"')) or re.match(r"\d{4}-", inside):
            raise Invalid(f"Line {number}: which lot is meant is left open; write its cost.")
        each = read_amount(inside.split("#")[0])[0]
        cost = with_sign(each, units) if lot[1] else times(each, units)
        rest = rest[lot.end() :]
    price: Amount | None = None
    if at := re.match(r"(@@?)\s*", rest):
        value, rest = read_amount(rest[at.end() :])
        price = with_sign(value, units) if at[1] == "@@" else times(value, units)
    if rest.strip():
        raise Invalid(f"Line {number}: “{rest.strip()[:40]}” after the amount means nothing.")
    return replace(posting, units=units, cost=cost, price=price)


def _without_comment(line: str) -> str:
    return re.sub(r'("(?:[^"\\]|\\.)*")|;.*', lambda found: found[1] or "", line)


def _lots(book: Book) -> None:
    """Note accounts that are used and were never opened."""
    for each in book.transactions:
        for posting in each.postings:
            if posting.account not in book.accounts:
                book.accounts[posting.account] = _ROOTS.get(posting.account.partition(":")[0], "")
                book.problems.append(Problem(posting.line, f"The account {posting.account} was never opened."))


def _settle(book: Book, pads: list[_Pad], assertions: list[_Assertion]) -> None:
    """Fill paddings in so that the next assertion holds, then hold every assertion: it is about the beginning of its day."""
    for pad in pads:
        for assertion in _next_of(pad, assertions):
            before = date.fromordinal(assertion.day.toordinal() - 1)
            missing = assertion.amount.number - book.balance(pad.account, upto=before).get(assertion.amount.commodity, ZERO)
            if missing:
                amount = Amount(missing, assertion.amount.commodity)
                postings = (Posting(pad.account, amount, pad.line), Posting(pad.source, Amount(-missing, amount.commodity), pad.line))
                _insert(book, Transaction(pad.day, f"Padding of {pad.account}", postings, pad.line))
    for assertion in assertions:
        before = date.fromordinal(assertion.day.toordinal() - 1)
        held = book.balance(assertion.account, upto=before).get(assertion.amount.commodity, ZERO)
        digit = Decimal(1).scaleb(int(assertion.amount.number.as_tuple().exponent))
        if abs(held - assertion.amount.number) > min(digit, Decimal(1)):
            told = f"{assertion.account} holds {held:f} {assertion.amount.commodity} and should hold {assertion.amount.number:f}."
            book.problems.append(Problem(assertion.line, told))


def _next_of(pad: _Pad, assertions: list[_Assertion]) -> list[_Assertion]:
    """Return the first assertion after a padding for each commodity."""
    found: dict[str, _Assertion] = {}
    for each in sorted(assertions, key=lambda it: it.day):
        if each.account == pad.account and each.day > pad.day:
            found.setdefault(each.amount.commodity, each)
    return [each for each in found.values() if each.day == min(it.day for it in found.values())]


def _insert(book: Book, made: Transaction) -> None:
    place = next((place for place, each in enumerate(book.transactions) if each.day > made.day), len(book.transactions))
    book.transactions.insert(place, made)
