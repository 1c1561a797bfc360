"""A relay that is a process of its own: moves what was committed, and gives what is due to Redis."""

import asyncio

import structlog

from core.messaging.depth import measure
from core.messaging.feeder import Feeder
from core.messaging.listen import Listener
from core.messaging.relay import Relay
from core.messaging.repertoire import Repertoire
from core.platform.database import Platform
from core.runtime import Runtime
from core.settings import PLATFORM_LOGIN
from workers.flow import Flow
from workers.loop import Loop
from workers.metrics import show
from workers.options import Options
from workers.queue import Queue

Log = structlog.get_logger("weft.relay")
LAST_WORDS = 2.0  # seconds for a turn that is under way to end


class Relaying:
    """Relay, feeder, and what tells how much waits. Any number may run, beside each other and beside workers: each message is taken once.

    Workers feed Redis as well, whether they hold a relay or not: who has just ended a job knows first that another may begin.
    """

    def __init__(self, runtime: Runtime, books: Platform, queue: Queue, options: Options) -> None:
        self._runtime = runtime
        repertoire = Repertoire.of(runtime.registry)
        feeder = Feeder(books, window=options.window, share=options.tenant_jobs, limits=repertoire.limits)
        flow = Flow(runtime, queue, Relay(books, repertoire), feeder)
        self._relay = Loop("relay", flow.relay_turn, least=0.003)
        feeding = Loop("feeder", flow.feeder_turn, least=0.02)
        flow.on_moved = feeding.poke
        self._loops = (self._relay, feeding, Loop("depth", self._depth_turn))

    async def run(self, stop: asyncio.Event) -> None:
        """Work until `stop` is set. What a turn that hangs had begun rolls back, and is another relay's."""
        listener = Listener(self._runtime.settings.login(PLATFORM_LOGIN), {"weft_outbox": lambda table: self._relay.poke()})
        listening = asyncio.create_task(listener.run(), name="weft listener")
        turning = [asyncio.create_task(loop.run(), name=f"weft {loop.name}") for loop in self._loops]
        Log.info("the relay works")
        await stop.wait()
        listening.cancel()
        for loop in self._loops:
            loop.stop()
        _, hanging = await asyncio.wait([listening, *turning], timeout=LAST_WORDS)
        for task in hanging:
            task.cancel()
        await asyncio.gather(*hanging, return_exceptions=True)
        Log.info("the relay has ended")

    async def _depth_turn(self) -> float:
        show(await measure(self._runtime.platform, self._runtime.now()), self._runtime.settings.cell)
        return 10.0
