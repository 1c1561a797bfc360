"""Rows into several tables in one statement, told as JSON."""

from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any

import msgspec
from piccolo.columns import JSONB, UUID, BigInt, Boolean, Date, ForeignKey, Integer, Numeric, Text, Timestamptz
from piccolo.table import Table

from weft import Scope

_TYPES: dict[type[Any], str] = {
    UUID: "uuid",
    ForeignKey: "uuid",
    Text: "text",
    Integer: "integer",
    BigInt: "bigint",
    Boolean: "boolean",
    Date: "date",
    Numeric: "numeric",
    Timestamptz: "timestamptz",
    JSONB: "jsonb",
}
Rows = Mapping[type[Table], Sequence[Mapping[str, Any]]]


@lru_cache(64)
def _statement(tables: tuple[type[Table], ...]) -> str:
    """Return the statement that inserts into these tables; references between them are looked at when it ends."""
    return "WITH " + ", ".join(f"i{place} AS ({insertion(table, place)})" for place, table in enumerate(tables, 1)) + " SELECT 1"


def insertion(table: type[Table], place: int) -> str:
    """Return the statement that inserts rows, told as JSON in a parameter."""
    columns = [(column._meta.db_column_name, _TYPES[type(column)]) for column in table._meta.columns]
    names = ", ".join(f'"{name}"' for name, _ in columns)
    typed = ", ".join(f'"{name}" {kind}' for name, kind in columns)
    return f"INSERT INTO {table._meta.tablename} ({names}) SELECT {names} FROM json_to_recordset(${place}::json) AS r ({typed})"


async def insert(db: Scope, rows: Rows) -> None:
    """Insert rows; every column of a table has to be told."""
    told = {table: given for table, given in rows.items() if given}
    if told:
        await db.execute(_statement(tuple(told)), *(msgspec.json.encode(given).decode() for given in told.values()))
