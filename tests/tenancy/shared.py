"""What tenants may do to the platform's tables, and how to put a row of B's into each that has a tenant column."""

from collections.abc import Iterable
from typing import Any

from tests.tenancy.arena import Arena, Connection

ALL = {"SELECT", "INSERT", "UPDATE", "DELETE"}
# table → what weft_tenants may do; every table of the schema that is not named here: nothing. TRUNCATE is nobody's.
GRANTED: dict[str, set[str]] = {
    "outbox": {"INSERT"},
    "job_receipt": {"INSERT"},
    "mail": {"INSERT"},
    "notification": {"SELECT", "INSERT"},
    "job": {"SELECT"},
    "schedule": {"SELECT"},
    "audit_entry": {"SELECT", "INSERT"},
    "audit_seal": {"SELECT"},
    "file": ALL,
    "file_waste": ALL,
    "hook_fault": set(),
    "module_preview": set(),
    "module_trash": set(),
    "import_batch": ALL,
    "import_problem": ALL,
    "import_row": ALL,
    "import_mapping": ALL,
    "saved_view": ALL,
    "dashboard": ALL,
    "report_pin": ALL,
    "report_letter": ALL,
    "check_run": {"SELECT", "INSERT", "DELETE"},
    "api_answer": ALL,
    "webhook_endpoint": set(),
    "webhook_message": set(),
    "webhook_delivery": set(),
    "webhook_attempt": set(),
    "tenant_key": set(),
    "backup": set(),
}
# Columns whose values another table or an address prescribes.
FIXED: dict[str, str] = {
    "module_trash.tenant_id": "(SELECT id FROM platform.tenant WHERE schema = $1::name)",
    "module_trash.schema": "'trash_' || substr(md5(random()::text), 1, 10)",
    "file_waste.path": "$1::name || '/' || gen_random_uuid()",
    "import_problem.batch": "(SELECT id FROM platform.import_batch WHERE tenant = $1::name)",
    "import_row.batch": "(SELECT id FROM platform.import_batch WHERE tenant = $1::name)",
    "webhook_delivery.endpoint": "(SELECT id FROM platform.webhook_endpoint WHERE tenant = $1::name)",
    "webhook_delivery.message": "(SELECT id FROM platform.webhook_message WHERE tenant = $1::name)",
    "webhook_attempt.delivery": "(SELECT id FROM platform.webhook_delivery WHERE tenant = $1::name)",
}
FIRST = ("import_batch", "webhook_endpoint", "webhook_message", "webhook_delivery")  # others hang on them
VALUES = {
    "uuid": "gen_random_uuid()",
    "text": "'of B'",
    "jsonb": """'"of B"'""",
    "bytea": r"'\x00'",
    "bytea[]": "'{}'",
    "text[]": "'{}'",
    "smallint": "1",
    "integer": "1",
    "numeric": "1",
    "date": "current_date",
    "uuid[]": "'{}'",
    "bigint": "1",
    "boolean": "true",
    "timestamp with time zone": "now()",
}

COLUMNS = """
SELECT a.attname AS name, format_type(a.atttypid, NULL) AS type FROM pg_attribute a
WHERE a.attrelid = to_regclass('platform.' || $1) AND a.attnum > 0 AND NOT a.attisdropped
  AND (a.attnotnull OR a.attname = 'tenant') AND (NOT a.atthasdef OR a.attname = 'tenant')
ORDER BY a.attnum
"""
# The first value that a CHECK (column IN (…)) allows.
CHOICES = r"""
SELECT found[1] AS name, found[2] AS value
FROM pg_constraint, regexp_matches(pg_get_constraintdef(oid), '\((\w+) = ANY \(ARRAY\[''([^'']*)') AS found
WHERE conrelid = to_regclass('platform.' || $1) AND contype = 'c'
"""
WITH_TENANT = """
SELECT c.relname FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attname = 'tenant' AND NOT a.attisdropped
WHERE c.relnamespace = 'platform'::regnamespace AND c.relkind IN ('r', 'p') ORDER BY c.relname
"""


async def fill(arena: Arena, schema: str) -> list[str]:
    """Put one row of a tenant's into every shared table, as the superuser; returns the tables' names."""
    tables = [row["relname"] for row in await arena.superuser.fetch(WITH_TENANT)]
    for table in in_order(tables):
        await put_row(arena.superuser, table, schema)
    return tables


def in_order(tables: Iterable[str]) -> list[str]:
    """Return tables with those first that others hang on."""
    return sorted(tables, key=lambda name: (FIRST.index(name) if name in FIRST else len(FIRST), name))


async def put_row(superuser: Connection, table: str, schema: str) -> None:
    """Put one row of a tenant's into a shared table."""
    choices = {row["name"]: f"'{row['value']}'" for row in await superuser.fetch(CHOICES, table)}
    names, values = ["tenant"], ["$1::name"]
    for column in await superuser.fetch(COLUMNS, table):
        if column["name"] != "tenant":
            names.append(column["name"])
            prescribed = FIXED.get(f"{table}.{column['name']}") or choices.get(column["name"])
            values.append(prescribed or VALUES[column["type"]])
    await superuser.execute(f"INSERT INTO platform.{table} ({', '.join(names)}) VALUES ({', '.join(values)})", schema)


async def content(arena: Arena, table: str, schema: str) -> list[Any]:
    """Return a tenant's rows of a shared table, as the superuser sees them."""
    return await arena.superuser.fetch(f"SELECT to_jsonb(x)::text FROM platform.{table} x WHERE tenant = $1 ORDER BY 1", schema)
