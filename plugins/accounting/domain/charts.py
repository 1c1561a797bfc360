"""Charts of accounts as files: ours for five places, and those that people bring along as CSV or as a tree in JSON."""

import csv
import io
import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from weft.errors import Invalid

from .accounts import TYPES, AccountClass

CHARTS: dict[str, tuple[str, str]] = {
    "generic": ("International", "A short chart in English that fits most businesses."),
    "us": ("United States", "Five digits, for small and medium companies under US GAAP."),
    "gb": ("United Kingdom", "In the order of the formats of the Companies Act 2006."),
    "de": ("Deutschland", "Nach der Gliederung von § 266 und § 275 HGB."),
    "fr": ("France", "Plan comptable général, version abrégée."),
}
_BY_COUNTRY = {"US": "us", "GB": "gb", "DE": "de", "AT": "de", "FR": "fr"}
MOST = 20_000  # accounts of one file
_ROOTS = {"asset": "current_asset", "liability": "current_liability", "equity": "equity", "income": "income", "expense": "expense"}
_TREE_TYPES = {
    "bank": "bank", "cash": "bank", "receivable": "receivable", "payable": "payable", "stock": "current_asset", "tax": "current_liability",
    "fixed asset": "fixed_asset", "accumulated depreciation": "fixed_asset", "depreciation": "depreciation",
    "cost of goods sold": "cost_of_sales", "equity": "equity",
}  # fmt: skip


class ChartRow(NamedTuple):
    """An account of a chart; a row that others name as their parent is a heading. `line` is where it stands in the file, from 1."""

    code: str
    name: str
    type: str
    parent: str = ""
    events: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    line: int = 0
    heading: bool = False  # even when nothing stands below it


class Chart(NamedTuple):
    """A chart, and what an import should warn of."""

    rows: tuple[ChartRow, ...]
    warnings: tuple[str, ...] = ()

    @property
    def headings(self) -> frozenset[str]:
        """The codes that nothing is posted to."""
        return frozenset({each.parent for each in self.rows} - {""}) | {each.code for each in self.rows if each.heading}


def for_country(country: str) -> str:
    """Return the key of the chart that fits a country."""
    return _BY_COUNTRY.get(country, "generic")


def our_chart(key: str) -> Chart:
    """Return one of our own charts; raises `Invalid`."""
    if key not in CHARTS:
        raise Invalid.field("chart", "There is no such chart: choose one of the list.")
    return read_csv((Path(__file__).parents[1] / "charts" / f"{key}.csv").read_text(encoding="utf-8"))


def read_chart(content: bytes) -> Chart:
    """Read a chart from a file, CSV or a tree in JSON; raises `Invalid` with every line that is wrong."""
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as wrong:
        raise Invalid.field("file", f"The file is not in UTF-8 (byte {wrong.start + 1}): save it as UTF-8 and try again.") from None
    return read_json(text) if text.lstrip()[:1] in ("{", "[") else read_csv(text)


def read_csv(text: str) -> Chart:
    """Read columns code, name, type, parent, events and tags; events and tags are separated by spaces."""
    lines = csv.reader(io.StringIO(text, newline=""), delimiter=_delimiter(text))
    heads = [head.strip().lower() for head in next(lines, [])]
    if missing := {"code", "name", "type"} - set(heads):
        raise Invalid.field("file", f"The first line needs the headings code, name and type: {', '.join(sorted(missing))} is missing.")
    rows = []
    for cells in lines:
        row = dict(zip(heads, (cell.strip() for cell in cells), strict=False))
        if any(row.values()):
            words = tuple(row.get("events", "").split()), tuple(row.get("tags", "").split())
            rows.append(
                ChartRow(row.get("code", ""), row.get("name", ""), row.get("type", ""), row.get("parent", ""), *words, lines.line_num)
            )
    return _checked(rows)


def _delimiter(text: str) -> str:
    first = text.partition("\n")[0]
    return max(",;\t", key=first.count)


def read_json(text: str) -> Chart:
    """Read a tree of accounts: names as keys or in ``accountName``, codes in ``accountNumber``, classes in ``rootType``."""
    try:
        tree = json.loads(text)
    except ValueError as wrong:
        raise Invalid.field("file", f"The file is not well-formed JSON: {wrong}.") from None
    tree = tree.get("tree", tree) if isinstance(tree, dict) else tree
    if not isinstance(tree, dict):
        raise Invalid.field("file", "A chart in JSON is a tree of accounts by name.")
    rows = list(_walk(tree, "", ""))
    numbered = _with_codes(rows)
    chart = _checked(numbered)
    return chart._replace(warnings=_missing_classes(chart.rows))


def _walk(tree: Mapping[str, Any], parent: str, root: str) -> Iterator[ChartRow]:
    """Yield accounts with their paths in place of codes that are missing."""
    for name, below in tree.items():
        if not isinstance(below, dict):
            continue
        of = str(below.get("rootType") or root).lower()
        children = {key: value for key, value in below.items() if isinstance(value, dict)}
        path = f"{parent}\x1f{name}"
        code = str(below.get("accountNumber") or below.get("account_number") or "")
        kind = _TREE_TYPES.get(str(below.get("accountType") or below.get("account_type") or "").lower(), "")
        fits = kind and (not of or TYPES[kind].of == of)
        heading = bool(children or below.get("isGroup"))
        yield ChartRow(f"{code}\x1e{path}", name, kind if fits else _ROOTS.get(of, of), parent, heading=heading)
        yield from _walk(children, path, of)


def _with_codes(rows: Sequence[ChartRow]) -> list[ChartRow]:
    """Give each account a code of its own: the file's where it has one, else a running number below its parent's."""
    codes: dict[str, str] = {}
    taken = {given for each in rows if (given := each.code.partition("\x1e")[0])}
    used: set[str] = set()
    done = []
    for row in rows:
        given, _, path = row.code.partition("\x1e")
        above = codes.get(row.parent, "")
        code = given if given and given not in used else ""
        number = 1
        while not code:
            candidate = f"{above}.{number}" if above else str(number)
            code = candidate if candidate not in taken and candidate not in used else ""
            number += 1
        codes[path] = code
        used.add(code)
        done.append(row._replace(code=code, parent=above))
    return done


def _missing_classes(rows: Sequence[ChartRow]) -> tuple[str, ...]:
    present = {TYPES[row.type].of for row in rows}
    wanted = (AccountClass.ASSET, AccountClass.LIABILITY, AccountClass.EQUITY, AccountClass.INCOME, AccountClass.EXPENSE)
    missing = [each.value for each in wanted if each not in present]
    if not missing:
        return ()
    return (f"The chart has no accounts of the kind {' and '.join(missing)}: its balance sheet will not show them apart. Check the types.",)


def _checked(rows: Sequence[ChartRow]) -> Chart:
    wrong: list[str] = []
    if not rows:
        raise Invalid.field("file", "The file has no accounts.")
    if len(rows) > MOST:
        raise Invalid.field("file", f"The file has {len(rows)} accounts; {MOST} are the most.")
    codes: dict[str, int] = {}
    known = {row.code for row in rows}
    for row in rows:
        at = f"Line {row.line}" if row.line else f"“{row.name}”"
        if not row.code or not row.name:
            wrong.append(f"{at}: code and name are needed.")
        elif row.code in codes:
            wrong.append(f"{at}: the code {row.code} stands in line {codes[row.code]} too.")
        if row.type not in TYPES:
            wrong.append(f"{at}: “{row.type}” is no type of account.")
        if row.parent and row.parent not in known:
            wrong.append(f"{at}: there is no account {row.parent} to stand below.")
        codes.setdefault(row.code, row.line)
    if wrong:
        raise Invalid.field("file", " ".join([*wrong[:10], *([f"{len(wrong) - 10} more."] if len(wrong) > 10 else [])]))
    return Chart(_parents_first(rows))


def _parents_first(rows: Sequence[ChartRow]) -> tuple[ChartRow, ...]:
    """Return rows so that each comes after its parent; raises `Invalid` for those that stand in a circle."""
    done: dict[str, ChartRow] = {}
    left = list(rows)
    while left:
        ready = [row for row in left if not row.parent or row.parent in done]
        if not ready:
            raise Invalid.field("file", f"The accounts {left[0].code} and {left[0].parent} stand in a circle.")
        done |= {row.code: row for row in ready}
        left = [row for row in left if row.code not in done]
    return tuple(done.values())
