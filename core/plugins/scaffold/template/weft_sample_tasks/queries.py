"""Every statement that is sent to the database; what comes back are values of the domain."""

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from weft import Missing, Row, Scope

from .domain import Task

_COLUMNS = "id, title, due_on, notes, done, version"


def _task(row: Row) -> Task:
    return Task(row["id"], row["title"], row["due_on"], row["notes"], row["done"], row["version"])


async def find(db: Scope, task_id: UUID) -> Task:
    """Return a task, locked until the transaction ends; raises `Missing`."""
    row = await db.fetchrow(f"SELECT {_COLUMNS} FROM sample_tasks_task WHERE id = $1 FOR UPDATE", task_id)
    if row is None:
        raise Missing("There is no such task.")
    return _task(row)


async def by_titles(db: Scope, titles: Sequence[str]) -> dict[str, Task]:
    """Return the tasks with these titles, by title."""
    rows = await db.fetch(f"SELECT {_COLUMNS} FROM sample_tasks_task WHERE title = ANY ($1::text[])", list(titles))
    return {row["title"]: _task(row) for row in rows}


async def search(db: Scope, text: str, limit: int) -> list[Task]:
    """Return tasks whose title contains a text, the next ones first."""
    pattern = "%" + text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_") + "%"
    rows = await db.fetch(f"SELECT {_COLUMNS} FROM sample_tasks_task WHERE title ILIKE $1 ORDER BY due_on, id LIMIT $2", pattern, limit)
    return [_task(row) for row in rows]


async def due_by(db: Scope, day: date) -> list[Task]:
    """Return the tasks that are to be finished by a day, the first hundred."""
    rows = await db.fetch(f"SELECT {_COLUMNS} FROM sample_tasks_task WHERE NOT done AND due_on <= $1 ORDER BY due_on, id LIMIT 100", day)
    return [_task(row) for row in rows]


async def add(db: Scope, tasks: Sequence[Task]) -> None:
    """Store new tasks, in one statement."""
    await db.execute(
        "INSERT INTO sample_tasks_task (id, title, due_on, notes, done, version) "
        "SELECT id, title, due_on, notes, done, version "
        "FROM unnest($1::uuid[], $2::text[], $3::date[], $4::text[], $5::boolean[], $6::integer[]) "
        "AS row (id, title, due_on, notes, done, version)",
        *_columns(tasks),
    )


async def save(db: Scope, tasks: Sequence[Task]) -> None:
    """Store what was changed of tasks, in one statement."""
    await db.execute(
        "UPDATE sample_tasks_task t SET title = row.title, due_on = row.due_on, notes = row.notes, done = row.done, "
        "version = row.version "
        "FROM unnest($1::uuid[], $2::text[], $3::date[], $4::text[], $5::boolean[], $6::integer[]) "
        "AS row (id, title, due_on, notes, done, version) WHERE t.id = row.id",
        *_columns(tasks),
    )


async def remove(db: Scope, task_id: UUID, version: int) -> bool:
    """Delete a task that is still at a version; tells whether it was."""
    return bool(await db.execute("DELETE FROM sample_tasks_task WHERE id = $1 AND version = $2", task_id, version))


def _columns(tasks: Sequence[Task]) -> tuple[list[object], ...]:
    return (
        [task.id for task in tasks],
        [task.title for task in tasks],
        [task.due_on for task in tasks],
        [task.notes for task in tasks],
        [task.done for task in tasks],
        [task.version for task in tasks],
    )
