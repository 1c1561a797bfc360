"""The rules of tasks, which need neither database nor clock."""

from datetime import date, timedelta
from uuid import UUID

import pytest
from weft import Conflict, Invalid, new_id

from weft_sample_tasks.domain import Task, TaskDraft, changed, finished, new_task

TODAY = date(2026, 5, 4)
ID: UUID = new_id()


def test_a_task_is_overdue_from_the_day_after() -> None:
    assert not Task(ID, "Paint", TODAY).is_overdue(TODAY)
    assert Task(ID, "Paint", TODAY).is_overdue(TODAY + timedelta(days=1))
    assert not Task(ID, "Paint", TODAY, done=True).is_overdue(TODAY + timedelta(days=1))


def test_a_year_that_was_mistyped_is_refused() -> None:
    with pytest.raises(Invalid) as wrong:
        new_task(ID, TaskDraft(title="Paint", due_on=date(2206, 5, 4)), TODAY)
    assert wrong.value.fields == {"due_on": "2206-05-04 is more than ten years away: check the year."}


def test_whoever_is_slower_is_told() -> None:
    task = Task(ID, "Paint", TODAY, version=3)
    draft = TaskDraft(title="Paint the door", due_on=TODAY)
    assert changed(task, draft, 3, TODAY).version == 4
    with pytest.raises(Conflict):
        changed(task, draft, 2, TODAY)


def test_a_task_is_finished_once() -> None:
    done = finished(Task(ID, "Paint", TODAY))
    assert done.done
    with pytest.raises(Conflict):
        finished(done)
