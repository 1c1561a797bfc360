"""Values of any type that can cross a wire, to send through JSON and through the hands of a plugin."""

import enum
from collections.abc import Mapping
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from types import NoneType, UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin
from uuid import UUID

import msgspec


class Unfit(TypeError):
    """A type that JSON cannot carry; the text says which, and what to take instead."""


_PLAIN: Mapping[Any, Any] = {
    str: "Zoë & Søn",
    int: 7,
    bool: True,
    float: 2.5,
    Decimal: Decimal("12.50"),
    date: date(2028, 2, 29),
    datetime: datetime(2028, 2, 29, 23, 59, 58, 123000, UTC),
    time: time(23, 59),
    timedelta: timedelta(hours=1, seconds=30),
    UUID: UUID("01890a5d-ac96-774b-bcce-b302099a8057"),
    bytes: b"\x00\xff",
    NoneType: None,
}
_ARRAYS = (list, tuple, set, frozenset)


def sample(annotation: Any, *, full: bool = True) -> Any:
    """Return a value of a type; with `full` each choice is made for more, else for less. Raises `Unfit`."""
    origin = get_origin(annotation)
    if origin is Annotated:
        return _within(get_args(annotation)[0], get_args(annotation)[1:], full=full)
    if origin in (Union, UnionType):
        some = [each for each in get_args(annotation) if each is not NoneType and each is not msgspec.UnsetType]
        if not full and NoneType in get_args(annotation):
            return None
        return sample(some[0] if full else some[-1], full=full)
    if origin is Literal:
        return get_args(annotation)[0 if full else -1]
    if annotation in _PLAIN:
        return _PLAIN[annotation] if full or annotation is not str else ""
    if isinstance(annotation, type) and issubclass(annotation, enum.Enum):
        return next(iter(annotation))
    if isinstance(annotation, type) and issubclass(annotation, msgspec.Struct):
        return sample_struct(annotation, full=full)
    if (container := origin or annotation) in _ARRAYS:
        return _array(container, get_args(annotation), full=full)
    if container in (dict, Mapping):
        return _mapping(get_args(annotation), full=full)
    raise Unfit(f"{_called(annotation)} cannot be told as JSON and read back: take text, numbers, dates, ids, or a msgspec.Struct of them")


def sample_struct(kind: type[msgspec.Struct], *, full: bool = True) -> Any:
    """Return an instance of a struct; without `full` every field that has a default keeps it. Raises `Unfit` naming the field."""
    values = {}
    for field in msgspec.structs.fields(kind):
        if full or field.required:
            try:
                value = sample(field.type, full=full)
            except Unfit as unfit:
                raise Unfit(f"{field.name}: {unfit}") from unfit
            if field.required or _allowed(value, field.type):  # a form that nobody can guess is left to its default
                values[field.name] = value
    return kind(**values)


def _allowed(value: Any, annotation: Any) -> bool:
    try:
        msgspec.json.decode(msgspec.json.encode(value), type=annotation)
    except msgspec.ValidationError:
        return False
    except TypeError:  # what cannot be told at all, or limits of a Decimal, which msgspec knows nothing of
        return True
    return True


def survives(value: msgspec.Struct) -> bool:
    """Tell whether a value comes back from JSON as it went."""
    return bool(msgspec.json.decode(msgspec.json.encode(value), type=type(value)) == value)


def _array(container: Any, inner: tuple[Any, ...], *, full: bool) -> Any:
    if not inner:
        raise Unfit(f"{_called(container)} does not say of what: write {_called(container)}[str], for instance")
    if container is tuple and inner[-1] is not ...:
        return tuple(sample(each, full=full) for each in inner)
    return container([sample(inner[0], full=full)] if full else [])


def _mapping(inner: tuple[Any, ...], *, full: bool) -> dict[Any, Any]:
    if len(inner) != 2:
        raise Unfit("dict does not say of what: write dict[str, str], for instance")
    return {sample(inner[0]): sample(inner[1], full=full)} if full else {}


def _within(base: Any, extras: tuple[Any, ...], *, full: bool) -> Any:
    """Return a value inside the limits of `msgspec.Meta`."""
    value = sample(base, full=full)
    for meta in (each for each in extras if isinstance(each, msgspec.Meta)):
        if isinstance(value, str):
            value = _text(value, meta)
        elif isinstance(value, (int, float, Decimal)) and not isinstance(value, bool):
            value = _number(value, meta)
    return value


def _text(value: str, meta: msgspec.Meta) -> str:
    if meta.pattern:
        return next((each for each in (value, "abc", "a1", "AB", "123", "GB", "a@b.example") if _matches(each, meta)), value)
    least, most = meta.min_length or 0, meta.max_length
    value = value if len(value) >= least else (value + "x" * least)[:least]
    return value if most is None else value[:most]


def _matches(value: str, meta: msgspec.Meta) -> bool:
    try:
        msgspec.convert(value, Annotated[str, meta])
    except msgspec.ValidationError:
        return False
    return True


def _number(value: Any, meta: msgspec.Meta) -> Any:
    low = meta.ge if meta.ge is not None else None if meta.gt is None else meta.gt + 1
    high = meta.le if meta.le is not None else None if meta.lt is None else meta.lt - 1
    if low is not None and value < low:
        value = type(value)(low)
    if high is not None and value > high:
        value = type(value)(high)
    return value


def _called(annotation: Any) -> str:
    return getattr(annotation, "__name__", None) or str(annotation)
