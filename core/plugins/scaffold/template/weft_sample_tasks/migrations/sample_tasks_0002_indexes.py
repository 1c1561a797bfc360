"""What Piccolo has no words for: a CHECK, and an index for each order that the listing offers."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager
from piccolo.columns import UUID
from piccolo.table import Table

ID = "sample_tasks_0002_indexes"
VERSION = "1.38.0"
DESCRIPTION = "A CHECK and indexes"

SQL = """
ALTER TABLE sample_tasks_task ADD CONSTRAINT sample_tasks_task_title CHECK (title <> '');
CREATE INDEX sample_tasks_task_by_title ON sample_tasks_task (lower(title), id);
CREATE INDEX sample_tasks_task_by_day ON sample_tasks_task (due_on, id);
CREATE INDEX sample_tasks_task_open ON sample_tasks_task (due_on) WHERE NOT done;
CREATE INDEX sample_tasks_task_search ON sample_tasks_task USING gin (title extensions.gin_trgm_ops)
"""


class Raw(Table):
    """Carries SQL to the open migration."""

    id = UUID(primary_key=True, default=None)


async def forwards() -> MigrationManager:
    manager = MigrationManager(migration_id=ID, app_name="sample_tasks", description=DESCRIPTION)

    async def run() -> None:
        await Raw.raw(SQL)

    manager.add_raw(run)
    return manager
