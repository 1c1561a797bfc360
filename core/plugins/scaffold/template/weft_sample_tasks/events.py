"""What other plugins are told."""

from uuid import UUID

from weft import Event


class TaskFinished(Event, frozen=True, kw_only=True):
    """Somebody finished a task."""

    task_id: UUID
    title: str
