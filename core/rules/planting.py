"""Puts rows into tables that nobody told it about: their types, CHECKs and foreign keys are read from PostgreSQL."""

import itertools
import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

import asyncpg

from core.platform.database import Db
from core.rules.reflection import Check, ColumnFact, Standing
from weft.ids import new_id

CANARY = "Kanarienvogel"  # a word that no page of ours says by itself
TRIES = 300  # combinations of values for the columns of one CHECK
_LITERAL = re.compile(r"'((?:[^']|'')*)'::(?:text|character varying|bpchar)")
_NUMBER = re.compile(r"(?<![\w.'])-?\d+(?:\.\d+)?(?![\w.'])")

Rows = dict[str, list[dict[str, object]]]


async def plant(db: "Db[asyncpg.Record]", standing: Standing) -> Rows:
    """Put rows into each table that takes them: with every column filled, yes-or-no both ways, and with only what it must have.

    Returns what was put where; a table whose rules cannot be met is left out.
    """
    planted: Rows = {}
    for table in in_order(standing):
        if table == "migration":
            continue
        for full, yes in ((True, True), (True, False), (False, False)):
            row = await _row(db, standing, table, planted, full=full, yes=yes)
            if row is not None and await _insert(db, table, row):
                planted.setdefault(table, []).append(row)
    return planted


async def multiply(db: "Db[asyncpg.Record]", standing: Standing, planted: Rows, count: int) -> None:
    """Put `count` more rows like the first into each table, which refer to the same others; a table that takes none is left as it is."""
    for table, rows in planted.items():
        refer = {each.column for each in standing.references if each.table == table}
        names = ", ".join(f'"{name}"' for name in rows[0])
        places = ", ".join(f"${place}" for place in range(1, len(rows[0]) + 1))
        copies = [[value if name in refer else _another(value) for name, value in rows[0].items()] for _ in range(count)]
        try:
            async with db.transaction():
                await db.executemany(f'INSERT INTO "{table}" ({names}) VALUES ({places})', copies)
                await db.execute("SET CONSTRAINTS ALL IMMEDIATE")
        except (asyncpg.PostgresError, asyncpg.InterfaceError):
            continue


def _another(value: object) -> object:
    """Return a value of the same kind that no other row has."""
    if isinstance(value, UUID):
        return new_id()
    if isinstance(value, str) and value.startswith(CANARY):
        return f"{CANARY} {new_id().hex[-6:]}"[: max(len(value), len(CANARY) + 1)]
    return value


def in_order(standing: Standing) -> list[str]:
    """Return the tables, each after those it refers to; where two refer to each other, by name."""
    left = dict.fromkeys(sorted(standing.tables))
    needs = {table: {each.to for each in standing.references if each.table == table and each.to != table} for table in left}
    ordered: list[str] = []
    while left:
        ready = next((table for table in left if not needs[table] & left.keys()), next(iter(left)))
        ordered.append(ready)
        del left[ready]
    return ordered


async def _row(
    db: "Db[asyncpg.Record]", standing: Standing, table: str, planted: Rows, *, full: bool, yes: bool
) -> dict[str, object] | None:
    """Return values for one row; nothing when a foreign key has nowhere to point, or a CHECK cannot be met."""
    columns, row = standing.of(table), dict[str, object]()
    for column in columns.values():
        if not full and not column.required:
            row[column.name] = None
        elif full or not column.has_default or column.in_primary_key:
            row[column.name] = yes if column.type == "boolean" else value_of(column.type, full=full)
    for reference in (each for each in standing.references if each.table == table and each.column in row):
        target = planted.get(reference.to)
        if target is None and columns[reference.column].required:
            return None
        row[reference.column] = _key_of(standing, reference.to, target[-1]) if target and row[reference.column] is not None else None
    for check in (each for each in standing.checks if each.table == table):
        if not await _meet(db, check, row, columns):
            return None
    return row


def _key_of(standing: Standing, table: str, row: Mapping[str, object]) -> object:
    return next(row[column.name] for column in standing.of(table).values() if column.in_primary_key)


async def _insert(db: "Db[asyncpg.Record]", table: str, row: Mapping[str, object]) -> bool:
    names = ", ".join(f'"{name}"' for name in row)
    places = ", ".join(f"${number}" for number in range(1, len(row) + 1))
    try:
        async with db.transaction():
            await db.execute(f'INSERT INTO "{table}" ({names}) VALUES ({places})', *row.values())
            await db.execute("SET CONSTRAINTS ALL IMMEDIATE")  # what a deferred trigger refuses is not planted either
    except (asyncpg.PostgresError, asyncpg.InterfaceError):
        return False
    return True


def value_of(kind: str, *, full: bool = True) -> Any:
    """Return a value of a type of PostgreSQL's, by its name; texts are marked."""
    if kind.endswith("[]"):
        return [value_of(kind[:-2])] if full else []
    base = kind.partition("(")[0]
    if base in ("text", "character varying", "character"):
        text = f"{CANARY} {new_id().hex[-6:]}"
        return text[: _length(kind)] if full else CANARY[: _length(kind)]
    return _BY_TYPE.get(base, lambda: None)()


def _length(kind: str) -> int | None:
    found = re.search(r"\((\d+)\)", kind)
    return int(found[1]) if found else None


_BY_TYPE: Mapping[str, Any] = {
    "uuid": new_id,
    "boolean": lambda: True,
    "smallint": lambda: 1,
    "integer": lambda: 1,
    "bigint": lambda: 1,
    "numeric": lambda: Decimal(1),
    "real": lambda: 1.0,
    "double precision": lambda: 1.0,
    "date": lambda: date(2026, 5, 4),
    "timestamp with time zone": lambda: datetime(2026, 5, 4, 3, 2, 1, tzinfo=UTC),
    "timestamp without time zone": lambda: datetime(2026, 5, 4, 3, 2, 1),  # noqa: DTZ001  # the column has no zone
    "time without time zone": lambda: time(3, 2, 1),
    "interval": lambda: timedelta(hours=1),
    "json": lambda: "{}",
    "jsonb": lambda: "{}",
    "bytea": lambda: b"\x01",
}


async def _meet(db: "Db[asyncpg.Record]", check: Check, row: dict[str, object], columns: Mapping[str, ColumnFact]) -> bool:
    """Change the values of a CHECK's columns until it holds; tells whether that could be done."""
    names = [name for name in check.columns if name in columns]
    offers = [list(_candidates(check, columns[name], row.get(name))) for name in names]
    for values in itertools.islice(itertools.product(*offers), TRIES):
        if await _holds(db, check, dict(zip(names, values, strict=True)), columns):
            row.update({name: value for name, value in zip(names, values, strict=True) if name in row or value is not None})
            return True
    return False


def _candidates(check: Check, column: ColumnFact, current: object) -> Iterator[object]:
    """Yield what a column could hold: what it has, then what its CHECK speaks of, then what such columns often hold."""
    yield current
    base = column.type.partition("(")[0]
    if base in ("text", "character varying", "character"):
        yield from (literal.replace("''", "'") for literal in _LITERAL.findall(check.expression))
        yield from ("", "a", "A", "1", "GB", "EUR", "12345", "abc-1", CANARY.lower())
    elif base in ("smallint", "integer", "bigint", "numeric", "real", "double precision"):
        numbers: Iterable[Decimal] = (Decimal(found) for found in _NUMBER.findall(check.expression))
        for number in (*numbers, Decimal(0), Decimal(100)):
            yield from (_as(base, number + step) for step in (0, 1, -1))
    elif base in ("date", "timestamp with time zone"):
        later = value_of(column.type) + timedelta(days=30)
        yield from (later, value_of(column.type))
    elif base == "boolean":
        yield from (False, True)
    elif base == "uuid":
        yield new_id()
    if not column.required:
        yield None


def _as(base: str, number: Decimal) -> object:
    return number if base == "numeric" else float(number) if base in ("real", "double precision") else int(number)


async def _holds(db: "Db[asyncpg.Record]", check: Check, values: Mapping[str, object], columns: Mapping[str, ColumnFact]) -> bool:
    given = ", ".join(f'${number}::{columns[name].type} AS "{name}"' for number, name in enumerate(values, 1))
    try:
        async with db.transaction():
            found = await db.fetchval(f"SELECT ({check.expression}) IS NOT FALSE FROM (SELECT {given}) AS row", *values.values())
    except (asyncpg.PostgresError, asyncpg.InterfaceError):
        return False
    return bool(found)
