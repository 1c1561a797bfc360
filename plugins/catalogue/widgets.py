"""Cards for the dashboard."""

from markupsafe import Markup

from weft import Tenant, Ui, Widget

from .permissions import READ
from .queries import finding


async def by_category(tenant: Tenant, ui: Ui) -> Markup:
    """Show how many products stand in each category at the top."""
    async with tenant.transaction() as db:
        counted = await finding.by_top_category(db)
    labels, values = [name for name, _ in counted], [count for _, count in counted]
    return ui.partial("catalogue/_by_category.html", labels=labels, values=values, total=sum(values))


async def latest(tenant: Tenant, ui: Ui) -> Markup:
    """Show the products changed last."""
    async with tenant.transaction() as db:
        return ui.partial("catalogue/_latest.html", products=await finding.latest(db))


async def quality(tenant: Tenant, ui: Ui) -> Markup:
    """Show how many products lack a price, a barcode or an image."""
    async with tenant.transaction() as db:
        return ui.partial("catalogue/_quality.html", quality=await finding.quality(db, tenant.today()))


WIDGETS = (
    Widget(name="catalogue.by_category", title="Products by category", permission=READ, render=by_category, span=4, order=40),
    Widget(name="catalogue.latest", title="Changed lately", permission=READ, render=latest, span=4, order=41),
    Widget(name="catalogue.quality", title="To complete", permission=READ, render=quality, span=4, order=42),
)
