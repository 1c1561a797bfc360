"""The kind of record that has a page of its own."""

from uuid import UUID

from weft import RecordKind, RecordRef

from .permissions import READ

TASK = RecordKind("sample_tasks.task", "Task", "/sample_tasks/{id}", READ, "checklist")


def ref(task_id: UUID, title: str) -> RecordRef:
    """Return a task as links and the audit log name it."""
    return RecordRef(TASK, task_id, title)
