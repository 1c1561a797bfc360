"""People read their own log: newest first, by record, person, kind and time, page after page, with what changed."""

from datetime import timedelta
from uuid import UUID

import pytest

from core.audit.log import Difference, Wanted, read_log
from core.tenancy.pending import Actor
from core.tenancy.tenant import LiveTenant
from infra.testing import Installation
from tests.audit.paper import NOTE, write
from weft import Change, Invalid, Person, RecordRef, new_id

ANN = Person(new_id(), "Ann", "ann@example.com")


async def told(tenant: LiveTenant, title: str, *, record: UUID | None = None, action: str = "renamed") -> UUID:
    """Write one entry about a record."""
    ref = RecordRef(NOTE, record or new_id(), title)
    async with tenant.transaction():
        await tenant.record(Change.between(ref, action, {"title": "old", "same": 1}, {"title": title, "same": 1, "new": True}))
    return ref.id


async def test_the_newest_entry_comes_first_and_says_what_changed(tenant: LiveTenant) -> None:
    await told(tenant, "first")
    record = await told(tenant, "second")
    page = await read_log(tenant, Wanted())
    assert [entry.title for entry in page.entries] == ["second", "first"]
    newest = page.entries[0]
    assert (newest.kind, newest.record, newest.action, newest.via, newest.actor_name) == (
        "notes.note",
        record,
        "renamed",
        "platform",
        "Test",
    )
    assert newest.differences == (Difference("new", None, True), Difference("title", "old", "second"))
    assert page.next == ""


async def test_pages_follow_each_other_without_a_gap_while_new_entries_come(tenant: LiveTenant) -> None:
    await write(tenant, 23)
    seen: list[UUID] = []
    after = ""
    while True:
        page = await read_log(tenant, Wanted(), after=after, limit=5)
        seen += [entry.id for entry in page.entries]
        await write(tenant, 1)
        if not (after := page.next):
            break
    everything = await read_log(tenant, Wanted(), limit=200)
    assert seen == [entry.id for entry in everything.entries][-23:]


async def test_entries_are_found_by_record_person_kind_door_and_time(installation: Installation, tenant: LiveTenant) -> None:
    record = await told(tenant, "of the record")
    await told(tenant, "other")
    ann = installation.runtime.tenant(tenant.catalogue_entry, Actor("session", ANN.name, ANN, request_id="r1"))
    await told(ann, "by Ann", record=record)
    entries = (await read_log(tenant, Wanted())).entries

    async def titles(wanted: Wanted) -> list[str]:
        return [entry.title for entry in (await read_log(tenant, wanted)).entries]

    assert await titles(Wanted(record=record)) == ["by Ann", "of the record"]
    assert await titles(Wanted(actor=ANN.id)) == ["by Ann"]
    assert await titles(Wanted(via="session")) == ["by Ann"]
    assert await titles(Wanted(kind="notes.other")) == []
    assert await titles(Wanted(kind="notes.note", record=record, actor=ANN.id)) == ["by Ann"]
    assert await titles(Wanted(since=entries[1].at)) == ["by Ann", "other"]
    assert await titles(Wanted(until=entries[1].at)) == ["of the record"]
    assert await titles(Wanted(since=entries[0].at + timedelta(seconds=1))) == []


async def test_a_tenant_reads_its_own_log_alone(installation: Installation, tenant: LiveTenant) -> None:
    other = await installation.new_tenant()
    record = await told(other, "not yours")
    assert (await read_log(tenant, Wanted())).entries == []
    assert (await read_log(tenant, Wanted(record=record))).entries == []
    assert len((await read_log(other, Wanted(record=record))).entries) == 1


@pytest.mark.parametrize("after", ["x", "=", "eA==", "MjAyNi0wMS0wMSB4", "Ã", "a" * 5000])
async def test_a_place_that_nobody_gave_is_refused(tenant: LiveTenant, after: str) -> None:
    with pytest.raises(Invalid):
        await read_log(tenant, Wanted(), after=after)


async def test_a_page_has_at_least_one_entry_and_at_most_two_hundred(tenant: LiveTenant) -> None:
    await write(tenant, 3)
    assert len((await read_log(tenant, Wanted(), limit=0)).entries) == 1
    assert len((await read_log(tenant, Wanted(), limit=10**9)).entries) == 3
