"""Remembers which contacts became part of others, so that what names them is found."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager
from piccolo.columns import UUID
from piccolo.table import Table

ID = "accounting_0015_party_aliases"
VERSION = "1.38.0"
DESCRIPTION = "Contacts that became part of others"


class Raw(Table):
    """Carries SQL to the open migration."""

    id = UUID(primary_key=True, default=None)


ALIASES = """
CREATE TABLE accounting_party_alias (
    merged uuid PRIMARY KEY,
    kept uuid NOT NULL,
    CONSTRAINT accounting_party_alias_other CHECK (merged <> kept)
);
CREATE INDEX accounting_party_alias_kept ON accounting_party_alias (kept)
"""


async def forwards():
    manager = MigrationManager(migration_id=ID, app_name="accounting", description=DESCRIPTION)

    async def run() -> None:
        await Raw.raw(ALIASES)

    manager.add_raw(run)
    return manager
