"""All that one worker process does: loops beside each other, which end together."""

import asyncio
import secrets
import socket
from collections.abc import Awaitable, Callable
from os import getpid

import structlog

from core.audit.seal import seal_due
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
from core.webhooks.courier import Courier
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
LAST_WORDS = 2.0  # seconds for what was stopped to say so
MINUTE = 60.0
_WOKEN = {"outbox": ("relay",), "mail": ("mail",), "webhook_delivery": ("webhooks",)}  # by what was written; all after an outage


class Crew:
    """Relay, if it has one, feeder, two carriers, beat, sweeper, clock, postman, courier of webhooks, housekeeping, seals."""

    def __init__(self, runtime: Runtime, books: Platform, queue: Queue, options: Options) -> None:
        """Raise `Misconfigured` for settings that cannot be."""
        repertoire = Repertoire.of(runtime.registry)
        self._runtime, self._options = runtime, options
        self._runner = Runner(runtime, books, repertoire, f"{socket.gethostname()}:{getpid()}:{secrets.token_hex(4)}")
        self._short = Carrier(queue, self._runner.deliver, long=False, slots=options.short_slots)
        self._long = Carrier(queue, self._runner.deliver, long=True, slots=options.long_slots)
        self._clock = Clock(runtime.platform, runtime.registry)
        self._postman = Postman(runtime.platform, runtime.settings)
        self._courier = Courier(runtime.platform, runtime.settings, runtime.vault)
        self._housekeeping = Housekeeping(runtime.platform, runtime.store)
        feeder = Feeder(books, window=options.window, share=options.tenant_jobs, limits=repertoire.limits)
        self._flow = Flow(runtime, queue, Relay(books, repertoire), feeder)
        self._care = Care(runtime, books, queue, self._runner, options)
        self._loops = {loop.name: loop for loop in self._make_loops()}
        self._connect()

    def _make_loops(self) -> list[Loop]:
        flow, care = self._flow, self._care
        return [
            *([Loop("relay", flow.relay_turn, least=0.003)] if self._options.relay else []),
            Loop("feeder", flow.feeder_turn, least=0.02),
            Loop("short", self._carry(self._short), recovered=care.doubt_redis),
            Loop("long", self._carry(self._long), recovered=care.doubt_redis),
            Loop("beat", care.beat_turn, recovered=care.have_patience),
            Loop("sweeper", care.sweeper_turn, recovered=care.have_patience),
            Loop("clock", self._clock_turn),
            Loop("schedules", self._schedules_turn),
            Loop("mail", self._mail_turn),
            Loop("webhooks", self._webhooks_turn),
            Loop("housekeeping", self._housekeeping_turn),
            Loop("seals", self._seals_turn),
            Loop("depth", self._depth_turn),
        ]

    def _connect(self) -> None:
        """Let each loop wake the next in line."""
        loops = self._loops
        self._flow.on_moved = loops["feeder"].poke
        self._flow.on_fed = lambda long: loops["long" if long else "short"].poke()
        self._short.on_free, self._long.on_free = loops["short"].poke, loops["long"].poke
        self._courier.on_free = loops["webhooks"].poke
        self._runner.on_end = lambda job, state: loops["feeder"].poke()

    async def run(self, stop: asyncio.Event) -> None:
        """Work until `stop` is set; then let what runs end, and give back what does not end in time."""
        channels = {"weft_outbox": self._on_outbox, STOP_CHANNEL: self._on_stop_asked}
        listener = Listener(self._runtime.settings.login(PLATFORM_LOGIN), channels)
        listening = asyncio.create_task(listener.run(), name="weft listener")
        tasks = {name: asyncio.create_task(loop.run(), name=f"weft {name}") for name, loop in self._loops.items()}
        Log.info("the worker works", worker=self._runner.claims.worker)
        await stop.wait()
        listening.cancel()
        self._postman.stop()
        for name, loop in self._loops.items():
            if name != "beat":  # it goes on until nothing runs any more
                loop.stop()
        await asyncio.wait([tasks["short"], tasks["long"]], timeout=LAST_WORDS)  # after that nothing new is begun
        await self._end_jobs()
        self._loops["beat"].stop()
        _, hanging = await asyncio.wait([listening, *tasks.values()], timeout=LAST_WORDS)
        for task in hanging:  # a server does not answer, and need not: what was begun there is repaired like after a crash
            task.cancel()
        await asyncio.gather(*hanging, return_exceptions=True)
        await self._courier.aclose()
        Log.info("the worker has ended", worker=self._runner.claims.worker)

    async def _end_jobs(self) -> None:
        await asyncio.gather(self._short.finished(self._options.grace), self._long.finished(self._options.grace))
        if self._runner.running.runs:
            Log.info("jobs are given back", jobs=len(self._runner.running.runs))
            self._runner.running.cancel_all(Why.SHUTDOWN)
        await asyncio.gather(self._short.finished(LAST_WORDS), self._long.finished(LAST_WORDS))

    def _on_outbox(self, table: str) -> None:
        for name in _WOKEN.get(table, ("mail", "webhooks", "relay")):
            if name in self._loops:  # a worker may be without a relay
                self._loops[name].poke()

    def _on_stop_asked(self, job_id: str) -> None:
        if job_id:  # whoever may log in may say this: what is to be stopped, the database tells
            self._loops["beat"].poke()

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

    async def _webhooks_turn(self) -> float:
        return 0.0 if await self._courier.turn(self._runtime.now()) else 2.0

    async def _seals_turn(self) -> float:
        await seal_due(self._runtime.platform)
        return self._options.seal_every

    async def _housekeeping_turn(self) -> float:
        return 1.0 if await self._housekeeping.turn() >= self._housekeeping.batch else 10 * MINUTE

    async def _depth_turn(self) -> float:
        show(await measure(self._runtime.platform, self._runtime.now()), self._runtime.settings.cell)
        return 10.0
