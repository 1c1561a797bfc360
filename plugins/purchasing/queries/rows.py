"""Structs as rows of our tables, and back: one statement for each."""

from collections.abc import Iterable, Sequence
from typing import Any, TypeVar

import msgspec

from weft import Row, Scope

T = TypeVar("T", bound=msgspec.Struct)
_JSON = frozenset({"approvals", "taxes", "reasons"})


def names_of(kind: type[msgspec.Struct], *without: str) -> tuple[str, ...]:
    """Return the columns of a struct."""
    return tuple(each.name for each in msgspec.structs.fields(kind) if each.name not in without)


def columns(kind: type[msgspec.Struct], prefix: str, *without: str) -> str:
    """Return what follows SELECT for a struct; JSON is read as text."""
    return ", ".join(f"{prefix}.{name}::text AS {name}" if name in _JSON else f"{prefix}.{name}" for name in names_of(kind, *without))


def read(kind: type[T], row: Row, **more: Any) -> T:
    """Return a row as a struct."""
    wanted = names_of(kind)
    values = {name: _listed(value) if name in _JSON else value for name, value in row.items() if name in wanted}
    return msgspec.convert(values | more, kind)


def _listed(text: str) -> Any:
    """Return what a column of JSON holds; an empty object is an empty list, as a fresh column may have it."""
    return msgspec.json.decode(text) or []


def read_all(kind: type[T], rows: Iterable[Row]) -> list[T]:
    """Return rows as structs."""
    return [read(kind, row) for row in rows]


def _value(record: msgspec.Struct, name: str) -> object:
    value = getattr(record, name)
    if name in _JSON:
        return msgspec.json.encode(value).decode()
    return str(value.value) if hasattr(value, "value") else value


async def put(db: Scope, table: str, record: msgspec.Struct, *without: str, **more: object) -> None:
    """Store a record, new or changed; `more` are columns that the struct has not."""
    names = names_of(type(record), *without)
    values = [_value(record, name) for name in names] + list(more.values())
    names = (*names, *more)
    places = ", ".join(f"${place}::text::jsonb" if name in _JSON else f"${place}" for place, name in enumerate(names, 1))
    changes = ", ".join(f"{name} = excluded.{name}" for name in names if name != "id")
    sql = f"INSERT INTO {table} ({', '.join(names)}) VALUES ({places}) ON CONFLICT (id) DO UPDATE SET {changes}"
    await db.execute(sql, *values)


async def put_all(db: Scope, table: str, records: Sequence[msgspec.Struct], *without: str, **more: object) -> None:
    """Store records of one kind."""
    for record in records:
        await put(db, table, record, *without, **more)
