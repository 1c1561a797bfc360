"""What the plugin of the tests stores: numbers of its own, no primary key, and a trigger that writes when others are emptied."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager
from piccolo.columns import UUID
from piccolo.table import Table

ID = "tally_0001"
VERSION = "1.38.0"
DESCRIPTION = ""


class Raw(Table):
    """Carries SQL to the open migration."""

    id = UUID(primary_key=True, default=None)


TABLES = """
CREATE TABLE tally_mark (
    number bigint GENERATED ALWAYS AS IDENTITY, amount numeric NOT NULL, doubled numeric GENERATED ALWAYS AS (amount * 2) STORED
);
CREATE TABLE tally_ground (name text PRIMARY KEY, version uuid NOT NULL);
CREATE FUNCTION tally_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO tally_ground (name, version) VALUES ('marks', uuidv7()) ON CONFLICT (name) DO UPDATE SET version = excluded.version;
    RETURN NULL;
END $$;
CREATE TRIGGER tally_changed AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON tally_mark EXECUTE FUNCTION tally_change();
"""


async def forwards():
    manager = MigrationManager(migration_id=ID, app_name="tally", description=DESCRIPTION)

    async def run():
        await Raw.raw(TABLES)

    manager.add_raw(run)
    return manager
