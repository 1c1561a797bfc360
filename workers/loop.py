"""A piece of work that is done over and over, whatever happens to the servers it needs."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass, field

import structlog

from core.outages import OUTAGES

Log = structlog.get_logger("weft.worker")
LONGEST = 5.0  # seconds between tries while a server is away


@dataclass(eq=False, slots=True)
class Loop:
    """Calls `turn` until it is stopped. A turn returns for how many seconds it may rest; `poke` ends the rest.

    An outage is logged when it begins and when it is over. `recovered` is called after one.
    """

    name: str
    turn: Callable[[], Awaitable[float]]
    least: float = 0.0  # seconds between two turns at least, so that what comes in a burst is done at once
    recovered: Callable[[], None] = lambda: None
    failures: int = 0
    _stopping: bool = False
    _wake: asyncio.Event = field(default_factory=asyncio.Event)

    def poke(self) -> None:
        """Have the next turn now."""
        self._wake.set()

    def stop(self) -> None:
        """End after the turn that is under way."""
        self._stopping = True
        self._wake.set()

    async def run(self) -> None:
        """Work until stopped."""
        while not self._stopping:
            self._wake.clear()
            rest = await self._one()
            await asyncio.sleep(self.least)
            if rest > 0:
                with suppress(TimeoutError):
                    async with asyncio.timeout(rest):  # `stop` wakes it as well
                        await self._wake.wait()

    async def _one(self) -> float:
        try:
            rest = await self.turn()
        except OUTAGES as wrong:
            if not self.failures:
                Log.warning(
                    "a server does not answer; trying again until it does", loop=self.name, error=f"{type(wrong).__name__}: {wrong}"
                )
        except Exception:
            Log.exception("a turn failed; it is tried again", loop=self.name)
        else:
            if self.failures:
                Log.info("all servers answer again", loop=self.name)
                self.failures = 0
                self.recovered()
            return rest
        self.failures += 1
        return float(min(LONGEST, 0.05 * 2 ** min(self.failures, 10)))
