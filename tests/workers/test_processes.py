"""Worker processes that are killed, stopped and blocked: what they ran is neither lost nor, where promised, applied twice."""

from dataclasses import replace
from pathlib import Path

import asyncpg

from tests.sample.jobs import BLOCK, PASS_GATE, PASS_ONCE, PASS_SLOWLY, WRITE, titles
from tests.workers.waiting import until
from tests.workers.yard import SWIFT, Yard
from workers.watchdog import STALLED

PATIENT = replace(SWIFT, silence=60)  # takes no busy machine's slowness for death
# PostgreSQL would go on with what a client sent before it died.
LOSE_THE_WORD = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND application_name = 'weft worker'"


async def test_a_worker_process_runs_what_was_committed(yard: Yard) -> None:
    tenant = await yard.installation.new_tenant("notes")
    await yard.start()
    job = await yard.enqueue(tenant, WRITE, title="hello")
    await yard.reaches(job, "done")
    assert await titles(tenant) == ["hello"]


async def test_an_atomic_job_is_applied_once_when_its_worker_dies_before_it_could_say_so(yard: Yard, tmp_path: Path) -> None:
    tenant = await yard.installation.new_tenant("notes")
    first = await yard.start()
    job = await yard.enqueue(tenant, PASS_ONCE, title="once", folder=str(tmp_path))
    await yard.reaches(job, "running")
    await yard.exists(tmp_path / "begun")
    admin = await asyncpg.connect(yard.installation.superuser_url)
    async with admin.transaction():  # while the row is locked the effect can be committed, but not acknowledged
        await admin.execute("SELECT 1 FROM platform.job WHERE id = $1 FOR UPDATE", job)
        (tmp_path / "open").touch()

        async def written() -> bool:
            return await titles(tenant) == ["once"]

        await until(written, "the effect is committed")
        first.kill()
        await admin.execute(LOSE_THE_WORD)
    await admin.close()
    assert await yard.state(job) == "running"
    await yard.start()
    await yard.reaches(job, "done")
    assert await titles(tenant) == ["once"]


async def test_a_job_whose_worker_dies_half_way_runs_again(yard: Yard, tmp_path: Path) -> None:
    tenant = await yard.installation.new_tenant("notes")
    first = await yard.start()
    job = await yard.enqueue(tenant, PASS_GATE, title="again", folder=str(tmp_path))
    await yard.exists(tmp_path / "begun")
    first.kill()
    (tmp_path / "open").touch()
    await yard.start()
    await yard.reaches(job, "done")
    assert (tmp_path / "begun").read_text() == "again\nagain\n"
    assert await yard.fact(job, "attempts") == 2


async def test_a_job_that_kills_its_worker_each_time_is_laid_aside(yard: Yard, tmp_path: Path) -> None:
    tenant = await yard.installation.new_tenant("notes")
    first = await yard.start()
    job = await yard.enqueue(tenant, PASS_GATE, title="deadly", folder=str(tmp_path))
    await yard.reaches(job, "running")
    await yard.installation.runtime.platform.execute("UPDATE platform.job SET max_attempts = 1 WHERE id = $1", job)
    first.kill()
    await yard.start()
    await yard.reaches(job, "dead")
    assert "stopped without a word" in await yard.fact(job, "error")


async def test_a_worker_that_is_asked_to_stop_lets_its_jobs_end(yard: Yard, tmp_path: Path) -> None:
    tenant = await yard.installation.new_tenant("notes")
    worker = await yard.start(PATIENT)
    running = await yard.enqueue(tenant, PASS_GATE, title="the last one", folder=str(tmp_path))
    await yard.exists(tmp_path / "begun")
    worker.terminate()

    async def stopping() -> bool:
        later = await yard.enqueue(tenant, WRITE, title="too late")
        return not await yard.state(later)

    await until(stopping, "nothing new is taken")
    (tmp_path / "open").touch()
    assert worker.ended() == 0
    assert await yard.state(running) == "done"
    assert await yard.fact(running, "attempts") == 1


async def test_a_worker_that_may_not_wait_gives_back_what_runs_as_though_it_had_not_begun(yard: Yard, tmp_path: Path) -> None:
    tenant = await yard.installation.new_tenant("notes")
    worker = await yard.start(replace(PATIENT, grace=0.1))
    short = await yard.enqueue(tenant, PASS_ONCE, title="short", folder=str(tmp_path))
    long = await yard.enqueue(tenant, PASS_SLOWLY, title="long", folder=str(tmp_path))
    await yard.reaches(short, "running")
    await yard.reaches(long, "running")
    worker.terminate()
    assert worker.ended() == 0
    for job in (short, long):
        assert await yard.state(job) == "waiting"
        assert await yard.fact(job, "attempts") == 0
    (tmp_path / "open").touch()
    await yard.start()
    await yard.reaches(short, "done")
    await yard.reaches(long, "done")
    assert await titles(tenant) == ["long", "short"]


async def test_a_job_that_blocks_its_whole_process_ends_that_process_and_is_laid_aside(yard: Yard, tmp_path: Path) -> None:
    tenant = await yard.installation.new_tenant("notes")
    worker = await yard.start(replace(SWIFT, stall=2))
    blocking = await yard.enqueue(tenant, BLOCK, folder=str(tmp_path))
    await yard.exists(tmp_path / "begun")
    innocent = await yard.enqueue(tenant, WRITE, title="innocent")
    assert worker.ended() == STALLED
    assert "a job blocks this process" in worker.log.read_text()
    assert "in block" in worker.log.read_text(), "the log shows where"
    await yard.start()
    await yard.reaches(blocking, "dead")
    await yard.reaches(innocent, "done")
