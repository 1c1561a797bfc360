"""Gathers what many tasks want at the same moment into one statement."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from time import monotonic
from typing import Generic, TypeVar

T = TypeVar("T")
R = TypeVar("R")


class Batches(Generic[T, R]):
    """Who comes alone is served at once; under load, batches grow by themselves."""

    def __init__(self, work: Callable[[Sequence[T]], Awaitable[Sequence[R]]], *, most: int = 200, pause: float = 0.002) -> None:
        """Call `work` with up to `most` items, at most once in `pause` seconds; it answers each, in order."""
        self._work = work
        self._most = most
        self._pause = pause
        self._last = 0.0
        self._waiting: list[tuple[T, asyncio.Future[R]]] = []
        self._task: asyncio.Task[None] | None = None

    async def add(self, item: T) -> R:
        """Hand in one item and return its answer; raises what the work on its batch raised."""
        answer: asyncio.Future[R] = asyncio.get_running_loop().create_future()
        self._waiting.append((item, answer))
        if self._task is None:
            self._task = asyncio.create_task(self._flush(), name="weft batch")
        return await answer

    async def _flush(self) -> None:
        try:
            while self._waiting:
                await asyncio.sleep(max(0.0, self._last + self._pause - monotonic()))  # whoever is ready meanwhile joins
                batch, self._waiting = self._waiting[: self._most], self._waiting[self._most :]
                await self._do(batch)
                self._last = monotonic()
        finally:
            self._task = None

    async def _do(self, batch: list[tuple[T, "asyncio.Future[R]"]]) -> None:
        try:
            answers = await self._work([item for item, _ in batch])
        except Exception as wrong:
            for _, answer in batch:
                if not answer.done():
                    answer.set_exception(wrong)
        else:
            for (_, answer), value in zip(batch, answers, strict=True):
                if not answer.done():  # whoever asked may have been cancelled
                    answer.set_result(value)
