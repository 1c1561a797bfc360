"""What a person typed, turned into typed values with a sentence beside every wrong field."""

import operator
import re
from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime, time
from decimal import Decimal
from types import NoneType, UnionType
from typing import Annotated, Any, Literal, TypeVar, Union, get_args, get_origin

import msgspec

from weft.errors import Invalid

T = TypeVar("T", bound=msgspec.Struct)

_TRUE = frozenset({"1", "on", "true", "yes", "y", "t", "x"})
_FALSE = frozenset({"0", "off", "false", "no", "n", "f", ""})


class Form:
    """The fields of a submitted form; a repeated field keeps all its values. Text is stripped, and free of NUL and control characters."""

    def __init__(self, values: Mapping[str, Sequence[str]]) -> None:
        self.values = {key: [_clean(value) for value in given] for key, given in values.items()}

    @classmethod
    def of(cls, **values: str) -> "Form":
        """Return a form with these values, such as the stored ones that an edit page starts from."""
        return cls({key: [value] for key, value in values.items()})

    def get(self, name: str, default: str = "") -> str:
        """Return the last value of a field, as a template shows it again."""
        given = self.values.get(name)
        return given[-1] if given else default

    def all(self, name: str) -> list[str]:
        """Return every value of a repeated field."""
        return self.values.get(name, [])

    def rows(self, name: str) -> "list[Form]":
        """Return the rows of a repeated group, sent as ``name.0.field``, ``name.1.field``; empty rows are left out."""
        rows: dict[int, dict[str, Sequence[str]]] = {}
        for key, given in self.values.items():
            if found := re.fullmatch(rf"{re.escape(name)}\.(\d{{1,5}})\.(\w+)", key):
                rows.setdefault(int(found[1]), {})[found[2]] = given
        return [Form(row) for _, row in sorted(rows.items()) if any(value for given in row.values() for value in given)]

    def read(self, kind: type[T]) -> T:
        """Return the form as a struct; raises `Invalid` with a sentence for every wrong field at once."""
        return read_fields(kind, {name: given for name, given in self.values.items() if "." not in name})


def read_fields(kind: type[T], values: Mapping[str, Sequence[str]], *, ignore_unknown: bool = True) -> T:
    """Turn text fields into a struct: what its types say, plus the limits in `msgspec.Meta`.

    A field that is absent or empty takes its default; raises `Invalid` with one sentence per wrong field.
    """
    problems: dict[str, str] = {}
    found: dict[str, Any] = {}
    for field in msgspec.structs.fields(kind):
        given = [value for value in values.get(field.encode_name, ()) if value != ""]
        base, limits = unwrap(field.type)
        if not given and base is bool:
            found[field.name] = False if field.encode_name in values or field.required else field.default
            continue
        if not given and not _is_many(base):
            if field.required:
                problems[field.encode_name] = "This field is required."
            continue
        try:
            raw = [_from_text(get_args(base)[0], text) for text in given] if _is_many(base) else _from_text(base, given[-1])
            found[field.name] = _within(raw, limits) if base is Decimal else msgspec.convert(raw, field.type)
        except msgspec.ValidationError as wrong:
            problems[field.encode_name] = sentence(wrong)
        except ValueError as wrong:
            problems[field.encode_name] = str(wrong)
    if not ignore_unknown:
        known = {field.encode_name for field in msgspec.structs.fields(kind)}
        problems |= {name: "There is no such field." for name in values if name not in known}
    if problems:
        raise Invalid(fields=problems)
    try:
        return kind(**found)
    except (ValueError, TypeError) as wrong:
        raise Invalid(str(wrong)) from wrong


def unwrap(annotation: Any) -> tuple[Any, msgspec.Meta | None]:
    """Return the type under ``Annotated`` and ``| None``, and the first `msgspec.Meta` met."""
    meta: msgspec.Meta | None = None
    while True:
        origin = get_origin(annotation)
        if origin is Annotated:
            annotation, *extra = get_args(annotation)
            meta = meta or next((each for each in extra if isinstance(each, msgspec.Meta)), None)
        elif origin in (Union, UnionType):
            rest = [each for each in get_args(annotation) if each is not NoneType]
            if len(rest) != 1:
                return annotation, meta
            annotation = rest[0]
        else:
            return annotation, meta


def sentence(wrong: msgspec.ValidationError) -> str:
    """Turn a message of msgspec's into a sentence for a person."""
    text = str(wrong).split(" - at `$")[0].replace("`", "")
    for pattern, plain in _SENTENCES:
        if found := re.search(pattern, text):
            return plain.format(*found.groups())
    return text if text.endswith((".", "?", "!")) else f"{text}."


_SENTENCES: tuple[tuple[str, str], ...] = (
    (r"Expected str of length >= (\d+)", "Enter at least {0} characters."),
    (r"Expected str of length <= (\d+)", "Enter at most {0} characters."),
    (r"Expected str matching regex (.+)", "This does not have the expected form."),
    (r"Expected (?:int|float|decimal) >= (\S+)", "Enter {0} or more."),
    (r"Expected (?:int|float|decimal) <= (\S+)", "Enter {0} or less."),
    (r"Expected (?:int|float|decimal) > (\S+)", "Enter more than {0}."),
    (r"Expected (?:int|float|decimal) < (\S+)", "Enter less than {0}."),
    (r"Expected array of length >= (\d+)", "Choose at least {0}."),
    (r"Expected array of length <= (\d+)", "Choose at most {0}."),
    (r"Invalid enum value '?(.*?)'?$", "“{0}” is not one of the choices."),
    (r"Invalid UUID", "Choose one of the list."),
)


# What msgspec says of other numbers, in its own words; of a `Decimal` it knows no limits.
_LIMITS: tuple[tuple[str, Callable[[Decimal, Decimal], bool], str], ...] = (
    ("ge", operator.ge, "Enter {} or more."),
    ("le", operator.le, "Enter {} or less."),
    ("gt", operator.gt, "Enter more than {}."),
    ("lt", operator.lt, "Enter less than {}."),
)


def _within(value: Any, limits: msgspec.Meta | None) -> Any:
    for name, holds, plain in _LIMITS:
        limit = getattr(limits, name, None)
        if limit is not None and not holds(value, Decimal(str(limit))):
            raise ValueError(plain.format(limit))
    return value


def _is_many(base: Any) -> bool:
    return get_origin(base) in (list, tuple, set, frozenset)


def _clean(value: str) -> str:
    value = value.replace("\r\n", "\n").replace("\r", "\n")
    return "".join(each for each in value if each in "\n\t" or (each >= " " and each != "\x7f")).strip()


def _from_text(base: Any, text: str) -> Any:
    """Return what msgspec can convert; raises `ValueError` with a sentence."""
    if base is bool:
        return _yes_or_no(text)
    if base is int:
        if not re.fullmatch(r"[+-]?\d{1,18}", text):
            raise ValueError(f"“{text}” is not a whole number.")
        return int(text)
    if base in (Decimal, float):
        return base(number(text))
    if base is date:
        return _moment(date, text, "a date such as 2026-03-31")
    if base is datetime:
        return _moment(datetime, text, "a date and time such as 2026-03-31T14:30")
    if base is time:
        return _moment(time, text, "a time such as 14:30")
    if get_origin(base) is Literal:
        return _chosen(get_args(base), text)
    return text


def _chosen(choices: tuple[Any, ...], text: str) -> Any:
    for choice in choices:
        if text == str(choice):
            return choice
    raise ValueError(f"“{text}” is not one of the choices.")


def _yes_or_no(text: str) -> bool:
    if text.lower() in _TRUE:
        return True
    if text.lower() in _FALSE:
        return False
    raise ValueError(f"“{text}” is neither yes nor no.")


def _moment(kind: type[Any], text: str, example: str) -> Any:
    try:
        return kind.fromisoformat(text)
    except ValueError:
        raise ValueError(f"“{text}” is not {example}.") from None


def number(text: str, decimal_sign: str = "") -> Decimal:
    """Read a number as people of many countries write it: ``1234.5``, ``1,234.50``, ``1.234,50``, ``1 234,50``, ``1'234.50``.

    With `decimal_sign` (``"."`` or ``","``) the other sign groups thousands. Without it, a point alone is a decimal sign, and a single
    comma before exactly three final digits is refused, since ``1,234`` means one thing in London and another in Berlin. Raises `ValueError`
    with a sentence.
    """
    bare = _SPACES.sub(" ", text.strip())
    comma, point = bare.rfind(","), bare.rfind(".")
    if not decimal_sign:
        if comma >= 0 and point >= 0:
            decimal_sign = "," if comma > point else "."
        elif bare.count(",") > 1 or bare.count(".") > 1:
            decimal_sign = "." if comma >= 0 else ","
        elif re.fullmatch(r"[+-]?[1-9]\d{0,2},\d{3}", bare):
            raise ValueError(f"“{text}” could be {bare.replace(',', '')} or {bare.replace(',', '.')}: write it without the comma.")
        else:
            decimal_sign = "," if comma >= 0 else "."
    group = "," if decimal_sign == "." else "."
    found = _NUMBER.fullmatch(bare)
    whole, _, fraction = found["digits"].partition(decimal_sign) if found else ("", "", "")
    if not found or not (whole or fraction) or not _WHOLE.fullmatch(whole.replace(group, " ")) or not _DIGITS.fullmatch(fraction):
        raise ValueError(f"“{text}” is not a number.")
    value = Decimal(f"{found['sign']}{re.sub(r'[., ]', '', whole)}.{fraction}e{found['power'] or 0}")
    if abs(value.adjusted()) > 24:
        raise ValueError(f"“{text}” is not a number.")
    return value


_SPACES = re.compile(r"[\s'’]")
_NUMBER = re.compile(r"(?P<sign>[+-]?)(?P<digits>[\d., ]+)(?:[eE](?P<power>[+-]?\d{1,3}))?")
# Digits alone, or in groups of three, of which those before the last may have two, as in India.
_WHOLE = re.compile(r"\d*|\d{1,3}(?: \d{3})+|\d{1,2}(?: \d{2})* \d{3}")
_DIGITS = re.compile(r"\d*")
