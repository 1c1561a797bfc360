"""Makes the table of tasks."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager
from piccolo.columns import UUID, Boolean, Date, Integer, Text, Timestamptz
from piccolo.columns.defaults.timestamptz import TimestamptzNow

ID = "sample_tasks_0001_tables"
VERSION = "1.38.0"
DESCRIPTION = "Tasks"

TABLE = "sample_tasks_task"
COLUMNS = (
    ("id", UUID, {"primary_key": True, "default": None, "null": False}),
    ("title", Text, {"default": "", "null": False}),
    ("due_on", Date, {"default": None, "null": False}),
    ("notes", Text, {"default": "", "null": False}),
    ("done", Boolean, {"default": False, "null": False}),
    ("version", Integer, {"default": 1, "null": False}),
    ("created_at", Timestamptz, {"default": TimestamptzNow(), "null": False}),
)


async def forwards() -> MigrationManager:
    manager = MigrationManager(migration_id=ID, app_name="sample_tasks", description=DESCRIPTION)
    manager.add_table(class_name="Task", tablename=TABLE)
    for name, kind, params in COLUMNS:
        manager.add_column("Task", TABLE, name, name, kind.__name__, kind, params)
    return manager
