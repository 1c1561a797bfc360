"""Copies what some modules store in a tenant's schema into another: structure whole, rows up to a limit a table."""

from collections.abc import Iterable, Sequence

import asyncpg

from core.platform.database import Db
from tenants.trash.moving import objects_of

MOST = 2_000  # rows of a table
BOOKS = "migration"

# Definitions as PostgreSQL writes them name the schema, which is an opaque word of its own: so it can be replaced wherever it stands.
_FUNCTIONS = "SELECT pg_get_functiondef(oid) AS text FROM pg_proc WHERE pronamespace = to_regnamespace($1) AND proname = ANY ($2)"
_DEFAULTS = """
SELECT c.relname::text AS source, a.attname::text AS name, pg_get_expr(d.adbin, d.adrelid) AS text
FROM pg_attrdef d JOIN pg_class c ON c.oid = d.adrelid JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = d.adnum
WHERE c.relnamespace = to_regnamespace($1) AND c.relname = ANY ($2) AND a.attgenerated = ''
  AND strpos(pg_get_expr(d.adbin, d.adrelid), $1 || '.') > 0
"""
_SEQUENCES = """
SELECT c.relname::text AS name FROM pg_class c WHERE c.relnamespace = to_regnamespace($1) AND c.relkind = 'S'
AND NOT EXISTS (SELECT 1 FROM pg_depend d WHERE d.classid = 'pg_class'::regclass AND d.objid = c.oid AND d.deptype = 'i')
"""
_KEYS = """
SELECT k.conname::text AS name, c.relname::text AS source, k.contype::text AS kind, pg_get_constraintdef(k.oid) AS text,
       COALESCE(t.relname::text, '') AS target
FROM pg_constraint k JOIN pg_class c ON c.oid = k.conrelid LEFT JOIN pg_class t ON t.oid = k.confrelid
WHERE k.connamespace = to_regnamespace($1) AND c.relname = ANY ($2) AND k.contype IN ('p', 'u', 'x', 'f') ORDER BY k.contype = 'f', 2, 1
"""
_INDEXES = """
SELECT pg_get_indexdef(i.indexrelid) AS text FROM pg_index i JOIN pg_class c ON c.oid = i.indrelid
WHERE c.relnamespace = to_regnamespace($1) AND c.relname = ANY ($2)
  AND NOT EXISTS (SELECT 1 FROM pg_constraint k WHERE k.conindid = i.indexrelid AND k.contype IN ('p', 'u', 'x'))
"""
_TRIGGERS = """
SELECT pg_get_triggerdef(t.oid) AS text FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid
WHERE c.relnamespace = to_regnamespace($1) AND c.relname = ANY ($2) AND NOT t.tgisinternal
"""
_VIEWS = "SELECT format('CREATE VIEW %I AS %s', viewname, definition) AS text FROM pg_views WHERE schemaname = $1 AND viewname = ANY ($2)"
_COLUMNS = """
SELECT string_agg(quote_ident(attname), ', ' ORDER BY attnum) FROM pg_attribute
WHERE attrelid = to_regclass($1) AND attnum > 0 AND NOT attisdropped AND attgenerated = ''
"""


async def copy_modules(
    connection: "Db[asyncpg.Record]", source: str, target: str, modules: Iterable[str], keys: Iterable[str], most: int = MOST
) -> list[str]:
    """Copy what modules store from one schema to another, which is empty; returns the tables of which only a part came.

    Works in the caller's transaction, as the owner of both and with the target as search path. Nothing is locked but against changes of the
    structure. Foreign keys hold for what is written from now on: a row that refers to one that did not come is left as it is.
    """
    found = {(kind, name) for key in modules for kind, name in await objects_of(connection, source, key, keys)}
    tables = sorted(name for kind, name in found if kind == "TABLE")
    functions = sorted(name.partition("(")[0].strip('"') for kind, name in found if kind == "FUNCTION")

    async def run(query: str, names: Sequence[str]) -> None:
        for row in await connection.fetch(query, source, names):
            await connection.execute(row["text"].replace(source, target))

    await connection.execute("SET LOCAL check_function_bodies = off")
    await run(_FUNCTIONS, functions)
    for row in await connection.fetch(_SEQUENCES, source):
        await connection.execute(f'CREATE SEQUENCE {target}."{row["name"]}"')
    if await connection.fetchval("SELECT to_regclass($1) IS NOT NULL", f"{source}.{BOOKS}"):
        tables = [*tables, BOOKS]
    for table in tables:
        await connection.execute(f'CREATE TABLE {target}."{table}" (LIKE {source}."{table}" INCLUDING ALL EXCLUDING INDEXES)')
    for row in await connection.fetch(_DEFAULTS, source, tables):
        text = row["text"].replace(source, target)
        await connection.execute(f'ALTER TABLE {target}."{row["source"]}" ALTER COLUMN "{row["name"]}" SET DEFAULT {text}')
    parts = [table for table in tables if await _copy_rows(connection, source, target, table, None if table == BOOKS else most)]
    for row in await connection.fetch(_KEYS, source, tables):
        if row["kind"] != "f" or row["target"] in tables:
            loose = " NOT VALID" if row["kind"] == "f" and not row["text"].endswith("NOT VALID") else ""
            text = row["text"].replace(source, target) + loose
            await connection.execute(f'ALTER TABLE {target}."{row["source"]}" ADD CONSTRAINT "{row["name"]}" {text}')
    await run(_INDEXES, tables)
    await run(_VIEWS, sorted(name for kind, name in found if kind == "VIEW"))
    await run(_TRIGGERS, tables)
    return parts


async def _copy_rows(connection: "Db[asyncpg.Record]", source: str, target: str, table: str, most: int | None) -> bool:
    """Copy rows; returns whether some were left behind."""
    columns = await connection.fetchval(_COLUMNS, f'{source}."{table}"')
    limit = "" if most is None else f" LIMIT {most}"
    told = await connection.execute(
        f'INSERT INTO {target}."{table}" ({columns}) OVERRIDING SYSTEM VALUE SELECT {columns} FROM {source}."{table}"{limit}'
    )
    if int(told.rpartition(" ")[2]) != most:
        return False
    more = f'SELECT count(*) FROM (SELECT 1 FROM {source}."{table}" LIMIT {most + 1 if most else 0}) x'
    return bool(await connection.fetchval(more) > (most or 0))
