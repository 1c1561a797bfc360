"""Ends a process whose event loop a job has blocked: nothing else in it can, and other workers then take over what it ran."""

import asyncio
import faulthandler
import os
import sys
import threading
from time import sleep

import structlog

Log = structlog.get_logger("weft.worker")
STALLED = 70  # the exit code: EX_SOFTWARE of sysexits.h
TICK = 1.0  # seconds


class Watchdog:
    """Counts its own ticks since the event loop last gave a sign, so that a process that was stopped whole is not taken for blocked."""

    def __init__(self, stall: float) -> None:
        """End the process after `stall` seconds."""
        self._most = max(2.0, stall / TICK)
        self._missed = 0

    def start(self) -> None:
        """Watch from a thread of its own."""
        threading.Thread(target=self._watch, name="weft watchdog", daemon=True).start()

    async def run(self) -> None:
        """Give signs of life until cancelled."""
        while True:
            self._missed = 0
            await asyncio.sleep(TICK / 2)

    def _watch(self) -> None:
        while self._missed < self._most:
            sleep(TICK)
            self._missed += 1
        Log.critical("a job blocks this process, which therefore ends; its jobs go to other workers", seconds=self._missed * TICK)
        faulthandler.dump_traceback(sys.stderr)
        os._exit(STALLED)
