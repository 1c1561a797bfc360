"""Cards for the dashboard."""

from markupsafe import Markup

from weft import Tenant, Ui, Widget

from .permissions import READ
from .services import numbers


async def day(tenant: Tenant, ui: Ui) -> Markup:
    """Show what was sold on the last day that something was, against the week before; today's, against the same hours of it."""
    found = await numbers.overview(tenant, await numbers.usual_days(tenant))
    return ui.partial("retail_pos/_day.html", found=found, today=tenant.today())


async def hours(tenant: Tenant, ui: Ui) -> Markup:
    """Show when customers came."""
    found = await numbers.overview(tenant, await numbers.usual_days(tenant))
    return ui.partial("retail_pos/_hours.html", found=found, base=tenant.currency)


WIDGETS = (
    Widget(name="retail_pos.day", title="Sales of the day", permission=READ, render=day, span=4, order=10),
    Widget(name="retail_pos.hours", title="Sales by hour", permission=READ, render=hours, span=8, order=11),
)
