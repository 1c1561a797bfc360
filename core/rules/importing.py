"""Rules about importers: a row is something a line of a spreadsheet can fill."""

from collections.abc import Iterator
from datetime import date, datetime
from decimal import Decimal
from enum import Enum
from typing import Any, Literal, get_origin
from uuid import UUID

import msgspec

from core.imports.fields import fields_of
from core.rules.rule import Problem, Rule
from core.rules.subject import Subject
from weft import Importer

CELLS = (str, int, Decimal, bool, date, datetime, UUID)


def rows(subject: Subject) -> Iterator[Problem]:
    """Each field takes one cell."""
    for importer in subject.declared("importers"):
        for field in fields_of(importer):
            if field.item is float:
                yield Problem(subject.place(importer.row), f"{field.name} is a float, which is not exact: write Decimal.")
            elif not _fits_a_cell(field.item):
                yield Problem(
                    subject.place(importer.row),
                    f"{field.name} of the rows of “{importer.name}” is of a type that no cell holds: take text, a number, a date, "
                    "yes or no, a Literal, or a tuple of one of them.",
                )


def _fits_a_cell(item: Any) -> bool:
    is_enum = isinstance(item, type) and issubclass(item, Enum)
    return item in CELLS or get_origin(item) is Literal or is_enum


def importers(subject: Subject) -> Iterator[Problem]:
    """What an importer names is there."""
    for importer in subject.declared("importers"):
        for sentence in _wrong(subject, importer):
            yield Problem(subject.hook_place("importers"), f"The importer “{importer.name}”: {sentence}")


def _wrong(subject: Subject, importer: Importer[Any]) -> Iterator[str]:
    names = set(importer.row.__struct_fields__)
    for field in importer.aliases:
        if field not in names:
            yield f"its aliases name the field “{field}”, which its rows do not have."
    if importer.group_by and importer.group_by not in names:
        yield f"it groups by “{importer.group_by}”, which its rows do not have."
    if importer.record and importer.record not in subject.registry.record_by_name:
        yield f"it makes records of the kind “{importer.record}”, which nobody declares."
    for suffix in importer.readers:
        if not suffix.startswith(".") or suffix != suffix.lower():
            yield f"it reads files “{suffix}”: write the ending with its point, in small letters, such as .vcf."
    if importer.options:
        for option in msgspec.structs.fields(importer.options):
            if option.required:
                yield f"its option “{option.name}” has no default: whoever is in a hurry must be able to go on."


RULES = (
    Rule("import-rows", "Each field of an importer's rows takes one cell of a spreadsheet", rows),
    Rule("importers", "Aliases, groups, options and records that an importer names are there", importers),
)
