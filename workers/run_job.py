"""Runs what Redis delivers: claims it, makes an attempt at it, and says how that ended, whatever happens to the database meanwhile."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from datetime import timedelta
from time import monotonic
from typing import TypeVar

import structlog

from core.messaging import backoff
from core.messaging.claims import Claimed, Claims, Delivery, Failure, Held
from core.messaging.notifications import tell_of_dead_job
from core.messaging.repertoire import Repertoire
from core.outages import OUTAGES
from core.platform.database import Platform
from core.runtime import Runtime
from core.telemetry import job_span
from workers.attempt import Attempts
from workers.batches import Batches
from workers.metrics import DELAY, ENDED, SECONDS
from workers.running import Run, Running, Why

Log = structlog.get_logger("weft.job")
T = TypeVar("T")


class Runner:
    """Runs jobs for one worker, which `worker` names."""

    def __init__(self, runtime: Runtime, books: Platform, repertoire: Repertoire, worker: str) -> None:
        self._now = runtime.now
        self._books = books
        self._repertoire = repertoire
        self.claims = Claims(books, worker)
        self.running = Running()
        self.on_end: Callable[[Claimed, str], None] = lambda job, state: None
        self._attempts = Attempts(runtime, repertoire, self.claims)
        self._taking: Batches[Delivery, Claimed | None] = Batches(self._claim)
        self._done: Batches[Delivery, None] = Batches(self._finish)

    async def deliver(self, delivery: Delivery) -> None:
        """Run a job, if this delivery of it is the one that counts."""
        job = await _persist(lambda: self._taking.add(delivery))
        task = asyncio.current_task()
        if job is None or task is None:
            return
        run = self.running.runs[job.id] = Run(job, task)
        state = "lost"
        try:
            with structlog.contextvars.bound_contextvars(
                tenant=job.slug,
                person=str(job.person.id) if job.person else "",
                job=job.name,
                job_id=str(job.id),
                attempt=job.attempt,
                request_id=job.request_id,
            ):
                state = await self._run(run)
        finally:
            if self.running.runs.get(job.id) is run:
                del self.running.runs[job.id]
            self.on_end(job, state)

    async def _run(self, run: Run) -> str:
        job, begun = run.job, monotonic()
        if job.attempt == 1:
            DELAY.observe(max(0.0, (self._now() - job.due).total_seconds()))
        facts = {"tenant": job.slug, "job": str(job.id), "attempt": str(job.attempt), "request": job.request_id}
        with job_span(job.name, job.trace, **facts) as failed:
            try:
                failure = await self._attempts.make(job)
            except asyncio.CancelledError:
                run.ending = True
                state = await self._stopped(run)
            else:
                run.ending = True
                state = await self._ended(job, failure)
                if isinstance(failure, Failure):
                    failed(_cause(failure))
        SECONDS.labels(job.name).observe(monotonic() - begun)
        ENDED.labels(job.name, state).inc()
        Log.info("a job ended", state=state, seconds=round(monotonic() - begun, 3))
        return state

    async def _ended(self, job: Claimed, failure: Failure | Held | None) -> str:
        delivery = Delivery(job.id, job.attempt)
        if failure is None:
            await _persist(lambda: self._done.add(delivery))
            return "done"
        if isinstance(failure, Held):
            held = failure
            state = await _persist(lambda: self.claims.hold(job, held, self._now()))
            return "held" if state == "waiting" else state
        state = await _persist(lambda: self.claims.fail(delivery, failure, self._now()))
        log = Log.error if state == "dead" else Log.warning
        log("a job failed", state=state, error=_cause(failure), traceback=failure.traceback)
        if state == "dead":
            with suppress(*OUTAGES):  # the Jobs page shows it in any case
                await tell_of_dead_job(self._books, job.schema, job.id, self._repertoire.title(job.name), failure.error)
        return state

    async def _stopped(self, run: Run) -> str:
        """Say what becomes of a job that was cancelled from outside."""
        run.task.uncancel()
        delivery = Delivery(run.job.id, run.job.attempt)
        if run.why is Why.LOST:
            return "lost"
        if run.why is Why.SHUTDOWN:
            with suppress(*OUTAGES):  # then its silence tells
                await self.claims.give_back(delivery)
            return "given back"
        asked = run.why is Why.ASKED
        error = "A person cancelled it." if asked else "It cancelled itself."
        failure = Failure(error, "", asked, timedelta() if asked else backoff.delay(delivery.attempt))
        return await _persist(lambda: self.claims.fail(delivery, failure, self._now()))

    async def _claim(self, wanted: Sequence[Delivery]) -> list[Claimed | None]:
        found = {job.id: job for job in await self.claims.claim(wanted)}
        return [found.get(each.id) for each in wanted]

    async def _finish(self, done: Sequence[Delivery]) -> list[None]:
        await self.claims.finish(done)
        return [None] * len(done)


async def _persist(say: Callable[[], Awaitable[T]]) -> T:
    """Say something to the database, again and again while it is away: what is said twice changes nothing."""
    pause = 0.05
    while True:
        try:
            return await say()
        except OUTAGES:
            await asyncio.sleep(pause)
            pause = min(2.0, pause * 2)


def _cause(failure: Failure) -> str:
    """Return what an operator wants to read first: the exception itself, where there was one."""
    return failure.traceback.rstrip().rpartition("\n")[2] or failure.error
