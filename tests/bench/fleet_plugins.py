"""What every business of the fleet's benchmark has: a shop with a table and six schedules, and notes with a page."""

from collections.abc import Sequence
from typing import Any

import msgspec

from core.plugins.registry import Registry
from tests.sample.pages import plugin as notes
from tests.tenants.plugins import Shop
from weft import Job, Schedule, Tenant, hookimpl


class Nothing(msgspec.Struct, frozen=True):
    """What the job is told."""


async def rest(tenant: Tenant, told: Nothing) -> None:
    """Do nothing."""


REST = Job(name="shop.rest", title="Rest", payload=Nothing, run=rest)


class BusyShop(Shop):
    """The shop of the tests, with work by the clock."""

    @hookimpl
    def jobs(self) -> Sequence[Job[Any]]:
        return [REST]

    @hookimpl
    def schedules(self) -> Sequence[Schedule]:
        return [Schedule(job=REST, cron=f"{minute} 3 * * *", payload=Nothing()) for minute in range(6)]


def installed(version: str) -> Registry:
    """Return the plugins that are installed, the shop in a version."""
    return Registry([BusyShop(version), notes])
