"""An arq worker that takes jobs in batches, and outlives the loss of Redis."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any
from uuid import UUID

from arq.constants import job_key_prefix
from arq.jobs import DeserializationError, deserialize_job_raw
from arq.worker import Worker, func

from core.messaging.claims import Delivery
from workers.queue import FUNCTION, Queue, pack, unpack


class Carrier(Worker):
    """Takes ids from one queue and hands each to `deliver`, up to `slots` at once; `deliver` answers for everything, and never raises.

    Queue, keys and polling are arq's; how a job begins and ends is ours. arq keeps an id in the queue until its job has ended, behind a
    key that says that it runs: three transactions for each job, slots that are lost when Redis fails in between, and a head of the queue
    that is blocked by what a dead worker held. We keep those books in PostgreSQL, so an id is simply taken out. What a worker that dies
    took with it, the sweeper puts back.
    """

    def __init__(self, queue: Queue, deliver: Callable[[Delivery], Awaitable[None]], *, long: bool, slots: int) -> None:
        async def run(ctx: dict[Any, Any], *args: Any, **kwargs: Any) -> None:
            job_id, attempt = args
            await deliver(Delivery(UUID(job_id), attempt))

        super().__init__(
            [func(run, name=FUNCTION)],
            queue_name=queue.name(long=long),
            redis_pool=queue.redis,
            handle_signals=False,
            max_jobs=slots,
            keep_result=0,
            log_results=False,
            queue_read_limit=slots,
            job_serializer=pack,
            job_deserializer=unpack,
        )
        self._bodies: dict[str, bytes] = {}
        self._taken = 0
        self.on_free: Callable[[], None] = lambda: None

    async def turn(self) -> None:
        """Start what can be started."""
        await self._poll_iteration()

    async def start_jobs(self, job_ids: list[bytes]) -> None:
        """Take as many of these jobs out of the queue as there are free slots, and start them."""
        ids = [each.decode() for each in job_ids][: self.max_jobs - self.job_counter]
        if not ids:
            return
        async with self.pool.pipeline(transaction=True) as pipe:  # or another worker could delete a body between our two commands
            for name in ids:
                pipe.zrem(self.queue_name, name)
                pipe.get(job_key_prefix + name)
            pipe.delete(*(job_key_prefix + name for name in ids))
            answers = await pipe.execute()
        for name, won, body in zip(ids, answers[:-1:2], answers[1:-1:2], strict=True):
            if won:  # else another worker was faster
                self.job_counter += 1
                self._taken += 1
                delivery = f"{name} {self._taken}"  # the same attempt may be delivered twice
                self._bodies[delivery] = body or b""
                task = self.tasks[delivery] = self.loop.create_task(self.run_job(delivery, 0))
                task.add_done_callback(self._free)

    async def run_job(self, job_id: str, score: int) -> None:
        """Run one job; what was in the queue and is none is thrown out, and if it was one once the sweeper puts it back."""
        try:
            name, args, kwargs, _, _ = deserialize_job_raw(self._bodies.pop(job_id), deserializer=self.job_deserializer)
        except DeserializationError:
            name, args, kwargs = "", (), {}
        if name in self.functions:
            await self.functions[name].coroutine(self.ctx, *args, **kwargs)
        self.jobs_complete += 1

    def _free(self, _: "asyncio.Task[None]") -> None:
        self.job_counter -= 1
        self.on_free()

    async def drain(self) -> None:
        """Carry until the queue is empty and nothing runs; for tests."""
        freed = asyncio.Event()
        self.on_free = freed.set
        while True:
            freed.clear()
            await self.turn()
            if self.job_counter:
                await freed.wait()
            elif not await self.pool.zcard(self.queue_name):
                return
            else:
                await asyncio.sleep(0.001)

    async def finished(self, seconds: float) -> None:
        """Wait until all that was started has ended, or the seconds are over."""
        if self.tasks:
            await asyncio.wait(self.tasks.values(), timeout=seconds)
