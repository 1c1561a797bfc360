"""The form in which a person says which column is which field."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import get_args

from core.imports.dates import Order
from core.imports.mapping import Mapped
from core.imports.numbers import Sign
from core.imports.profile import Column
from weft.errors import Invalid
from weft.forms import Form


@dataclass(frozen=True, slots=True)
class Choice:
    """What was chosen for one column: a field or none, and how its numbers and dates are written."""

    field: str = ""
    sign: str = ""
    order: str = ""


@dataclass(frozen=True, slots=True)
class Chosen:
    """The whole form, as it was sent."""

    columns: tuple[Choice, ...]
    options: dict[str, str]

    @classmethod
    def of(cls, form: Form, columns: Sequence[Column]) -> "Chosen":
        """Read what was chosen, sound or not; the form has ``map.N``, ``sign.N``, ``order.N`` for each column and ``option.NAME``."""
        choices = tuple(
            Choice(form.get(f"map.{place}"), form.get(f"sign.{place}"), form.get(f"order.{place}")) for place in range(len(columns))
        )
        return cls(choices, options_from(form))


def options_from(form: Form) -> dict[str, str]:
    """Return the answers to the importer's own questions."""
    return {name.removeprefix("option."): form.get(name) for name in form.values if name.startswith("option.")}


def mapping_from(form: Form, columns: Sequence[Column]) -> tuple[Mapped, ...]:
    """Return the mapping that a form asks for; raises `Invalid` for what the form does not offer."""
    found = []
    problems = {}
    for place, (column, choice) in enumerate(zip(columns, Chosen.of(form, columns).columns, strict=True)):
        if not choice.field:
            continue
        sign, order = _sign(choice.sign, column), _order(choice.order, column)
        if sign is None or order is None:
            problems[f"map.{place}"] = "Choose one of the ways that numbers and dates are written."
        else:
            found.append(Mapped(field=choice.field, column=place, sign=sign, order=order))
    if problems:
        raise Invalid(fields=problems)
    return tuple(found)


def _sign(given: str, column: Column) -> Sign | None:
    if not given:
        return column.sign or ""
    return next((sign for sign in get_args(Sign) if sign == given), None)


def _order(given: str, column: Column) -> Order | None:
    if not given:
        return column.order or ""
    return next((order for order in get_args(Order) if order == given), None)
