from piccolo.apps.migrations.auto.migration_manager import MigrationManager
from piccolo.columns.column_types import UUID, Integer, Text

ID = "notes_0001"
VERSION = "1.38.0"
DESCRIPTION = ""


async def forwards():
    manager = MigrationManager(migration_id=ID, app_name="notes", description=DESCRIPTION)
    manager.add_table(class_name="Note", tablename="notes_note")
    manager.add_column("Note", "notes_note", "id", "id", "UUID", UUID, {"primary_key": True, "default": None, "null": False})
    manager.add_column("Note", "notes_note", "title", "title", "Text", Text, {"default": "", "null": False})
    manager.add_column("Note", "notes_note", "version", "version", "Integer", Integer, {"default": 1, "null": False})
    return manager
