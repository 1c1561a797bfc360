"""Reads BAI2 (Cash Management Balance Reporting Specifications, version 2): continuations, distributed availability, controls."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from weft.money import is_currency, minor_unit

from .bai2_codes import NAMES, is_debit
from .dates import compact_day
from .decoding import decode
from .statement import Account, Balance, BalanceKind, Control, Entry, Fault, Note, References, Statement, StatementFile, Unreadable

_RECORD = re.compile(r"(01|02|03|16|49|88|98|99)(?=,|/)")
_BALANCES: dict[str, BalanceKind] = {
    "010": "opening",
    "015": "closing",
    "030": "interim",
    "040": "opening_available",
    "045": "closing_available",
    "060": "interim",
}

LONGEST = 15  # digits of an amount or a count: no bank books more


@dataclass(slots=True)
class _Record:
    """A logical record: its first line, the fields of it and its continuations, how many lines it took."""

    line: int
    code: str
    fields: list[str]
    lines: int = 1
    tail: list[str] = field(default_factory=list)  # continuation lines of a 16, whose text may hold commas


@dataclass(slots=True)
class _Account:
    """An account while it is read; amounts in the smallest unit of its currency, as the file has them."""

    record: _Record
    currency: str
    day: date | None
    records: int = 0
    total: int = 0
    balances: list[Balance] = field(default_factory=list)
    entries: list[Entry] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)
    controls: list[Control] = field(default_factory=list)


@dataclass(slots=True)
class _File:
    """The file while it is read: where it is, and what it adds up to."""

    id: str = ""
    group_day: date | None = None
    group_currency: str = ""
    group_total: int = 0
    group_accounts: int = 0
    group_records: int = 0
    total: int = 0
    groups: int = 0
    records: int = 0
    account: _Account | None = None
    accounts: list[_Account] = field(default_factory=list)
    loose: list[Fault] = field(default_factory=list)  # faults of the file, told with every account of it
    ended: bool = False


def read_bai2(content: bytes) -> StatementFile:
    """Return a statement per account record (03); raises `Unreadable` with line and record for what is no BAI2."""
    text, encoding = decode(content, "latin-1")
    now = _File()
    for record in _records(text):
        now.records += record.lines
        _TAKE[record.code](now, record)
    if not now.accounts:
        raise Unreadable("The file holds no account (record 03).", line=1)
    if not now.ended:
        now.loose.append(Fault("structure", "The file trailer (record 99) is missing: the file was cut off.", 0, "99"))
    return StatementFile("bai2", tuple(_statement(each, now) for each in now.accounts), (), encoding)


def _records(text: str) -> Iterator[_Record]:
    """Yield logical records, 88 joined to what it continues."""
    now: _Record | None = None
    for number, raw in enumerate(text.replace("\r\n", "\n").replace("\r", "\n").split("\n"), 1):
        line = raw.rstrip()
        if not line:
            continue
        match = _RECORD.match(line)
        if match is None:
            raise Unreadable(f"“{line[:20]}” begins with no record code of BAI2.", line=number, part="record code")
        body = line[3:]
        body = body[:-1] if body.endswith("/") else body
        if match[1] == "88":
            if now is None:
                raise Unreadable("A continuation (88) with nothing before it.", line=number, part="88")
            now.lines += 1
            if now.code == "16":
                now.tail.append(body)
            now.fields += body.split(",")
            continue
        if now:
            yield now
        now = _Record(number, match[1], body.split(","))
    if now:
        yield now


def _field(record: _Record, at: int) -> str:
    """Return a field of a record, or nothing."""
    return record.fields[at].strip() if at < len(record.fields) else ""


def _number(text: str, record: _Record, what: str) -> int:
    """Return a whole number; raises `Unreadable` where a control cannot be read."""
    part = f"record {record.code}"
    if len(text.strip().lstrip("+-0")) > LONGEST:
        raise Unreadable(f"“{text[:LONGEST]}…” is too large to be an {what}.", line=record.line, part=part)
    try:
        return int(text or "0")
    except ValueError:
        raise Unreadable(f"“{text}” is no {what}.", line=record.line, part=part) from None


def _take_file(now: _File, record: _Record) -> None:
    now.id = f"{_field(record, 2)}-{_field(record, 4)}".strip("-")


def _take_group(now: _File, record: _Record) -> None:
    try:
        now.group_day = compact_day(_field(record, 3)) if _field(record, 3) else None
    except ValueError as error:
        raise Unreadable(str(error), line=record.line, part="record 02, as-of date") from None
    now.group_currency = _field(record, 5) or "USD"
    now.group_total = now.group_accounts = 0
    now.group_records = record.lines


def _take_account(now: _File, record: _Record) -> None:
    """Take an account with its balances and summaries, each ``type, amount, item count, funds type``."""
    currency = _field(record, 1) or now.group_currency
    account = _Account(record, currency, now.group_day, record.lines)
    if not is_currency(currency):
        account.faults.append(Fault("currency", f"“{currency}” is no currency.", record.line, "03"))
        account.currency = "USD"
    now.account = account
    now.accounts.append(account)
    at = 2
    while at < len(record.fields):
        code, text = _field(record, at), _field(record, at + 1)
        at = _past_funds(record, at + 3)
        if not code or not text:
            continue
        amount = _number(text, record, "amount")
        account.total += amount
        if code in _BALANCES:
            value = _money(amount, account.currency)
            account.balances.append(Balance(_BALANCES[code], value, account.currency, now.group_day, code, record.line))


def _past_funds(record: _Record, at: int) -> int:
    """Return where the fields of a funds type end: S has three amounts, V a date and a time, D pairs of days and amounts."""
    kind = _field(record, at).upper()
    if kind == "S":
        return at + 4
    if kind == "V":
        return at + 3
    if kind == "D":
        return at + 2 + 2 * _number(_field(record, at + 1), record, "number of days")
    return at + 1


def _money(minor: int, currency: str) -> Decimal:
    """Return an amount of the smallest unit in whole ones: BAI2 implies as many decimals as the currency has."""
    return Decimal(minor) * minor_unit(currency)


def _take_detail(now: _File, record: _Record) -> None:
    """Take a transaction (16)."""
    account = now.account
    if account is None:
        raise Unreadable("A transaction (16) outside an account (03).", line=record.line, part="record 16")
    account.records += record.lines
    code, text = _field(record, 0), _field(record, 1)
    end = _past_funds(record, 2)
    if not re.fullmatch(r"[+-]?\d+", text) or len(text) > LONGEST + 1:
        account.faults.append(Fault("amount", f"“{text[:40]}” is no amount.", record.line, "16"))
        return
    minor = int(text)
    account.total += minor
    valued = None
    if _field(record, 2).upper() == "V" and _field(record, 3):
        try:
            valued = compact_day(_field(record, 3))
        except ValueError as error:
            account.faults.append(Fault("date", str(error), record.line, "16, value date"))
    words = ",".join(record.fields[end + 2 : len(record.fields) - sum(each.count(",") + 1 for each in record.tail)])
    amount = _money(minor, account.currency)
    day = now.group_day or valued
    if day is None:
        account.faults.append(Fault("date", "Neither the group nor the transaction has a date.", record.line, "16"))
        return
    account.entries.append(
        Entry(
            amount=-amount if is_debit(code) else amount,
            currency=account.currency,
            booked_on=day,
            value_on=valued or day,
            code=code,
            text=NAMES.get(code, ""),
            remittance=" ".join(" ".join([words, *record.tail]).split()),
            references=References(servicer=_field(record, end), end_to_end=_field(record, end + 1)),
            line=record.line,
            part="16",
        )
    )


def _take_account_end(now: _File, record: _Record) -> None:
    account = now.account
    if account is None:
        raise Unreadable("An account trailer (49) without an account (03).", line=record.line, part="record 49")
    account.records += record.lines
    account.controls += _controls(record, account.total, [("account, records", account.records)], account.currency)
    now.group_total += account.total
    now.group_accounts += 1
    now.group_records += account.records
    now.account = None


def _take_group_end(now: _File, record: _Record) -> None:
    now.group_records += record.lines
    counts = [("group, accounts", now.group_accounts), ("group, records", now.group_records)]
    _share(now, _controls(record, now.group_total, counts, now.group_currency), now.accounts[len(now.accounts) - now.group_accounts :])
    now.total += now.group_total
    now.groups += 1


def _take_file_end(now: _File, record: _Record) -> None:
    counts = [("file, groups", now.groups), ("file, records", now.records)]
    _share(now, _controls(record, now.total, counts, now.group_currency), now.accounts)
    now.ended = True


_TAKE = {
    "01": _take_file,
    "02": _take_group,
    "03": _take_account,
    "16": _take_detail,
    "49": _take_account_end,
    "98": _take_group_end,
    "99": _take_file_end,
}


def _controls(record: _Record, total: int, counts: Iterable[tuple[str, int]], currency: str) -> list[Control]:
    """Return a trailer's control total and counts beside what was found."""
    level = {"49": "account", "98": "group", "99": "file"}[record.code]
    unit = currency if is_currency(currency) else "USD"
    stated = _money(_number(_field(record, 0), record, "control total"), unit)
    found = [Control(f"{level} control total", stated, _money(total, unit), record.line, record.code)]
    for at, (name, count) in enumerate(counts, 1):
        found.append(Control(name, Decimal(_number(_field(record, at), record, "count")), Decimal(count), record.line, record.code))
    return found


def _share(now: _File, controls: list[Control], accounts: list[_Account]) -> None:
    """Put the controls of a group or file to each of its accounts: when they fail, none of them is certain."""
    for account in accounts:
        account.controls += controls


def _statement(account: _Account, now: _File) -> Statement:
    """Return an account as a statement."""
    record = account.record
    faults = [*account.faults, *now.loose]
    if not any(each.name == "account control total" for each in account.controls):
        faults.append(Fault("structure", "The account trailer (record 49) is missing.", record.line, "49"))
    notes = () if account.entries else (Note("The account has no transactions, only summaries.", record.line, "03"),)
    return Statement(
        format="bai2",
        account=Account(number=_field(record, 0), currency=account.currency),
        id=now.id,
        starts_on=account.day,
        ends_on=account.day,
        balances=tuple(account.balances),
        entries=tuple(account.entries),
        controls=tuple(account.controls),
        faults=tuple(faults),
        notes=notes,
        line=record.line,
    )
