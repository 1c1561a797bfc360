"""The rules of tasks: pure functions over frozen values. Today is an argument."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Annotated
from uuid import UUID

from msgspec import Meta, Struct
from weft.errors import Conflict, Invalid


class TaskDraft(Struct, frozen=True, kw_only=True):
    """What a person writes of a task: a form, a row of a file, or the body of a call to the API."""

    title: Annotated[str, Meta(title="Title", min_length=1, max_length=200)]
    due_on: Annotated[date, Meta(title="Due on")]
    notes: Annotated[str, Meta(title="Notes", max_length=5000)] = ""


@dataclass(frozen=True, slots=True)
class Task:
    """A task as it is kept. `version` grows with each change."""

    id: UUID
    title: str
    due_on: date
    notes: str = ""
    done: bool = False
    version: int = 1

    def is_overdue(self, today: date) -> bool:
        """Tell whether its day is past and nobody has finished it."""
        return not self.done and self.due_on < today

    def facts(self) -> dict[str, object]:
        """Return what the audit log compares."""
        return {"title": self.title, "due_on": self.due_on, "notes": self.notes, "done": self.done}


def new_task(task_id: UUID, draft: TaskDraft, today: date) -> Task:
    """Return a task made of a draft; raises `Invalid` for a day more than ten years away, which is a slip of the keyboard."""
    check_day(draft.due_on, today)
    return Task(task_id, draft.title, draft.due_on, draft.notes)


def changed(task: Task, draft: TaskDraft, version: int, today: date) -> Task:
    """Return the task with what a person changed; raises `Conflict` when somebody else was quicker, and `Invalid`."""
    if task.version != version:
        raise Conflict("Somebody else changed this task meanwhile: compare, then save again.")
    if draft.due_on != task.due_on:
        check_day(draft.due_on, today)
    return Task(task.id, draft.title, draft.due_on, draft.notes, task.done, version + 1)


def finished(task: Task) -> Task:
    """Return the task as done; raises `Conflict` when it is done already."""
    if task.done:
        raise Conflict("This task is done already.")
    return Task(task.id, task.title, task.due_on, task.notes, done=True, version=task.version + 1)


def check_day(due_on: date, today: date) -> None:
    """Raise `Invalid` for a day more than ten years away."""
    if abs(due_on - today) > timedelta(days=3653):
        raise Invalid.field("due_on", f"{due_on.isoformat()} is more than ten years away: check the year.")
