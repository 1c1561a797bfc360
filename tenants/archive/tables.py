"""Tables as PostgreSQL knows them, asked for one by one: no question here reads the catalogue of a whole fleet."""

from dataclasses import dataclass

import asyncpg

from core.platform.database import Db
from tenants.archive.manifest import IDENTIFIER


@dataclass(frozen=True, slots=True)
class Table:
    """A table, and those of its columns that can be written."""

    name: str
    columns: tuple[str, ...]

    @property
    def quoted(self) -> str:
        """Its name as SQL takes it."""
        return f'"{self.name}"'

    def listed(self, columns: tuple[str, ...] = ()) -> str:
        """Return columns as SQL takes them; all, unless some are named."""
        return ", ".join(f'"{each}"' for each in columns or self.columns)


async def in_copy_format(connection: "Db[asyncpg.Record]") -> None:
    """Have values written so that every server reads the same: until the transaction ends."""
    await connection.execute(
        "SET LOCAL datestyle = 'ISO, YMD'; SET LOCAL intervalstyle = 'iso_8601'; SET LOCAL extra_float_digits = 1; "
        "SET LOCAL timezone = 'UTC'; SET LOCAL bytea_output = 'hex'; SET LOCAL client_encoding = 'UTF8'"
    )


# By way of what depends on the schema, which an index finds: `pg_class` has none by schema, and holds the tables of every business.
_TABLES = """
SELECT c.relname AS name, array(SELECT a.attname::text FROM pg_attribute a
    WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped AND a.attgenerated = '' ORDER BY a.attnum) AS columns
FROM pg_depend d JOIN pg_class c ON c.oid = d.objid
WHERE d.refclassid = 'pg_namespace'::regclass AND d.refobjid = to_regnamespace($1) AND d.classid = 'pg_class'::regclass AND c.relkind = 'r'
ORDER BY c.relname
"""
_ONE = """
SELECT array(SELECT a.attname::text FROM pg_attribute a WHERE a.attrelid = to_regclass('platform.' || $1) AND a.attnum > 0
    AND NOT a.attisdropped AND a.attgenerated = '' AND a.attname <> 'tenant' ORDER BY a.attnum)
"""


async def tables_of(connection: "Db[asyncpg.Record] | asyncpg.Connection[asyncpg.Record]", schema: str) -> list[Table]:
    """Return the tables of one schema, by name; raises `ValueError` for a name that no plugin of ours may give."""
    found = [Table(row["name"], tuple(row["columns"])) for row in await connection.fetch(_TABLES, schema)]
    for table in found:
        for name in (table.name, *table.columns):
            if not IDENTIFIER.fullmatch(name):
                raise ValueError(f"{schema} has a table or column named “{name}”, which no archive can hold")
    return found


async def shared_table(connection: "Db[asyncpg.Record]", name: str) -> Table:
    """Return a table of the platform without the column that tells whose a row is."""
    return Table(name, tuple(await connection.fetchval(_ONE, name)))


@dataclass(frozen=True, slots=True)
class Constraint:
    """A foreign key, as SQL makes it."""

    table: str
    name: str
    definition: str


_FOREIGN_KEYS = """
SELECT c.relname AS table, n.conname AS name, pg_get_constraintdef(n.oid) AS definition
FROM pg_depend d JOIN pg_class c ON c.oid = d.objid JOIN pg_constraint n ON n.conrelid = c.oid AND n.contype = 'f'
WHERE d.refclassid = 'pg_namespace'::regclass AND d.refobjid = to_regnamespace($1) AND d.classid = 'pg_class'::regclass AND c.relkind = 'r'
ORDER BY c.relname, n.conname
"""


async def drop_foreign_keys(connection: "Db[asyncpg.Record]", schema: str) -> list[Constraint]:
    """Take a schema's foreign keys away, so that tables can be filled in any order; `restore_foreign_keys` makes and checks them again."""
    found = [Constraint(**dict(row)) for row in await connection.fetch(_FOREIGN_KEYS, schema)]
    for each in found:
        await connection.execute(f'ALTER TABLE {schema}."{each.table}" DROP CONSTRAINT "{each.name}"')
    return found


async def restore_foreign_keys(connection: "Db[asyncpg.Record]", schema: str, keys: list[Constraint]) -> None:
    """Make foreign keys again; raises `asyncpg.ForeignKeyViolationError` for rows that refer to what is not there."""
    for each in keys:
        await connection.execute(f'ALTER TABLE {schema}."{each.table}" ADD CONSTRAINT "{each.name}" {each.definition}')
