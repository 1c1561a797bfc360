"""What stands in a business's schema, and beside it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import asyncpg

from core.platform.database import Db


@dataclass(frozen=True, slots=True)
class ColumnFact:
    """A column as PostgreSQL knows it."""

    table: str
    name: str
    type: str
    required: bool
    has_default: bool
    in_primary_key: bool


@dataclass(frozen=True, slots=True)
class Check:
    """A CHECK of a table: its expression, and the columns it looks at."""

    table: str
    name: str
    expression: str
    columns: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Reference:
    """A foreign key of one column."""

    table: str
    column: str
    to: str
    on_delete: str


@dataclass(frozen=True, slots=True)
class Standing:
    """Everything in a schema. `relations` are tables, views, sequences and indexes by name; `others` holds what is neither."""

    relations: Mapping[str, str]
    columns: Sequence[ColumnFact]
    checks: Sequence[Check]
    references: Sequence[Reference]
    others: frozenset[str]
    definitions: frozenset[str] = field(default=frozenset())  # of indexes, constraints and triggers: two equal sets are equal tables

    @property
    def tables(self) -> list[str]:
        """The names of tables."""
        return [name for name, kind in self.relations.items() if kind == "r"]

    def of(self, table: str) -> dict[str, ColumnFact]:
        """Return a table's columns by name."""
        return {column.name: column for column in self.columns if column.table == table}


_RELATIONS = "SELECT relname::text, relkind::text FROM pg_class WHERE relnamespace = current_schema()::regnamespace AND relkind <> 'c'"
_COLUMNS = """
SELECT c.relname::text AS of_table, a.attname::text AS name, format_type(a.atttypid, a.atttypmod) AS type, a.attnotnull AS required,
       a.atthasdef OR a.attidentity <> '' AS has_default,
       EXISTS (SELECT FROM pg_index i WHERE i.indrelid = c.oid AND i.indisprimary AND a.attnum = ANY (i.indkey)) AS in_key
FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid
WHERE c.relnamespace = current_schema()::regnamespace AND c.relkind IN ('r', 'p') AND a.attnum > 0 AND NOT a.attisdropped
ORDER BY c.relname, a.attnum
"""
_CHECKS = """
SELECT c.relname::text AS of_table, k.conname::text AS name, pg_get_expr(k.conbin, k.conrelid) AS expression,
       array(SELECT a.attname::text FROM pg_attribute a WHERE a.attrelid = c.oid AND a.attnum = ANY (k.conkey)) AS columns
FROM pg_constraint k JOIN pg_class c ON c.oid = k.conrelid
WHERE k.contype = 'c' AND c.relnamespace = current_schema()::regnamespace ORDER BY 1, 2
"""
_REFERENCES = """
SELECT c.relname::text AS of_table, a.attname::text AS column, k.confrelid::regclass::text AS target, k.confdeltype::text AS on_delete
FROM pg_constraint k JOIN pg_class c ON c.oid = k.conrelid JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = k.conkey[1]
WHERE k.contype = 'f' AND cardinality(k.conkey) = 1 AND c.relnamespace = current_schema()::regnamespace ORDER BY 1, 2
"""
_OTHERS = """
SELECT 'the type ' || typname AS what FROM pg_type
WHERE typnamespace = current_schema()::regnamespace AND (typtype IN ('e', 'd', 'r') OR typtype = 'c' AND typrelid IN (
    SELECT oid FROM pg_class WHERE relkind = 'c'))
UNION ALL
SELECT CASE WHEN prorettype = 'trigger'::regtype AND NOT prosecdef THEN 'the trigger function ' ELSE 'the function ' END || proname
FROM pg_proc WHERE pronamespace = current_schema()::regnamespace
UNION ALL SELECT 'the trigger ' || tgname || ' on ' || tgrelid::regclass FROM pg_trigger
WHERE NOT tgisinternal AND tgrelid IN (SELECT oid FROM pg_class WHERE relnamespace = current_schema()::regnamespace)
UNION ALL SELECT 'the relation ' || n.nspname || '.' || c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE c.relowner = 'weft_owner'::regrole AND n.nspname !~ '^(t_|pg_)'
UNION ALL SELECT 'the function ' || n.nspname || '.' || proname FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace
WHERE p.proowner = 'weft_owner'::regrole AND n.nspname !~ '^(t_|pg_)'
"""
_DEFINITIONS = """
SELECT pg_get_indexdef(indexrelid) FROM pg_index WHERE indrelid IN (
    SELECT oid FROM pg_class WHERE relnamespace = current_schema()::regnamespace)
UNION ALL SELECT conrelid::regclass || ' ' || conname || ' ' || pg_get_constraintdef(oid) FROM pg_constraint
WHERE connamespace = current_schema()::regnamespace
UNION ALL SELECT c.relname || '.' || a.attname || ' ' || format_type(a.atttypid, a.atttypmod) || ' ' || a.attnotnull || ' ' ||
    COALESCE(pg_get_expr(d.adbin, d.adrelid), '')
FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid LEFT JOIN pg_attrdef d ON d.adrelid = c.oid AND d.adnum = a.attnum
WHERE c.relnamespace = current_schema()::regnamespace AND c.relkind = 'r' AND a.attnum > 0 AND NOT a.attisdropped
"""


async def reflect(db: "Db[asyncpg.Record]") -> Standing:
    """Read what stands in the schema that the connection's path leads to, whose name is left out of it."""
    schema = await db.fetchval("SELECT current_schema()")
    return Standing(
        relations={row["relname"]: row["relkind"] for row in await db.fetch(_RELATIONS)},
        columns=[
            ColumnFact(row["of_table"], row["name"], row["type"], row["required"], row["has_default"], row["in_key"])
            for row in await db.fetch(_COLUMNS)
        ],
        checks=[Check(row["of_table"], row["name"], row["expression"], tuple(row["columns"])) for row in await db.fetch(_CHECKS)],
        references=[
            Reference(row["of_table"], row["column"], _bare(row["target"]), row["on_delete"]) for row in await db.fetch(_REFERENCES)
        ],
        others=frozenset(row["what"] for row in await db.fetch(_OTHERS)),
        definitions=frozenset(row[0].replace(f"{schema}.", "") for row in await db.fetch(_DEFINITIONS)),
    )


def _bare(name: str) -> str:
    return name.rpartition(".")[2].strip('"')
