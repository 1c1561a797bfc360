"""What was sold of items in whole months."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager
from piccolo.columns import UUID
from piccolo.table import Table

ID = "retail_pos_0043_months"
VERSION = "1.38.0"
DESCRIPTION = "Sums of months"


class Raw(Table):
    """Carries SQL to the open migration."""

    id = UUID(primary_key=True, default=None)


TABLES = """
CREATE TABLE retail_pos_month_item (
    id uuid PRIMARY KEY,
    month date NOT NULL,
    sku text NOT NULL,
    name text NOT NULL,
    item uuid,
    units numeric NOT NULL,
    net numeric NOT NULL,
    gross numeric NOT NULL,
    sold numeric NOT NULL,
    discount numeric NOT NULL,
    returned numeric NOT NULL,
    costed numeric NOT NULL,
    cost numeric NOT NULL
);
CREATE INDEX retail_pos_month_item_month ON retail_pos_month_item (month);
DELETE FROM retail_pos_summed
"""


async def forwards():
    manager = MigrationManager(migration_id=ID, app_name="retail_pos", description=DESCRIPTION)

    async def run() -> None:
        await Raw.raw(TABLES)

    manager.add_raw(run)
    return manager
