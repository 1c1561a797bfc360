"""Processes of work outside a request: `weft worker` awaits `run`, `weft relay` `relay`; ``python -m workers.main`` is a worker."""

import asyncio
import os
import signal
import sys
from collections.abc import Awaitable, Callable
from typing import TypeAlias

import msgspec
import structlog
import uvloop
from prometheus_client import start_http_server

from core.outages import OUTAGES
from core.plugins.registry import BrokenPlugin, Registry
from core.plugins.usable import usable
from core.runtime import Runtime, running
from core.settings import Misconfigured, Settings
from core.telemetry import start_logs, start_traces, stop_traces
from core.telemetry.pools import watch_pools
from workers.books import open_books
from workers.crew import Crew
from workers.options import Options
from workers.queue import Queue
from workers.relaying import Relaying
from workers.watchdog import Watchdog

Log = structlog.get_logger("weft.worker")
CONNECTIONS = 6  # for bookkeeping: claims and acknowledgements go in batches, so a few are enough
RELAY_CONNECTIONS = 3
CONFIGURATION_ERROR = 78  # EX_CONFIG of sysexits.h: starting again would not help


Work: TypeAlias = Callable[[Runtime, Options, asyncio.Event], Awaitable[None]]


async def run(settings: Settings, registry: Registry | None = None, options: Options | None = None) -> None:
    """Work until SIGTERM or SIGINT; a second one ends the process at once. Raises `Misconfigured` and `BrokenPlugin`."""
    await _process(settings, registry or usable(), options or Options.from_environment(), _work, "weft worker")


async def relay(settings: Settings, registry: Registry | None = None, options: Options | None = None) -> None:
    """Move what was committed to where workers find it, until SIGTERM or SIGINT. Raises `Misconfigured` and `BrokenPlugin`."""
    await _process(settings, registry or usable(), options or Options.of_relay(), _relay, "weft relay")


async def _process(settings: Settings, registry: Registry, options: Options, work: Work, name: str) -> None:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, _on_signal, stop)
    if options.metrics_port:
        try:
            start_http_server(options.metrics_port, settings.host)
        except OSError as wrong:
            raise Misconfigured(
                f"Metrics cannot be shown on port {options.metrics_port}: {wrong.strerror}. "
                f"Set {name.replace(' ', '_').upper()}_METRICS_PORT to a free one."
            ) from wrong
    signs = None
    if options.stall:
        watchdog = Watchdog(options.stall)
        watchdog.start()
        signs = asyncio.create_task(watchdog.run(), name="weft signs of life")
    settings = msgspec.structs.replace(settings, pool_size=options.connections)
    await asyncio.gather(*(_connected(each, registry, options, stop, work, name) for each in settings.served_cells))
    if signs:
        signs.cancel()


async def _connected(settings: Settings, registry: Registry, options: Options, stop: asyncio.Event, work: Work, name: str) -> None:
    told = False
    while not stop.is_set():
        try:
            async with running(settings, registry, name=name) as runtime:
                watch_pools(runtime.platform.pool, runtime.pools[0], runtime.logins, settings.cell)
                await work(runtime, options, stop)
        except OUTAGES as wrong:
            if not told:
                Log.warning("a server does not answer; trying again until it does", error=f"{type(wrong).__name__}: {wrong}")
            told = True
            await asyncio.sleep(0.5)


async def _work(runtime: Runtime, options: Options, stop: asyncio.Event) -> None:
    queue = Queue.open(runtime.settings)
    try:
        async with open_books(runtime.settings, size=CONNECTIONS) as books:
            await Crew(runtime, books, queue, options).run(stop)
    finally:
        await queue.close()


async def _relay(runtime: Runtime, options: Options, stop: asyncio.Event) -> None:
    queue = Queue.open(runtime.settings)
    try:
        async with open_books(runtime.settings, size=RELAY_CONNECTIONS, name="weft relay") as books:
            await Relaying(runtime, books, queue, options).run(stop)
    finally:
        await queue.close()


def _on_signal(stop: asyncio.Event) -> None:
    if stop.is_set():
        Log.warning("it ends without waiting for what runs; others will take that over")
        os._exit(1)
    stop.set()


def main() -> None:
    """Read the environment and work."""
    try:
        settings = Settings.from_environment()
        start_logs(settings.log_level, json=settings.log_json)
        start_traces("weft-worker")
        uvloop.run(run(settings))
        stop_traces()
    except (Misconfigured, BrokenPlugin) as wrong:
        sys.stderr.write(f"{wrong}\n")
        sys.exit(CONFIGURATION_ERROR)


if __name__ == "__main__":
    main()
