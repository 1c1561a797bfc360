"""A worker that is killed in the middle leaves nothing half done: the next one goes on at exactly that row."""

import asyncio
import multiprocessing
import os
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from multiprocessing.process import BaseProcess
from pathlib import Path
from time import monotonic

from core.imports import services
from core.imports.batch import Import
from core.plugins.registry import Registry
from core.settings import Settings
from core.telemetry import start_logs
from infra.testing import Installation
from tests.imports.club.plugin import plugin as club
from tests.imports.conftest import Desk
from workers.main import run
from workers.options import Options

ROWS = 14_000
IMPATIENT = Options(beat=0.2, silence=1.2, poll=0.02, tick=0.2)


def work(settings: Settings, log: Path) -> None:
    """Be a worker until a signal."""
    with log.open("ab") as file:
        os.dup2(file.fileno(), 1)
        os.dup2(file.fileno(), 2)
    start_logs("INFO", json=True)
    asyncio.run(run(settings, Registry([club]), IMPATIENT))


@asynccontextmanager
async def a_worker(installation: Installation, log: Path) -> AsyncIterator[BaseProcess]:
    process = multiprocessing.get_context("spawn").Process(target=work, args=(installation.settings, log), daemon=True)
    process.start()
    try:
        yield process
    finally:
        process.kill()
        await asyncio.to_thread(process.join)


async def reach(desk: Desk, found: Import, wanted: Callable[[Import], bool], log: Path) -> Import:
    """Return the import once it is as wanted; tells what the worker said when it is not within a minute."""
    end = monotonic() + 60
    while not wanted(now := await desk.now(found)):
        assert monotonic() < end, f"{now}\n{(await asyncio.to_thread(log.read_text))[-3000:]}"
        await asyncio.sleep(0.01)
    return now


async def test_an_import_and_its_undo_survive_kill_9(desk: Desk, installation: Installation, tmp_path: Path) -> None:
    log = tmp_path / "worker.log"
    log.touch()
    rows = "".join(f"X{number},Member {number},{'x' if number % 1000 == 7 else ''}\n" for number in range(ROWS))
    found = await desk.check(await desk.upload("no,name,e-mail\n" + rows))
    bad = ROWS // 1000
    assert (found.expected.created, found.expected.refused) == (ROWS - bad, bad)

    await services.run(desk.tenant, found.id)
    async with a_worker(installation, log):
        killed = await reach(desk, found, lambda now: now.counts.created > 3000, log)
    assert killed.state == "importing", "the worker was done before it could be killed"
    assert killed.counts.created < ROWS - bad
    async with a_worker(installation, log):
        found = await reach(desk, found, lambda now: now.state == "done", log)
    assert (found.counts.created, found.counts.updated, found.counts.refused) == (ROWS - bad, 0, bad)
    async with desk.tenant.transaction() as db:
        assert await db.fetchval("SELECT count(*) FROM club_member") == ROWS - bad
        assert await db.fetchval("SELECT count(DISTINCT record_id) FROM platform.import_row WHERE batch = $1", found.id) == ROWS - bad
        assert await db.fetchval("SELECT count(*) FROM platform.import_problem WHERE batch = $1 AND phase = 'import'", found.id) == bad

    await services.undo(desk.tenant, found.id)
    async with a_worker(installation, log):
        killed = await reach(desk, found, lambda now: now.undone > 3000, log)
    assert killed.state == "undoing"
    async with a_worker(installation, log):
        found = await reach(desk, found, lambda now: now.state == "undone", log)
    assert (found.undone, found.kept) == (ROWS - bad, 0)
    assert await desk.members() == []
