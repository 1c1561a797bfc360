"""Money on account and credits are set against documents later, and taken back one by one: each use is a row of its own."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager
from piccolo.columns import UUID
from piccolo.table import Table

ID = "accounting_0041_later_settlements"
VERSION = "1.38.0"
DESCRIPTION = "Uses of money on account and of credits"


class Raw(Table):
    """Carries SQL to the open migration."""

    id = UUID(primary_key=True, default=None)


LATER = """
ALTER TABLE accounting_settlement
    DROP CONSTRAINT accounting_settlement_once,
    ALTER COLUMN payment DROP NOT NULL,
    ADD COLUMN credit uuid REFERENCES accounting_document ON DELETE RESTRICT,
    ADD COLUMN later boolean NOT NULL DEFAULT false,
    ADD COLUMN entry uuid REFERENCES accounting_entry ON DELETE RESTRICT,
    ADD COLUMN day date,
    ADD CONSTRAINT accounting_settlement_by CHECK ((payment IS NULL) <> (credit IS NULL));
CREATE INDEX accounting_settlement_payment ON accounting_settlement (payment) WHERE payment IS NOT NULL;
CREATE INDEX accounting_settlement_credit ON accounting_settlement (credit) WHERE credit IS NOT NULL;
ALTER TABLE accounting_allocation ADD COLUMN settlement uuid REFERENCES accounting_settlement ON DELETE RESTRICT;
CREATE INDEX accounting_allocation_settlement ON accounting_allocation (settlement) WHERE settlement IS NOT NULL
"""


async def forwards():
    manager = MigrationManager(migration_id=ID, app_name="accounting", description=DESCRIPTION)

    async def run() -> None:
        await Raw.raw(LATER)

    manager.add_raw(run)
    return manager
