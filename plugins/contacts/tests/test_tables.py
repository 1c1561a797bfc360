"""Migrations and tables agree."""

from plugins.contacts.piccolo_app import APP_CONFIG
from weft import Tenant

COLUMNS = """
SELECT relname::text AS of_table, attname::text AS name FROM pg_attribute JOIN pg_class ON pg_class.oid = attrelid
WHERE relnamespace = current_schema()::regnamespace AND relkind = 'r' AND relname LIKE 'contacts\\_%' AND attnum > 0 AND NOT attisdropped
"""


async def test_migrations_make_exactly_the_declared_columns(tenant: Tenant) -> None:
    declared = {(table._meta.tablename, column._meta.name) for table in APP_CONFIG.table_classes for column in table._meta.columns}
    async with tenant.transaction() as db:
        rows = await db.fetch(COLUMNS)
    assert {(row["of_table"], row["name"]) for row in rows} == declared
