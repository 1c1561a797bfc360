"""Books to report on."""

from datetime import date
from decimal import Decimal

import pytest

from core.tenancy.tenant import LiveTenant
from plugins.accounting.services import posting, setup, years
from weft.contracts import NewEntry, NewLine

MARCH = "first=2026-03-01&last=2026-03-31"


@pytest.fixture
async def books(tenant: LiveTenant) -> LiveTenant:
    """Return a business that sold and spent in March of two years, with a customer's name that looks like a formula."""
    await setup.set_up(tenant, "generic")
    for day in (date(2025, 6, 1), date(2026, 6, 1)):
        await years.ensure_year(tenant, day)
    for year, sold, spent in ((2025, "100.00", "40.00"), (2026, "150.50", "40.00")):
        await post(tenant, date(year, 3, 15), ("1000", sold), ("4000", f"-{sold}"))
        await post(tenant, date(year, 3, 20), ("6100", spent), ("1000", f"-{spent}"))
    return tenant


async def post(tenant: LiveTenant, day: date, *sides: tuple[str, str], text: str = "=1+1") -> None:
    """Post an entry; the amounts of credits are negative."""
    lines = tuple(
        NewLine(code=code, debit=max(Decimal(amount), Decimal(0)), credit=max(-Decimal(amount), Decimal(0))) for code, amount in sides
    )
    async with tenant.transaction():
        await posting.post(tenant, NewEntry(journal="GEN", date=day, lines=lines, description=text))
