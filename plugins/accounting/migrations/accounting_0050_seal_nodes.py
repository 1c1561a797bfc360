"""Makes the table of subtrees of sealed entries, from which proofs are made without hashing the whole tree."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager
from piccolo.columns import UUID
from piccolo.table import Table

ID = "accounting_0050_seal_nodes"
VERSION = "1.38.0"
DESCRIPTION = "Roots of full subtrees of sealed entries"


class Raw(Table):
    """Carries SQL to the open migration."""

    id = UUID(primary_key=True, default=None)


NODES = """
CREATE TABLE accounting_seal_node (
    id uuid PRIMARY KEY,
    level smallint NOT NULL CHECK (level > 0),
    place bigint NOT NULL CHECK (place >= 0),
    hash bytea NOT NULL CHECK (length(hash) = 32),
    CONSTRAINT accounting_seal_node_place UNIQUE (level, place)
);
CREATE TRIGGER accounting_seal_node_stands BEFORE UPDATE OR DELETE ON accounting_seal_node
    FOR EACH ROW EXECUTE FUNCTION accounting_refuse_change();
CREATE TRIGGER accounting_seal_node_kept BEFORE TRUNCATE ON accounting_seal_node EXECUTE FUNCTION accounting_refuse_change()
"""


async def forwards():
    manager = MigrationManager(migration_id=ID, app_name="accounting", description=DESCRIPTION)

    async def run() -> None:
        await Raw.raw(NODES)

    manager.add_raw(run)
    return manager
