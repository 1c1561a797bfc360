"""Makes the table of the auditor's bundles; what proofs find is kept by the platform from now on."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager
from piccolo.columns import UUID
from piccolo.table import Table

ID = "accounting_0031_bundles"
VERSION = "1.38.0"
DESCRIPTION = "Auditor's bundles"


class Raw(Table):
    """Carries SQL to the open migration."""

    id = UUID(primary_key=True, default=None)


BUNDLES = """
CREATE TABLE accounting_bundle (
    id uuid PRIMARY KEY,
    file uuid NOT NULL,
    name text NOT NULL,
    bytes bigint NOT NULL,
    size bigint NOT NULL,
    root text NOT NULL,
    made_at timestamptz NOT NULL,
    made_by uuid
);
CREATE INDEX accounting_bundle_at ON accounting_bundle (made_at, id);
DROP TABLE accounting_proof
"""


async def forwards():
    manager = MigrationManager(migration_id=ID, app_name="accounting", description=DESCRIPTION)

    async def run() -> None:
        await Raw.raw(BUNDLES)

    manager.add_raw(run)
    return manager
