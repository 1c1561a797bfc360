"""Writes with an Idempotency-Key: once, whatever happens in between."""

import asyncio
import os
import random
import signal
import sys
from datetime import timedelta
from pathlib import Path
from typing import Any

import asyncpg
import httpx
import pytest

from core.messaging.housekeeping import Housekeeping
from core.people.tokens import create_token
from core.tenancy.tenant import LiveTenant
from infra.laboratory.installation import Clock
from infra.testing import Browser, Installation, Visitors

PARTIES = "/api/v1/contacts/parties"
ROUNDS = 12 if os.environ.get("WEFT_CHAOS") == "long" else 1


@pytest.fixture
async def program(tenant: LiveTenant, visitors: Visitors) -> Browser:
    return await visitors.program(tenant)


def person(name: str, **more: Any) -> dict[str, Any]:
    return {"kind": "person", "name": name, "anyway": True, **more}


async def names(tenant: LiveTenant) -> list[str]:
    async with tenant.transaction() as db:
        return [row["name"] for row in await db.fetch("SELECT name FROM contacts_party ORDER BY name")]


async def test_the_same_request_again_gets_the_answer_it_had_and_does_nothing(program: Browser, tenant: LiveTenant) -> None:
    key = {"idempotency-key": '"one-intent"'}
    first = await program.post(PARTIES, json=person("Ada"), headers=key)
    again = await program.post(PARTIES, json=person("Ada"), headers={"idempotency-key": "one-intent"})
    assert first.status_code == again.status_code == 201, first.text
    assert again.content == first.content
    assert again.headers["etag"] == first.headers["etag"]
    assert again.headers["idempotent-replayed"] == "true"
    assert "idempotent-replayed" not in first.headers
    assert again.headers["x-request-id"] != first.headers["x-request-id"]
    assert await names(tenant) == ["Ada"]
    async with tenant.transaction() as db:
        told = await db.fetch("SELECT 1 FROM platform.audit_entry WHERE record_id = $1", first.json()["id"])
    assert len(told) == 1


async def test_a_key_belongs_to_one_request_and_one_token(program: Browser, tenant: LiveTenant, visitors: Visitors) -> None:
    key = {"idempotency-key": "order-1"}
    assert (await program.post(PARTIES, json=person("Ada"), headers=key)).status_code == 201
    other = await program.post(PARTIES, json=person("Grace"), headers=key)
    assert other.status_code == 422
    assert other.headers["content-type"].startswith("application/problem+json")
    assert "new key" in other.json()["detail"]
    elsewhere = await program.put(f"{PARTIES}/{'0' * 8}-0000-7000-8000-{'0' * 12}", json={**person("Ada"), "version": 1}, headers=key)
    assert elsewhere.status_code == 422
    second = await visitors.program(tenant)
    assert (await second.post(PARTIES, json=person("Grace"), headers=key)).status_code == 201
    assert await names(tenant) == ["Ada", "Grace"]
    for bad in ("", "two words", "ä".encode(), "x" * 201):
        wrong = await program.post(
            PARTIES, json=person("Nobody"), headers=[(b"idempotency-key", bad if isinstance(bad, bytes) else bad.encode())]
        )
        assert wrong.status_code == 400, bad


async def test_what_was_refused_changed_nothing_and_may_be_sent_again_mended(program: Browser, tenant: LiveTenant) -> None:
    key = {"idempotency-key": "k"}
    refused = await program.post(PARTIES, json=person("Ada", emails=[{"value": "nonsense"}]), headers=key)
    assert refused.status_code == 422, refused.text
    assert (await program.post(PARTIES, json=person("Ada"), headers=key)).status_code == 201
    limited = await program.post("/api/v1/accounting/payments", json={"incoming": True}, headers={"idempotency-key": "p"})
    assert limited.status_code == 422
    assert await names(tenant) == ["Ada"]


async def test_of_two_at_once_one_is_carried_out(program: Browser, tenant: LiveTenant) -> None:
    key = {"idempotency-key": "twins"}
    answers = await asyncio.gather(*(program.post(PARTIES, json=person("Ada"), headers=key) for _ in range(8)))
    ids = {answer.json()["id"] for answer in answers if answer.status_code == 201}
    assert len(ids) == 1
    assert {answer.status_code for answer in answers} <= {201, 409}
    assert await names(tenant) == ["Ada"]


async def test_while_one_runs_the_other_is_told_to_wait(program: Browser, tenant: LiveTenant, installation: Installation) -> None:
    key = {"idempotency-key": "slow"}
    outsider = await asyncpg.connect(installation.superuser_url)
    table = f"{tenant.schema}.contacts_party"
    try:
        async with outsider.transaction():
            await outsider.execute(f"LOCK TABLE {table} IN ACCESS EXCLUSIVE MODE")
            first = asyncio.create_task(program.post(PARTIES, json=person("Ada"), headers=key))
            while not await outsider.fetchval("SELECT 1 FROM pg_locks WHERE NOT granted AND relation = $1::text::regclass", table):
                await outsider.execute("SELECT pg_sleep(0.01)")
            second = await program.post(PARTIES, json=person("Ada"), headers=key)
            assert second.status_code == 409
            assert second.headers["retry-after"] == "1"
    finally:
        await outsider.close()
    assert (await first).status_code == 201
    assert (await program.post(PARTIES, json=person("Ada"), headers=key)).json() == first.result().json()
    assert await names(tenant) == ["Ada"]


async def test_answers_are_kept_for_a_day(program: Browser, tenant: LiveTenant, clock: Clock, installation: Installation) -> None:
    key = {"idempotency-key": "daily"}
    runtime = installation.runtime
    assert (await program.post(PARTIES, json=person("Ada"), headers=key)).status_code == 201
    clock.forward(timedelta(hours=23, minutes=59))
    assert (await program.post(PARTIES, json=person("Ada"), headers=key)).headers["idempotent-replayed"] == "true"
    clock.forward(timedelta(minutes=2))
    later = await program.post(PARTIES, json=person("Ada"), headers=key)
    assert later.status_code == 201
    assert "idempotent-replayed" not in later.headers
    assert await names(tenant) == ["Ada", "Ada"]
    async with installation.provisioner.as_owner() as db:
        await db.execute("UPDATE platform.api_answer SET created_at = now() - interval '25 hours' WHERE tenant = $1", tenant.schema)
    await Housekeeping(runtime.platform, runtime.store).turn()
    assert await runtime.platform.fetchval("SELECT count(*) FROM platform.api_answer WHERE tenant = $1", tenant.schema) == 0


async def test_a_file_is_imported_once(program: Browser, tenant: LiveTenant) -> None:
    rows = "Name,E-mail\n" + "".join(f"Person {number},p{number}@example.com\n" for number in range(40_000))
    sent = [
        await program.post(
            "/api/v1/imports",
            data={"importer": "contacts.parties"},
            files={"file": ("people.csv", rows, "text/csv")},
            headers={"idempotency-key": "file", "content-type": "multipart/form-data; boundary=same"},
        )
        for _ in range(2)
    ]
    assert [answer.status_code for answer in sent] == [202, 202], sent[0].text
    assert sent[0].json() == sent[1].json()
    async with tenant.transaction() as db:
        assert await db.fetchval("SELECT count(*) FROM platform.import_batch") == 1


async def test_killed_at_any_moment_each_is_done_once_when_it_is_sent_again(
    tenant: LiveTenant, visitors: Visitors, installation: Installation, tmp_path: Path
) -> None:
    """A web process takes requests one after the other and is killed; whoever sent them sends all of them again."""
    settings, chance = installation.settings, random.Random(7)
    token = await create_token(installation.runtime, tenant.id, "Killed", frozenset({"contacts.party.edit", "contacts.party.read"}), None)
    told = {"url": settings.database_url, "redis": settings.redis_url, "key": settings.secret_key, "host": tenant.slug, "token": token}
    done = 0
    survivor = visitors.visit(tenant)
    survivor.headers["authorization"] = f"Bearer {token}"
    for _ in range(ROUNDS):
        child = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "tests.api.sender", *told.values(), str(tmp_path), str(done), stdout=asyncio.subprocess.PIPE
        )
        assert child.stdout is not None
        line = await asyncio.wait_for(child.stdout.readline(), 60)  # it has begun
        assert line.strip() == b"ready"
        await asyncio.sleep(chance.uniform(0.1, 0.6))
        child.send_signal(signal.SIGKILL)
        rest = await child.stdout.read()
        await child.wait()
        told_of = [each.split(b" ") for each in rest.splitlines() if each.count(b" ") == 1]
        last = done + len(told_of) + 2
        answers: dict[int, httpx.Response] = {}
        for number in range(done, last):
            answers[number] = await _send(survivor, number)
            assert answers[number].status_code == 201, answers[number].text
        for which, made in told_of:
            if len(made) == 36:
                assert answers[int(which)].json()["id"] == made.decode(), "what was answered before is answered again"
        done = last
    assert await names(tenant) == sorted(f"Person {number:05}" for number in range(done))


async def _send(program: Browser, number: int) -> httpx.Response:
    while True:
        answer = await program.post(PARTIES, json=person(f"Person {number:05}"), headers={"idempotency-key": f"k{number}"})
        if answer.status_code != 409:  # the killed one's backend has not yet noticed
            return answer
