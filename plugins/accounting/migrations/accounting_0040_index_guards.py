"""Lets the guards find entries by index, however few there were when a connection first met them.

A connection keeps the plan of a trigger's query. One made while a business had its first entries read them all, and went on doing so at
the hundred-thousandth: at 4,000 entries that was a third of what posting cost.
"""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager
from piccolo.columns import UUID
from piccolo.table import Table

ID = "accounting_0040_index_guards"
VERSION = "1.38.0"
DESCRIPTION = "Guards find entries by index"


class Raw(Table):
    """Carries SQL to the open migration."""

    id = UUID(primary_key=True, default=None)


# Asked per line, since a join may be planned as a hash of all entries.
GUARDS = """
CREATE OR REPLACE FUNCTION accounting_check_new_lines() RETURNS trigger LANGUAGE plpgsql SET enable_seqscan = off AS $$
BEGIN
    IF EXISTS (SELECT FROM added a WHERE a.position > (SELECT e.lines FROM accounting_entry e WHERE e.id = a.entry)) THEN
        RAISE EXCEPTION 'Nothing is added to an entry that stands: reverse it instead.'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'accounting_line_stands', TABLE = 'accounting_line';
    END IF;
    RETURN NULL;
END $$;
ALTER FUNCTION accounting_check_entry() SET enable_seqscan = off
"""


async def forwards():
    manager = MigrationManager(migration_id=ID, app_name="accounting", description=DESCRIPTION)

    async def run() -> None:
        await Raw.raw(GUARDS)

    manager.add_raw(run)
    return manager
