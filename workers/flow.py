"""The way of a job from a committed transaction to Redis."""

from collections.abc import Callable

from core.messaging.feeder import Feeder
from core.messaging.relay import Relay
from core.runtime import Runtime
from workers.metrics import RELAYED
from workers.queue import Queue

IDLE = 1.0  # seconds between looks at the database while nobody says that there is something
ANOTHER = 0.02  # while another process feeds the same queue
FULL = 0.1  # while Redis holds as much as it may: other processes make room, and nobody tells


class Flow:
    """The turns of the relay and of the feeder; `on_moved` and `on_fed` are called when there is something for the next in line."""

    def __init__(self, runtime: Runtime, queue: Queue, relay: Relay, feeder: Feeder) -> None:
        self._now = runtime.now
        self._queue = queue
        self._relay = relay
        self._feeder = feeder
        self.on_moved: Callable[[], None] = lambda: None
        self.on_fed: Callable[[bool], None] = lambda long: None  # told which queue

    async def relay_turn(self) -> float:
        """Move what was committed."""
        moved = await self._relay.turn(self._now())
        RELAYED.inc(moved.taken)
        if moved.made:
            self.on_moved()
        return 0.0 if moved.taken == self._relay.batch else IDLE

    async def feeder_turn(self) -> float:
        """Fill both queues up."""
        return min(await self.feed(long=False), await self.feed(long=True))

    async def feed(self, *, long: bool) -> float:
        """Fill one queue up; returns for how many seconds that is enough."""
        helping = await self._feeder.turn(self._now(), long=long)
        if helping.another:
            return ANOTHER
        if helping.fed:
            try:
                await self._queue.put(helping.fed, long=long)
            except BaseException:
                await self._feeder.take_back(helping.fed)
                raise
            self.on_fed(long)
        if len(helping.fed) == helping.room:
            return FULL
        return 0.0 if helping.fed else IDLE
