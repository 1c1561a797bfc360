"""Waits for what another process brings about, and no longer than it may take."""

import asyncio
from collections.abc import Awaitable, Callable
from time import monotonic
from typing import TypeVar

T = TypeVar("T")


async def until(ask: Callable[[], Awaitable[T]], what: str, seconds: float = 60) -> T:
    """Return the first answer that is true; fails when none came in time."""
    end = monotonic() + seconds
    while True:
        if answer := await ask():
            return answer
        if monotonic() > end:
            raise AssertionError(f"Not within {seconds} s: {what}")
        await asyncio.sleep(0.01)
