"""Imports and the workers that do them: stopped on the way, overtaken, failing, tried again."""

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta

import pytest

from core.imports import services
from core.imports.batch import Import, ImportJob
from core.imports.jobs import run_import
from infra.testing import Browser, Clock
from infra.testing_jobs import Jobs
from tests.imports.club import families
from tests.imports.conftest import Desk
from weft.errors import Conflict

FAMILY = "family,name\nSmith,Ann\nKing,Dan\n"


def many(count: int) -> str:
    return "no,name\n" + "".join(f"X{number},Member {number}\n" for number in range(count))


async def test_an_import_is_stopped_between_two_batches_and_what_was_saved_can_be_undone(desk: Desk) -> None:
    found = await desk.check(await desk.upload(many(20_000)))

    async def stop() -> None:
        while not (await desk.now(found)).counts.created:  # noqa: ASYNC110  # it is another task's transaction that changes it
            await asyncio.sleep(0.005)
        await services.stop(desk.tenant, found.id)

    await services.run(desk.tenant, found.id)
    await asyncio.gather(desk.jobs.run_all(), stop())
    stopped = await desk.now(found)
    assert (stopped.state, stopped.stop) == ("cancelled", False)
    assert 0 < stopped.counts.created < 20_000
    assert len(await desk.members()) == stopped.counts.created
    undone = await desk.undo(stopped)
    assert (undone.state, undone.undone, await desk.members()) == ("undone", stopped.counts.created, [])


async def test_two_workers_at_one_import_save_every_row_once(desk: Desk) -> None:
    found = await desk.check(await desk.upload(many(6_000)))
    await services.run(desk.tenant, found.id)
    await asyncio.gather(*(run_import(desk.tenant, ImportJob(found.id)) for _ in range(3)))
    found = await desk.now(found)
    assert (found.state, found.counts.created, found.counts.updated) == ("done", 6_000, 0)
    assert len(await desk.members()) == 6_000
    await desk.jobs.run_all()
    assert (await desk.now(found)).counts.created == 6_000


@contextmanager
def written_by(write: Callable[..., Awaitable[object]]) -> Iterator[None]:
    """Put another function in the place of an importer's, as a new version of its module would."""
    original = families.FAMILIES.write
    object.__setattr__(families.FAMILIES, "write", write)
    try:
        yield
    finally:
        object.__setattr__(families.FAMILIES, "write", original)


async def given_up(desk: Desk, clock: Clock, found: Import) -> Import:
    """Let workers try until they give up."""
    for _ in range(30):
        clock.forward(timedelta(hours=2))
        await desk.jobs.run_all()
        if await desk.jobs.failed(desk.tenant):
            break
    return await desk.now(found)


async def test_a_module_that_fails_is_told_on_the_page_and_can_be_tried_again(
    desk: Desk, client: Browser, clock: Clock, jobs: Jobs
) -> None:
    found = await desk.upload(FAMILY, into="club.families")

    async def fail(*_: object) -> None:
        raise ZeroDivisionError("a bug of the module's")

    with written_by(fail):
        await desk.check(found)
        assert "It is tried again." in (await client.get(f"/imports/{found.id}")).text
        found = await given_up(desk, clock, found)
        assert found.state == "checking"
        page = (await client.get(f"/imports/{found.id}")).text
        assert "Nobody works on this any more" in page
        assert "Try again" in page
        fragment = await client.get(f"/imports/{found.id}/progress", headers={"hx-request": "true"})
        assert fragment.headers["hx-refresh"] == "true"
    assert (await client.submit(f"/imports/{found.id}/retry")).headers["location"] == f"/imports/{found.id}"
    await desk.jobs.run_all()
    found = await desk.now(found)
    assert (found.state, found.expected.created) == ("checked", 2)
    with pytest.raises(Conflict):
        await services.retry(desk.tenant, found.id)


async def test_an_importer_that_forgets_a_row_saves_none(desk: Desk, clock: Clock) -> None:
    found = await desk.check(await desk.upload(FAMILY, into="club.families"))
    original = families.FAMILIES.write

    async def forget(tenant: object, rows: list[object], options: object) -> object:
        return await original(tenant, rows[:-1], options)  # type: ignore[arg-type]  # what a vendor may do

    with written_by(forget):
        await services.run(desk.tenant, found.id)
        found = await given_up(desk, clock, found)
    assert (found.state, found.counts.saved) == ("importing", 0)
    failed = await desk.jobs.failed(desk.tenant)
    assert "must say of every row either what it became or what is wrong" in failed[-1].traceback


async def test_a_file_that_vanished_is_told_and_not_tried_for_ever(desk: Desk) -> None:
    found = await desk.check(await desk.upload(FAMILY, into="club.families"))
    await desk.tenant.files._store.delete(f"{desk.tenant.schema}/{found.file}")
    await services.run(desk.tenant, found.id)
    await desk.jobs.run_all()
    found = await desk.now(found)
    assert (found.state, found.failed_while, found.note) == ("failed", "importing", "The file's content is no longer there.")


async def test_who_started_an_import_is_told_when_it_is_done(desk: Desk, client: Browser, jobs: Jobs) -> None:
    await client.get("/imports/new")
    headers = {"x-csrftoken": client.cookies["weft_csrf"], "hx-request": "true"}
    answer = await client.put("/imports/file?into=club.members&name=members.csv", content=many(3).encode(), headers=headers)
    url = answer.json()["url"]
    await client.submit(f"{url}/check", {"version": "2", "map.0": "code", "map.1": "name"})
    await jobs.run_all()
    await client.submit(f"{url}/save")
    await jobs.run_all()
    page = (await client.get("/notifications")).text
    assert "members.csv is imported: 3 rows saved, 0 refused." in page
    assert f'href="{url}"' in page
