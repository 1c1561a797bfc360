"""Reads SWIFT MT940 statements and MT942 interim reports, as banks write them rather than as the standard has them."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from msgspec.structs import replace

from .amounts import exact
from .dates import clamped_day, compact_day, full_year
from .decoding import decode
from .mt940_details import read_information
from .statement import Account, Balance, BalanceKind, Control, Entry, Fault, Format, Note, References, Statement, StatementFile, Unreadable

# A tag as it should be, and one whose colon the line break tore off.
_TAG = re.compile(r":(NS|\d{2}[A-Z]?):")
_TORN = re.compile(r":\n(\d{2}[A-Z]?:)")
_LINE = re.compile(
    r"(?P<value>\d{6})(?P<entry>\d{4})?\s*(?P<mark>R?[CD]|E[CD])(?P<funds>[A-Z])?\s*(?P<amount>\d[\d,.]*)\s*"
    r"(?P<kind>[A-Z][A-Z0-9]{3})?(?P<rest>.*)",
    re.ASCII | re.DOTALL,
)
_BALANCE = re.compile(r"(?P<mark>R?[CD])(?P<day>\d{6})(?P<currency>[A-Z]{3})?\s*(?P<amount>[\d,.]*)", re.ASCII)
_FLOOR = re.compile(r"(?P<count>\d+)(?P<currency>[A-Z]{3})(?P<amount>[\d,.]+)", re.ASCII)
_KINDS: dict[str, BalanceKind] = {
    "60F": "opening",
    "60M": "interim",
    "62F": "closing",
    "62M": "interim",
    "64": "closing_available",
    "65": "forward_available",
}


@dataclass(slots=True)
class _Message:
    """One message while it is read."""

    line: int
    sequence: str = ""
    id: str = ""
    number: str = ""
    interim: bool = False
    balances: list[Balance] = field(default_factory=list)
    entries: list[Entry] = field(default_factory=list)
    floors: list[tuple[str, int, Decimal, int]] = field(default_factory=list)  # 90D or 90C, count, sum, line
    faults: list[Fault] = field(default_factory=list)
    notes: list[Note] = field(default_factory=list)
    last: str = ""  # the tag before, to which :86: belongs

    @property
    def currency(self) -> str:
        """The currency of the first balance."""
        return next((each.currency for each in self.balances if each.currency), "")


def read_mt940(content: bytes) -> StatementFile:
    """Return the statements of an MT940 or MT942 file; raises `Unreadable` when there is no statement in it."""
    text, encoding = decode(content, "latin-1")
    text = text.replace("\r\n", "\n").replace("\r", "\n").replace("\x01", "").replace("\x03", "")
    messages = list(_messages(_fields(text)))
    if not messages:
        raise Unreadable("No line begins with a tag of MT940, such as :20: or :61:.", line=1)
    statements = tuple(_joined(_statement(each) for each in messages))
    kind: Format = "mt942" if all(each.format == "mt942" for each in statements) else "mt940"
    notes = () if encoding.startswith("utf") else (Note(f"The text was read as {encoding}: check accents."),)
    return StatementFile(format=kind, statements=statements, notes=notes, encoding=encoding)


def _fields(text: str) -> Iterator[tuple[str, str, int]]:
    """Yield tag, value and line of every field; what stands between messages ends a field."""
    tag, value, at = "", [""], 0
    skip = 0
    lines = text.split("\n")
    for number, line in enumerate(lines, 1):
        if skip:
            skip -= 1
            continue
        match = _TAG.match(line)
        if match is None and line.strip() == ":" and number < len(lines) and _TORN.match(f":\n{lines[number]}"):
            line, skip = ":" + lines[number], 1
            match = _TAG.match(line)
        if match:
            if tag:
                yield tag, "\n".join(value), at
            tag, value, at = match[1], [line[match.end() :]], number
        elif line.startswith(("-}", "{1:", "{2:")) or re.fullmatch(r"-\w{0,4}\s*", line):
            if tag:
                yield tag, "\n".join(value), at
            yield "-", "", number
            tag = ""
        elif tag:
            value.append(line)
    if tag:
        yield tag, "\n".join(value), at


def _messages(fields: Iterable[tuple[str, str, int]]) -> Iterator[_Message]:
    """Yield messages: each begins with :20:, or where the last one cannot go on."""
    now: _Message | None = None
    for tag, value, line in fields:
        if tag == "-":
            if now:
                yield now
            now = None
            continue
        again = tag in {"60F", "60M"} and now is not None and now.balances
        if now is not None and (tag == "20" or again):
            yield now
            now = None
        now = now or _Message(line)
        _take(now, tag, value, line)
        now.last = tag
    if now:
        yield now


def _take(now: _Message, tag: str, value: str, line: int) -> None:
    """Take one field into a message."""
    first = value.split("\n", 1)[0].strip()
    if tag == "20":
        now.id = first
    elif tag == "25":
        now.number = first.replace(" ", "")
    elif tag in {"28", "28C"}:
        now.sequence = first
    elif tag in {"34F", "13", "13D"}:
        now.interim = True
    elif tag in _KINDS:
        _take_balance(now, tag, first, line)
    elif tag in {"90D", "90C"}:
        if match := _FLOOR.fullmatch(first):
            now.floors.append((tag, int(match["count"]), exact(match["amount"], comma=True), line))
            now.balances = now.balances or [Balance("other", Decimal(0), match["currency"], None, tag, line)]
        else:
            now.faults.append(Fault("amount", f"“{first}” is no count and sum.", line, f":{tag}:"))
    elif tag == "61":
        _take_entry(now, value, line)
    elif tag in {"86", "NS"} and now.last == "61" and now.entries:
        now.entries[-1] = read_information(now.entries[-1], value, structured=tag == "NS")


def _take_balance(now: _Message, tag: str, text: str, line: int) -> None:
    """Take a balance; one without a currency cannot be trusted to be one (SWIFT field 60a: 1!a6!n3!a15d)."""
    match = _BALANCE.match(text)
    try:
        if match is None:
            raise ValueError(f"“{text}” is no balance.")
        amount = exact(match["amount"], comma=True)
        day = compact_day(match["day"])
    except ValueError as error:
        now.faults.append(Fault("balance", str(error), line, f":{tag}:"))
        return
    if not match["currency"]:
        now.faults.append(Fault("balance", f"The balance “{text}” has no currency, and is not taken for one.", line, f":{tag}:"))
        return
    signed = -amount if match["mark"] in {"D", "RC"} else amount
    now.balances.append(Balance(_KINDS[tag], signed, match["currency"], day, tag, line))


def _take_entry(now: _Message, value: str, line: int) -> None:
    """Take a statement line (SWIFT field 61), also one that a line break tore."""
    first, _, rest = value.partition("\n")
    match = _LINE.fullmatch(first.strip())
    if match is None and rest:
        torn, _, rest = rest.partition("\n")
        match = _LINE.fullmatch(first.strip() + torn.strip())
    if match is None:
        now.faults.append(Fault("amount", f"“{first.strip()}” is no statement line: it is left out.", line, ":61:"))
        return
    try:
        amount = exact(match["amount"], comma=True)
    except ValueError as error:
        now.faults.append(Fault("amount", str(error), line, ":61:"))
        return
    valued, booked = _days(now, match["value"], match["entry"] or "", line)
    # RC takes back a credit, RD a debit; EC and ED are expected ones.
    mark = match["mark"]
    out = mark in {"D", "RC", "ED"}
    customer, servicer = _references(match["rest"])
    now.entries.append(
        Entry(
            amount=-amount if out else amount,
            currency="",
            booked_on=booked,
            value_on=valued,
            status="pending" if mark in {"EC", "ED"} else "booked",
            reversal=mark in {"RC", "RD"},
            code=match["kind"] or "",
            text=" ".join(rest.split()),
            references=References(
                servicer=servicer,
                end_to_end=customer,
                cheque=customer if (match["kind"] or "")[1:] == "CHK" and customer.isdecimal() else "",
            ),
            line=line,
            part=":61:",
        )
    )


def _references(rest: str) -> tuple[str, str]:
    """Return the account owner's and the bank's reference of a statement line, without those that say there is none."""
    customer, _, servicer = rest.partition("//")
    told = ["" if text.strip() in {"NONREF", "NONE", "KREF+", "EREF", "EREF+"} else text.strip() for text in (customer, servicer)]
    return told[0], told[1]


def _days(now: _Message, value: str, entry: str, line: int) -> tuple[date, date]:
    """Return value and booking date; the entry date has no year, so it is the one nearest to the value date."""
    try:
        valued = clamped_day(value)
        if valued != _tried(value):
            now.notes.append(Note(f"“{value}” is a day of a 30-day month: {valued:%d.%m.%Y} is taken as value date.", line, ":61:"))
    except ValueError as error:
        now.faults.append(Fault("date", f"{error} The statement's own day is taken.", line, ":61:"))
        valued = next((each.on for each in now.balances if each.on), date(full_year(int(value[:2])), 1, 1))
    if not entry:
        return valued, valued
    month, day = int(entry[:2]), int(entry[2:])
    near: list[date] = []
    for year in (valued.year - 1, valued.year, valued.year + 1):
        try:
            near.append(date(year, month, day))
        except ValueError:
            continue
    if not near:
        now.faults.append(Fault("date", f"“{entry}” is no month and day: the value date is taken as booking date.", line, ":61:"))
        return valued, valued
    return valued, min(near, key=lambda each: abs(each - valued))


def _tried(value: str) -> date | None:
    """Return the day that six digits are, if any."""
    try:
        return compact_day(value)
    except ValueError:
        return None


def _statement(now: _Message) -> Statement:
    """Return a message as a statement."""
    number = now.number
    bank, _, own = number.partition("/") if "/" in number else ("", "", number)
    if len(own) > 3 and own[-3:].isalpha() and own[-3:].isupper() and own[:-3].isdecimal():
        own = own[:-3]  # some banks put the currency behind the number
    if not number:
        now.faults.append(Fault("structure", "The account (:25:) is missing.", now.line, ":25:"))
    currency = now.currency
    entries = tuple(replace(each, currency=currency) for each in now.entries)
    kind: Format = "mt942" if now.interim else "mt940"
    days = [each.booked_on for each in entries] + [each.on for each in now.balances if each.on]
    return Statement(
        format=kind,
        account=Account(number=own, bank=bank, currency=currency),
        id=now.id,
        sequence=now.sequence,
        starts_on=min(days, default=None),
        ends_on=max(days, default=None),
        balances=tuple(each for each in now.balances if each.kind != "other"),
        entries=entries,
        controls=tuple(_controls(now, entries)),
        faults=tuple(now.faults),
        notes=tuple(now.notes),
        line=now.line,
    )


def _controls(now: _Message, entries: tuple[Entry, ...]) -> Iterable[Control]:
    """Yield what 90D and 90C say of debits and credits beside what they are."""
    for tag, count, total, line in now.floors:
        sided = [each for each in entries if (each.amount < 0) == (tag == "90D") and each.amount]
        name = "debits" if tag == "90D" else "credits"
        yield Control(f"{name}, number", Decimal(count), Decimal(len(sided)), line, f":{tag}:")
        yield Control(f"{name}, sum", total, sum((abs(each.amount) for each in sided), Decimal(0)), line, f":{tag}:")


def _joined(statements: Iterable[Statement]) -> Iterator[Statement]:
    """Yield statements, pages of one put together: 60M goes on from the 62M before, under the next page number."""
    whole: Statement | None = None
    for each in statements:
        if whole is not None and _follows(whole, each):
            whole = replace(
                whole,
                sequence=each.sequence,
                starts_on=min(filter(None, (whole.starts_on, each.starts_on)), default=None),
                ends_on=max(filter(None, (whole.ends_on, each.ends_on)), default=None),
                balances=(*whole.balances, *each.balances),
                entries=(*whole.entries, *each.entries),
                faults=(*whole.faults, *each.faults, *_gap(whole, each)),
                notes=(*whole.notes, *each.notes),
                pages=whole.pages + 1,
            )
            continue
        if whole is not None:
            yield _numbered(whole)
        whole = each
    if whole is not None:
        yield _numbered(whole)


def _follows(before: Statement, after: Statement) -> bool:
    """Tell whether a message is the next page of the one before."""
    (number, page), (then, next_page) = _page(before.sequence), _page(after.sequence)
    open_end = bool(before.balances) and before.balances[-1].code == "62M"
    goes_on = bool(after.balances) and after.balances[0].code == "60M"
    return open_end and goes_on and before.account == after.account and number == then and next_page == page + 1


def _page(sequence: str) -> tuple[str, int]:
    """Return statement and page number of field 28C."""
    number, _, page = sequence.partition("/")
    return number, int(page) if page.isdecimal() else 1


def _gap(before: Statement, after: Statement) -> Iterable[Fault]:
    """Yield a page that does not begin where the one before ended."""
    ended, begins = before.balances[-1], after.balances[0]
    if ended.amount != begins.amount:
        sentence = f"The page before ends with {ended.amount:,}, this one begins with {begins.amount:,}."
        yield Fault("structure", sentence, begins.line, ":60M:")


def _numbered(statement: Statement) -> Statement:
    """Return a statement under its number, without the page."""
    return replace(statement, sequence=_page(statement.sequence)[0]) if statement.pages > 1 else statement
