"""The first page of the books: what was earned and spent, what is there, what waits."""

from datetime import date, timedelta
from typing import Any

from litestar import get
from litestar.response import Response

from weft import TheTenant, TheUi, needs

from ..permissions import READ
from ..services import figures, proving, reports, setup, years


@get("/", guards=[needs(READ)])
async def overview(tenant: TheTenant, ui: TheUi) -> Response[Any]:
    """Show the state of the books."""
    if not await setup.is_set_up(tenant):
        return await ui.page("accounting/unopened.html")
    today = tenant.today()
    first, last = await reports.default_days(tenant)
    before = reports.same_days_last_year(first, last)
    result = await reports.profit_and_loss(tenant, first, last, before)
    months = await figures.by_month(tenant, _months_back(today, 11), today)
    proofs = await proving.latest(tenant)
    return await ui.page(
        "accounting/overview.html",
        slots={"accounting.overview.main": tenant.id, "accounting.overview.side": tenant.id},
        first=first,
        last=last,
        result=result,
        months=months,
        state=await figures.state(tenant, today),
        desk=await figures.desk(tenant, today),
        ages=figures.AGES,
        today=today,
        locked=(await years.read_calendar(tenant)).locks.get("all"),
        proof=proofs[0] if proofs else None,
        base=tenant.currency,
    )


def _months_back(day: date, months: int) -> date:
    for _ in range(months):
        day = day.replace(day=1) - timedelta(days=1)
    return day.replace(day=1)
