"""Makes the tables of the seals: which entry has which place in the tree, and the tree's root after each batch."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager
from piccolo.columns import UUID
from piccolo.table import Table

ID = "accounting_0030_seals"
VERSION = "1.38.0"
DESCRIPTION = "Posted entries are sealed"


class Raw(Table):
    """Carries SQL to the open migration."""

    id = UUID(primary_key=True, default=None)


SEALS = """
CREATE TABLE accounting_seal (
    size bigint PRIMARY KEY CHECK (size >= 0),
    root bytea NOT NULL,
    peaks bytea[] NOT NULL,
    leaves bytea NOT NULL,
    sealed_at timestamptz NOT NULL
);
CREATE TABLE accounting_sealed (
    entry uuid PRIMARY KEY REFERENCES accounting_entry ON DELETE RESTRICT,
    position bigint NOT NULL CONSTRAINT accounting_sealed_position UNIQUE CHECK (position >= 0),
    reference text NOT NULL
);
CREATE TRIGGER accounting_seal_stands BEFORE UPDATE OR DELETE ON accounting_seal
    FOR EACH ROW EXECUTE FUNCTION accounting_refuse_change();
CREATE TRIGGER accounting_seal_kept BEFORE TRUNCATE ON accounting_seal EXECUTE FUNCTION accounting_refuse_change();
CREATE TRIGGER accounting_sealed_stands BEFORE UPDATE OR DELETE ON accounting_sealed
    FOR EACH ROW EXECUTE FUNCTION accounting_refuse_change();
CREATE TRIGGER accounting_sealed_kept BEFORE TRUNCATE ON accounting_sealed EXECUTE FUNCTION accounting_refuse_change()
"""


async def forwards():
    manager = MigrationManager(migration_id=ID, app_name="accounting", description=DESCRIPTION)

    async def run() -> None:
        await Raw.raw(SEALS)

    manager.add_raw(run)
    return manager
