"""Tasks from people's files: a row with the title of a task that is there updates it, any other makes a new one."""

from collections.abc import Mapping, Sequence
from typing import Literal

from msgspec import convert
from weft import Change, Importer, Invalid, Numbered, Outcome, RowProblem, Tenant, Written, new_id

from . import domain, queries
from .domain import Task, TaskDraft
from .permissions import EDIT
from .records import ref


async def write(tenant: Tenant, rows: Sequence[Numbered[TaskDraft]], _: Mapping[str, str]) -> Outcome:
    """Store a batch of rows, in the import's own transaction."""
    db, today = tenant.scope(), tenant.today()
    known = await queries.by_titles(db, [row.value.title for row in rows])
    made: dict[str, Task] = {}
    saved: dict[str, Task] = {}
    written, problems, changes = list[Written](), list[RowProblem](), list[Change]()
    for row in rows:
        draft, before = row.value, saved.get(row.value.title) or made.get(row.value.title) or known.get(row.value.title)
        try:
            after = domain.changed(before, draft, before.version, today) if before else domain.new_task(new_id(), draft, today)
        except Invalid as wrong:
            problems += [RowProblem(row.row, name, sentence) for name, sentence in wrong.fields.items()]
            continue
        if before and before.facts() == after.facts():
            written.append(Written(row.row, before.id, "unchanged", before.version))
            continue
        (saved if draft.title in known else made)[draft.title] = after
        action: Literal["created", "updated"] = "updated" if before else "created"
        written.append(Written(row.row, after.id, action, after.version, before.facts() if before else {}))
        changes.append(Change.between(ref(after.id, after.title), action, before.facts() if before else {}, after.facts()))
    await queries.add(db, list(made.values()))
    await queries.save(db, list(saved.values()))
    await tenant.record(*changes)
    return Outcome(written, problems)


async def undo(tenant: Tenant, records: Sequence[Written]) -> Sequence[RowProblem]:
    """Delete what an import made and restore what it changed, unless somebody changed it since."""
    db, problems = tenant.scope(), list[RowProblem]()
    for record in records:
        task = await queries.find(db, record.id)
        if task.version != record.version:
            problems.append(RowProblem(record.row, "title", f"“{task.title}” was changed since: it stays."))
        elif record.action == "created":
            await queries.remove(db, task.id, task.version)
            await tenant.record(Change(ref(task.id, task.title), "removed", before=task.facts()))
        else:
            draft = convert({name: record.before[name] for name in ("title", "due_on", "notes")}, TaskDraft)  # it was kept as JSON
            restored = domain.changed(task, draft, task.version, draft.due_on)
            await queries.save(db, [restored])
            await tenant.record(Change.between(ref(task.id, task.title), "restored", task.facts(), restored.facts()))
    return problems


TASKS = Importer(
    name="sample_tasks.tasks",
    title="Sample tasks",
    permission=EDIT,
    row=TaskDraft,
    write=write,
    undo=undo,
    aliases={"title": ("task", "name", "subject"), "due_on": ("due", "due date", "deadline"), "notes": ("note", "description")},
    record="sample_tasks.task",
)
