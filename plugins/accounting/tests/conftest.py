"""Books to test with."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from plugins.accounting.services import posting, setup, years
from weft import Tenant
from weft.contracts import NewEntry, NewLine, PostedEntry


def money(text: str) -> Decimal:
    """Return an amount."""
    return Decimal(text)


def line(code: str, amount: str, **more: Any) -> NewLine:
    """Return a line: a debit, or a credit when the amount is negative."""
    value = Decimal(amount)
    return NewLine(code=code, debit=max(value, Decimal(0)), credit=max(-value, Decimal(0)), **more)


def entry(*lines: NewLine, day: date = date(2026, 3, 15), journal: str = "GEN", **more: Any) -> NewEntry:
    """Return an entry to post."""
    return NewEntry(journal=journal, date=day, lines=lines, **more)


class Books:
    """The books of a tenant, opened for 2025 and 2026 with the generic chart."""

    def __init__(self, tenant: Tenant) -> None:
        self.tenant = tenant

    async def post(self, *lines: NewLine, **more: Any) -> PostedEntry:
        """Post an entry of its own."""
        return await self.put(entry(*lines, **more))

    async def put(self, new: NewEntry) -> PostedEntry:
        """Post an entry in a transaction of its own."""
        async with self.tenant.transaction():
            return await posting.post(self.tenant, new)

    async def figures(self, sql: str, *args: object) -> Sequence[Any]:
        """Ask the tables."""
        async with self.tenant.transaction() as db:
            return await db.fetch(sql, *args)


@pytest.fixture
async def books(tenant: Tenant) -> Books:
    """Return books that are set up."""
    await setup.set_up(tenant, "generic")
    for day in (date(2025, 6, 1), date(2026, 6, 1)):
        await years.ensure_year(tenant, day)
    return Books(tenant)
