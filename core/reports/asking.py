"""Asks a report for more than its rows (where its days begin, what it is for, what can be chosen) without waiting for ever."""

from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import Any, TypeVar

from core.firewall.budgets import ASKED
from core.firewall.calls import LeftOut, Spot
from core.firewall.working import work_within
from core.tenancy.tenant import LiveTenant
from weft.errors import Unavailable, WeftError
from weft.reports import Report
from weft.tenant import Tenant

T = TypeVar("T")


class NoRows(Unavailable):
    """A report that failed, or that is left out here since it failed several times."""


def spot_of(tenant: LiveTenant, report: Report[Any]) -> Spot:
    """Return where a report's rows are made."""
    return Spot(tenant.house.registry.owner_of("reports", report), f"reports:{report.name}", report.title)


async def ask(tenant: Tenant, report: Report[Any], work: Callable[[], Awaitable[T]]) -> T:
    """Return what a report answers; raises `NoRows` when it fails, and what it refuses."""
    assert isinstance(tenant, LiveTenant)
    rows = spot_of(tenant, report)
    beside = replace(rows, hook=f"{rows.hook}:asked")  # its own breaker: that this goes well says nothing of the rows
    try:
        return await work_within(tenant, beside, ASKED, work)
    except LeftOut as left:
        raise NoRows(left.sentence) from left
    except WeftError:
        raise
    except Exception as wrong:
        raise NoRows(f"The report “{report.title}” failed. The reason is written down for whoever looks after modules.") from wrong
