"""Reads QIF: dates in any order, amounts with either mark, splits, several accounts in one file."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal

from .amounts import Mark, guess_mark, read_amount
from .dates import guess_order, written_day
from .decoding import decode
from .statement import Account, Balance, Counterparty, Detail, Entry, Fault, Note, References, Statement, StatementFile, Unreadable

_TYPES = frozenset({"bank", "cash", "ccard", "oth a", "oth l"})
# "8/12'13" and "8/ 2/13": Quicken writes the years after 1999 behind an apostrophe, and pads with spaces.
_APOSTROPHE = re.compile(r"'\s*(\d{1,4})")


@dataclass(slots=True)
class _Record:
    """One record: its fields by letter, splits in order."""

    line: int
    fields: dict[str, str] = field(default_factory=dict)
    splits: list[dict[str, str]] = field(default_factory=list)
    closed: bool = False


@dataclass(slots=True)
class _Section:
    """The records of one account."""

    line: int
    kind: str
    account: str = ""
    records: list[_Record] = field(default_factory=list)


def read_qif(content: bytes, currency: str = "", day_order: str = "") -> StatementFile:
    """Return one statement per account; QIF says no currency, so `currency` is that of the account it is imported to.

    `day_order` (``dmy``, ``mdy``, ``ymd``) decides where the file does not. Raises `Unreadable` with the line.
    """
    text, encoding = decode(content, "cp1252")
    sections = [each for each in _sections(text) if each.records or each.kind in _TYPES]
    if not sections:
        raise Unreadable("The file is QIF, but has no bank, cash or card account (!Type:Bank).", line=1)
    records = [each for section in sections for each in section.records]
    mark = guess_mark(each.fields.get("T", "") for each in records)
    notes: list[Note] = []
    order = day_order or _order([each for each in records if each.fields.get("D")], notes)
    if not encoding.startswith("utf"):
        notes.append(Note(f"The text was read as {encoding}: check accents."))
    return StatementFile("qif", tuple(_statement(each, currency, mark, order) for each in sections), tuple(notes), encoding)


def _sections(text: str) -> Iterator[_Section]:
    """Yield the accounts of a file with their records."""
    now: _Section | None = None
    account = ""
    record = _Record(0)
    describing = False  # inside !Account, which names the account that follows
    for number, raw in enumerate(text.replace("\r\n", "\n").replace("\r", "\n").split("\n"), 1):
        line = raw.strip().lstrip("\ufeff")
        if not line:
            continue
        if line.startswith("!"):
            if now:
                yield now
            word = line[1:].strip().lower()
            describing, now, record = word.startswith("account"), None, _Record(0)
            kind = word.removeprefix("type:").strip()
            if word.startswith("type:") and kind in _TYPES:
                now = _Section(number, kind, account)
        elif line == "^":
            record.closed = True
            if describing:
                account = record.fields.get("N", account)
            record = _Record(0)
        elif now or describing:
            if not record.line:
                record = _Record(number)
                if now:
                    now.records.append(record)
            _take(record, line[0], line[1:].strip())
    if now:
        yield now


def _take(record: _Record, letter: str, value: str) -> None:
    """Take one field; S, E and $ belong to a split, and A repeats for every line of an address."""
    if letter == "S":
        record.splits.append({"S": value})
    elif letter in {"E", "$", "%"} and record.splits:
        record.splits[-1][letter] = value
    elif letter == "A":
        record.fields["A"] = f"{record.fields.get('A', '')}\n{value}".strip()
    else:
        record.fields.setdefault(letter, value)


def _order(records: list[_Record], notes: list[Note]) -> str:
    """Return the order of day, month and year; an unreadable date does not decide for the others."""
    readable: list[str] = []
    for each in records:
        text = _plain(each.fields["D"])
        try:
            guess_order([text])
        except ValueError:
            continue
        readable.append(text)
    try:
        order, ambiguous = guess_order(readable)
    except ValueError as error:
        raise Unreadable(str(error), line=records[0].line, part="D") from None
    if ambiguous and readable:
        order = "mdy"  # what Quicken writes
        notes.append(Note("The dates could be read day first or month first; month first was taken. Check them.", records[0].line, "D"))
    return order


def _plain(text: str) -> str:
    """Return a date with slashes only."""
    return _APOSTROPHE.sub(lambda match: f"/{match[1]}", text).replace(" ", "")


def _statement(section: _Section, currency: str, mark: Mark, order: str) -> Statement:
    """Return the records of an account as a statement; a first record “Opening Balance” is that, not an entry."""
    faults: list[Fault] = []
    notes: list[Note] = []
    balances: list[Balance] = []
    entries: list[Entry] = []
    account = section.account
    for record in section.records:
        entry = _entry(record, currency, mark, order, faults)
        if entry is None:
            continue
        if not entries and entry.counterparty.name.lower() == "opening balance":
            balances.append(Balance("opening", entry.amount, currency, entry.booked_on, "Opening Balance", record.line))
            account = account or record.fields.get("L", "").strip("[]")
            continue
        entries.append(entry)
    if not section.records:
        notes.append(Note("The account has no entries.", section.line))
    days = [each.booked_on for each in entries]
    return Statement(
        format="qif",
        account=Account(number=account, currency=currency),
        starts_on=min(days, default=None),
        ends_on=max(days, default=None),
        balances=tuple(balances),
        entries=tuple(entries),
        faults=tuple(faults),
        notes=tuple(notes),
        line=section.line,
    )


def _entry(record: _Record, currency: str, mark: Mark, order: str, faults: list[Fault]) -> Entry | None:
    """Return a record as an entry; what cannot be read is a fault."""
    told = record.fields
    if not record.closed:
        faults.append(Fault("structure", "The record is not closed with ^: the file was cut off.", record.line))
    try:
        booked = written_day(_plain(told.get("D", "")), order)
    except ValueError as error:
        faults.append(Fault("date", str(error) if told.get("D") else "The record has no date.", record.line, "D"))
        return None
    try:
        amount = read_amount(told.get("T") or told.get("U", ""), mark)
        details = tuple(_detail(each, currency, mark, record.line) for each in record.splits)
    except ValueError as error:
        faults.append(Fault("amount", str(error) if told.get("T") else "The record has no amount.", record.line, "T"))
        return None
    number = told.get("N", "")
    return Entry(
        amount=amount,
        currency=currency,
        booked_on=booked,
        value_on=booked,
        code="" if number.isdecimal() else number,
        text=told.get("L", ""),
        counterparty=Counterparty(name=told.get("P", "")),
        remittance=told.get("M", ""),
        references=References(cheque=number if number.isdecimal() else ""),
        details=details,
        line=record.line,
        part="T",
    )


def _detail(split: dict[str, str], currency: str, mark: Mark, line: int) -> Detail:
    """Return a split; raises ValueError for an amount that is none."""
    amount: Decimal | None = read_amount(split["$"], mark) if split.get("$") else None
    words = " ".join(filter(None, (split.get("S", ""), split.get("E", ""))))
    return Detail(amount=amount, currency=currency, remittance=words, line=line, part="$")
