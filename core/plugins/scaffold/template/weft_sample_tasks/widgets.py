"""The card on the dashboard."""

from markupsafe import Markup
from weft import Tenant, Ui, Widget

from . import queries
from .permissions import READ


async def render_due(tenant: Tenant, ui: Ui) -> Markup:
    """Show what is due today or overdue."""
    async with tenant.transaction() as db:
        tasks = await queries.due_by(db, tenant.today())
    return ui.partial("sample_tasks/_due.html", tasks=tasks, today=tenant.today())


DUE = Widget(name="sample_tasks.due", title="Tasks due", permission=READ, render=render_due)
