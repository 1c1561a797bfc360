"""What happens by the clock."""

from datetime import timedelta

from msgspec import Struct
from weft import Job, Schedule, Tenant

from . import queries
from .permissions import EDIT
from .settings import TaskSettings


class NoMore(Struct, frozen=True):
    """The job needs to be told nothing."""


async def remind(tenant: Tenant, _: NoMore) -> None:
    """Tell whoever may finish them which tasks are due."""
    ahead = timedelta(days=tenant.settings(TaskSettings).remind_days)
    async with tenant.transaction() as db:
        tasks = await queries.due_by(db, tenant.today() + ahead)
        if tasks:
            more = f" and {len(tasks) - 1} more" if len(tasks) > 1 else ""
            await tenant.notify(f"Due: {tasks[0].title}{more}", link="/sample_tasks?segment=open", to=EDIT)


REMIND = Job(name="sample_tasks.remind", title="Remind of tasks", payload=NoMore, run=remind, atomic=True)
EVERY_MORNING = Schedule(job=REMIND, cron="0 7 * * *", payload=NoMore())
