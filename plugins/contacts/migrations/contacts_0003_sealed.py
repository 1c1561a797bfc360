"""Gives sealed numbers their column; those of the version before stay readable until they are taken over."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager
from piccolo.columns import UUID
from piccolo.table import Table

ID = "contacts_0003_sealed"
VERSION = "1.38.0"
DESCRIPTION = "Sealed bank accounts and tax numbers"


class Raw(Table):
    """Carries SQL to the open migration."""

    id = UUID(primary_key=True, default=None)


async def forwards():
    manager = MigrationManager(migration_id=ID, app_name="contacts", description=DESCRIPTION)

    async def run() -> None:
        await Raw.raw("ALTER TABLE contacts_identifier ADD COLUMN sealed bytea")

    manager.add_raw(run)
    return manager
