"""Makes the tables of reminders: how a business reminds, and what it reminded of."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager
from piccolo.columns import UUID
from piccolo.table import Table

ID = "accounting_0012_reminders"
VERSION = "1.38.0"
DESCRIPTION = "Reminders of what is overdue, and the policy behind them"


class Raw(Table):
    """Carries SQL to the open migration."""

    id = UUID(primary_key=True, default=None)


REMINDERS = """
CREATE TABLE accounting_dunning_policy (
    id uuid PRIMARY KEY,
    policy jsonb NOT NULL,
    law text NOT NULL,
    version integer NOT NULL DEFAULT 1
);
CREATE UNIQUE INDEX accounting_dunning_policy_one ON accounting_dunning_policy ((true));
CREATE TABLE accounting_reminder (
    id uuid PRIMARY KEY,
    document uuid NOT NULL REFERENCES accounting_document ON DELETE RESTRICT,
    level integer NOT NULL CONSTRAINT accounting_reminder_level CHECK (level > 0),
    day date NOT NULL,
    open numeric NOT NULL,
    flat_fee numeric NOT NULL DEFAULT 0,
    interest numeric NOT NULL DEFAULT 0,
    sent_to text NOT NULL DEFAULT '',
    charges uuid REFERENCES accounting_document ON DELETE RESTRICT,
    made_at timestamptz NOT NULL,
    made_by uuid,
    CONSTRAINT accounting_reminder_once UNIQUE (document, day)
);
CREATE INDEX accounting_reminder_charges ON accounting_reminder (charges) WHERE charges IS NOT NULL
"""


async def forwards():
    manager = MigrationManager(migration_id=ID, app_name="accounting", description=DESCRIPTION)

    async def run() -> None:
        await Raw.raw(REMINDERS)

    manager.add_raw(run)
    return manager
