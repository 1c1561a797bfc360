"""Reads OFX 1 (SGML without closing tags) and OFX 2 (XML) bank, card and investment statements."""

import html
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from .amounts import Mark, guess_mark, read_amount
from .dates import compact_day
from .decoding import decode
from .statement import (
    Account,
    Balance,
    BalanceKind,
    Counterparty,
    Entry,
    Fault,
    Note,
    Original,
    References,
    Statement,
    StatementFile,
    Unreadable,
)

_TAG = re.compile(r"<(/?)([A-Za-z][A-Za-z0-9._]*)\s*/?>([^<]*)")
_HEADER = re.compile(r"^\s*(ENCODING|CHARSET)\s*:\s*(\S+)", re.MULTILINE | re.IGNORECASE)
_CODEPAGES = {"1252": "cp1252", "ISO-8859-1": "latin-1", "8859-1": "latin-1", "UTF-8": "utf-8", "UNICODE": "utf-16"}
# Only these hold others; whatever else has no text is an empty value (OFX 1.6 section 2.4.2: closing tags of values are optional).
_STATEMENTS = {"STMTRS": "bank", "CCSTMTRS": "card", "INVSTMTRS": "investment"}
_GROUPS = frozenset(
    {
        *_STATEMENTS,
        *("BANKACCTFROM", "CCACCTFROM", "INVACCTFROM", "BANKTRANLIST", "INVTRANLIST", "STMTTRN", "LEDGERBAL", "AVAILBAL", "PAYEE"),
        *("BANKACCTTO", "CCACCTTO", "CURRENCY", "ORIGCURRENCY", "INVPOSLIST", "INVBAL", "INVOOLIST"),
    }
)
# Investment transactions that are no bank transactions (OFX 2.2 section 13.9.2.4).
_TRADES = re.compile(
    r"(BUY|SELL)(DEBT|MF|OPT|OTHER|STOCK)|CLOSUREOPT|INCOME|INVEXPENSE|JRNLFUND|JRNLSEC|MARGININTEREST|REINVEST|RETOFCAP|SPLIT|TRANSFER"
)


@dataclass(slots=True)
class _Group:
    """An aggregate while it is read: values by the path inside it."""

    name: str
    line: int
    values: dict[str, str] = field(default_factory=dict)


@dataclass(slots=True)
class _Reading:
    """A statement while it is read."""

    line: int
    kind: str
    values: dict[str, str] = field(default_factory=dict)
    transactions: list[_Group] = field(default_factory=list)
    balances: list[_Group] = field(default_factory=list)
    trades: int = 0
    closed: bool = False


def read_ofx(content: bytes) -> StatementFile:
    """Return the statements of an OFX file; raises `Unreadable` when there is none, or entities of its own."""
    text, encoding = decode(content, _declared(content))
    if re.search(r"<!(DOCTYPE|ENTITY)", text, re.IGNORECASE):
        raise Unreadable("The file brings a document type definition or entities of its own, which no bank's file needs: refused.", line=1)
    readings = list(_statements(text))
    if not readings:
        failed = re.search(r"<SEVERITY>\s*ERROR.*?<MESSAGE>([^<]+)", text, re.DOTALL)
        said = f" The bank says: “{failed[1].strip()}”." if failed else ""
        raise Unreadable(f"The file is OFX, but holds no statement of an account.{said}", line=1)
    amounts = [each.values.get("TRNAMT", "") for reading in readings for each in reading.transactions]
    amounts += [each.values.get("BALAMT", "") for reading in readings for each in reading.balances]
    mark = guess_mark(amounts)
    notes = () if encoding.startswith("utf") else (Note(f"The text was read as {encoding}: check accents."),)
    return StatementFile("ofx", tuple(_statement(each, mark) for each in readings), notes, encoding)


def _declared(content: bytes) -> str:
    """Return the encoding that the header of OFX 1 names."""
    told = dict(_HEADER.findall(content[:1000].decode("latin-1")))
    told = {key.upper(): value.upper() for key, value in told.items()}
    return _CODEPAGES.get(told.get("CHARSET", ""), "") or _CODEPAGES.get(told.get("ENCODING", ""), "cp1252")


def _statements(text: str) -> Iterator[_Reading]:
    """Yield the statements of a file, its tags taken one after the other whether they are closed or not."""
    now: _Reading | None = None
    groups: list[_Group] = []
    line, at = 1, 0
    for tag in _TAG.finditer(text):
        line += text.count("\n", at, tag.start())
        at = tag.start()
        closing, name, value = bool(tag[1]), tag[2].upper(), tag[3].strip()
        if name in _STATEMENTS:
            if now:
                now.closed = closing
                yield now
            now, groups = (None if closing else _Reading(line, _STATEMENTS[name])), []
        elif now and closing:
            _close(groups, name)
        elif now and name in _GROUPS:
            _open(now, groups, _Group(name, line))
        elif now and value:
            _keep(now, groups, name, html.unescape(value))
        elif now and _TRADES.fullmatch(name) and any(each.name == "INVTRANLIST" for each in groups):
            now.trades += 1
    if now:
        yield now


def _open(now: _Reading, groups: list[_Group], group: _Group) -> None:
    """Begin an aggregate."""
    if group.name == "STMTTRN":  # one that was never closed ends where the next begins
        groups[:] = [each for each in groups if each.name != "STMTTRN"]
        now.transactions.append(group)
    elif group.name in {"LEDGERBAL", "AVAILBAL"}:
        now.balances.append(group)
    groups.append(group)


def _close(groups: list[_Group], name: str) -> None:
    """End an aggregate, and whatever was left open inside it."""
    if any(each.name == name for each in groups):
        while groups.pop().name != name:
            pass


def _keep(now: _Reading, groups: list[_Group], name: str, value: str) -> None:
    """Keep a value: with the transaction or balance it is in, under its group's name, else with the statement."""
    holder = next((each for each in groups if each.name in {"STMTTRN", "LEDGERBAL", "AVAILBAL"}), None)
    inner = groups[-1].name if groups else ""
    if any(each.name in {"INVPOSLIST", "INVBAL", "INVOOLIST"} for each in groups):
        return
    key = f"{inner}/{name}" if inner.startswith(("BANKACCT", "CCACCT", "INVACCT", "PAYEE")) or inner.endswith("CURRENCY") else name
    (holder.values if holder else now.values).setdefault(key, value)


def _statement(now: _Reading, mark: Mark) -> Statement:
    """Return a statement as the model has it."""
    faults: list[Fault] = []
    notes: list[Note] = []
    currency = now.values.get("CURDEF", "").upper()
    source = {"bank": "BANKACCTFROM", "card": "CCACCTFROM", "investment": "INVACCTFROM"}[now.kind]
    number = now.values.get(f"{source}/ACCTID", "").replace(" ", "")
    if not number:
        faults.append(Fault("structure", "The account (ACCTID) is missing.", now.line, source))
    if not now.closed:
        faults.append(Fault("structure", "The statement is not closed: the file was cut off. Fetch it again.", now.line))
    if now.trades:
        count = f"{now.trades} investment transaction{'s' if now.trades > 1 else ''}"
        notes.append(Note(f"{count} left out: only what moves cash through the bank is taken.", now.line, "INVTRANLIST"))
    entries = tuple(filter(None, (_entry(each, currency, mark, faults) for each in now.transactions)))
    return Statement(
        format="ofx",
        account=Account(number, now.values.get(f"{source}/BANKID") or now.values.get(f"{source}/BROKERID", ""), currency),
        starts_on=_day(now.values.get("DTSTART", ""), faults, now.line, "DTSTART"),
        ends_on=_day(now.values.get("DTEND", ""), faults, now.line, "DTEND"),
        balances=tuple(filter(None, (_balance(each, currency, mark, faults) for each in now.balances))),
        entries=entries,
        faults=tuple(faults),
        notes=tuple(notes),
        line=now.line,
    )


def _day(text: str, faults: list[Fault], line: int, part: str) -> date | None:
    """Return the day of an OFX date and time; the bank's own day counts, whatever the zone behind it."""
    if not text:
        return None
    try:
        return compact_day(text)
    except ValueError as error:
        faults.append(Fault("date", str(error), line, part))
        return None


def _amount(text: str, mark: Mark, faults: list[Fault], line: int, part: str) -> Decimal | None:
    """Return an amount, or nothing and a fault."""
    try:
        return read_amount(text, mark)
    except ValueError as error:
        faults.append(Fault("amount", str(error) if text else f"{part} is missing.", line, part))
        return None


def _balance(group: _Group, currency: str, mark: Mark, faults: list[Fault]) -> Balance | None:
    """Return the ledger or available balance."""
    amount = _amount(group.values.get("BALAMT", ""), mark, faults, group.line, group.name)
    if amount is None:
        return None
    kind: BalanceKind = "closing" if group.name == "LEDGERBAL" else "closing_available"
    return Balance(kind, amount, currency, _day(group.values.get("DTASOF", ""), faults, group.line, group.name), group.name, group.line)


def _entry(group: _Group, currency: str, mark: Mark, faults: list[Fault]) -> Entry | None:
    """Return a transaction; one without a readable amount or day is a fault."""
    told = group.values
    amount = _amount(told.get("TRNAMT", ""), mark, faults, group.line, "TRNAMT")
    booked = _day(told.get("DTPOSTED", ""), faults, group.line, "DTPOSTED")
    if booked is None and not told.get("DTPOSTED"):
        faults.append(Fault("date", "The transaction has no DTPOSTED.", group.line, "STMTTRN"))
    if amount is None or booked is None:
        return None
    name, memo = told.get("NAME") or told.get("PAYEE/NAME", ""), told.get("MEMO", "")
    # In CURRENCY the amount is in another currency; ORIGCURRENCY says that it was converted (OFX 2.2 section 5.2).
    stated = told.get("CURRENCY/CURSYM", "").upper() or currency
    original = told.get("ORIGCURRENCY/CURSYM", "").upper()
    rate = told.get("ORIGCURRENCY/CURRATE", "")
    converted = _original(amount, original, rate, mark) if original and original != currency else None
    return Entry(
        amount=amount,
        currency=stated,
        booked_on=booked,
        value_on=_day(told.get("DTAVAIL", ""), faults, group.line, "DTAVAIL") or booked,
        reversal=told.get("CORRECTACTION", "").upper() == "DELETE",
        code=told.get("TRNTYPE", "").upper(),
        counterparty=Counterparty(
            name=name,
            account=(told.get("BANKACCTTO/ACCTID") or told.get("CCACCTTO/ACCTID", "")).replace(" ", ""),
            bank=told.get("BANKACCTTO/BANKID", ""),
        ),
        remittance=memo,
        references=References(
            servicer=told.get("FITID", ""),
            end_to_end=told.get("REFNUM", ""),
            transaction=told.get("SRVRTID", ""),
            cheque=told.get("CHECKNUM", ""),
        ),
        original=converted,
        line=group.line,
        part="STMTTRN",
    )


def _original(amount: Decimal, currency: str, rate: str, mark: Mark) -> Original | None:
    """Return the amount in the currency before conversion; CURRATE is the account's currency per original unit."""
    try:
        factor = read_amount(rate, mark)
    except ValueError:
        return None
    return Original(round(abs(amount) / factor, 2), currency, factor) if factor else None
