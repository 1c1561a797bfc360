"""Fills tables from an archive: those of a business in its schema, and its rows in the tables that all businesses share."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from uuid import UUID

import asyncpg

from core.platform.database import Db
from tenants.archive.manifest import SHARED, Part, Shared
from tenants.archive.reading import Archive
from tenants.archive.tables import Table, drop_foreign_keys, restore_foreign_keys, shared_table, tables_of
from weft.errors import Invalid


@dataclass(slots=True)
class Arriving:
    """An archive on its way into a schema; `now` is the part that is being read."""

    connection: "Db[asyncpg.Record]"
    archive: Archive
    schema: str
    told: Callable[[str], None]
    now: str = ""

    def begin(self, what: str) -> None:
        """Tell what is being read."""
        self.now = what
        self.told(what)


async def load_tables(arriving: Arriving) -> None:
    """Fill the tables of the schema, which stand as the archive knew them; raises `Invalid` where archive and tables are not of one shape.

    Triggers of modules sleep meanwhile: what they would refuse or add was decided when the rows were written. Foreign keys are taken away
    and made anew behind it, which holds every row against them.
    """
    connection, schema = arriving.connection, arriving.schema
    tables = {each.name: each for each in await tables_of(connection, schema) if each.name != "migration"}
    parts = {part.table: part for part in arriving.archive.manifest.parts if part.kind == "table"}
    _check_shape(tables, parts)
    if not tables:
        return
    keys = await drop_foreign_keys(connection, schema)
    for table in tables.values():
        await connection.execute(f"ALTER TABLE {schema}.{table.quoted} DISABLE TRIGGER USER")
    every = ", ".join(f"{schema}.{table.quoted}" for table in tables.values())
    await connection.execute(f"TRUNCATE {every}")  # a migration may have put rows in, which the archive has as well
    for name, part in parts.items():
        arriving.begin(name)
        await _copy(arriving, schema, name, part)
    for table in tables.values():
        await connection.execute(f"ALTER TABLE {schema}.{table.quoted} ENABLE TRIGGER USER")
    arriving.begin("what rows refer to")
    await restore_foreign_keys(connection, schema, keys)


def _check_shape(tables: Mapping[str, Table], parts: Mapping[str, Part]) -> None:
    if missing := sorted(tables.keys() - parts.keys()):
        raise Invalid(f"The archive lacks the table {missing[0]}, which its modules have.")
    if unknown := sorted(parts.keys() - tables.keys()):
        raise Invalid(f"The archive holds a table {unknown[0]}, which none of its modules has.")
    for name, table in tables.items():
        if set(table.columns) != set(parts[name].columns):
            raise Invalid(f"The archive's table {name} has other columns than its modules gave it.")


async def _copy(arriving: Arriving, schema: str, table: str, part: Part) -> None:
    content = arriving.archive.content(part)
    told = await arriving.connection.copy_to_table(table, schema_name=schema, columns=part.columns, source=content)
    if told != f"COPY {part.rows}":
        raise Invalid(f"The archive's part {part.name} came to {told.removeprefix('COPY ')} rows, and its manifest says {part.rows}.")


async def load_shared(arriving: Arriving, renamed: Mapping[UUID, UUID]) -> None:
    """Fill in the business's rows of the platform's tables; `renamed` are people who are known here by another id."""
    connection, schema = arriving.connection, arriving.schema
    parts = {part.table: part for part in arriving.archive.manifest.parts if part.kind == "platform"}
    await connection.execute(f"CREATE TABLE {schema}.weft_person (old uuid PRIMARY KEY, new uuid NOT NULL)")
    await connection.executemany(f"INSERT INTO {schema}.weft_person VALUES ($1, $2)", list(renamed.items()))
    for each in SHARED:
        if part := parts.get(each.table):  # an older Weft knew fewer
            arriving.begin(each.table)
            await _load_one(arriving, each, part)
    await connection.execute(f"DROP TABLE {schema}.weft_person")


async def _load_one(arriving: Arriving, shared: Shared, part: Part) -> None:
    connection, schema = arriving.connection, arriving.schema
    table = await shared_table(connection, shared.table)
    if unknown := sorted(set(part.columns) - set(table.columns)):
        raise Invalid(f"The archive's part {part.name} has a column {unknown[0]}, which no version of Weft up to this one has.")
    columns = table.listed(part.columns)
    arrival = f"{schema}.weft_arrival"
    await connection.execute(f"CREATE TABLE {arrival} AS SELECT {columns} FROM platform.{table.quoted} WITH NO DATA")
    await _copy(arriving, schema, "weft_arrival", part)
    values = ", ".join(_value(shared, column, schema) for column in part.columns)
    await connection.execute(f"INSERT INTO platform.{table.quoted} (tenant, {columns}) SELECT '{schema}', {values} FROM {arrival} s")
    await connection.execute(f"DROP TABLE {arrival}")


def _value(shared: Shared, column: str, schema: str) -> str:
    """Return the SQL of what a column becomes."""
    if column in shared.changed:
        return shared.changed[column]
    if column == "id" and shared.replaced:
        return f"CASE WHEN EXISTS (SELECT 1 FROM platform.{shared.table} x WHERE x.id = s.id) THEN gen_random_uuid() ELSE s.id END"
    if column == "recipients":
        return f"array(SELECT COALESCE((SELECT p.new FROM {schema}.weft_person p WHERE p.old = r), r) FROM unnest(s.recipients) r)"
    if column in shared.people:
        return f'COALESCE((SELECT p.new FROM {schema}.weft_person p WHERE p.old = s."{column}"), s."{column}")'
    return f's."{column}"'
