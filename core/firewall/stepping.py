"""Runs a plugin's coroutine so that the one who waits for it comes back, whatever it does."""

import asyncio
from collections.abc import Awaitable, Coroutine, Generator
from time import perf_counter
from typing import Any, TypeVar, cast

from core.ending import ToldToEnd

T = TypeVar("T")
GRACE = 0.25  # seconds to heed a cancellation


class Late(Exception):  # not an error of ours: what became of a call
    """It took longer than it may; with `abandoned` it did not heed being cancelled, and may still run."""

    def __init__(self, seconds: float, *, abandoned: bool = False) -> None:
        more = " and did not stop when it was told to" if abandoned else ""
        super().__init__(f"It took longer than the {seconds:g} s it may take{more}.")
        self.abandoned = abandoned


class Ended(Exception):  # not an error of ours: what became of a call
    """It called sys.exit(), which would have ended the process."""


class Stepped(Coroutine[Any, Any, T]):
    """A coroutine whose longest step is measured: in a step nobody else in the process is served."""

    __slots__ = ("inner", "longest")

    def __init__(self, inner: Coroutine[Any, Any, T]) -> None:
        self.inner = inner
        self.longest = 0.0  # seconds

    def send(self, value: Any) -> Any:
        """Run to the next point of waiting."""
        began = perf_counter()
        try:
            return self.inner.send(value)
        except ToldToEnd:
            raise
        except SystemExit as wrong:
            raise Ended(f"It called sys.exit({wrong.code!r}).") from wrong
        finally:
            if (took := perf_counter() - began) > self.longest:
                self.longest = took

    def throw(self, *raised: Any) -> Any:
        """Run on from an error."""
        began = perf_counter()
        try:
            return self.inner.throw(*raised)
        except ToldToEnd:
            raise
        except SystemExit as wrong:
            raise Ended(f"It called sys.exit({wrong.code!r}).") from wrong
        finally:
            self.longest = max(self.longest, perf_counter() - began)

    def close(self) -> None:
        """End it."""
        self.inner.close()

    def __iter__(self) -> "Stepped[T]":
        return self

    def __next__(self) -> Any:
        return self.send(None)

    def __await__(self) -> Generator[Any, Any, T]:
        return cast("Generator[Any, Any, T]", self)  # it has all that an await asks of one


ABANDONED: set[asyncio.Task[Any]] = set()  # what did not heed being cancelled, and still runs


async def apart(work: Stepped[T], seconds: float, grace: float = GRACE) -> T:
    """Run in a task of its own, which is left behind when it does not heed being cancelled for so many seconds; raises `Late`."""
    task: asyncio.Task[T] = asyncio.create_task(work)
    try:
        done, _ = await asyncio.wait((task,), timeout=seconds)
        if not done:
            ended = await _ended(task, grace)
            raise Late(seconds, abandoned=not ended) from (_ending(task) if ended else None)
        return task.result()
    except asyncio.CancelledError:
        if not task.done():
            await _ended(task, grace)
        raise


async def within(work: Awaitable[T], seconds: float) -> T:
    """Run in this task, for what shares its caller's transaction; raises `Late`."""
    limit = asyncio.timeout(seconds)
    try:
        async with limit:
            return await work
    except TimeoutError:
        if limit.expired():
            raise Late(seconds) from None
        raise


async def _ended(task: asyncio.Task[Any], grace: float) -> bool:
    task.cancel()
    done, _ = await asyncio.wait((task,), timeout=grace)
    if done:
        if not task.cancelled():
            task.exception()  # looked at, so that nobody complains
        return True
    ABANDONED.add(task)
    task.add_done_callback(_let_go)
    return False


def _ending(task: asyncio.Task[Any]) -> BaseException | None:
    """Return how a task ended: where it was when it was cancelled is in there."""
    try:
        task.result()
    except BaseException as wrong:
        return wrong
    return None


def _let_go(task: asyncio.Task[Any]) -> None:
    ABANDONED.discard(task)
    if not task.cancelled():
        task.exception()


class Resumed:
    """What goes on with a coroutine that was run up to its first point of waiting, where it waits for `waited_for`."""

    __slots__ = ("_inner", "_waited_for")

    def __init__(self, inner: Any, waited_for: Any) -> None:
        self._inner = inner
        self._waited_for = waited_for

    def __await__(self) -> Generator[Any, Any, Any]:
        waited_for = self._waited_for
        while True:
            try:
                value = yield waited_for
            except BaseException as wrong:  # a cancellation among them: it is the coroutine's to answer
                try:
                    waited_for = self._inner.throw(wrong)
                except StopIteration as done:
                    return done.value
            else:
                try:
                    waited_for = self._inner.send(value)
                except StopIteration as done:
                    return done.value
