"""Turns the cells of a row into the struct an importer wants, with a sentence for each cell that does not fit."""

import re
from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime, time
from decimal import Decimal
from enum import Enum
from typing import Any, Literal, get_args, get_origin
from uuid import UUID
from zoneinfo import ZoneInfo

import msgspec

from core.imports.cells import Broken, Cell, Line, shown
from core.imports.dates import Order, read_moment
from core.imports.fields import MANY, Field
from core.imports.mapping import Mapped
from core.imports.numbers import Sign, read_number
from weft.data import RowProblem
from weft.forms import sentence

Parse = Callable[[Cell], Any]
LONGEST = 100_000  # characters of one cell
_YES = frozenset({"1", "on", "true", "yes", "y", "t", "x", "✓", "ja", "wahr", "oui", "vrai", "si", "sí", "sì", "sim", "tak", "да"})
_NO = frozenset({"0", "off", "false", "no", "n", "f", "-", "nein", "falsch", "non", "faux", "não", "nao", "nie", "нет"})
_SEPARATORS = re.compile(r"[;|\n]")
_NEUTRALISED = re.compile(r"'[=+\-@\t\r]")
_UNREADABLE = "\ufffd"


class RowReader:
    """Reads rows of one file for one importer: which cell is which field is settled, so that a row costs little."""

    def __init__(self, kind: type[msgspec.Struct], fields: Sequence[Field], mapping: Sequence[Mapped], zone: ZoneInfo) -> None:
        by_name = {field.name: field for field in fields}
        self._kind = kind
        self._readers = [(each.column, by_name[each.field], _parser(by_name[each.field], each, zone)) for each in mapping]

    def read(self, line: Line) -> "msgspec.Struct | list[RowProblem]":
        """Return the row as a struct, or everything that is wrong with it."""
        if line.wrong:
            return [RowProblem(line.number, "", line.wrong, shown(line.cells[0])[:500] if line.cells else "")]
        values: dict[str, Any] = {}
        problems: list[RowProblem] = []
        for column, field, parse in self._readers:
            cell = line.cells[column]
            try:
                if isinstance(cell, str):
                    cell = _clean(cell)
                    if not cell:
                        self._empty(field, values)
                        continue
                values[field.key] = parse(cell)
            except ValueError as wrong:
                problems.append(RowProblem(line.number, field.name, str(wrong), shown(cell)[:500]))
        if problems:
            return problems + self._beyond_limits(line, values)
        try:
            return msgspec.convert(values, self._kind)
        except msgspec.ValidationError as wrong:
            return self._beyond_limits(line, values) or [RowProblem(line.number, "", sentence(wrong))]

    def _empty(self, field: Field, values: dict[str, Any]) -> None:
        if field.required:
            raise ValueError("This field is required.")
        if field.tells_absence:
            if field.takes_none:
                values[field.key] = None
            elif field.base is str or get_origin(field.base) in MANY:
                values[field.key] = "" if field.base is str else ()

    def _beyond_limits(self, line: Line, values: dict[str, Any]) -> list[RowProblem]:
        """Return what of the values is right in kind and yet not allowed: too long, too small."""
        problems = []
        for column, field, _ in self._readers:
            if field.key in values:
                try:
                    msgspec.convert(values[field.key], field.annotation)
                except msgspec.ValidationError as why:
                    problems.append(RowProblem(line.number, field.name, sentence(why), shown(line.cells[column])[:500]))
        return problems


def _clean(text: str) -> str:
    """Return a cell's text without what surrounds it; raises `ValueError` for characters that are none."""
    if not text.isprintable():
        if "\0" in text:
            raise ValueError("This cell holds the character NUL, which no text has: the file is damaged, or in another encoding.")
        if _UNREADABLE in text:
            raise ValueError("This cell holds a character that cannot be read: the file is damaged, or in another encoding.")
        text = text.replace("\r\n", "\n").replace("\r", "\n")
        text = "".join(each for each in text if each in "\n\t" or (each >= " " and each != "\x7f"))
    elif _UNREADABLE in text:
        raise ValueError("This cell holds a character that cannot be read: the file is damaged, or in another encoding.")
    if _NEUTRALISED.match(text):  # our own exports write so what a spreadsheet would take for a formula
        text = text[1:]
    if len(text) > LONGEST:
        raise ValueError(f"This cell has {len(text):,} characters; up to {LONGEST:,} are taken.")
    return text.strip()


def _parser(field: Field, mapped: Mapped, zone: ZoneInfo) -> Parse:
    one = _sound(_item_parser(field.item, field.choices, mapped.sign, mapped.order, zone))
    if field.base is field.item:
        return one

    def many(cell: Cell) -> list[Any]:
        if not isinstance(cell, str):
            return [one(cell)]
        parts = _SEPARATORS.split(cell) if _SEPARATORS.search(cell) else cell.split(",")
        return [one(part.strip()) for part in parts if part.strip()]

    return many


def _sound(parse: Parse) -> Parse:
    def check(cell: Cell) -> Any:
        if isinstance(cell, Broken):
            raise ValueError(f"This cell shows {cell.text} in the spreadsheet: mend the formula there.")
        return parse(cell)

    return check


def _item_parser(kind: Any, choices: Sequence[str], sign: Sign, order: Order, zone: ZoneInfo) -> Parse:
    if kind is bool:
        return _yes_or_no
    if kind is Decimal:
        return lambda cell: _decimal(cell, sign)
    if kind is int:
        return lambda cell: _whole(cell, sign)
    if kind is float:
        return lambda cell: float(_decimal(cell, sign))
    if kind is date:
        return lambda cell: _moment(cell, order).date()
    if kind is datetime:
        return lambda cell: _aware(_moment(cell, order), zone)
    if choices:
        return _chooser(kind, choices)
    if kind is UUID:
        return lambda cell: UUID(shown(cell))
    return shown


def _decimal(cell: Cell, sign: Sign) -> Decimal:
    if isinstance(cell, str):
        return read_number(cell, sign)
    if isinstance(cell, (int, Decimal)) and not isinstance(cell, bool):
        return Decimal(cell)
    raise ValueError(f"“{shown(cell)}” is not a number.")


def _whole(cell: Cell, sign: Sign) -> int:
    try:
        number = _decimal(cell, sign)
    except ValueError:
        raise ValueError(f"“{shown(cell)}” is not a whole number.") from None
    if number != number.to_integral_value():
        raise ValueError(f"“{shown(cell)}” is not a whole number.")
    return int(number)


def _yes_or_no(cell: Cell) -> bool:
    text = shown(cell).lower()
    if text in _YES:
        return True
    if text in _NO:
        return False
    raise ValueError(f"“{shown(cell)}” is neither yes nor no.")


def _moment(cell: Cell, order: Order) -> datetime:
    if isinstance(cell, datetime):
        return cell
    if isinstance(cell, date):
        return datetime.combine(cell, time())
    if isinstance(cell, str):
        return read_moment(cell, order)
    if isinstance(cell, int) and not isinstance(cell, bool):
        return read_moment(str(cell), order)  # 20260331
    raise ValueError(f"“{shown(cell)}” is not a date such as 2026-03-31.")


def _aware(moment: datetime, zone: ZoneInfo) -> datetime:
    return (moment if moment.tzinfo else moment.replace(tzinfo=zone)).astimezone(UTC)


def _chooser(kind: Any, choices: Sequence[str]) -> Parse:
    values: Sequence[Any] = get_args(kind) if get_origin(kind) is Literal else list(kind) if issubclass(kind, Enum) else choices
    by_text = {_flat(text): value for text, value in zip(choices, values, strict=True)}

    def choose(cell: Cell) -> Any:
        text = shown(cell)
        if (found := by_text.get(_flat(text))) is not None:
            return found.value if isinstance(found, Enum) else found
        raise ValueError(f"“{text}” is not one of the choices: {', '.join(filter(None, choices))}.")

    return choose


def _flat(text: str) -> str:
    return " ".join(text.replace("_", " ").replace("-", " ").casefold().split())
