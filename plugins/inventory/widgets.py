"""Cards for the dashboard."""

from datetime import timedelta

from markupsafe import Markup

from weft import Tenant, Ui, Widget

from .permissions import READ, VALUE
from .queries import finding, valued
from .settings import InventorySettings


async def worth(tenant: Tenant, ui: Ui) -> Markup:
    """Show what stock is worth, and what it was four weeks ago."""
    async with tenant.transaction() as db:
        now = await valued.value_of_all(db, tenant.today())
        before = await valued.value_of_all(db, tenant.today() - timedelta(weeks=4))
    return ui.partial("inventory/_worth.html", now=now, before=before, currency=tenant.currency)


async def to_do(tenant: Tenant, ui: Ui) -> Markup:
    """Show what wants a hand: stock below zero, goods on their way, counts to approve, lots that expire."""
    days = tenant.settings(InventorySettings).expiry_days
    async with tenant.transaction() as db:
        found = await finding.to_do(db, tenant.today() + timedelta(days=days))
    return ui.partial("inventory/_to_do.html", found=found, days=days)


WIDGETS = (
    Widget(name="inventory.worth", title="Stock value", permission=VALUE, render=worth, span=3, order=60),
    Widget(name="inventory.to_do", title="Stock to look at", permission=READ, render=to_do, span=4, order=61),
)
