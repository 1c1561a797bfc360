"""Gives the list of stock indexes for each way it is sorted and filtered."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager
from piccolo.columns import UUID
from piccolo.table import Table

ID = "inventory_0003_lists"
VERSION = "1.38.0"
DESCRIPTION = "Lineage of categories, SKU beside balances, indexes of the stock list"


class Raw(Table):
    """Carries SQL to the open migration."""

    id = UUID(primary_key=True, default=None)


# Items hold what is searched and filtered by, once for all their places; it stands beside their order, so that looking for the first that
# fit reads the index alone. `lineage` is a category and those above it. `there` and `below`
# change only when stock crosses zero, so an index on them leaves what is on hand free to change in place; so does a BRIN index
# (PostgreSQL 16 and later), which finds what is unusually much or little.
ITEMS = """
ALTER TABLE inventory_item
    ADD COLUMN lineage text[] NOT NULL GENERATED ALWAYS AS (array_remove(ARRAY[
        nullif(split_part(category, ' > ', 1), ''),
        split_part(category, ' > ', 1) || ' > ' || nullif(split_part(category, ' > ', 2), ''),
        split_part(category, ' > ', 1) || ' > ' || split_part(category, ' > ', 2) || ' > ' || nullif(split_part(category, ' > ', 3), ''),
        CASE WHEN split_part(category, ' > ', 4) <> '' THEN category END], NULL)) STORED;
ALTER TABLE inventory_item ALTER COLUMN sku SET DATA TYPE text COLLATE "C";
DROP INDEX inventory_item_by_name;
CREATE INDEX inventory_item_by_name ON inventory_item (sort_name, item) INCLUDE (search_text, lineage);
CREATE INDEX inventory_item_sorted_by_sku ON inventory_item (sku, item) INCLUDE (search_text, lineage);
CREATE INDEX inventory_item_lineage ON inventory_item USING gin (lineage);
CREATE INDEX inventory_item_by_category ON inventory_item (category)
"""
BALANCES = """
ALTER TABLE inventory_balance
    DROP COLUMN search_text,
    ADD COLUMN sku text COLLATE "C" NOT NULL DEFAULT '',
    ADD COLUMN there boolean NOT NULL GENERATED ALWAYS AS (on_hand > 0) STORED;
UPDATE inventory_balance b SET sku = i.sku FROM inventory_item i WHERE i.item = b.item;
CREATE INDEX inventory_balance_by_sku ON inventory_balance (sku, id);
CREATE INDEX inventory_balance_of_item ON inventory_balance (item, place) INCLUDE (id, sort_name, sku);
CREATE INDEX inventory_balance_there ON inventory_balance (sort_name, id) WHERE there;
CREATE INDEX inventory_balance_reserved ON inventory_balance (sort_name, id) WHERE reserved > 0;
CREATE INDEX inventory_balance_expected ON inventory_balance (sort_name, id) WHERE expected > 0;
CREATE INDEX inventory_balance_quantities ON inventory_balance USING brin (on_hand, (on_hand - reserved)) WITH (pages_per_range = 32)
"""


async def forwards():
    manager = MigrationManager(migration_id=ID, app_name="inventory", description=DESCRIPTION)

    async def run() -> None:
        for sql in (ITEMS, BALANCES):
            await Raw.raw(sql)

    manager.add_raw(run)
    return manager
