"""How much people may approve."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager
from piccolo.columns import UUID
from piccolo.table import Table

ID = "purchasing_0002_limits"
VERSION = "1.38.0"
DESCRIPTION = "Approval limits of people"


class Raw(Table):
    """Carries SQL to the open migration."""

    id = UUID(primary_key=True, default=None)


LIMITS = """
CREATE TABLE purchasing_limit (
    id uuid PRIMARY KEY,
    most numeric NOT NULL CONSTRAINT purchasing_limit_most CHECK (most >= 0)
)
"""


async def forwards():
    manager = MigrationManager(migration_id=ID, app_name="purchasing", description=DESCRIPTION)

    async def run() -> None:
        await Raw.raw(LIMITS)

    manager.add_raw(run)
    return manager
