"""Keeps who counted, and what categories say of stock below zero and of which lots leave first."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager
from piccolo.columns import UUID
from piccolo.table import Table

ID = "inventory_0005_policies"
VERSION = "1.38.0"
DESCRIPTION = "Who counted; policies of categories"


class Raw(Table):
    """Carries SQL to the open migration."""

    id = UUID(primary_key=True, default=None)


COUNTS = """
ALTER TABLE inventory_count ADD COLUMN counted_by uuid[] NOT NULL DEFAULT ARRAY[]::uuid[];
UPDATE inventory_count SET counted_by = ARRAY[begun_by] WHERE begun_by IS NOT NULL AND state IN ('counting', 'review')
"""
POLICIES = """
ALTER TABLE inventory_category_rule
    ADD COLUMN below_zero text NOT NULL DEFAULT '' CONSTRAINT inventory_category_below_zero
        CHECK (below_zero IN ('', 'forbid', 'warn', 'allow')),
    ADD COLUMN removal text NOT NULL DEFAULT '' CONSTRAINT inventory_category_removal CHECK (removal IN ('', 'fefo', 'fifo')),
    ADD COLUMN version integer NOT NULL DEFAULT 1;
ALTER TABLE inventory_item
    ADD COLUMN below_zero text NOT NULL DEFAULT '' CONSTRAINT inventory_item_below_zero
        CHECK (below_zero IN ('', 'forbid', 'warn', 'allow')),
    ADD COLUMN removal text NOT NULL DEFAULT '' CONSTRAINT inventory_item_removal CHECK (removal IN ('', 'fefo', 'fifo'))
"""


async def forwards():
    manager = MigrationManager(migration_id=ID, app_name="inventory", description=DESCRIPTION)

    async def run() -> None:
        for sql in (COUNTS, POLICIES):
            await Raw.raw(sql)

    manager.add_raw(run)
    return manager
