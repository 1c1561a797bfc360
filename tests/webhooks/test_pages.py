"""Admins connect other systems by the pages, and see what was sent to them."""

from datetime import timedelta
from uuid import UUID

from core.webhooks.courier import Courier
from infra.testing import Clock, Installation, Visitors
from infra.testing_jobs import Jobs
from tests.sample.events import NoteWritten
from tests.webhooks.receiver import Receiver, status


def endpoint_of(location: str) -> UUID:
    return UUID(location.rpartition("/")[2])


async def test_an_endpoint_is_made_tried_changed_and_removed(
    installation: Installation, visitors: Visitors, receiver: Receiver, courier: Courier, at_noon: Clock
) -> None:
    tenant = await installation.new_tenant()
    admin = await visitors.sign_in(tenant)
    assert "Nobody is told yet" in (await admin.get("/webhooks")).text
    made = await admin.submit("/webhooks/new", {"url": receiver.url, "title": "Web shop", "which": "all"})
    here = made.headers["location"]
    tested = await admin.submit(f"{here}/test")
    assert "It is about to be sent" in (await admin.get(tested.headers["location"])).text
    await courier.turn(at_noon())
    await courier.landed()
    page = (await admin.get(tested.headers["location"])).text
    assert "Delivered" in page
    assert receiver.told[0].event["type"] == "core.WebhookTest"
    assert receiver.told[0].headers["webhook-id"] in page
    changed = await admin.submit(
        f"{here}/edit", {"url": receiver.url + "/2", "title": "", "which": "some", "events": "notes.NoteWritten", "version": "1"}
    )
    assert changed.status_code == 303
    assert "notes.NoteWritten" in (await admin.get(here)).text
    stale = await admin.submit(f"{here}/edit", {"url": receiver.url, "title": "Mine", "which": "all", "version": "1"})
    assert (stale.status_code, "Somebody else changed" in stale.text) == (409, True)
    assert "Mine" in stale.text  # what was typed is not lost
    assert (await admin.submit(f"{here}/remove")).status_code == 303
    assert (await admin.get(here)).status_code == 404


async def test_what_is_wrong_is_said_beside_the_field(visitors: Visitors, installation: Installation) -> None:
    admin = await visitors.sign_in(await installation.new_tenant())
    wrong = await admin.submit("/webhooks/new", {"url": "https://169.254.169.254/latest", "which": "all"})
    assert (wrong.status_code, "private network" in wrong.text) == (422, True)
    none = await admin.submit("/webhooks/new", {"url": "https://shop.example/x", "which": "some"})
    assert "Choose at least one event" in none.text
    strange = await admin.submit("/webhooks/new", {"url": "https://shop.example/x", "which": "some", "events": "contacts.Nothing"})
    assert (strange.status_code, "There is no event" in strange.text) == (422, True)
    assert "Nobody is told yet" in (await admin.get("/webhooks")).text


async def test_a_failed_delivery_says_why_and_is_sent_again_by_a_press(
    installation: Installation, visitors: Visitors, receiver: Receiver, courier: Courier, at_noon: Clock, jobs: Jobs
) -> None:
    tenant = await installation.new_tenant()
    admin = await visitors.sign_in(tenant)
    here = (await admin.submit("/webhooks/new", {"url": receiver.url, "which": "all"})).headers["location"]
    receiver.answers[:] = [status(500, body="<b>no room</b>")]
    async with tenant.transaction(unaudited="a note that a test writes"):
        await tenant.emit(NoteWritten(title="Milk"))
    await jobs.relay()
    await courier.turn(at_noon())
    await courier.landed()
    page = (await admin.get(here)).text
    assert "The answer was 500" in page
    delivery = page.split('href="/webhooks/deliveries/')[1].split('"')[0]
    shown = (await admin.get(f"/webhooks/deliveries/{delivery}")).text
    assert "&lt;b&gt;no room&lt;/b&gt;" in shown
    assert "Milk" in shown
    await admin.submit(f"/webhooks/deliveries/{delivery}/again")
    at_noon.forward(timedelta(seconds=1))
    await courier.turn(at_noon())
    await courier.landed()
    assert "Delivered" in (await admin.get(f"/webhooks/deliveries/{delivery}")).text


async def test_the_secret_is_shown_to_those_who_may_and_nobody_else_sees_the_pages(
    installation: Installation, visitors: Visitors, receiver: Receiver
) -> None:
    tenant = await installation.new_tenant()
    admin = await visitors.sign_in(tenant)
    here = (await admin.submit("/webhooks/new", {"url": receiver.url, "which": "all"})).headers["location"]
    assert "whsec_" not in (await admin.get(here)).text
    assert "whsec_" in (await admin.submit(f"{here}/secret")).text
    colleague = await visitors.sign_in(tenant, "core.jobs")
    for path in ("/webhooks", "/webhooks/new", here):
        assert (await colleague.get(path)).status_code == 403
    assert (await colleague.submit(f"{here}/secret")).status_code == 403
    stranger = await visitors.sign_in(await installation.new_tenant())
    assert (await stranger.get(here)).status_code == 404
    assert (await stranger.submit(f"{here}/off")).status_code == 404
