"""Which column of a file is which field: guessed, with the reason, for the person to confirm."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from enum import StrEnum

import msgspec

from core.imports.dates import Order
from core.imports.fields import Field, words
from core.imports.looks import TELLING
from core.imports.numbers import Sign
from core.imports.profile import Column
from weft.errors import Invalid


class Mapped(msgspec.Struct, frozen=True, kw_only=True):
    """One field is read from one column (counted from 0), whose numbers and dates are written like this."""

    field: str
    column: int
    sign: Sign = "."
    order: Order = ""


class Why(StrEnum):
    """Why a column was taken for a field, surest first."""

    REMEMBERED = "Same as last time"
    NAME = "By its name"
    ALIAS = "By another name"
    SIMILAR = "By a similar name"
    VALUES = "By its values"


@dataclass(frozen=True, slots=True)
class Guess:
    """A column was taken for a field, as surely as `score` says, from 0 to 1."""

    column: int
    field: str
    why: Why
    score: float


_LEAST = 0.5
_TYPO = 0.86  # of the letters in common


def guess_mapping(columns: Sequence[Column], fields: Sequence[Field], remembered: Mapping[str, str] | None = None) -> list[Guess]:
    """Return at most one field for each column and one column for each field, the surest first served.

    `remembered` maps headings to the fields that a person chose for them the last time, or to nothing where they were left out. A column
    with nothing in it is taken only for a field that its name says exactly.
    """
    last = remembered or {}
    candidates = []
    for place, column in enumerate(columns):
        for field in fields:
            guess = _compare(place, column, field, last)
            if guess and guess.score >= (0.9 if not column.filled else _LEAST):
                candidates.append(guess)
    found: dict[int, Guess] = {}
    taken: set[str] = set()
    for guess in sorted(candidates, key=lambda each: -each.score):
        if guess.column not in found and guess.field not in taken:
            found[guess.column] = guess
            taken.add(guess.field)
    return [found[place] for place in sorted(found)]


def check_mapping(fields: Sequence[Field], columns: Sequence[Column], mapping: Sequence[Mapped]) -> None:
    """Raise `Invalid` unless every required field has a column, none has two, and it is settled how numbers are written.

    Its fields are ``map.<column>`` and ``sign.<column>``, columns counted from 0, and ``required``.
    """
    by_name = {field.name: field for field in fields}
    problems: dict[str, str] = {}
    taken: dict[str, int] = {}
    for each in mapping:
        field = by_name.get(each.field)
        if field is None or not 0 <= each.column < len(columns):
            problems[f"map.{each.column}"] = f"There is no field “{each.field}” here."
            continue
        column = columns[each.column]
        if each.field in taken:
            first = columns[taken[each.field]].heading
            problems[f"map.{each.column}"] = f"“{field.title}” is taken from the column “{first}” already: choose another field, or none."
        taken.setdefault(each.field, each.column)
        if field.is_number and column.sign is None and not each.sign:
            problems[f"sign.{each.column}"] = f"Say what “{column.sign_example}” in the column “{column.heading}” means."
    if missing := [field.title for field in fields if field.required and field.name not in taken]:
        names = " and ".join(f"“{title}”" for title in missing)
        problems["required"] = f"Choose the column for {names}: no row can be saved without."
    elif not mapping:
        problems["required"] = "Choose at least one column to bring in."
    if problems:
        raise Invalid(fields=problems)


def _compare(place: int, column: Column, field: Field, last: Mapping[str, str]) -> Guess | None:
    if column.heading in last:
        return Guess(place, field.name, Why.REMEMBERED, 1.0) if last[column.heading] == field.name else None
    heading = words(column.heading)
    score, why = max((_by_name(heading, words(name)), why) for name, why in _names(field))
    if score < 0.9 and _contradicts(column, field):
        return None
    by_values = 0.55 if _looks_like(column, field) else 0.0
    if score and by_values:
        return Guess(place, field.name, why, min(1.0, score + 0.05))
    if score >= by_values:
        return Guess(place, field.name, why if score >= 0.9 else Why.SIMILAR, score)
    return Guess(place, field.name, Why.VALUES, by_values)


def _names(field: Field) -> list[tuple[str, Why]]:
    return [(field.name, Why.NAME), (field.title, Why.NAME), *((alias, Why.ALIAS) for alias in field.aliases)]


def _by_name(heading: Sequence[str], name: Sequence[str]) -> float:
    """Return how much two names have in common, from 0 to 1."""
    if not heading or not name:
        return 0.0
    if heading == name:
        return 1.0
    whole, wanted = "".join(heading), "".join(name)
    if whole == wanted:
        return 0.97
    common = len(set(heading) & set(name)) / max(len(set(heading)), len(set(name)))
    if common >= 0.5:
        return 0.5 + 0.3 * common
    if len(whole) >= 5 and SequenceMatcher(None, whole, wanted).ratio() >= _TYPO:
        return 0.7
    return 0.0


def _looks_like(column: Column, field: Field) -> bool:
    """Tell whether the values say what the field is, whatever the heading says."""
    if not column.looks or column.looks not in TELLING:
        return column.looks == "date" and field.is_date
    told = {word for name, _ in _names(field) for word in words(name)}
    return bool(told & TELLING[column.looks])


def _contradicts(column: Column, field: Field) -> bool:
    """Tell whether the values cannot be this field's."""
    if not column.samples:
        return False
    if field.is_number:
        return column.looks not in ("number", "gtin", "phone", "")
    if field.is_date:
        return column.looks not in ("date", "number", "")
    return False
