"""Gives what entries are checked against a version, so that who has read it may keep it, and posting tells whether it still stands."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager
from piccolo.columns import UUID
from piccolo.table import Table

ID = "accounting_0060_ground"
VERSION = "1.38.0"
DESCRIPTION = "The version of what entries are checked against"


class Raw(Table):
    """Carries SQL to the open migration."""

    id = UUID(primary_key=True, default=None)


WATCHED = (
    *("account", "dimension", "dimension_value", "fiscal_year", "journal", "lock", "lock_exception", "period"),
    *("posting_rule", "tax_system"),
)
# A number would come back after a rollback and mean something else; an id never does.
GROUND = """
CREATE TABLE accounting_ground (
    name text PRIMARY KEY CONSTRAINT accounting_ground_one CHECK (name = 'posting'),
    version uuid NOT NULL
);
CREATE FUNCTION accounting_change_ground() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO accounting_ground (name, version) VALUES ('posting', uuidv7())
        ON CONFLICT (name) DO UPDATE SET version = excluded.version;
    RETURN NULL;
END $$
"""
TRIGGER = """
CREATE TRIGGER accounting_{0}_is_ground AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON accounting_{0}
    EXECUTE FUNCTION accounting_change_ground()
"""


async def forwards():
    manager = MigrationManager(migration_id=ID, app_name="accounting", description=DESCRIPTION)

    async def run() -> None:
        await Raw.raw(";\n".join([GROUND, *(TRIGGER.format(table) for table in WATCHED)]))

    manager.add_raw(run)
    return manager
