"""All that one worker process does: loops beside each other, which end together."""

import asyncio
import secrets
import socket
from collections.abc import Awaitable, Callable
from contextlib import suppress
from os import getpid
from uuid import UUID

import structlog

from core.messaging.clock import Clock
from core.messaging.depth import measure
from core.messaging.feeder import Feeder
from core.messaging.housekeeping import Housekeeping
from core.messaging.jobs import STOP_CHANNEL
from core.messaging.listen import Listener
from core.messaging.post import Postman
from core.messaging.relay import Relay
from core.messaging.repertoire import Repertoire
from core.platform.database import Platform
from core.runtime import Runtime
from core.settings import PLATFORM_LOGIN
from workers.care import Care
from workers.carrier import Carrier
from workers.flow import Flow
from workers.loop import Loop
from workers.metrics import show
from workers.options import Options
from workers.queue import Queue
from workers.run_job import Runner
from workers.running import Why

Log = structlog.get_logger("weft.worker")
LAST_WORDS = 3.0  # seconds for jobs that were cancelled to say so
MINUTE = 60.0


class Crew:
    """Relay, feeder, two carriers, beat, sweeper, clock, postman, housekeeping."""

    def __init__(self, runtime: Runtime, books: Platform, queue: Queue, options: Options) -> None:
        """Raise `Misconfigured` for settings that cannot be."""
        repertoire = Repertoire.of(runtime.registry)
        self._runtime, self._options = runtime, options
        self._runner = Runner(runtime, books, repertoire, f"{socket.gethostname()}:{getpid()}:{secrets.token_hex(4)}")
        self._short = Carrier(queue, self._runner.deliver, long=False, slots=options.short_slots)
        self._long = Carrier(queue, self._runner.deliver, long=True, slots=options.long_slots)
        self._clock = Clock(runtime.platform, runtime.registry)
        self._postman = Postman(runtime.platform, runtime.settings)
        self._housekeeping = Housekeeping(runtime.platform, runtime.store)
        relay, feeder = Relay(books, repertoire), Feeder(books, window=options.window, share=options.share)
        flow = Flow(runtime, queue, relay, feeder)
        care = Care(runtime, books, queue, self._runner, options)
        self._beat = Loop("beat", care.beat_turn, recovered=care.have_patience)
        self._mail = Loop("mail", self._mail_turn)
        self._relay = Loop("relay", flow.relay_turn, least=0.003)
        feeding = Loop("feeder", flow.feeder_turn, least=0.02)
        carrying = {
            long: Loop(name, self._carry(carrier), recovered=care.doubt_redis)
            for long, name, carrier in ((False, "short", self._short), (True, "long", self._long))
        }
        self._sweeping = Loop("sweeper", care.sweeper_turn, recovered=care.have_patience)
        self._others = [
            *(self._mail, self._relay, feeding, *carrying.values(), self._sweeping),
            Loop("clock", self._clock_turn),
            Loop("schedules", self._schedules_turn),
            Loop("housekeeping", self._housekeeping_turn),
            Loop("depth", self._depth_turn),
        ]
        flow.on_moved = feeding.poke
        flow.on_fed = lambda long: carrying[long].poke()
        self._short.on_free, self._long.on_free = carrying[False].poke, carrying[True].poke
        self._runner.on_end = lambda job, state: feeding.poke()

    async def run(self, stop: asyncio.Event) -> None:
        """Work until `stop` is set; then let what runs end, and give back what does not end in time."""
        listener = Listener(
            self._runtime.settings.login(PLATFORM_LOGIN), {"weft_outbox": self._on_outbox, STOP_CHANNEL: self._on_stop_asked}
        )
        listening = asyncio.create_task(listener.run(), name="weft listener")
        beating = asyncio.create_task(self._beat.run(), name="weft beat")
        working = [asyncio.create_task(loop.run(), name=f"weft {loop.name}") for loop in self._others]
        Log.info("the worker works", worker=self._runner.claims.worker)
        await stop.wait()
        for loop in self._others:
            loop.stop()
        listening.cancel()
        await asyncio.wait([listening, *working])
        await self._end_jobs()
        self._beat.stop()
        await beating
        Log.info("the worker has ended", worker=self._runner.claims.worker)

    async def _end_jobs(self) -> None:
        await asyncio.gather(self._short.finished(self._options.grace), self._long.finished(self._options.grace))
        if self._runner.running.runs:
            Log.info("jobs are given back", jobs=len(self._runner.running.runs))
            self._runner.running.cancel_all(Why.SHUTDOWN)
        await asyncio.gather(self._short.finished(LAST_WORDS), self._long.finished(LAST_WORDS))
        # what arq could not tell Redis any more is harmless, and its exceptions are looked at here for nobody else to miss them
        ended = [task for carrier in (self._short, self._long) for task in carrier.tasks.values() if task.done()]
        await asyncio.gather(*ended, return_exceptions=True)

    def _on_outbox(self, table: str) -> None:
        if table != "outbox":
            self._mail.poke()
        if table != "mail":
            self._relay.poke()

    def _on_stop_asked(self, job_id: str) -> None:
        if job_id:
            with suppress(ValueError):
                self._runner.running.cancel(UUID(job_id), Why.ASKED)

    def _carry(self, carrier: Carrier) -> Callable[[], Awaitable[float]]:
        async def turn() -> float:
            await carrier.turn()
            return self._options.poll

        return turn

    async def _clock_turn(self) -> float:
        started = await self._clock.turn(self._runtime.now())
        return 0.0 if started == self._clock.batch else self._options.tick

    async def _schedules_turn(self) -> float:
        return 0.0 if await self._clock.keep_up(self._runtime.now()) else MINUTE

    async def _mail_turn(self) -> float:
        return 0.0 if (await self._postman.turn(self._runtime.now())).taken else 2.0

    async def _housekeeping_turn(self) -> float:
        return 1.0 if await self._housekeeping.turn() >= self._housekeeping.batch else 10 * MINUTE

    async def _depth_turn(self) -> float:
        show(await measure(self._runtime.platform, self._runtime.now()))
        return 10.0
