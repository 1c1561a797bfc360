from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from tests.tenants.shop.tables import Item

ID = "shop_0002"


async def forwards() -> MigrationManager:
    manager = MigrationManager(migration_id=ID, app_name="shop", description="")

    async def colour() -> None:
        await Item.raw(
            "ALTER TABLE shop_item ADD COLUMN colour text NOT NULL DEFAULT ''; CREATE INDEX shop_item_colour ON shop_item (colour)"
        )

    manager.add_raw(colour)
    return manager
