"""An arq worker that starts and forgets jobs in batches, and outlives the loss of Redis."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import Any
from uuid import UUID

from arq.constants import in_progress_key_prefix, job_key_prefix
from arq.jobs import DeserializationError, deserialize_job_raw
from arq.worker import Worker, func

from core.messaging.claims import Delivery
from workers.batches import Batches
from workers.queue import FUNCTION, Queue, pack, unpack

HELD = 15_000  # milliseconds for which an id that one worker took is left alone by others; the lock that counts is in PostgreSQL


class Carrier(Worker):
    """Takes ids from one queue and hands each to `deliver`, up to `slots` at once; `deliver` answers for everything, and never raises.

    Queue, keys and polling are arq's. Its own start and end of a job are three transactions in Redis for each, for books that we keep in
    PostgreSQL; it asks again for each id that runs already, and loses slots when Redis fails in between. So both are replaced: one pipeline
    starts all that can be started, and one forgets all that have ended.
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
            queue_read_limit=2 * slots,
            job_serializer=pack,
            job_deserializer=unpack,
        )
        self._bodies: dict[str, bytes] = {}
        self._ended: Batches[str, None] = Batches(self._forget)
        self.on_free: Callable[[], None] = lambda: None

    async def turn(self) -> None:
        """Start what can be started."""
        await self._poll_iteration()

    async def start_jobs(self, job_ids: list[bytes]) -> None:
        """Start as many of these jobs as there are free slots."""
        ids = [name for each in job_ids if (name := each.decode()) not in self.tasks][: self.max_jobs - self.job_counter]
        if not ids:
            return
        async with self.pool.pipeline(transaction=False) as pipe:
            for name in ids:
                pipe.set(in_progress_key_prefix + name, b"1", nx=True, px=HELD)
                pipe.zscore(self.queue_name, name)
                pipe.get(job_key_prefix + name)
            answers = await pipe.execute()
        for name, won, score, body in zip(ids, answers[::3], answers[1::3], answers[2::3], strict=True):
            if won and score is not None:  # else another worker was faster, and has perhaps finished it meanwhile
                self.job_counter += 1
                self._bodies[name] = body or b""
                task = self.tasks[name] = self.loop.create_task(self.run_job(name, int(score)))
                task.add_done_callback(self._free)

    async def run_job(self, job_id: str, score: int) -> None:
        """Run one job; what is in the queue and is none is thrown out, and if it was one once the sweeper puts it back."""
        try:
            name, args, kwargs, _, _ = deserialize_job_raw(self._bodies.pop(job_id), deserializer=self.job_deserializer)
        except DeserializationError:
            name, args, kwargs = "", (), {}
        if name in self.functions:
            await self.functions[name].coroutine(self.ctx, *args, **kwargs)
        self.jobs_complete += 1
        await self._ended.add(job_id)

    async def _forget(self, ids: Sequence[str]) -> list[None]:
        async with self.pool.pipeline(transaction=False) as pipe:
            pipe.zrem(self.queue_name, *ids)
            pipe.delete(*(prefix + name for name in ids for prefix in (in_progress_key_prefix, job_key_prefix)))
            await pipe.execute()
        return [None] * len(ids)

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
