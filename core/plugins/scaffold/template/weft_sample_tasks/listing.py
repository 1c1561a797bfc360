"""The list of tasks: declared once, for the page, its exports and the API."""

from weft import Column, ColumnKind, Listing, Segment

from .permissions import READ
from .records import TASK

TASKS = Listing(
    name="sample_tasks.tasks",
    title="Sample tasks",
    path="/sample_tasks",
    source="sample_tasks_task t",
    id_sql="t.id",
    columns=(
        Column(key="title", title="Title", sql="t.title", sortable=True, sort_sql="lower(t.title)", link=True),
        Column(key="due", title="Due on", sql="t.due_on", kind=ColumnKind.DATE, sortable=True),
        Column(key="done", title="Done", sql="t.done", kind=ColumnKind.BOOL),
    ),
    permission=READ,
    default_sort="due",
    record=TASK,
    segments=(Segment("", "All", ""), Segment("open", "Open", "NOT t.done"), Segment("done", "Done", "t.done")),
    search_sql="t.title",
)
