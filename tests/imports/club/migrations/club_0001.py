from decimal import Decimal

from piccolo.apps.migrations.auto.migration_manager import MigrationManager
from piccolo.columns.column_types import UUID, Date, Integer, Numeric, Text

ID = "club_0001"
VERSION = "1.38.0"
DESCRIPTION = ""


async def forwards():
    manager = MigrationManager(migration_id=ID, app_name="club", description=DESCRIPTION)
    manager.add_table(class_name="Member", tablename="club_member")
    for name, kind, params in (
        ("id", UUID, {"primary_key": True, "default": None, "null": False}),
        ("code", Text, {"default": "", "null": False, "unique": True, "index": False}),
        ("name", Text, {"default": "", "null": False}),
        ("email", Text, {"default": "", "null": False}),
        ("born", Date, {"default": None, "null": True}),
        ("credit", Numeric, {"default": Decimal(0), "null": False}),
        ("version", Integer, {"default": 1, "null": False}),
    ):
        manager.add_column("Member", "club_member", name, name, kind.__name__, kind, params)
    return manager
