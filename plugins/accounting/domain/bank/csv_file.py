"""Reads a bank's CSV export by a mapping: preambles and footers, either sign convention, two currencies, pending rows."""

import csv
import io
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import pairwise

from msgspec.structs import replace

from .amounts import read_amount
from .csv_entry import RowReader
from .csv_mapping import CsvMapping, Guess, Role, folded, guess_mapping
from .decoding import decode
from .statement import Account, Balance, Entry, Fault, Note, Statement, StatementFile, Unreadable

_DELIMITERS = ",;\t|"
WIDEST = 300  # columns
MOST_ACCOUNTS = 500  # in one file
_CLOSING = re.compile(r"\b(closing|final|end|endsaldo|ending|schluss|eind|new)\b.*|\bsaldo\b.*\bend", re.IGNORECASE)
_OPENING = re.compile(r"\b(opening|initial|start|anfangssaldo|beginning|previous|begin)\b", re.IGNORECASE)
_TOTAL = re.compile(r"^(grand )?(total|sum|summe|totaal|somme|gesamt)\b|balance|saldo|kontostand|solde", re.IGNORECASE)
_AMOUNTS: tuple[Role, ...] = ("amount", "debit", "credit")


@dataclass(frozen=True, slots=True)
class Sheet:
    """A CSV file taken apart: rows with their line, the heading among them, what stands before and behind."""

    headings: tuple[str, ...]
    rows: tuple[tuple[int, tuple[str, ...]], ...]
    before: tuple[tuple[int, tuple[str, ...]], ...]
    behind: tuple[tuple[int, tuple[str, ...]], ...]
    encoding: str
    line: int  # of the headings


def read_sheet(content: bytes) -> Sheet:
    """Return a CSV file's rows; raises `Unreadable` for what is no table."""
    text, encoding = decode(content)
    lines = text.replace("\x00", "")
    delimiter = _delimiter(lines)
    rows: list[tuple[int, tuple[str, ...]]] = []
    reader = csv.reader(io.StringIO(lines, newline=""), delimiter=delimiter)
    at = 1
    try:
        for row in reader:
            if len(row) > WIDEST:
                raise Unreadable(f"This row has {len(row):,} cells; no bank's table has more than {WIDEST}.", line=at)
            if any(cell.strip() for cell in row):
                rows.append((at, tuple(row)))
            at = reader.line_num + 1
    except csv.Error as error:
        raise Unreadable(f"This is no CSV from here on ({error}): a quotation mark may be missing.", line=at) from None
    if not rows:
        raise Unreadable("The file is empty.", line=1)
    head = _heading(rows)
    width = len(rows[head][1])
    body = rows[head + 1 :]
    last = len(body)
    while last and _is_footer(body[last - 1][1], width, body[: last - 1]):
        last -= 1
    return Sheet(rows[head][1], tuple(body[:last]), tuple(rows[:head]), tuple(body[last:]), encoding, rows[head][0])


def guess(sheet: Sheet) -> Guess:
    """Return the mapping that a sheet's headings and values suggest."""
    return guess_mapping(sheet.headings, [row for _, row in sheet.rows[:2000]])


def read_csv(content: bytes, mapping: CsvMapping | None = None, currency: str = "") -> StatementFile:
    """Return the statements of a bank's CSV export, one per account where a column names it.

    Without a mapping it is guessed; `currency` is that of the account it is imported to. Raises `Unreadable` with line and column.
    """
    sheet = read_sheet(content)
    notes: list[Note] = []
    if mapping is None:
        suggested = guess(sheet)
        mapping = suggested.mapping
        notes += [Note(each, sheet.line, "heading") for each in suggested.questions]
    _require(mapping, sheet)
    if not sheet.encoding.startswith("utf"):
        notes.append(Note(f"The text was read as {sheet.encoding}: check accents."))
    at = mapping.at("account")
    accounts = [""] if at is None else list(dict.fromkeys(row[at].strip() if at < len(row) else "" for _, row in sheet.rows)) or [""]
    if len(accounts) > MOST_ACCOUNTS:
        raise Unreadable(
            f"The column {sheet.headings[at or 0]} names {len(accounts):,} accounts: say which column holds the account, if any.",
            line=sheet.line,
            part="heading",
        )
    statements = [_statement(sheet, mapping, currency, account, len(accounts) > 1) for account in accounts]
    return StatementFile("csv", tuple(statements), tuple(notes), sheet.encoding)


def is_complete(mapping: CsvMapping) -> bool:
    """Tell whether a mapping says where days and amounts are."""
    return mapping.at("date") is not None and any(mapping.at(role) is not None for role in _AMOUNTS)


def _require(mapping: CsvMapping, sheet: Sheet) -> None:
    """Raise `Unreadable` when a column that every row needs is not known."""
    if mapping.at("date") is None:
        raise Unreadable("No column holds dates. Say which one does.", line=sheet.line, part="heading")
    if not is_complete(mapping):
        raise Unreadable("No column holds amounts. Say which one does.", line=sheet.line, part="heading")


def _delimiter(text: str) -> str:
    """Return the delimiter that splits most lines into equally many cells, more than one."""
    sample = text[:65536]
    best, score = ",", 0
    for each in _DELIMITERS:
        try:
            widths = Counter(len(row) for row in csv.reader(io.StringIO(sample, newline=""), delimiter=each) if row)
        except csv.Error:
            continue
        width, count = max(widths.items(), key=lambda item: (item[1] * (item[0] > 1), item[0]), default=(1, 0))
        if width > 1 and count * width > score:
            best, score = each, count * width
    return best


def _heading(rows: Sequence[tuple[int, tuple[str, ...]]]) -> int:
    """Return which row holds the headings: the first of the commonest width whose cells are words, not values."""
    widths = Counter(len(row) for _, row in rows[:200])
    usual = max(widths, key=lambda width: (widths[width] * (width > 1), width))
    for at, (_, row) in enumerate(rows[:50]):
        filled = [cell for cell in row if cell.strip()]
        if (
            abs(len(row) - usual) <= 1
            and len(filled) >= max(2, len(row) // 2)
            and not any(re.search(r"\d[.,]\d\d\b|\d{4}-\d\d-\d\d", cell) for cell in filled)
        ):
            return at
    raise Unreadable("The first rows hold no headings. Export the file again with its heading row.", line=rows[0][0])


def _is_footer(row: Sequence[str], width: int, above: Sequence[object]) -> bool:
    """Tell whether a row at the end is a total, a closing balance or a remark rather than a movement."""
    filled = [cell for cell in row if cell.strip()]
    worded = any(_TOTAL.search(cell) or _CLOSING.fullmatch(cell.strip()) for cell in filled)
    dated = any(re.search(r"\d{1,4}[-/.]\d{1,2}[-/.]\d{1,4}", cell) for cell in filled[:2])
    return (worded and len(filled) <= max(3, width // 2)) or (len(filled) <= 2 < width and not dated)


def _statement(sheet: Sheet, mapping: CsvMapping, currency: str, account: str, several: bool) -> Statement:
    """Return the rows of one account as a statement."""
    at = mapping.at("account")
    rows = [(line, row) for line, row in sheet.rows if not several or (at is not None and at < len(row) and row[at].strip() == account)]
    reader = RowReader(mapping, currency or mapping.currency)
    entries = [entry for line, row in rows if (entry := reader.read(line, row)) is not None]
    own = reader.account_currency
    balances = _stated(sheet, mapping, rows, own, reader.faults)
    newest = _newest_first(entries)
    chained = _signed(entries, reader.notes) if entries else entries
    newest = (newest and not any(each.balance is not None for each in chained)) or _fits(list(reversed(chained))) > _fits(chained)
    if not balances:
        balances = _from_running(chained, newest, own)
    days = [each.booked_on for each in chained]
    return Statement(
        format="csv",
        account=Account(number=account.replace(" ", ""), currency=own),
        starts_on=min(days, default=None),
        ends_on=max(days, default=None),
        balances=tuple(balances),
        entries=tuple(chained),
        faults=tuple(reader.faults),
        notes=tuple(reader.notes),
        newest_first=newest,
        line=sheet.line,
    )


def _newest_first(entries: Sequence[Entry]) -> bool:
    """Tell whether the days go downwards."""
    days = [each.booked_on for each in entries]
    return len(days) > 1 and days[0] > days[-1]


def _fits(entries: Sequence[Entry]) -> int:
    """Return after how many entries the running balance follows from the one before."""
    pairs = pairwise(entries)
    return sum(1 for one, two in pairs if one.balance is not None and two.balance is not None and one.balance + two.amount == two.balance)


def _signed(entries: list[Entry], notes: list[Note]) -> list[Entry]:
    """Return entries with the sign convention that the running balance proves; as they are where it proves none.

    Banks that write what leaves the account as positive are few, and a running balance gives them away.
    """
    candidates = [entries, [replace(each, amount=-each.amount) for each in entries]]
    counts = [max(_fits(each), _fits(list(reversed(each)))) for each in candidates]
    if not any(counts) or counts[0] >= counts[1]:
        return entries
    notes.append(Note("The running balance shows that amounts are positive when money leaves the account: all signs were turned round."))
    return candidates[1]


def _from_running(entries: Sequence[Entry], newest: bool, currency: str) -> list[Balance]:
    """Return opening and closing balance as the running balance implies them."""
    ordered = list(reversed(entries)) if newest else list(entries)
    stated = [each for each in ordered if each.balance is not None]
    if not stated:
        return []
    first, last = ordered[0], ordered[-1]
    found: list[Balance] = []
    if first.balance is not None:
        found.append(Balance("opening", first.balance - first.amount, currency, first.booked_on, "running balance", first.line))
    if last.balance is not None:
        found.append(Balance("closing", last.balance, currency, last.booked_on, "running balance", last.line))
    return found


def _stated(
    sheet: Sheet, mapping: CsvMapping, rows: Sequence[tuple[int, tuple[str, ...]]], currency: str, faults: list[Fault]
) -> list[Balance]:
    """Return the balances that columns of every row, a preamble or a footer state."""
    found: list[Balance] = []
    for kind in ("opening", "closing"):
        at = mapping.at(kind)
        if at is None or not rows:
            continue
        line, row = rows[0] if kind == "opening" else rows[-1]
        if at < len(row) and row[at].strip():
            try:
                found.append(Balance(kind, read_amount(row[at], mapping.mark), currency, None, sheet.headings[at], line))
            except ValueError as error:
                faults.append(Fault("balance", str(error), line, sheet.headings[at]))
    if found:
        return found
    for line, row in (*sheet.before, *sheet.behind):
        words = " ".join(cell for cell in row if re.search(r"[^\W\d_]{3}", cell))
        amount = _last_amount(row, mapping)
        if amount is None or not re.search(r"balance|saldo|kontostand|solde", folded(words)):
            continue
        opening = bool(_OPENING.search(words)) and not _CLOSING.search(words)
        found.append(Balance("opening" if opening else "closing", amount, currency, None, words.strip(), line))
    return found


def _last_amount(row: Sequence[str], mapping: CsvMapping) -> Decimal | None:
    """Return the last amount of a row, if it has one."""
    for cell in reversed(row):
        try:
            return read_amount(re.sub(r"\s*[A-Z]{3}$", "", cell.strip()), mapping.mark)
        except ValueError:
            continue
    return None
