"""The fields that an importer's rows have, as people map columns to them."""

import re
import unicodedata
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import Enum
from types import NoneType, UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin

import msgspec

from weft.data import Importer

MANY = (list, tuple, set, frozenset)


@dataclass(frozen=True, slots=True)
class Field:
    """One field; `base` is its type without what surrounds it, `item` of a field of many values the type of one."""

    name: str
    key: str  # its name where the struct is encoded
    title: str
    help: str
    required: bool
    base: Any
    item: Any
    annotation: Any
    tells_absence: bool  # its type has UNSET, so an empty cell is not the same as no column
    takes_none: bool
    aliases: tuple[str, ...] = ()

    @property
    def is_number(self) -> bool:
        """Whether it holds a number, so that the decimal sign of its column matters."""
        return self.item in (int, float, Decimal)

    @property
    def is_date(self) -> bool:
        """Whether it holds a date, so that the order of its column matters."""
        return self.item in (date, datetime)

    @property
    def choices(self) -> tuple[str, ...]:
        """The values it takes, where they are few."""
        if get_origin(self.item) is Literal:
            return tuple(str(each) for each in get_args(self.item))
        if isinstance(self.item, type) and issubclass(self.item, Enum):
            return tuple(str(each.value) for each in self.item)
        return ()


def fields_of(importer: Importer[Any]) -> tuple[Field, ...]:
    """Return the fields of an importer's rows, in the order of the struct."""
    return tuple(_field(each, importer.aliases.get(each.name, ())) for each in msgspec.structs.fields(importer.row))


def _field(each: msgspec.structs.FieldInfo, aliases: tuple[str, ...]) -> Field:
    base, meta, others = _unwrap(each.type)
    many = get_origin(base) in MANY or base in MANY
    item = _unwrap(get_args(base)[0])[0] if many and get_args(base) else str if many else base
    return Field(
        name=each.name,
        key=each.encode_name,
        title=(meta.title if meta and meta.title else "") or each.name.replace("_", " ").strip().capitalize(),
        help=(meta.description if meta and meta.description else ""),
        required=each.required,
        base=base,
        item=item,
        annotation=each.type,
        tells_absence=msgspec.UnsetType in others,
        takes_none=NoneType in others,
        aliases=aliases,
    )


def _unwrap(annotation: Any) -> tuple[Any, msgspec.Meta | None, frozenset[Any]]:
    """Return the type under ``Annotated``, ``| None`` and ``| UnsetType``, the `msgspec.Meta` that names it, and what was beside it."""
    meta: msgspec.Meta | None = None
    beside: set[Any] = set()
    while True:
        origin = get_origin(annotation)
        if origin is Annotated:
            annotation, *extra = get_args(annotation)
            meta = meta or next((each for each in extra if isinstance(each, msgspec.Meta) and (each.title or each.description)), None)
        elif origin in (Union, UnionType):
            rest = [each for each in get_args(annotation) if each not in (NoneType, msgspec.UnsetType)]
            beside |= {each for each in get_args(annotation) if each in (NoneType, msgspec.UnsetType)}
            if len(rest) != 1:
                return annotation, meta, frozenset(beside)
            annotation = rest[0]
        else:
            return annotation, meta, frozenset(beside)


_WORD = re.compile(r"[a-z0-9]+|[^\W_a-z0-9]+")
_CAMEL = re.compile(r"(?<=[a-z])(?=[A-Z])")


def words(heading: str) -> tuple[str, ...]:
    """Return the words of a heading, without case, accents, signs and plural.

    >>> words("E-Mail_Adresse (privat)")
    ('email', 'adresse', 'privat')
    """
    flat = unicodedata.normalize("NFKD", _CAMEL.sub(" ", heading))
    flat = "".join(each for each in flat if not unicodedata.combining(each)).casefold()
    flat = re.sub(r"\be[- ]mail", "email", flat)
    return tuple(word[:-1] if len(word) > 3 and word.endswith("s") and not word.endswith("ss") else word for word in _WORD.findall(flat))
