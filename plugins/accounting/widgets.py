"""What the books offer for the dashboard."""

from datetime import date

from markupsafe import Markup

from weft import Tenant, Ui, Widget

from .permissions import READ
from .services import figures, reports


async def result(tenant: Tenant, ui: Ui) -> Markup:
    """Show this fiscal year's profit beside the year before."""
    first, last = await reports.default_days(tenant)
    shown = await reports.profit_and_loss(tenant, first, last, reports.same_days_last_year(first, last))
    return ui.partial("accounting/_result.html", result=shown, base=tenant.currency)


async def cash(tenant: Tenant, ui: Ui) -> Markup:
    """Show what is on bank and cash accounts."""
    return ui.partial("accounting/_cash.html", state=await figures.state(tenant, tenant.today()), base=tenant.currency)


async def by_month(tenant: Tenant, ui: Ui) -> Markup:
    """Show income and expenses of the last months."""
    today = tenant.today()
    first = date(today.year - (today.month <= 6), (today.month + 5) % 12 + 1, 1)
    return ui.partial("accounting/_months.html", months=await figures.by_month(tenant, first, today), base=tenant.currency)


WIDGETS = (
    Widget(name="accounting.result", title="Profit this year", permission=READ, render=result, span=4, order=20),
    Widget(name="accounting.cash", title="Bank and cash", permission=READ, render=cash, span=4, order=21),
    Widget(name="accounting.months", title="Income and expenses", permission=READ, render=by_month, span=8, order=22),
)
