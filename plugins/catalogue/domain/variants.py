"""Options such as size and colour, and the variants that come of them."""

from collections.abc import Mapping, Sequence
from itertools import product
from math import prod
from typing import TypeVar

import msgspec

from weft.errors import Invalid

from .naming import code_of, folded, tidy

MOST_OPTIONS = 5
MOST_VALUES = 100
MOST_VARIANTS = 500

Choices = tuple[str, ...]
V = TypeVar("V")


class Option(msgspec.Struct, frozen=True, kw_only=True):
    """One thing a buyer chooses, and what from; the order is the one people see."""

    name: str
    values: tuple[str, ...]


def check_options(options: Sequence[Option]) -> tuple[Option, ...]:
    """Return options tidied; raises `Invalid` by field (``options.0.values``) for empty, doubled or too many ones."""
    wrong: dict[str, str] = {}
    if len(options) > MOST_OPTIONS:
        wrong[f"options.{MOST_OPTIONS}.name"] = f"A product has at most {MOST_OPTIONS} options."
    found: list[Option] = []
    for place, option in enumerate(options):
        name, values = tidy(option.name), tuple(filter(None, map(tidy, option.values)))
        if not name:
            wrong[f"options.{place}.name"] = "Give the option a name, such as Size."
        elif folded(name) in {folded(each.name) for each in found}:
            wrong[f"options.{place}.name"] = f"There are two options called “{name}”."
        if any(sign in text for text in (name, *values) for sign in ";|"):
            wrong[f"options.{place}.values"] = "Semicolons and bars stand between values and cannot be part of one."
        elif not values:
            wrong[f"options.{place}.values"] = "Write its values with commas between them, such as Small, Medium, Large."
        elif doubled := _doubled(values):
            wrong[f"options.{place}.values"] = f"“{doubled}” is there twice."
        elif len(values) > MOST_VALUES:
            wrong[f"options.{place}.values"] = f"An option has at most {MOST_VALUES} values."
        found.append(Option(name=name, values=values))
    if not wrong and (count := prod(len(option.values) for option in found)) > MOST_VARIANTS:
        wrong["options.0.values"] = (
            f"These options make {count} variants; a product has at most {MOST_VARIANTS}. Split it into several products."
        )
    if wrong:
        raise Invalid(fields=wrong)
    return tuple(found)


def matrix(options: Sequence[Option]) -> tuple[Choices, ...]:
    """Return every combination of the options' values once, the last option changing fastest; without options one empty combination."""
    return tuple(product(*(option.values for option in options)))


def fill(existing: Mapping[Choices, V], options: Sequence[Option]) -> tuple[list[tuple[Choices, V | None]], list[V]]:
    """Lay variants that exist over the matrix: each combination with the variant that has it or nothing, and the variants left over.

    Values are compared without case and accents, so that correcting the spelling of one keeps its variants. The only variant of a simple
    product becomes the first combination when options come, and the first variant stays when they go: codes and stock hang on it.
    """
    known = {_key(choices): variant for choices, variant in existing.items()}
    cells = [(choices, known.pop(_key(choices), None)) for choices in matrix(options)]
    left = list(known.values())
    turned = bool(options) != any(existing)
    if left and cells and turned and cells[0][1] is None:
        cells[0] = (cells[0][0], left.pop(0))
    return cells, left


def check_choices(options: Sequence[Option], all_choices: Sequence[Choices]) -> None:
    """Raise `Invalid` unless each variant chooses one value of every option, and no two the same."""
    allowed = {_key(choices) for choices in matrix(options)}
    seen: set[Choices] = set()
    for place, choices in enumerate(all_choices):
        key = _key(choices)
        if key not in allowed:
            wanted = " and ".join(option.name for option in options) or "nothing, as the product has no options"
            raise Invalid.field(f"variants.{place}.choices", f"“{title_of(choices) or 'No choice'}” is no choice of {wanted}.")
        if key in seen:
            raise Invalid.field(f"variants.{place}.choices", f"There are two variants “{title_of(choices) or 'without options'}”.")
        seen.add(key)


def widen(options: Sequence[Option], all_choices: Sequence[Choices]) -> tuple[Option, ...]:
    """Return options with every value that the variants use, in the order met: how a file that lists variants one by one is read."""
    wider = []
    for place, option in enumerate(options):
        values = {folded(value): value for value in option.values}
        for choices in all_choices:
            if place < len(choices):
                values.setdefault(folded(choices[place]), choices[place])
        wider.append(Option(name=option.name, values=tuple(values.values())))
    return tuple(wider)


def title_of(choices: Choices) -> str:
    """Return how a variant is called beside its product's name."""
    return " / ".join(choices)


def suffix_of(choices: Choices) -> str:
    """Return choices as the end of a SKU, such as ``-SMALL-RED``; values without Latin letters leave nothing."""
    return "".join(f"-{code}" for code in map(code_of, choices) if code)


def _key(choices: Choices) -> Choices:
    return tuple(folded(choice) for choice in choices)


def _doubled(values: Sequence[str]) -> str:
    seen: set[str] = set()
    for value in values:
        if folded(value) in seen:
            return value
        seen.add(folded(value))
    return ""
