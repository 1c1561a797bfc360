"""Relays that are processes of their own, beside workers that hold none."""

import asyncio
from dataclasses import replace
from urllib.request import urlopen
from uuid import UUID

from core.tenancy.tenant import LiveTenant
from tests.running.conftest import free_port
from tests.sample.jobs import WRITE, Told, titles
from tests.workers.waiting import until
from tests.workers.yard import SWIFT, Yard

WITHOUT = replace(SWIFT, relay=False)


async def all_done(yard: Yard, jobs: list[UUID]) -> None:
    platform = yard.installation.runtime.platform

    async def done() -> bool:
        return bool(
            await platform.fetchval("SELECT count(*) = $2 FROM platform.job WHERE id = ANY ($1) AND state = 'done'", jobs, len(jobs))
        )

    await until(done, "every job is done", 60)


async def write(tenant: LiveTenant, titles_: list[str]) -> list[UUID]:
    async with tenant.transaction():
        return [await tenant.enqueue(WRITE, Told(title=title)) for title in titles_]


async def test_a_worker_without_a_relay_leaves_the_outbox_to_one_that_is_a_process_of_its_own(yard: Yard) -> None:
    tenant = await yard.installation.new_tenant("notes")
    worker = await yard.start(WITHOUT)
    [job] = await write(tenant, ["hello"])
    [due] = await write(tenant, ["moved by hand"])
    platform = yard.installation.runtime.platform
    await platform.execute(  # so that the worker is seen to have turned, and to have left the other alone
        "WITH o AS (DELETE FROM platform.outbox WHERE id = $1 RETURNING *) INSERT INTO platform.job (id, tenant, name, payload, state, due,"
        " long, max_attempts, created_at) SELECT id, tenant, name, payload, 'waiting', now(), false, 5, created_at FROM o",
        due,
    )
    await yard.reaches(due, "done", seconds=60)
    assert not await yard.state(job), "it is in the outbox still"
    port = free_port()
    relay = await yard.start_relay(replace(SWIFT, metrics_port=port))
    await yard.reaches(job, "done", seconds=60)
    told = (await asyncio.to_thread(urlopen, f"http://127.0.0.1:{port}/metrics")).read().decode()
    assert "weft_relay_messages_total 1.0" in told
    assert "weft_outbox_rows" in told
    relay.terminate()
    assert relay.ended(60) == 0
    worker.terminate()
    assert worker.ended(60) == 0


async def test_of_several_relays_that_are_killed_each_message_is_moved_once(yard: Yard) -> None:
    tenant = await yard.installation.new_tenant("notes")
    await yard.start(WITHOUT)
    relays = [await yard.start_relay() for _ in range(2)]
    wanted = [f"note {number}" for number in range(60)]
    jobs: list[UUID] = []
    for place in range(0, 60, 10):
        jobs += await write(tenant, wanted[place : place + 10])
        if place == 20:
            relays[0].kill()
        if place == 40:
            relays[1].kill()
    relays.append(await yard.start_relay())
    await all_done(yard, jobs)
    assert sorted(await titles(tenant)) == sorted(wanted)
    assert not await yard.installation.runtime.platform.fetchval("SELECT count(*) FROM platform.outbox")
