"""Scenario S18: four soft locks, exceptions for one person and a time, and a lock that is for good."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from core.tenancy.pending import Actor
from core.tenancy.tenant import LiveTenant
from plugins.accounting.services import posting, years
from plugins.accounting.services.years import ExceptionDraft
from weft import Conflict, Invalid, Person, Tenant, new_id
from weft.contracts import PeriodLocked
from weft.testing import Clock, Installation

from .conftest import Books, entry, line

DAY, LOCK, DOWN_TO = date(2016, 1, 1), date(2020, 1, 1), date(2010, 1, 1)
KINDS: dict[Any, tuple[str, str]] = {"all": ("GEN", "1000"), "tax": ("GEN", "2200"), "sales": ("SAL", "1000"), "purchases": ("PUR", "1000")}


@pytest.fixture
async def old(books: Books) -> Books:
    """Return books with the year of the scenario."""
    await years.ensure_year(books.tenant, DAY)
    return books


def as_person(books: Books, name: str) -> Tenant:
    """Return the business as a person sees it."""
    tenant = books.tenant
    assert isinstance(tenant, LiveTenant)
    return LiveTenant(tenant.catalogue_entry, Actor("session", name, Person(new_id(), name, f"{name}@weft.test")), tenant.house)


async def post(tenant: Tenant, kind: str) -> None:
    journal, code = KINDS[kind]
    async with tenant.transaction():
        await posting.post(tenant, entry(line(code, "1"), line("4000", "-1"), day=DAY, journal=journal))


async def refused(tenant: Tenant, kind: str) -> None:
    with pytest.raises(PeriodLocked):
        await post(tenant, kind)


def leave(kind: Any, who: Tenant, **changes: Any) -> ExceptionDraft:
    assert who.person is not None
    return ExceptionDraft(**{"kind": kind, "person": who.person.id, "through": DOWN_TO, "reason": "Late invoice", **changes})


@pytest.mark.parametrize("kind", KINDS)
async def test_a_soft_lock_refuses_what_it_is_for_and_an_exception_lets_one_person_through(old: Books, clock: Clock, kind: str) -> None:
    clock.set(datetime(2026, 5, 1, 12, tzinfo=UTC))
    ada, bob = as_person(old, "ada"), as_person(old, "bob")
    await post(ada, kind)
    await years.set_lock(old.tenant, kind, LOCK)
    await refused(ada, kind)
    given = await years.grant(old.tenant, leave(kind, ada))
    await post(ada, kind)
    await refused(bob, kind)
    await refused(old.tenant, kind)
    await years.revoke(old.tenant, given.id)
    await refused(ada, kind)
    await years.grant(old.tenant, leave(kind, ada))
    await post(ada, kind)
    clock.forward(timedelta(hours=24))
    await refused(ada, kind)


async def test_an_exception_is_for_its_own_lock_only(old: Books) -> None:
    ada = as_person(old, "ada")
    for kind in ("all", "sales"):
        await years.set_lock(old.tenant, kind, LOCK)
    await years.grant(old.tenant, leave("sales", ada))
    await refused(ada, "sales")
    await years.grant(old.tenant, leave("all", ada))
    await post(ada, "sales")


async def test_an_exception_ends_where_it_says(old: Books) -> None:
    ada = as_person(old, "ada")
    await years.set_lock(old.tenant, "all", LOCK)
    await years.grant(old.tenant, leave("all", ada, through=DAY))
    await refused(ada, "all")
    await years.grant(old.tenant, leave("all", ada, through=None))
    await post(ada, "all")


async def test_an_exception_of_another_business_lets_nobody_through(old: Books, installation: Installation) -> None:
    ada = as_person(old, "ada")
    other = await installation.new_tenant("accounting")
    for tenant in (old.tenant, other):
        await years.set_lock(tenant, "all", LOCK)
    await years.grant(other, leave("all", ada))
    await refused(ada, "all")


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


async def test_the_hard_lock_is_never_lowered_nor_taken_away_and_heeds_no_exception(old: Books) -> None:
    ada = as_person(old, "ada")
    await years.set_lock(old.tenant, "all", LOCK)
    await years.grant(old.tenant, leave("all", ada, through=None))
    await years.set_lock(old.tenant, "hard", LOCK)
    await refused(ada, "all")
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
async def test_an_exception_needs_a_reason_an_end_and_a_day_before_the_lock(old: Books, change: dict[str, Any], field: str) -> None:
    await years.set_lock(old.tenant, "all", LOCK)
    with pytest.raises(Invalid) as wrong:
        await years.grant(old.tenant, leave("all", as_person(old, "ada"), **change))
    assert field in wrong.value.fields


async def test_locks_and_exceptions_are_in_the_history(old: Books) -> None:
    await years.set_lock(old.tenant, "all", LOCK)
    await years.grant(old.tenant, leave("all", as_person(old, "ada")))
    rows = await old.figures("SELECT a.action FROM platform.audit_entry a WHERE a.record_kind = 'accounting.fiscal_year' ORDER BY a.id")
    assert [row["action"] for row in rows][-2:] == ["set", "granted an exception"]
