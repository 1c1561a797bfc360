"""What a person can do with tasks: each opens the transaction, decides, writes, and tells the audit log."""

from uuid import UUID

from weft import Change, Tenant, new_id

from . import domain, queries
from .domain import Task, TaskDraft
from .events import TaskFinished
from .records import ref


async def find_task(tenant: Tenant, task_id: UUID) -> Task:
    """Return a task; raises `Missing`."""
    async with tenant.transaction() as db:
        return await queries.find(db, task_id)


async def add_task(tenant: Tenant, draft: TaskDraft) -> Task:
    """Make a task; raises `Invalid`."""
    task = domain.new_task(new_id(), draft, tenant.today())
    async with tenant.transaction() as db:
        await queries.add(db, [task])
        await tenant.record(Change(ref(task.id, task.title), "created", after=task.facts()))
    return task


async def change_task(tenant: Tenant, task_id: UUID, draft: TaskDraft, version: int) -> Task:
    """Change a task that is still at `version`; raises `Missing`, `Conflict` and `Invalid`."""
    async with tenant.transaction() as db:
        before = await queries.find(db, task_id)
        after = domain.changed(before, draft, version, tenant.today())
        await queries.save(db, [after])
        await tenant.record(Change.between(ref(task_id, after.title), "changed", before.facts(), after.facts()))
    return after


async def finish_task(tenant: Tenant, task_id: UUID) -> Task:
    """Mark a task as done, and tell others; raises `Missing` and `Conflict`."""
    async with tenant.transaction() as db:
        before = await queries.find(db, task_id)
        after = domain.finished(before)
        await queries.save(db, [after])
        await tenant.record(Change.between(ref(task_id, after.title), "finished", before.facts(), after.facts()))
        await tenant.emit(TaskFinished(task_id=task_id, title=after.title))
    return after
