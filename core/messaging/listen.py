"""Hears when something was put into the outbox, so that nobody has to ask all the time."""

import asyncio
from collections.abc import Callable, Mapping
from contextlib import suppress

import asyncpg
import structlog

Log = structlog.get_logger("weft.listen")


class Listener:
    """One listening connection that is opened again whenever it breaks."""

    def __init__(self, dsn: str, channels: Mapping[str, Callable[[str], None]]) -> None:
        """Call what `channels` maps a channel's name to with the payload of each notice."""
        self._dsn = dsn
        self._channels = channels
        self._lost = asyncio.Event()
        self.alive = False

    async def run(self) -> None:
        """Listen until cancelled."""
        told = False
        while True:
            try:
                connection = await asyncpg.connect(self._dsn, timeout=10, server_settings={"application_name": "weft listener"})
            except (OSError, TimeoutError, asyncpg.PostgresError) as wrong:
                if not told:
                    Log.warning("the database does not answer; the outbox is looked at from time to time meanwhile", error=str(wrong))
                told = True
                await asyncio.sleep(0.5)
                continue
            told = False
            await self._hold(connection)
            await asyncio.sleep(0.2)

    async def _hold(self, connection: "asyncpg.Connection[asyncpg.Record]") -> None:
        self._lost.clear()
        connection.add_termination_listener(lambda _: self._lost.set())
        try:
            for channel in self._channels:
                await connection.add_listener(channel, self._on_notice)
            self.alive = True
            for call in self._channels.values():
                call("")  # what happened while nobody listened
            while not self._lost.is_set():
                with suppress(TimeoutError):
                    await asyncio.wait_for(self._lost.wait(), 10)
                if not self._lost.is_set():
                    await connection.execute("SELECT 1", timeout=5)  # notices a connection that died without a word
        except (OSError, TimeoutError, asyncpg.PostgresError, asyncpg.InterfaceError):
            return
        finally:
            self.alive = False
            with suppress(Exception):
                await connection.close(timeout=1)

    def _on_notice(self, _connection: object, _pid: int, channel: str, payload: object) -> None:
        self._channels[channel](str(payload))
