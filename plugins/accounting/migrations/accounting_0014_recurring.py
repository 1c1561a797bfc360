"""Makes the table of recurring invoices."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager
from piccolo.columns import UUID
from piccolo.table import Table

ID = "accounting_0014_recurring"
VERSION = "1.38.0"
DESCRIPTION = "Invoices that are made again every so many months"


class Raw(Table):
    """Carries SQL to the open migration."""

    id = UUID(primary_key=True, default=None)


RECURRING = """
CREATE TABLE accounting_recurring_document (
    id uuid PRIMARY KEY,
    draft jsonb NOT NULL,
    party uuid NOT NULL,
    party_name text NOT NULL,
    total numeric NOT NULL,
    currency text NOT NULL,
    first date NOT NULL,
    every_months integer NOT NULL CONSTRAINT accounting_recurring_document_every CHECK (every_months BETWEEN 1 AND 60),
    until date,
    action text NOT NULL CONSTRAINT accounting_recurring_document_action CHECK (action IN ('draft', 'post', 'send')),
    made integer NOT NULL DEFAULT 0,
    next_date date NOT NULL,
    active boolean NOT NULL DEFAULT true,
    problem text NOT NULL DEFAULT '',
    version integer NOT NULL DEFAULT 1
);
CREATE INDEX accounting_recurring_document_due ON accounting_recurring_document (next_date) WHERE active
"""


async def forwards():
    manager = MigrationManager(migration_id=ID, app_name="accounting", description=DESCRIPTION)

    async def run() -> None:
        await Raw.raw(RECURRING)

    manager.add_raw(run)
    return manager
