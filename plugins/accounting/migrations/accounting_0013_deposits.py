"""Says for which document a deposit was invoiced."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager
from piccolo.columns import UUID
from piccolo.table import Table

ID = "accounting_0013_deposits"
VERSION = "1.38.0"
DESCRIPTION = "Deposit invoices know what they are for"


class Raw(Table):
    """Carries SQL to the open migration."""

    id = UUID(primary_key=True, default=None)


DEPOSITS = """
ALTER TABLE accounting_document ADD COLUMN deposit_for uuid REFERENCES accounting_document ON DELETE RESTRICT;
CREATE INDEX accounting_document_deposits ON accounting_document (deposit_for) WHERE deposit_for IS NOT NULL
"""


async def forwards():
    manager = MigrationManager(migration_id=ID, app_name="accounting", description=DESCRIPTION)

    async def run() -> None:
        await Raw.raw(DEPOSITS)

    manager.add_raw(run)
    return manager
