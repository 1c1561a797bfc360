"""What purchasing offers for the dashboard."""

from markupsafe import Markup

from weft import Tenant, Ui, Widget

from .permissions import READ
from .services import figures


async def to_do(tenant: Tenant, ui: Ui) -> Markup:
    """Show what waits: approvals, late orders, bills that do not match."""
    return ui.partial("purchasing/_to_do.html", state=await figures.state(tenant))


async def on_order(tenant: Tenant, ui: Ui) -> Markup:
    """Show what is on order, and what came without its bill."""
    return ui.partial("purchasing/_on_order.html", state=await figures.state(tenant), base=tenant.currency)


WIDGETS = (
    Widget(name="purchasing.to_do", title="Purchasing, to do", permission=READ, render=to_do, span=4, order=60),
    Widget(name="purchasing.on_order", title="On order", permission=READ, render=on_order, span=4, order=61),
)
