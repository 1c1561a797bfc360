"""Scenario S18: four soft locks, exceptions for one person and a time, and a lock that is for good."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from plugins.accounting.services import journals, posting, years
from plugins.accounting.services.years import ExceptionDraft
from weft import Conflict, Invalid, Tenant
from weft.contracts import PeriodLocked
from weft.testing import Client, Clock, Installation, Visitors

from .conftest import Books, entry, line

DAY, LOCK, DOWN_TO = date(2016, 1, 1), date(2020, 1, 1), date(2010, 1, 1)
KINDS: dict[Any, tuple[str, str]] = {"all": ("GEN", "1000"), "tax": ("GEN", "2200"), "sales": ("SAL", "1000"), "purchases": ("PUR", "1000")}


@dataclass
class Somebody:
    """A person at the pages of the business."""

    id: UUID
    client: Client
    tenant: Tenant

    async def post(self, kind: str) -> int:
        """Post an entry on the grid; returns the answer's status."""
        code, account = KINDS[kind]
        journal = next(each for each in await journals.all_journals(self.tenant) if each.code == code)
        lines = {"lines.0.code": account, "lines.0.debit": "1", "lines.1.code": "4000", "lines.1.credit": "1"}
        answer = await self.client.submit("/accounting/entries/new", {"date": f"{DAY}", "journal": f"{journal.id}", "do": "post", **lines})
        assert answer.status_code == 303 or "locked through" in answer.text or "closed for good" in answer.text
        return answer.status_code


@pytest.fixture
async def old(books: Books) -> Books:
    """Return books with the year of the scenario."""
    await years.ensure_year(books.tenant, DAY)
    return books


async def person(books: Books, visitors: Visitors, name: str) -> Somebody:
    """Return a new person who may do everything."""
    client = await visitors.sign_in(books.tenant, name=name)
    return Somebody(next(each.id for each in await books.tenant.people() if each.name == name), client, books.tenant)


async def post(tenant: Tenant, kind: str) -> None:
    journal, code = KINDS[kind]
    async with tenant.transaction():
        await posting.post(tenant, entry(line(code, "1"), line("4000", "-1"), day=DAY, journal=journal))


async def refused(tenant: Tenant, kind: str) -> None:
    with pytest.raises(PeriodLocked):
        await post(tenant, kind)


def leave(kind: Any, who: Somebody, **changes: Any) -> ExceptionDraft:
    return ExceptionDraft(**{"kind": kind, "person": who.id, "through": DOWN_TO, "reason": "Late invoice", **changes})


@pytest.mark.parametrize("kind", KINDS)
async def test_a_soft_lock_refuses_what_it_is_for_and_an_exception_lets_one_person_through(
    old: Books, visitors: Visitors, clock: Clock, kind: str
) -> None:
    clock.set(datetime(2026, 5, 1, 12, tzinfo=UTC))
    ada, bob = await person(old, visitors, "Ada"), await person(old, visitors, "Bob")
    assert await ada.post(kind) == 303
    await years.set_lock(old.tenant, kind, LOCK)
    assert await ada.post(kind) == 409
    given = await years.grant(old.tenant, leave(kind, ada))
    assert await ada.post(kind) == 303
    assert await bob.post(kind) == 409
    await refused(old.tenant, kind)
    await years.revoke(old.tenant, given.id)
    assert await ada.post(kind) == 409
    await years.grant(old.tenant, leave(kind, ada))
    assert await ada.post(kind) == 303
    clock.forward(timedelta(hours=24))
    assert await ada.post(kind) == 409


async def test_an_exception_is_for_its_own_lock_only(old: Books, visitors: Visitors) -> None:
    ada = await person(old, visitors, "Ada")
    for kind in ("all", "sales"):
        await years.set_lock(old.tenant, kind, LOCK)
    await years.grant(old.tenant, leave("sales", ada))
    assert await ada.post("sales") == 409
    await years.grant(old.tenant, leave("all", ada))
    assert await ada.post("sales") == 303


async def test_an_exception_ends_where_it_says(old: Books, visitors: Visitors) -> None:
    ada = await person(old, visitors, "Ada")
    await years.set_lock(old.tenant, "all", LOCK)
    await years.grant(old.tenant, leave("all", ada, through=DAY))
    assert await ada.post("all") == 409
    await years.grant(old.tenant, leave("all", ada, through=None))
    assert await ada.post("all") == 303


async def test_an_exception_of_another_business_lets_nobody_through(old: Books, visitors: Visitors, installation: Installation) -> None:
    ada = await person(old, visitors, "Ada")
    other = await installation.new_tenant("accounting")
    for tenant in (old.tenant, other):
        await years.set_lock(tenant, "all", LOCK)
    await years.grant(other, leave("all", ada))
    assert await ada.post("all") == 409


async def test_a_lock_for_sales_leaves_purchases_alone(old: Books) -> None:
    await years.set_lock(old.tenant, "sales", LOCK)
    await post(old.tenant, "purchases")
    await refused(old.tenant, "sales")


async def test_a_soft_lock_is_lifted_and_moved(old: Books) -> None:
    await years.set_lock(old.tenant, "all", LOCK)
    await years.set_lock(old.tenant, "all", date(2015, 12, 31))
    await post(old.tenant, "all")
    await years.set_lock(old.tenant, "all", LOCK)
    await years.set_lock(old.tenant, "all", None)
    await post(old.tenant, "all")


async def test_the_hard_lock_is_never_lowered_nor_taken_away_and_heeds_no_exception(old: Books, visitors: Visitors) -> None:
    ada = await person(old, visitors, "Ada")
    await years.set_lock(old.tenant, "all", LOCK)
    await years.grant(old.tenant, leave("all", ada, through=None))
    await years.set_lock(old.tenant, "hard", LOCK)
    assert await ada.post("all") == 409
    for lower in (None, date(2019, 12, 31)):
        with pytest.raises(Conflict):
            await years.set_lock(old.tenant, "hard", lower)
    with pytest.raises(Invalid, match="before today"):
        await years.set_lock(old.tenant, "hard", date(2999, 1, 1))
    with pytest.raises(Invalid, match="no exceptions"):
        await years.grant(old.tenant, leave("hard", ada))


@pytest.mark.parametrize(
    ("change", "field"), [({"reason": " "}, "reason"), ({"through": LOCK}, "through"), ({"hours": 745}, "until"), ({"hours": 0}, "until")]
)
async def test_an_exception_needs_a_reason_an_end_and_a_day_before_the_lock(
    old: Books, visitors: Visitors, change: dict[str, Any], field: str
) -> None:
    await years.set_lock(old.tenant, "all", LOCK)
    with pytest.raises(Invalid) as wrong:
        await years.grant(old.tenant, leave("all", await person(old, visitors, "Ada"), **change))
    assert field in wrong.value.fields


async def test_locks_and_exceptions_are_in_the_history(old: Books, visitors: Visitors) -> None:
    await years.set_lock(old.tenant, "all", LOCK)
    await years.grant(old.tenant, leave("all", await person(old, visitors, "Ada")))
    rows = await old.figures("SELECT a.action FROM platform.audit_entry a WHERE a.record_kind = 'accounting.fiscal_year' ORDER BY a.id")
    assert [row["action"] for row in rows][-2:] == ["set", "granted an exception"]
