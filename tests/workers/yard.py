"""An installation that tests may take apart: worker processes and a Redis that can be killed."""

import multiprocessing
import os
import re
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import UUID

import msgspec
from redis import Redis

from core.tenancy.tenant import LiveTenant
from infra.servers.redis import EmbeddedRedis
from infra.testing import Installation
from tests.sample.jobs import Told
from tests.workers.process import relay_only, work
from tests.workers.waiting import until
from weft import Job
from workers.options import Options

SWIFT = Options(beat=0.2, silence=1.0, forgotten=0.5, tick=0.1, grace=5.0, stall=0, short_slots=4, long_slots=2)
PROCESSES = multiprocessing.get_context("forkserver")  # the modules are loaded once, and each worker is a fork of that
PROCESSES.set_forkserver_preload(["__main__", "tests.workers.process"])


@dataclass(slots=True)
class Worker:
    """One worker process."""

    process: Any
    log: Path

    def kill(self) -> None:
        """End it as a power failure would."""
        os.kill(self.process.pid, signal.SIGKILL)
        self.process.join(10)

    def terminate(self) -> None:
        """Ask it to end."""
        os.kill(self.process.pid, signal.SIGTERM)

    def ended(self, seconds: float = 15) -> int:
        """Wait for its end and return the exit code."""
        self.process.join(seconds)
        assert self.process.exitcode is not None, f"still running; its log:\n{self.log.read_text()}"
        return int(self.process.exitcode)


@dataclass(slots=True)
class Yard:
    """Everything a test needs to break things."""

    installation: Installation
    redis: EmbeddedRedis
    folder: Path
    workers: list[Worker] = field(default_factory=list)

    async def start(self, options: Options = SWIFT) -> Worker:
        """Start a worker and return when it works."""
        return await self._start(work, options)

    async def start_relay(self, options: Options = SWIFT) -> Worker:
        """Start a relay and return when it works."""
        return await self._start(relay_only, options)

    async def _start(self, what: Callable[..., None], options: Options) -> Worker:
        log = self.folder / f"worker-{len(self.workers)}.log"
        process = PROCESSES.Process(target=what, args=(self.installation.settings, options, log), daemon=True)
        process.start()
        worker = Worker(process, log)
        self.workers.append(worker)

        async def works() -> bool:
            assert process.exitcode is None, log.read_text()
            return log.exists() and re.search("the (worker|relay) works", log.read_text()) is not None

        await until(works, "it starts", 60)
        return worker

    async def enqueue(self, tenant: LiveTenant, job: Job[Told], **told: Any) -> UUID:
        """Ask for a job in a transaction of its own."""
        async with tenant.transaction():
            return await tenant.enqueue(job, Told(**told))

    async def state(self, job_id: UUID) -> str:
        """Return the state of a job, empty before the relay has seen it."""
        return await self.fact(job_id, "state") or ""

    async def fact(self, job_id: UUID, column: str) -> Any:
        """Return one column of a job."""
        return await self.installation.runtime.platform.fetchval(f"SELECT {column} FROM platform.job WHERE id = $1", job_id)

    async def reaches(self, job_id: UUID, *states: str, seconds: float = 20) -> str:
        """Wait until a job is in one of these states, and return it."""

        async def there() -> str:
            state = await self.state(job_id)
            return state if state in states else ""

        return await until(there, f"the job is {' or '.join(states)}", seconds)

    async def exists(self, path: Path) -> None:
        """Wait until a file is there."""

        async def there() -> bool:
            return path.exists()  # noqa: ASYNC240

        await until(there, f"{path.name} is there")

    def kill_redis(self) -> None:
        """End Redis as a power failure would."""
        os.kill(int((self.redis.folder / "redis.pid").read_text()), signal.SIGKILL)

    def start_redis(self, *, empty: bool = False) -> None:
        """Start Redis again, with or without its journal."""
        self.redis.stop()
        if empty:
            for path in sorted(self.redis.folder.rglob("appendonly*"), reverse=True):
                path.rmdir() if path.is_dir() else path.unlink()
        self.redis.start()

    def close(self) -> None:
        """End what still runs."""
        for worker in self.workers:
            if worker.process.exitcode is None:
                worker.kill()


@contextmanager
def open_yard(installation: Installation, folder: Path, say: Callable[[str], None]) -> Iterator[Yard]:
    """Yield a yard with a Redis of its own."""
    redis = EmbeddedRedis(folder / "redis", say=say)
    installation.settings = msgspec.structs.replace(installation.settings, redis_url=redis.start())
    yard = Yard(installation, redis, folder)
    try:
        yield yard
    finally:
        yard.close()
        redis.stop()


def size_of(redis_url: str) -> int:
    """Return how many keys a Redis has."""
    with Redis.from_url(redis_url) as client:
        return int(client.dbsize())
