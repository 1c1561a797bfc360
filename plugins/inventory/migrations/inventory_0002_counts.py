"""Makes the tables of counts, of closed periods and of reorder rules."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager
from piccolo.columns import UUID
from piccolo.table import Table

ID = "inventory_0002_counts"
VERSION = "1.38.0"
DESCRIPTION = "Counts, closed periods, reorder rules"


class Raw(Table):
    """Carries SQL to the open migration."""

    id = UUID(primary_key=True, default=None)


TABLES = """
CREATE TABLE inventory_count (
    id uuid PRIMARY KEY,
    title text NOT NULL CONSTRAINT inventory_count_titled CHECK (title <> ''),
    location uuid NOT NULL REFERENCES inventory_location ON DELETE RESTRICT,
    state text NOT NULL DEFAULT 'counting' CONSTRAINT inventory_count_state CHECK (state IN ('counting', 'review', 'posted', 'cancelled')),
    blind boolean NOT NULL DEFAULT true,
    begun_at timestamptz NOT NULL,
    begun_by uuid,
    version integer NOT NULL DEFAULT 1
);
CREATE INDEX inventory_count_by_age ON inventory_count (begun_at, id);
CREATE TABLE inventory_count_line (
    id uuid PRIMARY KEY,
    count uuid NOT NULL REFERENCES inventory_count ON DELETE CASCADE,
    item uuid NOT NULL REFERENCES inventory_item ON DELETE RESTRICT,
    lot uuid REFERENCES inventory_lot ON DELETE RESTRICT,
    expected numeric NOT NULL DEFAULT 0,
    counted numeric CONSTRAINT inventory_count_line_counted CHECK (counted >= 0),
    CONSTRAINT inventory_count_line_once UNIQUE NULLS NOT DISTINCT (count, item, lot)
);
CREATE TABLE inventory_period (
    id uuid PRIMARY KEY,
    through date NOT NULL CONSTRAINT inventory_period_once UNIQUE,
    closed_at timestamptz NOT NULL,
    closed_by uuid
);
CREATE TABLE inventory_reorder_rule (
    id uuid PRIMARY KEY,
    item uuid NOT NULL REFERENCES inventory_item ON DELETE RESTRICT,
    location uuid NOT NULL REFERENCES inventory_location ON DELETE RESTRICT,
    minimum numeric NOT NULL DEFAULT 0,
    target numeric NOT NULL DEFAULT 0,
    pack numeric NOT NULL DEFAULT 0 CONSTRAINT inventory_reorder_rule_pack CHECK (pack >= 0),
    supply uuid REFERENCES inventory_location ON DELETE RESTRICT,
    version integer NOT NULL DEFAULT 1,
    CONSTRAINT inventory_reorder_rule_once UNIQUE (item, location),
    CONSTRAINT inventory_reorder_rule_levels CHECK (target >= minimum),
    CONSTRAINT inventory_reorder_rule_supply CHECK (supply <> location)
)
"""


async def forwards():
    manager = MigrationManager(migration_id=ID, app_name="inventory", description=DESCRIPTION)

    async def run() -> None:
        await Raw.raw(TABLES)

    manager.add_raw(run)
    return manager
