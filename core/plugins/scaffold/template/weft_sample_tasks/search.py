"""What the search box finds."""

from collections.abc import Sequence

from weft import Hit, SearchSource, Tenant

from . import queries
from .permissions import READ
from .records import TASK


async def find(tenant: Tenant, text: str, limit: int) -> Sequence[Hit]:
    """Return tasks whose title contains what was typed."""
    async with tenant.transaction() as db:
        tasks = await queries.search(db, text, limit)
    return [Hit(task.title, f"Due {task.due_on.isoformat()}", TASK.url(task.id)) for task in tasks]


TASKS = SearchSource(title="Sample tasks", icon="checklist", permission=READ, find=find)
