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
    return ui.partial("accounting/_months.html", months=await _months(tenant), base=tenant.currency, href="/accounting")


async def cash_by_month(tenant: Tenant, ui: Ui) -> Markup:
    """Show what was on bank and cash accounts at the end of the last months."""
    return ui.partial("accounting/_cash_by_month.html", months=await _months(tenant), base=tenant.currency, href="/accounting")


async def _months(tenant: Tenant) -> list[figures.Month]:
    today = tenant.today()
    return await figures.by_month(tenant, date(today.year - (today.month <= 6), (today.month + 5) % 12 + 1, 1), today)


async def owed(tenant: Tenant, ui: Ui) -> Markup:
    """Show what customers owe."""
    found = await figures.desk(tenant, tenant.today())
    return ui.partial("accounting/_side.html", side=found.receivable, sales=True, base=tenant.currency)


async def owing(tenant: Tenant, ui: Ui) -> Markup:
    """Show what is owed to suppliers."""
    found = await figures.desk(tenant, tenant.today())
    return ui.partial("accounting/_side.html", side=found.payable, sales=False, base=tenant.currency)


async def ages(tenant: Tenant, ui: Ui) -> Markup:
    """Show what customers owe and what is owed to suppliers, by age."""
    found = await figures.desk(tenant, tenant.today())
    return ui.partial("accounting/_ages.html", desk=found, ages=figures.AGES, base=tenant.currency)


async def to_do(tenant: Tenant, ui: Ui) -> Markup:
    """Show what waits for somebody."""
    today = tenant.today()
    found, drafts = await figures.desk(tenant, today), await figures.drafts_waiting(tenant)
    return ui.partial("accounting/_to_do.html", desk=found, drafts=drafts, base=tenant.currency, today=today)


WIDGETS = (
    Widget(name="accounting.result", title="Profit this year", permission=READ, render=result, span=3, order=20),
    Widget(name="accounting.cash", title="Bank and cash", permission=READ, render=cash, span=3, order=21),
    Widget(name="accounting.owed", title="Customers owe", permission=READ, render=owed, span=3, order=22),
    Widget(name="accounting.owing", title="We owe suppliers", permission=READ, render=owing, span=3, order=23),
    Widget(name="accounting.months", title="Income and expenses", permission=READ, render=by_month, span=8, order=24),
    Widget(name="accounting.to_do", title="To do in the books", permission=READ, render=to_do, span=4, order=25),
    Widget(name="accounting.cash_months", title="Bank and cash by month", permission=READ, render=cash_by_month, span=6, order=26),
    Widget(name="accounting.ages", title="Receivable and payable", permission=READ, render=ages, span=6, order=27),
)
