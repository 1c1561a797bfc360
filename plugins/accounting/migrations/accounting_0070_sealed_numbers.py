"""Gives sealed numbers of bank accounts their columns; `number` stays for processes of the version before, and is emptied row by row."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager
from piccolo.columns import UUID
from piccolo.table import Table

ID = "accounting_0070_sealed_numbers"
VERSION = "1.38.0"
DESCRIPTION = "Sealed numbers of bank accounts"


class Raw(Table):
    """Carries SQL to the open migration."""

    id = UUID(primary_key=True, default=None)


SEALED = """
ALTER TABLE accounting_bank_account
    ADD COLUMN number_sealed bytea,
    ADD COLUMN number_blind text NOT NULL DEFAULT '';
CREATE UNIQUE INDEX accounting_bank_account_blind ON accounting_bank_account (number_blind, currency) WHERE number_blind <> '';
DROP INDEX accounting_bank_account_number
"""


async def forwards():
    manager = MigrationManager(migration_id=ID, app_name="accounting", description=DESCRIPTION)

    async def run() -> None:
        await Raw.raw(SEALED)

    manager.add_raw(run)
    return manager
