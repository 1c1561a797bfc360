"""Gives account numbers of the other side columns of their own beside what the bank told; lines there are taken over in the night."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager
from piccolo.columns import UUID
from piccolo.table import Table

ID = "accounting_0071_sealed_lines"
VERSION = "1.38.0"
DESCRIPTION = "Sealed account numbers of bank lines"


class Raw(Table):
    """Carries SQL to the open migration."""

    id = UUID(primary_key=True, default=None)


SEALED = """
ALTER TABLE accounting_bank_line
    ADD COLUMN accounts_sealed bytea,
    ADD COLUMN account_blind text NOT NULL DEFAULT ''
"""


async def forwards():
    manager = MigrationManager(migration_id=ID, app_name="accounting", description=DESCRIPTION)

    async def run() -> None:
        await Raw.raw(SEALED)

    manager.add_raw(run)
    return manager
