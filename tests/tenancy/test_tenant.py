"""What a plugin is handed as its tenant keeps what the face promises."""

import dataclasses
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Annotated, Literal

import msgspec
import pytest
from msgspec import Meta

from core.tenancy.pending import Actor
from core.tenancy.scope import OutsideTenant
from core.tenancy.tenant import LiveTenant, read_settings
from infra.testing import Clock
from tests.audit.paper import NOTE
from tests.tenancy.arena import Arena
from weft import Change, Event, Job, Missing, Permission, Person, RecordRef, Settings, new_id

SELL = Permission("notes.note.sell", "Sell")


class Prices(Settings, frozen=True, kw_only=True):
    """Settings of every kind."""

    margin: Annotated[Decimal, Meta(ge=0, le=1)] = Decimal("0.25")
    rounding: Literal["up", "down"] = "up"
    days: Annotated[int, Meta(ge=1)] = 14
    active: bool = True

    def __post_init__(self) -> None:
        if not self.active and self.days > 100:
            raise ValueError("Neither is sensible.")


@pytest.mark.parametrize(
    ("stored", "read"),
    [
        (None, Prices()),
        ("{}", Prices()),
        (
            '{"margin": "0.50", "rounding": "down", "days": 3, "active": false}',
            Prices(margin=Decimal("0.50"), rounding="down", days=3, active=False),
        ),
        ('{"days": 0, "rounding": "sideways", "margin": "much"}', Prices()),
        ('{"days": "30", "gone": 1}', Prices(days=30)),
        ('{"active": false, "days": 101}', Prices()),
    ],
)
def test_settings_are_read_as_far_as_they_still_fit(stored: str | None, read: Prices) -> None:
    assert read_settings(Prices, msgspec.Raw(stored.encode()) if stored else None) == read


async def test_what_is_not_declared_is_missing(arena: Arena) -> None:
    class Payload(msgspec.Struct):
        pass

    class Happened(Event, frozen=True, kw_only=True):
        pass

    async def run(tenant: object, payload: Payload) -> None:
        """Do nothing."""

    async with arena.a.transaction():
        with pytest.raises(Missing, match="not declared by any plugin's jobs"):
            await arena.a.enqueue(Job(name="notes.x", title="X", payload=Payload, run=run), Payload())
        with pytest.raises(Missing, match="not declared by any plugin's events"):
            await arena.a.emit(Happened())
    with pytest.raises(Missing, match="not declared by any plugin's settings"):
        arena.a.settings(Prices)
    with pytest.raises(Missing, match="No module that is switched on provides “Prices”"):
        arena.a.service(Prices)


async def test_what_leaves_a_transaction_needs_one(arena: Arena) -> None:
    for told in (
        arena.a.record(Change(RecordRef(NOTE, new_id(), ""), "x")),
        arena.a.notify("x", to=SELL),
        arena.a.mail("x@example.com", "x", "x"),
        arena.a.files.put("x", "text/plain", b"x"),
        arena.a.files.remove(new_id()),
    ):
        with pytest.raises(OutsideTenant):
            await told
    await arena.a.progress(1, 2)  # outside of a job it does nothing


async def test_who_acts_is_written_beside_what_was_done(arena: Arena) -> None:
    ann = Person(new_id(), "Ann", "ann@example.com")
    tenant = dataclasses.replace(arena.a, actor=Actor("token", "Ann", ann, frozenset({SELL.name}), "r-7"))
    async with tenant.transaction():
        await tenant.record(Change(RecordRef(NOTE, new_id(), "by Ann"), "sold", {"a": Decimal("1.50")}, {"d": date(2026, 3, 31)}))
    row = await arena.superuser.fetchrow("SELECT * FROM platform.audit_entry WHERE record_title = 'by Ann'")
    assert row is not None
    assert (row["actor"], row["actor_name"], row["via"], row["request_id"], row["tenant"]) == (
        ann.id,
        "Ann",
        "token",
        "r-7",
        arena.a.schema,
    )
    assert (row["before"], row["after"]) == ('{"a": "1.50"}', '{"d": "2026-03-31"}')
    assert tenant.person == ann
    assert tenant.may(SELL)
    assert not tenant.may(Permission("notes.note.delete", "Delete"))
    assert arena.a.may(Permission("notes.note.delete", "Delete")), "the platform may do everything"


async def test_notices_and_mail_leave_with_the_commit_and_lead_back(arena: Arena) -> None:
    person = new_id()
    ref = RecordRef(NOTE, new_id(), "A note")
    async with arena.a.transaction(unaudited="test"):
        await arena.a.notify("for one", link="/notes", to=person)
        await arena.a.notify("for some", to=SELL)
        await arena.a.mail("ann@example.com", "about it", "Hello.", record=ref)
    sql = "SELECT person_id, permission, link FROM platform.notification WHERE tenant = $1 AND body LIKE 'for %' ORDER BY body"
    rows = await arena.superuser.fetch(sql, arena.a.schema)
    assert [tuple(row) for row in rows] == [(person, "", "/notes"), (None, SELL.name, "")]
    body = await arena.superuser.fetchval("SELECT body_text FROM platform.mail WHERE subject = 'about it'")
    assert body == f"Hello.\n\nA note: http://{arena.a.slug}.weft.test/notes/{ref.id}"


async def test_the_business_day_is_the_one_of_the_tenants_zone(arena: Arena, clock: Clock) -> None:
    clock.set(datetime(2026, 6, 30, 23, 30, tzinfo=UTC))
    assert arena.a.today() == date(2026, 7, 1), "London has summer time"
    far = LiveTenant(msgspec.structs.replace(arena.a.catalogue_entry, timezone="America/Los_Angeles"), arena.a.actor, arena.a.house)
    assert far.today() == date(2026, 6, 30)


async def test_a_module_is_on_or_not(arena: Arena) -> None:
    assert arena.a.has("notes")
    assert not arena.a.has("contacts")
