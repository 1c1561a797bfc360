"""Other systems are told of events: signed, again until they have them, and left alone when they are gone."""

import asyncio
from collections.abc import Callable
from datetime import timedelta

import pytest

from core.messaging import notifications
from core.tenancy.tenant import LiveTenant
from core.webhooks import log
from core.webhooks.courier import Courier
from core.webhooks.endpoints import Endpoints, NewEndpoint
from core.webhooks.log import Show
from core.webhooks.patience import ATTEMPTS
from infra.testing import Clock, Installation
from infra.testing_jobs import Jobs
from tests.sample.events import NoteWritten
from tests.webhooks.receiver import Receiver, listening, status
from weft import Conflict, Invalid, Missing

Of = Callable[[LiveTenant], Endpoints]


async def write(tenant: LiveTenant, jobs: Jobs, *titles: str) -> None:
    for title in titles:
        async with tenant.transaction(unaudited="a note that a test writes"):
            await tenant.emit(NoteWritten(title=title))
    await jobs.relay()


async def carry(courier: Courier, clock: Clock) -> None:
    while await courier.turn(clock()):
        await courier.landed()


async def last(installation: Installation, tenant: LiveTenant, endpoint: Endpoints) -> tuple[str, int]:
    made = (await endpoint.all())[0]
    rows, _ = await log.deliveries(installation.runtime, tenant, made.id)
    return rows[0].state, rows[0].attempts


async def test_an_event_arrives_signed_and_says_what_happened(
    tenant: LiveTenant, endpoints: Of, receiver: Receiver, jobs: Jobs, courier: Courier, at_noon: Clock
) -> None:
    made = await endpoints(tenant).add(NewEndpoint(url=receiver.url))
    await write(tenant, jobs, "Milk")
    await carry(courier, at_noon)
    (told,) = receiver.told
    assert told.event["type"] == "notes.NoteWritten"
    assert told.event["data"] == {"title": "Milk"}
    assert told.path == "/weft"
    assert abs(int(told.headers["webhook-timestamp"]) - at_noon().timestamp()) < 2
    assert told.is_signed_with(await endpoints(tenant).secret(made))
    assert (await endpoints(tenant).one(made)).delivered == 1


async def test_work_that_is_rolled_back_tells_nobody(
    tenant: LiveTenant, endpoints: Of, receiver: Receiver, jobs: Jobs, courier: Courier, at_noon: Clock
) -> None:
    await endpoints(tenant).add(NewEndpoint(url=receiver.url))
    with pytest.raises(Conflict):
        async with tenant.transaction():
            await tenant.emit(NoteWritten(title="Milk"))
            raise Conflict("No.")
    await jobs.relay()
    await carry(courier, at_noon)
    assert receiver.told == []


async def test_only_events_that_were_chosen_are_told_and_only_those_of_the_business(
    tenant: LiveTenant, other_tenant: LiveTenant, endpoints: Of, receiver: Receiver, jobs: Jobs, courier: Courier, at_noon: Clock
) -> None:
    of = endpoints(tenant)
    events = [name for names in of.events().values() for name in names]
    assert "notes.NoteWritten" in events
    others = tuple(name for name in events if name != "notes.NoteWritten")
    await of.add(NewEndpoint(url=receiver.url + "/all"))
    await of.add(NewEndpoint(url=receiver.url + "/chosen", events=("notes.NoteWritten",)))
    if others:
        await of.add(NewEndpoint(url=receiver.url + "/others", events=others))
    await write(other_tenant, jobs, "Theirs")
    await write(tenant, jobs, "Ours")
    await carry(courier, at_noon)
    assert sorted((told.path, told.event["data"]["title"]) for told in receiver.told) == [("/weft/all", "Ours"), ("/weft/chosen", "Ours")]
    assert receiver.told[0].headers["webhook-id"] == receiver.told[1].headers["webhook-id"]  # one event


async def test_what_fails_is_sent_again_with_growing_pauses_until_it_arrives_under_the_same_id(
    tenant: LiveTenant, endpoints: Of, receiver: Receiver, jobs: Jobs, courier: Courier, at_noon: Clock, installation: Installation
) -> None:
    await endpoints(tenant).add(NewEndpoint(url=receiver.url))
    receiver.answers[:] = [status(500, body="out of order"), status(302, "location: http://169.254.169.254/"), b"nonsense\r\n\r\n"]
    await write(tenant, jobs, "Milk")
    begun = at_noon()
    for attempts in (1, 2, 3):
        await carry(courier, at_noon)
        assert len(receiver.told) == attempts
        assert await last(installation, tenant, endpoints(tenant)) == ("waiting", attempts)
        at_noon.forward(timedelta(hours=1))
    await carry(courier, at_noon)
    assert await last(installation, tenant, endpoints(tenant)) == ("delivered", 4)
    assert len({told.headers["webhook-id"] for told in receiver.told}) == 1
    assert len({told.headers["webhook-timestamp"] for told in receiver.told}) == 4
    found = (await log.deliveries(installation.runtime, tenant, (await endpoints(tenant).all())[0].id))[0][0]
    _, body, tries = await log.delivery(installation.runtime, tenant, found.id)
    assert body == '{"title": "Milk"}'
    assert [each.status for each in tries] == [204, None, 302, 500]
    assert tries[3].answer == "out of order"
    assert "redirect" in tries[2].error
    assert begun == tries[3].at


async def test_it_is_tried_for_three_days_and_then_given_up_until_somebody_sends_it_again(
    tenant: LiveTenant, endpoints: Of, receiver: Receiver, jobs: Jobs, courier: Courier, at_noon: Clock, installation: Installation
) -> None:
    of = endpoints(tenant)
    made = await of.add(NewEndpoint(url=receiver.url))
    receiver.answer = status(500)
    await write(tenant, jobs, "Milk")
    begun = at_noon()
    platform = installation.runtime.platform
    while (await last(installation, tenant, of))[0] == "waiting":
        await carry(courier, at_noon)
        await platform.execute("UPDATE platform.webhook_endpoint SET failing_since = NULL, state = 'on'")  # others of it arrive
        if due := await platform.fetchval("SELECT due FROM platform.webhook_delivery WHERE state = 'waiting'"):
            at_noon.set(due)
    assert await last(installation, tenant, of) == ("failed", ATTEMPTS)
    assert timedelta(days=2.4) < at_noon() - begun < timedelta(days=3.8)
    receiver.answer = status(200)
    assert await log.send_failed_again(installation.runtime, tenant, made, begun - timedelta(days=1)) == 1
    await carry(courier, at_noon)
    assert await last(installation, tenant, of) == ("delivered", 1)
    with pytest.raises(Invalid):
        await log.send_failed_again(installation.runtime, tenant, made, begun - timedelta(days=1))


async def test_a_receiver_may_ask_for_a_longer_pause(
    tenant: LiveTenant, endpoints: Of, receiver: Receiver, jobs: Jobs, courier: Courier, at_noon: Clock
) -> None:
    await endpoints(tenant).add(NewEndpoint(url=receiver.url))
    receiver.answers[:] = [status(429, "retry-after: 7200")]
    await write(tenant, jobs, "Milk")
    await carry(courier, at_noon)
    at_noon.forward(timedelta(minutes=119))
    await carry(courier, at_noon)
    assert len(receiver.told) == 1
    at_noon.forward(timedelta(minutes=2))
    await carry(courier, at_noon)
    assert len(receiver.told) == 2


async def test_an_endpoint_that_takes_nothing_for_a_day_is_left_alone_tried_hourly_and_comes_back_by_itself(
    tenant: LiveTenant, endpoints: Of, receiver: Receiver, jobs: Jobs, courier: Courier, at_noon: Clock, installation: Installation
) -> None:
    of = endpoints(tenant)
    made = await of.add(NewEndpoint(url=receiver.url))
    receiver.answer = status(503)
    await write(tenant, jobs, "Milk", "Bread", "Eggs")
    await carry(courier, at_noon)
    at_noon.forward(timedelta(hours=25))
    await carry(courier, at_noon)
    assert (await of.one(made)).state == "paused"
    assert "has taken no webhook for a day" in await told_to_admins(installation, tenant)
    before = len(receiver.told)
    await carry(courier, at_noon)
    assert len(receiver.told) == before
    at_noon.forward(timedelta(minutes=61))
    await carry(courier, at_noon)
    assert len(receiver.told) == before + 1  # one of three, to see whether it is back
    receiver.answer = status(200)
    at_noon.forward(timedelta(minutes=61))
    await carry(courier, at_noon)
    assert (await of.one(made)).state == "on"
    found = await of.one(made)
    assert (found.delivered, found.waiting, found.failing_since) == (3, 0, None)
    assert "takes webhooks again" in await told_to_admins(installation, tenant)


async def told_to_admins(installation: Installation, tenant: LiveTenant) -> str:
    sql = "SELECT string_agg(body, ' ') FROM platform.notification WHERE tenant = $1 AND permission = 'core.webhooks'"
    found: str = await installation.runtime.platform.fetchval(sql, tenant.schema)
    return found


async def test_an_endpoint_that_is_gone_for_good_is_switched_off_and_what_waits_is_called_off(
    tenant: LiveTenant, endpoints: Of, receiver: Receiver, jobs: Jobs, courier: Courier, at_noon: Clock, installation: Installation
) -> None:
    of = endpoints(tenant)
    made = await of.add(NewEndpoint(url=receiver.url))
    receiver.answer = status(410)
    await write(tenant, jobs, "Milk")
    await carry(courier, at_noon)
    assert ((await of.one(made)).state, (await of.one(made)).waiting) == ("off", 0)
    await write(tenant, jobs, "Bread")
    await carry(courier, at_noon)
    assert len(receiver.told) == 1
    with pytest.raises(Conflict):
        await of.try_out(made)
    assert notifications.LOOKS_AFTER_JOBS not in await told_to_admins(installation, tenant)


async def test_one_endpoint_that_hangs_delays_no_other(
    tenant: LiveTenant, other_tenant: LiveTenant, endpoints: Of, receiver: Receiver, jobs: Jobs, courier: Courier, at_noon: Clock
) -> None:
    await endpoints(tenant).add(NewEndpoint(url=receiver.url))
    receiver.hang = asyncio.Event()
    await write(tenant, jobs, *(f"Note {number}" for number in range(200)))
    assert await courier.turn(at_noon()) == 5  # no more of one at once
    assert await courier.turn(at_noon()) == 0
    async with listening() as quick:
        await endpoints(other_tenant).add(NewEndpoint(url=quick.url))
        await write(other_tenant, jobs, "Milk")
        assert await courier.turn(at_noon()) == 1
        async with asyncio.timeout(15):  # less than the other one is waited for
            await quick.arrived.wait()
    receiver.hang.set()
    receiver.hang = None
    await courier.landed()
    await carry(courier, at_noon)
    assert len(receiver.told) >= 200


async def test_a_secret_changes_without_a_message_that_the_receiver_cannot_check(
    tenant: LiveTenant, endpoints: Of, receiver: Receiver, jobs: Jobs, courier: Courier, at_noon: Clock
) -> None:
    of = endpoints(tenant)
    made = await of.add(NewEndpoint(url=receiver.url))
    before = await of.secret(made)
    await of.rotate(made)
    after = await of.secret(made)
    assert before != after
    await write(tenant, jobs, "Milk")
    await carry(courier, at_noon)
    assert receiver.told[0].is_signed_with(before)
    assert receiver.told[0].is_signed_with(after)
    at_noon.forward(timedelta(hours=25))
    await write(tenant, jobs, "Bread")
    await carry(courier, at_noon)
    assert not receiver.told[1].is_signed_with(before)
    assert receiver.told[1].is_signed_with(after)


async def test_secrets_lie_sealed_and_every_look_at_one_is_in_the_audit_log(
    tenant: LiveTenant, endpoints: Of, receiver: Receiver, installation: Installation
) -> None:
    of = endpoints(tenant)
    made = await of.add(NewEndpoint(url=receiver.url))
    secret = await of.secret(made)
    sealed: bytes = await installation.runtime.platform.fetchval("SELECT secret FROM platform.webhook_endpoint WHERE id = $1", made)
    assert secret.removeprefix("whsec_").encode() not in sealed
    async with tenant.transaction() as db:
        rows = await db.fetch("SELECT action FROM platform.audit_entry WHERE record_kind = 'core.webhook' ORDER BY at, id")
    assert [row["action"] for row in rows] == ["created", "secret shown"]


async def test_nobody_reaches_endpoints_of_another_business(
    tenant: LiveTenant, other_tenant: LiveTenant, endpoints: Of, receiver: Receiver, installation: Installation, jobs: Jobs
) -> None:
    made = await endpoints(tenant).add(NewEndpoint(url=receiver.url))
    await write(tenant, jobs, "Milk")
    theirs = endpoints(other_tenant)
    assert await theirs.all() == []
    for do in (theirs.one, theirs.secret, theirs.rotate, theirs.switch_off, theirs.switch_on, theirs.remove, theirs.try_out):
        with pytest.raises(Missing):
            await do(made)
    (owed,), _ = await log.deliveries(installation.runtime, tenant, made, Show.WAITING)
    assert await log.deliveries(installation.runtime, other_tenant, made) == ([], None)
    with pytest.raises(Missing):
        await log.send_again(installation.runtime, other_tenant, owed.id)
