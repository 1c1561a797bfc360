"""Which column of a bank's CSV export is what: guessed from headings and content, told by a person, remembered by the headings."""

import hashlib
import re
import unicodedata
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Literal, cast

import msgspec

from .amounts import Mark, guess_mark, read_amount
from .dates import guess_order

Role = Literal[
    "date", "value_date", "amount", "debit", "credit", "sign", "balance", "currency", "original_amount", "original_currency",
    "account_amount", "fee", "gross", "counterparty", "counterparty_account", "text", "reference", "end_to_end", "status", "kind",
    "opening", "closing", "account",
]  # fmt: skip


_DEBIT = ("d", "dr", "db", "debit", "dbit", "soll", "s", "debet", "af", "lastschrift", "debe", "-", "out", "uit")
_PENDING = ("pending", "authorised", "authorized", "hold", "vorgemerkt", "in progress", "ausstehend", "temporary hold")


class CsvMapping(msgspec.Struct, frozen=True, kw_only=True):
    """How one kind of export is read: columns by role (several may be text), and how its values are written.

    `account_amount` is the amount in the account's currency where `amount` is in that of the row.
    """

    columns: dict[str, tuple[int, ...]]  # role → columns, from 0
    headings: tuple[str, ...] = ()
    day_order: str = ""  # "dmy", "mdy", "ymd"; empty: from the file
    mark: Mark | None = None  # decimal mark; None: from the file
    negated: bool = False  # amounts are positive when money leaves
    debit_words: tuple[str, ...] = _DEBIT
    pending_words: tuple[str, ...] = _PENDING
    currency: str = ""  # where no column says it

    def at(self, role: Role) -> int | None:
        """Return the first column of a role."""
        found = self.columns.get(role)
        return found[0] if found else None


class Guess(msgspec.Struct, frozen=True):
    """A mapping, and what a person should confirm."""

    mapping: CsvMapping
    questions: tuple[str, ...] = ()


# What banks call their columns, folded. A heading that is one of these words has its role; else the longest that stands in it decides.
_WORDS: Mapping[Role, tuple[str, ...]] = {
    role: tuple(words.split("|"))
    for role, words in cast(
        "dict[Role, str]",
        {
            "value_date": ("value date|valuta|wertstellung|valutadatum|value|date valeur|date de valeur|fecha valor|available on utc"),
            "date": (
                "date|booking date|transaction date|posting date|posted date|buchungstag|buchungsdatum|datum|"
                "fecha|data|created utc|date operation|date comptable|completed date|boekdatum|bokforingsdag|"
                "post date|buchung"
            ),
            "sign": ("d/c|dc|c/d|debit credit|debit/credit|credit/debit|soll/haben|s/h|af bij|sign|type d/c|cr/dr|dr/cr"),
            "account_amount": (
                "amount currency|amount in account currency|amount in statement currency|amount account currency|betrag in kontowahrung"
            ),
            "original_amount": "original amount|amount foreign|foreign amount|ursprungsbetrag|original betrag",
            "original_currency": "original currency|foreign currency|ursprungswahrung",
            "gross": "gross|brutto|brut",
            "amount": (
                "amount|net|betrag|umsatz|montant|importe|importo|bedrag|belopp|value in|transaction value|netto|belob|transaction amount"
            ),
            "debit": ("debit|withdrawal|withdrawals|paid out|money out|soll|lastschrift|debit amount|cargo|uitgaven|ausgabe|spent"),
            "credit": ("credit|deposit|deposits|paid in|money in|haben|gutschrift|credit amount|abono|einnahme|received"),
            "balance": "balance|running balance|saldo|kontostand|solde|saldo nach buchung|balance after",
            "currency": "currency|wahrung|devise|moneda|valuta code|ccy|munt|divisa|transaction currency",
            "fee": "fee|fees|gebuhr|frais|charge|comision",
            "counterparty_account": (
                "bank account|iban|counterparty account|account number partner|kontonummer/iban|tegenrekening|"
                "iban zahlungsbeteiligter|counter account|payee account|kontonummer"
            ),
            "account": "account number|account|konto|auftragskonto|iban auftragskonto",
            "counterparty": (
                "partner name|name|counterparty|payee|payer|beneficiary|beguenstigter/zahlungspflichtiger|"
                "begunstigter|auftraggeber|name zahlungsbeteiligter|naam / omschrijving|merchant|partner|"
                "contrepartie|empfanger"
            ),
            "end_to_end": "end to end|endtoend|end to end id|kundenreferenz (end to end)",
            "reference": (
                "transaction id|balance transaction id|reference|referenz|transaction reference|bank reference|"
                "txn id|id|document number|reference1|fitid"
            ),
            "status": "status|state|zustand",
            "kind": "type|transaction type|reporting category|category|buchungstext|mutatiesoort|code",
            "opening": "initial balance|opening balance|anfangssaldo|start balance",
            "closing": "final balance|closing balance|endsaldo|end balance",
            "text": (
                "label|description|verwendungszweck|narrative|details|memo|libelle|concepto|omschrijving|"
                "mededelingen|purpose|particulars|text|note|item title|item1|item2|reference2|subject|"
                "remittance"
            ),
        },
    ).items()
}
# Headings that hold one of the words and are none of them.
_IGNORED = frozenset(
    {"short name", "bank code", "branch code", "initial date", "final date", "account key", "time zone", "income", "expenses"}
)


def folded(text: str) -> str:
    """Return a heading in lower case, without accents, underscores as spaces."""
    bare = unicodedata.normalize("NFKD", text.strip().lower().replace("ß", "ss"))
    bare = "".join(each for each in bare if not unicodedata.combining(each))
    return " ".join(re.sub(r"[_\-.]+", " ", bare).split())


def fingerprint(headings: Sequence[str]) -> str:
    """Return what a mapping is remembered by: equal for exports of one bank, whatever the case or spacing of their headings."""
    return hashlib.sha256("\x1f".join(folded(each) for each in headings).encode()).hexdigest()[:32]


def guess_mapping(headings: Sequence[str], rows: Sequence[Sequence[str]]) -> Guess:
    """Return which column is what, by its heading first and its values where no heading tells."""
    columns: dict[str, list[int]] = {}
    for named in (_named, _worded):
        for at, heading in enumerate(headings):
            role = named(folded(heading))
            if role and not any(at in found for found in columns.values()) and (role == "text" or role not in columns):
                columns.setdefault(role, []).append(at)
    _by_content(columns, rows, len(headings))
    questions: list[str] = []
    if "amount" not in columns and "gross" in columns and not {"debit", "credit"} & set(columns):
        columns["amount"] = columns.pop("gross")
    if "date" not in columns and "value_date" in columns:
        columns["date"] = columns["value_date"]
    if "account_amount" in columns:
        name = headings[columns["account_amount"][0]]
        questions.append(f"“{name}” is taken as the amount in the account's currency, and the amount beside it as the original one.")
    texts = [row[at] for at in columns.get("date", []) for row in rows if at < len(row) and row[at].strip()]
    order = ""
    if texts:
        try:
            order, ambiguous = guess_order(texts)
        except ValueError as error:
            questions.append(str(error))
        else:
            if ambiguous:
                questions.append(f"Dates such as “{texts[0].strip()}” could be day first or month first: {_order_words(order)} is taken.")
    mapping = CsvMapping(
        columns={role: tuple(found) for role, found in columns.items()},
        headings=tuple(headings),
        day_order=order,
        mark=_mark(columns, rows),
    )
    return Guess(mapping, tuple(questions))


def _order_words(order: str) -> str:
    """Return an order of a date as people say it."""
    return {"dmy": "day first", "mdy": "month first", "ymd": "year first"}[order]


def _named(heading: str) -> Role | None:
    """Return the role that a heading names exactly."""
    return next((role for role, words in _WORDS.items() if heading in words), None)


def _worded(heading: str) -> Role | None:
    """Return the role of the longest word that stands in a heading."""
    if heading in _IGNORED:
        return None
    inside = ((len(word), role) for role, words in _WORDS.items() for word in words if len(word) > 3 and _stands(word, heading))
    return max(inside, default=(0, None))[1]


def _stands(word: str, heading: str) -> bool:
    """Tell whether a word stands in a heading as a whole."""
    return re.search(rf"\b{re.escape(word)}\b", heading) is not None


def _by_content(columns: dict[str, list[int]], rows: Sequence[Sequence[str]], width: int) -> None:
    """Add what no heading told and the values show: a column of dates, one of amounts, one of long text."""
    taken = {at for found in columns.values() for at in found}
    free = [at for at in range(width) if at not in taken]
    if not {"date", "value_date"} & set(columns):
        _add(columns, "date", _first(free, rows, _is_date))
    if not {"amount", "debit", "credit", "gross"} & set(columns):
        _add(columns, "amount", [at for at in _first(free, rows, _is_amount) if [at] != columns.get("date")])
    if "text" not in columns and "counterparty" not in columns:
        worded = [at for at in free if any(re.search(r"[^\W\d_]{3}", row[at]) for row in rows if at < len(row))]
        if worded:
            columns["text"] = worded


def _add(columns: dict[str, list[int]], role: Role, found: list[int]) -> None:
    """Add a role's columns, if any were found."""
    if found:
        columns[role] = found


def _first(free: Iterable[int], rows: Sequence[Sequence[str]], test: Callable[[str], bool]) -> list[int]:
    """Return the first free column all of whose values pass a test."""
    for at in free:
        values = [row[at] for row in rows if at < len(row) and row[at].strip()]
        if values and all(test(value) for value in values):
            return [at]
    return []


def _is_date(text: str) -> bool:
    """Tell whether a value is a date in any order."""
    try:
        guess_order([text])
    except ValueError:
        return False
    return True


def _is_amount(text: str) -> bool:
    """Tell whether a value is an amount with a decimal mark."""
    try:
        read_amount(text)
    except ValueError:
        return False
    return bool(re.search(r"[.,]\d{2}\b", text))


def _mark(columns: Mapping[str, Sequence[int]], rows: Sequence[Sequence[str]]) -> Mark:
    """Return the decimal mark of all amounts of a file together."""
    money = [at for role in ("amount", "debit", "credit", "balance", "account_amount", "fee") for at in columns.get(role, ())]
    return guess_mark(row[at] for row in rows for at in money if at < len(row))
