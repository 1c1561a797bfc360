"""The questions that an importer asks once per import, and their answers as text."""

from collections.abc import Mapping
from typing import Any

import msgspec

from weft.data import Importer
from weft.errors import Invalid
from weft.forms import read_fields


def read_options(importer: Importer[Any], given: Mapping[str, str]) -> dict[str, str]:
    """Return answers, checked and completed with the defaults; raises `Invalid` with ``option.<name>`` for what does not fit."""
    if importer.options is None:
        return {}
    try:
        answers = read_fields(importer.options, {name: [value] for name, value in given.items()}, ignore_unknown=False)
    except Invalid as wrong:
        raise Invalid(wrong.message, {f"option.{name}": sentence for name, sentence in wrong.fields.items()}) from wrong
    return as_text(answers)


def as_text(answers: msgspec.Struct) -> dict[str, str]:
    """Return answers as text that `weft.read_fields` reads; those that are absent are left out."""
    found = {}
    for field in msgspec.structs.fields(type(answers)):
        value = msgspec.to_builtins(getattr(answers, field.name), str_keys=True)
        if isinstance(value, bool):
            found[field.encode_name] = "yes" if value else "no"
        elif value is not None:
            found[field.encode_name] = str(value)
    return found
