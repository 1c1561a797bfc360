from piccolo.apps.migrations.auto.migration_manager import MigrationManager
from piccolo.columns.column_types import UUID, Text

ID = "shop_0001"


async def forwards() -> MigrationManager:
    manager = MigrationManager(migration_id=ID, app_name="shop", description="")
    manager.add_table(class_name="Item", tablename="shop_item")
    manager.add_column("Item", "shop_item", "id", "id", "UUID", UUID, {"primary_key": True, "default": None, "null": False})
    manager.add_column("Item", "shop_item", "title", "title", "Text", Text, {"default": "", "null": False})
    return manager
