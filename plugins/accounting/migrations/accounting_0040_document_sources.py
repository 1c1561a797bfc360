"""Documents that other modules asked for: what they were made from is kept with them, once for each."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager
from piccolo.columns import UUID
from piccolo.table import Table

ID = "accounting_0040_document_sources"
VERSION = "1.38.0"
DESCRIPTION = "What documents were made from"


class Raw(Table):
    """Carries SQL to the open migration."""

    id = UUID(primary_key=True, default=None)


SOURCES = """
ALTER TABLE accounting_document
    ADD COLUMN source_kind text NOT NULL DEFAULT '',
    ADD COLUMN source_id text NOT NULL DEFAULT '',
    ADD COLUMN source_title text NOT NULL DEFAULT '';
CREATE UNIQUE INDEX accounting_document_source ON accounting_document (source_kind, source_id) WHERE source_kind <> ''
"""


async def forwards():
    manager = MigrationManager(migration_id=ID, app_name="accounting", description=DESCRIPTION)

    async def run() -> None:
        await Raw.raw(SOURCES)

    manager.add_raw(run)
    return manager
