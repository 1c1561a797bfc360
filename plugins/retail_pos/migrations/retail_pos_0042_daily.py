"""Sums of days that are over."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager
from piccolo.columns import UUID
from piccolo.table import Table

ID = "retail_pos_0042_daily"
VERSION = "1.38.0"
DESCRIPTION = "Sums of days"


class Raw(Table):
    """Carries SQL to the open migration."""

    id = UUID(primary_key=True, default=None)


TABLES = """
CREATE TABLE retail_pos_summed (
    id uuid PRIMARY KEY,
    through date NOT NULL
);
CREATE TABLE retail_pos_day_mark (
    id uuid PRIMARY KEY,
    day date NOT NULL
);
CREATE TABLE retail_pos_daily (
    id uuid PRIMARY KEY,
    day date NOT NULL,
    dimension text NOT NULL,
    key text NOT NULL,
    receipts bigint NOT NULL,
    returns bigint NOT NULL,
    units numeric NOT NULL,
    net numeric NOT NULL,
    gross numeric NOT NULL,
    sold numeric NOT NULL,
    discount numeric NOT NULL,
    returned numeric NOT NULL,
    costed numeric NOT NULL,
    cost numeric NOT NULL,
    CONSTRAINT retail_pos_daily_dimension CHECK (dimension IN ('all', 'hour', 'category', 'cashier', 'till', 'tender'))
);
CREATE TABLE retail_pos_daily_item (
    id uuid PRIMARY KEY,
    day date NOT NULL,
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
CREATE INDEX retail_pos_day_mark_day ON retail_pos_day_mark (day);
CREATE INDEX retail_pos_daily_day ON retail_pos_daily (day, dimension);
CREATE INDEX retail_pos_daily_item_day ON retail_pos_daily_item (day);
CREATE INDEX retail_pos_receipt_latest ON retail_pos_receipt (business_date, made_at, id);
CREATE INDEX retail_pos_receipt_voided ON retail_pos_receipt (business_date) WHERE kind = 'void'
"""


async def forwards():
    manager = MigrationManager(migration_id=ID, app_name="retail_pos", description=DESCRIPTION)

    async def run() -> None:
        await Raw.raw(TABLES)

    manager.add_raw(run)
    return manager
