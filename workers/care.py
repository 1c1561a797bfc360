"""Keeps watch over jobs in flight: says which this process runs, and puts back what others lost."""

from datetime import timedelta
from time import monotonic

import structlog

from core.messaging.notifications import tell_of_dead_job
from core.messaging.repertoire import Repertoire
from core.messaging.sweeper import SILENT, Sweeper
from core.platform.database import Platform
from core.runtime import Runtime
from workers.metrics import LOST
from workers.options import Options
from workers.queue import Queue
from workers.run_job import Runner
from workers.running import Why

Log = structlog.get_logger("weft.worker")


class Care:
    """The turns of the beat and of the sweeper."""

    def __init__(self, runtime: Runtime, books: Platform, queue: Queue, runner: Runner, options: Options) -> None:
        self._now = runtime.now
        self._books = books
        self._repertoire = Repertoire.of(runtime.registry)
        self._queue = queue
        self._runner = runner
        self._sweeper = Sweeper(books)
        self._beat = options.beat
        self._silence = timedelta(seconds=options.silence)
        self._forgotten = timedelta(seconds=options.forgotten)
        self._redis_doubted = True  # what was queued before this process began may be lost
        self.have_patience()

    def doubt_redis(self) -> None:
        """Look at the next turn whether Redis still has what was given to it: it was away."""
        self._redis_doubted = True

    def have_patience(self) -> None:
        """Take no job from a silent worker yet: while the database was away nobody could say that they live."""
        self._patient_until = monotonic() + 2 * self._beat

    async def beat_turn(self) -> float:
        """Say what runs here, and stop what should not."""
        running = self._runner.running
        mine = [job_id for job_id, run in running.runs.items() if not run.ending]
        if mine:
            alive = await self._runner.claims.beat(mine)
            for job_id in alive.stop:
                running.cancel(job_id, Why.ASKED)
            for job_id in set(mine) - alive.kept:
                running.cancel(job_id, Why.LOST)
        return self._beat

    async def sweeper_turn(self) -> float:
        """Put back what Redis or another worker lost."""
        await self._ask_redis()
        if monotonic() > self._patient_until:
            for job in await self._sweeper.bury(self._silence, self._now()):
                LOST.labels("worker").inc()
                Log.warning("a worker stopped without a word", job_id=str(job.id), job=job.name, schema=job.tenant, state=job.state)
                if job.state == "dead":
                    await tell_of_dead_job(self._books, job.tenant, job.id, self._repertoire.title(job.name), SILENT)
        return self._beat

    async def _ask_redis(self) -> None:
        age = timedelta() if self._redis_doubted else self._forgotten
        queued = await self._sweeper.queued_since(age)
        lost = await self._queue.missing(queued) if queued else []
        self._redis_doubted = False
        if lost and (count := await self._sweeper.put_back(lost)):  # none when they were begun or given up meanwhile
            LOST.labels("redis").inc(count)
            Log.warning("Redis has lost jobs, which are queued again", jobs=count)
        gone = {each.id for each in lost}
        if still_there := [each for each, _ in queued if each.id not in gone]:
            await self._sweeper.seen(still_there)
