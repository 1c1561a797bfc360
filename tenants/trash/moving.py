"""Moves what a module stores from one schema to another and back: tables with rows, indexes and sequences, views, functions."""

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import asyncpg

from core.platform.database import Db

# In pg_catalog's words: sequences of columns move with their tables, and so do indexes, triggers and constraints.
_OBJECTS = """
SELECT c.relname::text AS name, c.relname::text AS stem,
       CASE c.relkind WHEN 'v' THEN 'VIEW' WHEN 'm' THEN 'MATERIALIZED VIEW' WHEN 'S' THEN 'SEQUENCE' ELSE 'TABLE' END AS kind
FROM pg_class c WHERE c.relnamespace = to_regnamespace($1) AND c.relkind IN ('r', 'p', 'v', 'm', 'S') AND NOT EXISTS (
    SELECT 1 FROM pg_depend d WHERE d.classid = 'pg_class'::regclass AND d.objid = c.oid AND d.deptype IN ('a', 'i') AND c.relkind = 'S')
UNION ALL
SELECT format('%I(%s)', p.proname, pg_get_function_identity_arguments(p.oid)), p.proname::text, 'FUNCTION'
FROM pg_proc p WHERE p.pronamespace = to_regnamespace($1)
ORDER BY kind, name
"""
_LINKS = """
SELECT k.conname::text AS name, a.relname::text AS source, b.relname::text AS target, pg_get_constraintdef(k.oid) AS text
FROM pg_constraint k JOIN pg_class a ON a.oid = k.conrelid JOIN pg_class b ON b.oid = k.confrelid
WHERE k.contype = 'f' AND k.conparentid = 0 AND a.relnamespace = to_regnamespace($1) AND b.relnamespace = to_regnamespace($1)
ORDER BY 2, 1
"""
SAFE = re.compile(r"(t|trash)_[a-z0-9]{10}")


def owner(name: str, keys: Iterable[str]) -> str:
    """Return which of some plugins a table belongs to by its name, the longest key that fits; empty for none."""
    return max((key for key in keys if name.startswith(f"{key}_")), key=len, default="")


async def objects_of(connection: "Db[asyncpg.Record]", schema: str, key: str, keys: Iterable[str]) -> list[tuple[str, str]]:
    """Return what a module stores in a schema, as kind and name; `keys` are those of all modules that may have something there."""
    known = [*keys, key]
    return [(row["kind"], row["name"]) for row in await connection.fetch(_OBJECTS, schema) if owner(row["stem"], known) == key]


async def links_of(
    connection: "Db[asyncpg.Record]", schema: str, tables: Iterable[str]
) -> tuple[list[dict[str, str]], list[dict[str, str]]]:
    """Return the foreign keys from some tables to all others, and those from all others to them. The search path must be the schema."""
    own = set(tables)
    every = [dict(row) for row in await connection.fetch(_LINKS, schema)]
    out = [each for each in every if each["source"] in own and each["target"] not in own]
    return out, [each for each in every if each["target"] in own and each["source"] not in own]


async def move(connection: "Db[asyncpg.Record]", objects: Sequence[tuple[str, str]], source: str, target: str) -> None:
    """Move objects from one schema to another, in the caller's transaction."""
    _check(source, target)
    for kind, name in objects:
        shown = name if kind == "FUNCTION" else _quoted(name)
        await connection.execute(f"ALTER {kind} {source}.{shown} SET SCHEMA {target}")


async def cut(connection: "Db[asyncpg.Record]", links: Sequence[Mapping[str, str]]) -> None:
    """Drop foreign keys: what lies in the trash holds nothing else back."""
    for each in links:
        await connection.execute(f"ALTER TABLE {_quoted(each['source'])} DROP CONSTRAINT {_quoted(each['name'])}")


async def join(connection: "Db[asyncpg.Record]", links: Sequence[Mapping[str, str]]) -> list[str]:
    """Make foreign keys again; returns those whose rows refer to what is gone meanwhile, which hold for new rows alone."""
    loose = []
    for each in links:
        make = f"ALTER TABLE {_quoted(each['source'])} ADD CONSTRAINT {_quoted(each['name'])} {each['text']}"
        try:
            async with connection.transaction():
                await connection.execute(make)
        except asyncpg.ForeignKeyViolationError:
            await connection.execute(make if each["text"].endswith("NOT VALID") else f"{make} NOT VALID")
            loose.append(f"{each['source']} → {each['target']}")
    return loose


async def count_rows(connection: "Db[asyncpg.Record]", schema: str, tables: Iterable[str]) -> dict[str, int]:
    """Return how many rows each table has."""
    _check(schema)
    found: dict[str, Any] = {}
    for table in sorted(tables):
        found[table] = await connection.fetchval(f"SELECT count(*) FROM {schema}.{_quoted(table)}")
    return found


def _check(*schemas: str) -> None:
    for schema in schemas:
        if not SAFE.fullmatch(schema):
            raise ValueError(f"“{schema}” is not the name of a tenant's schema or a trash")


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'
