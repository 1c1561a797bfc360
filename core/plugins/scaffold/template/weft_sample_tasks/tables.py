"""What is kept of tasks."""

from piccolo.columns import UUID, Boolean, Date, Integer, Text, Timestamptz
from piccolo.columns.defaults.timestamptz import TimestamptzNow
from piccolo.table import Table


class Task(Table, tablename="sample_tasks_task"):
    """A task."""

    id = UUID(primary_key=True, default=None)
    title = Text()
    due_on = Date(default=None, null=False)
    notes = Text(default="")
    done = Boolean(default=False)
    version = Integer(default=1)
    created_at = Timestamptz(default=TimestamptzNow())
