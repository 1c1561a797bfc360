"""A business moves to another server while people and jobs go on writing: all that was acknowledged is there, once."""

import asyncio
import multiprocessing
import os
from collections import Counter
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import asyncpg
import pytest
import pytest_asyncio

from core.cells.servers import HOME
from core.tenancy.tenant import LiveTenant
from infra.testing import Browser, Installation
from tenants.bootstrap import bootstrap
from tenants.cells import freezing, moving
from tenants.cells.moving import move, undo
from tenants.homes import homeless
from tenants.operator import Operator
from tests.cells.ground import EAST, TwoCells
from tests.cells.process import move_and_die, work
from tests.workers.waiting import until
from tests.workers.yard import SWIFT
from weft.errors import Conflict, Missing, Unavailable

PROCESSES = multiprocessing.get_context("forkserver")
PROCESSES.set_forkserver_preload(["__main__", "tests.workers.process", "tests.cells.process"])
LONG = 90  # seconds: a slow machine is no failure
# Where a mover is killed: while rows are copied, and when it has left and not arrived; at every step with WEFT_CHAOS=long. While nobody may
# write, another test kills it.
STEPS = ("copying", "arriving")
EVERY = (
    "building",
    "letting jobs end",
    "holding",
    "freezing",
    "taking along",
    "leaving",
    "opening",
    "cutting the link",
    "at home",
    "comparing",
)


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def worker(cells: TwoCells, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[None]:
    """Run one worker process that serves both cells."""
    log = tmp_path_factory.mktemp("worker") / "log"
    process = PROCESSES.Process(target=work, args=(cells.settings, SWIFT, log), daemon=True)
    process.start()

    async def works() -> bool:
        assert process.exitcode is None, log.read_text()
        return log.exists() and log.read_text().count("the worker works") == 2

    await until(works, "the worker works for both cells", LONG)
    yield
    process.kill()
    process.join(10)


@pytest.fixture(autouse=True)
def _patience(monkeypatch: pytest.MonkeyPatch) -> None:
    """Call no move off because the machine is slow."""
    monkeypatch.setattr(moving, "HOLD", timedelta(seconds=LONG))
    monkeypatch.setattr(moving, "BEHIND", LONG)
    monkeypatch.setattr(freezing, "PATIENCE", LONG)


class Writer:
    """Somebody who writes one note after another, and remembers what was acknowledged."""

    def __init__(self, browser: Browser, name: str) -> None:
        self.browser, self.name = browser, name
        self.written: list[str] = []
        self.refused: list[int] = []
        self.stop = False

    async def run(self) -> None:
        """Write until told to stop."""
        number = 0
        while not self.stop:
            number += 1
            answer = await self.browser.submit("/notes/write", {"title": f"{self.name} {number}"})
            if answer.status_code == 201:
                self.written.append(answer.text)
            else:
                self.refused.append(answer.status_code)


async def titles(browser: Browser) -> list[str]:
    """Return what all notes say."""
    answer = await browser.get("/notes/titles")
    assert answer.status_code == 200, answer.text
    return list(answer.json())


async def nothing_is_left(cells: TwoCells) -> None:
    """Hold that no move has left anything behind on either server."""
    for cell in (HOME, EAST):
        superuser = await cells.superuser(cell)
        try:
            assert await superuser.fetchval("SELECT count(*) FROM pg_replication_slots") == 0
            assert await superuser.fetchval("SELECT count(*) FROM pg_publication") == 0
            assert await superuser.fetchval("SELECT count(*) FROM pg_subscription") == 0
            assert await superuser.fetchval("SELECT count(*) FROM pg_class WHERE relname LIKE 'weft\\_arriving%'") == 0
            full = "SELECT count(*) FROM pg_class WHERE relnamespace = 'platform'::regnamespace AND relreplident = 'f'"
            assert await superuser.fetchval(full) == 0
            assert await superuser.fetchval("SELECT count(*) FROM platform.residence WHERE held_until IS NOT NULL") == 0
            assert await superuser.fetchval("SELECT count(*) FROM platform.tenant WHERE moving NOT IN ('', 'gone')") == 0
        finally:
            await superuser.close()


async def test_all_that_was_acknowledged_while_it_moved_is_there_once(cells: TwoCells, worker: None) -> None:
    tenant = await cells.business(HOME, "notes", "tally")
    superuser = await cells.superuser(HOME, tenant.schema)
    await superuser.execute(f"INSERT INTO {tenant.schema}.tally_mark (amount) SELECT n FROM generate_series(1, 1000) AS n")
    ground = await superuser.fetchval(f"SELECT version FROM {tenant.schema}.tally_ground")
    await superuser.close()
    async with cells.home.provisioner.as_owner() as db:
        await cells.modules.make_schedules(db, cells.home.runtime, tenant.schema)
    writers = [Writer(await cells.sign_in(HOME, tenant), name) for name in ("ada", "bob")]
    program = await cells.visitors[HOME].program(tenant)
    work = [asyncio.create_task(each.run()) for each in writers]
    await until(lambda: _have(writers, 3), "each has written", LONG)
    moved = await move(cells.settings, cells.modules, tenant.slug, EAST)
    at = [len(each.written) for each in writers]
    await until(lambda: _have(writers, max(at) + 3), "each goes on, signed in as before", LONG)
    for each in writers:
        each.stop = True
    await asyncio.gather(*work)
    told = [f"requests waited for {moved.held_ms} ms", f"{sum(len(each.refused) for each in writers)} were told to try again"]
    print(", ".join(told), f"of {sum(len(each.written) for each in writers)} notes")  # noqa: T201  # a figure, which decides nothing
    assert (moved.differing, moved.source, moved.target) == ((), HOME, EAST)
    assert moved.tables > 25
    acknowledged = {title for each in writers for title in each.written}
    assert {status for each in writers for status in each.refused} <= {503}
    await until(lambda: _all_done(cells.east, tenant), "the jobs of all of them are done", LONG)
    counted = Counter(await titles(writers[0].browser))
    assert {f"{what}{title}" for title in acknowledged for what in ("", "job of ", "counted ")} <= counted.keys(), "something was lost"
    assert {title: count for title, count in counted.items() if count > 1} == {}, "something was done twice"
    assert (await program.get("/api/schema/openapi.json")).status_code == 200, "its tokens go on"
    await _what_came_along(cells, tenant, ground)
    await nothing_is_left(cells)


async def _have(writers: list[Writer], many: int) -> bool:
    return all(len(each.written) >= many for each in writers)


async def _all_done(here: Installation, tenant: LiveTenant) -> bool:
    """Tell whether nothing waits or runs any more where the business lives now."""
    return bool(await here.runtime.platform.fetchval(_QUIET, tenant.schema))


_QUIET = """
SELECT NOT EXISTS (SELECT 1 FROM platform.outbox WHERE tenant = $1)
   AND NOT EXISTS (SELECT 1 FROM platform.job WHERE tenant = $1 AND state IN ('waiting', 'queued', 'running'))
"""


async def _what_came_along(cells: TwoCells, tenant: LiveTenant, ground: object) -> None:
    """Hold that numbers go on, triggers wrote nothing by themselves, and the log is sealed without a gap; and what was left behind."""
    superuser = await cells.superuser(EAST, tenant.schema)
    assert await superuser.fetchval(f"SELECT version FROM {tenant.schema}.tally_ground") == ground
    assert await superuser.fetchval(f"SELECT count(*) FROM {tenant.schema}.tally_mark") == 1000
    assert await superuser.fetchval(f"SELECT max(doubled) FROM {tenant.schema}.tally_mark") == 2000
    assert await superuser.fetchval(f"INSERT INTO {tenant.schema}.tally_mark (amount) VALUES (1) RETURNING number") == 1001
    assert await superuser.fetchval("SELECT count(*) FROM platform.schedule WHERE tenant = $1", tenant.schema) == 1
    moves = "SELECT after ->> 'cell' FROM platform.audit_entry WHERE tenant = $1 AND action = 'moved'"
    assert await superuser.fetchval(moves, tenant.schema) == EAST
    await superuser.close()
    superuser = await cells.superuser(HOME)
    row = await superuser.fetchrow("SELECT state, moving, delete_after > now() AS kept FROM platform.tenant WHERE id = $1", tenant.id)
    assert dict(row or {}) == {"state": "deleted", "moving": "gone", "kept": True}
    left = "SELECT count(*) FROM platform.outbox WHERE tenant = $1"
    assert await superuser.fetchval(left, tenant.schema) == 0
    told = await superuser.fetchrow("SELECT state, held_ms, tables, rows FROM platform.move WHERE business = $1", tenant.id)
    assert told is not None
    assert told["state"] == "done"
    assert told["held_ms"] > 0
    assert told["rows"] > 1000
    await superuser.close()


async def _die(cells: TwoCells, tenant: LiveTenant, target: str, step: str, folder: Path) -> None:
    log = folder / f"mover-{step}"
    process = PROCESSES.Process(target=move_and_die, args=(cells.settings, tenant.slug, target, step, log), daemon=True)
    process.start()

    async def ended() -> bool:
        return process.exitcode is not None

    await until(ended, f"the mover dies at “{step}”", LONG)
    assert process.exitcode == -9, log.read_text()


async def test_killed_at_any_step_and_called_again_it_arrives_and_each_write_is_there_once(
    cells: TwoCells, worker: None, tmp_path: Path
) -> None:
    tenant = await cells.business(HOME, "notes", "tally")
    browser = await cells.sign_in(HOME, tenant)
    written, at = [], HOME
    for step in STEPS + (EVERY if os.environ.get("WEFT_CHAOS") == "long" else ()):
        target = EAST if at == HOME else HOME
        await _die(cells, tenant, target, step, tmp_path)
        answer = await browser.submit("/notes/write", {"title": f"after {step}"})
        assert answer.status_code in (201, 503), answer.text
        written += [answer.text] if answer.status_code == 201 else []
        moved = await move(cells.settings, cells.modules, tenant.slug, target)
        assert (moved.target, moved.differing) == (target, ())
        at = target
        answer = await browser.submit("/notes/write", {"title": f"in {at} after {step}"})
        assert answer.status_code == 201, answer.text
        written.append(answer.text)
        assert [title for title in await titles(browser) if title.startswith(("in ", "after "))] == sorted(written)
        await nothing_is_left(cells)
    await until(lambda: _all_done(cells.installations[at], tenant), "all jobs are done", LONG)
    wanted = [f"{what}{title}" for title in written for what in ("", "job of ", "counted ")]
    assert Counter(await titles(browser)) == Counter(wanted)


async def test_what_a_dead_mover_began_is_taken_back(cells: TwoCells, tmp_path: Path) -> None:
    tenant = await cells.business(HOME, "notes", "tally")
    browser = await cells.sign_in(HOME, tenant)
    await _die(cells, tenant, EAST, "cutting the link", tmp_path)
    assert (await browser.submit("/notes/write", {"title": "while nobody moves it"})).status_code == 503
    assert await undo(cells.settings, cells.modules, tenant.slug) == HOME
    assert (await browser.submit("/notes/write", {"title": "after all"})).status_code == 201
    assert "after all" in await titles(browser)
    assert "while nobody moves it" not in await titles(browser)
    await nothing_is_left(cells)
    with pytest.raises(Missing, match="No move"):
        await undo(cells.settings, cells.modules, tenant.slug)


async def test_what_fails_leaves_the_business_where_it_is(cells: TwoCells, monkeypatch: pytest.MonkeyPatch) -> None:
    tenant = await cells.business(HOME, "notes", "tally")
    browser = await cells.sign_in(HOME, tenant)

    def told(step: str) -> None:
        if step == "leaving":
            raise OSError("the network is gone")

    with pytest.raises(OSError, match="network"):
        await move(cells.settings, cells.modules, tenant.slug, EAST, told)
    assert (await browser.submit("/notes/write", {"title": "here"})).status_code == 201
    await nothing_is_left(cells)
    with pytest.raises(Conflict, match="already"):
        await move(cells.settings, cells.modules, tenant.slug, HOME)
    with pytest.raises(Missing, match="no cell"):
        await move(cells.settings, cells.modules, tenant.slug, "west")
    assert moving.KEPT.days == 7


async def test_what_the_other_server_does_not_take_is_known_before_it_has_left(cells: TwoCells) -> None:
    tenant, other = await cells.business(HOME, "notes", "tally"), await cells.business(EAST, "notes")
    browser = await cells.sign_in(HOME, tenant)
    superuser = await cells.superuser(HOME)
    role = await superuser.fetchval("SELECT id FROM platform.role WHERE tenant_id = $1 LIMIT 1", tenant.id)
    await superuser.close()
    superuser = await cells.superuser(EAST)
    await superuser.execute("INSERT INTO platform.role (id, tenant_id, title) VALUES ($1, $2, 'In the way')", role, other.id)
    with pytest.raises(asyncpg.UniqueViolationError):
        await move(cells.settings, cells.modules, tenant.slug, EAST)
    await superuser.execute("DELETE FROM platform.role WHERE id = $1", role)
    await superuser.close()
    assert (await browser.submit("/notes/write", {"title": "here"})).status_code == 201
    await nothing_is_left(cells)


async def test_what_is_left_behind_is_nobodys_to_enter_and_is_erased_without_its_files(cells: TwoCells) -> None:
    tenant = await cells.business(HOME, "notes", "tally")
    async with tenant.transaction(unaudited="a file alone"):
        kept = await tenant.files.put("kept.txt", "text/plain", b"kept")
    await move(cells.settings, cells.modules, tenant.slug, EAST)
    superuser = await cells.superuser(HOME)
    await bootstrap(superuser, cells.home.settings)  # mends what others lack
    assert not [each for each in await homeless(superuser) if tenant.schema in each.what]
    with pytest.raises(Unavailable):
        async with tenant.transaction():
            pass
    await superuser.execute("UPDATE platform.tenant SET delete_after = now() WHERE id = $1", tenant.id)
    await Operator(cells.home.runtime, cells.home.provisioner, spares=0).purge_due()
    assert await superuser.fetchval("SELECT to_regnamespace($1) IS NULL", tenant.schema)
    assert await superuser.fetchval("SELECT count(*) FROM platform.file_waste WHERE tenant = $1", tenant.schema) == 0
    assert await cells.home.runtime.platform.fetchval("SELECT cell FROM platform.residence WHERE slug = $1", tenant.slug) == EAST
    await superuser.close()
    there = await cells.east.runtime.tenant_by_id(tenant.id)
    async with there.transaction():
        assert b"".join([part async for part in there.files.read(kept.id)]) == b"kept"
