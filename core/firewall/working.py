"""Runs work of plugins that nobody waits for (jobs, reactions to events, imports) and rows of their reports, behind the same breaker."""

from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable
from time import perf_counter
from typing import TYPE_CHECKING, TypeVar

import asyncpg

from core.ending import ToldToEnd
from core.firewall.budgets import Budget
from core.firewall.calls import Blocked, LeftOut, Spot, WrongAnswer, begun
from core.firewall.stepping import Ended, Late, Resumed, Stepped, apart, within
from core.outages import OUTAGES
from core.tenancy.metering import METER, Meter
from weft.errors import WeftError

if TYPE_CHECKING:
    from core.tenancy.tenant import LiveTenant

T = TypeVar("T")
GRACE = 5.0  # seconds for work that is cancelled to roll back
BLOCKED = 20.0  # seconds in one step: nobody waits for work, but other work does
# Absent servers are nobody's failure, and their connections break in the middle of work. A statement that ran too long is one.
_FAULTS_ALL_THE_SAME = (asyncpg.QueryCanceledError, FileNotFoundError, PermissionError)


async def work_apart(tenant: "LiveTenant", spot: Spot, budget: Budget, work: Callable[[], Awaitable[T]], *, counts: bool = True) -> T:
    """Run work in a task of its own, which is left behind when it does not heed being cancelled.

    Raises `LeftOut` when it is quarantined, `Late`, and whatever it raises itself. A failure is written down if it `counts`: one piece of
    work that is tried again and again tells nothing of others.
    """
    return await _worked(tenant, spot, budget, work, apart=True, counts=counts)


async def work_within(tenant: "LiveTenant", spot: Spot, budget: Budget, work: Callable[[], Awaitable[T]]) -> T:
    """Run work in this task, where it shares its caller's transaction; raises as `work_apart` does."""
    return await _worked(tenant, spot, budget, work, apart=False, counts=True)


async def _worked(tenant: "LiveTenant", spot: Spot, budget: Budget, work: Callable[[], Awaitable[T]], *, apart: bool, counts: bool) -> T:
    firewall = tenant.house.firewall
    trial = await firewall.admit(tenant, spot)
    meter, stepped = firewall.meter(spot, budget), Stepped(begun(work))
    try:
        answer = await _run(stepped, meter, budget, own_task=apart)
    except Exception as wrong:
        if not _is_no_failure(wrong, meter):
            if counts or trial:
                await firewall.failed(tenant, spot, wrong)
        elif trial and isinstance(wrong, WeftError):  # to refuse is what it is for
            await firewall.recovered(tenant, spot)
        raise
    if stepped.longest > BLOCKED:
        await firewall.failed(tenant, spot, Blocked(f"It kept all other work waiting for {stepped.longest:.0f} s."))
    elif trial:
        await firewall.recovered(tenant, spot)
    else:
        await firewall.went_well(tenant, spot)
    return answer


async def _run(stepped: Stepped[T], meter: Meter, budget: Budget, *, own_task: bool) -> T:
    token = METER.set(meter)
    try:
        answer = await (apart(stepped, budget.seconds, min(GRACE, budget.seconds)) if own_task else within(stepped, budget.seconds))
    finally:
        METER.reset(token)
    if meter.broken:
        raise meter.broken
    if not budget.fits(answer):
        raise WrongAnswer(f"It answered with {type(answer).__name__}, and must answer with {budget.wanted}.")
    return answer


async def rows_of(tenant: "LiveTenant", spot: Spot, budget: Budget, rows: Callable[[], AsyncIterator[T]]) -> AsyncGenerator[T, None]:
    """Yield what a plugin yields, within a budget of the time it takes itself; raises `LeftOut` when it fails or is quarantined.

    Most rows come without waiting: only where one waits a clock is set.
    """
    firewall = tenant.house.firewall
    trial = await firewall.admit(tenant, spot)
    meter, left = firewall.meter(spot, budget), budget.seconds
    given: AsyncIterator[T] | None = None
    try:
        while True:
            began = perf_counter()
            token = METER.set(meter)
            try:
                if given is None:
                    given = rows()
                row = await _next(given, left)
            except StopAsyncIteration:
                break
            finally:
                METER.reset(token)
                left -= perf_counter() - began
            _check(row, meter, budget, left)
            yield row
    except Exception as wrong:
        if _is_no_failure(wrong, meter):
            raise
        await firewall.failed(tenant, spot, wrong)
        raise LeftOut(f"The report “{spot.part}” failed. The reason is written down for whoever looks after modules.") from wrong
    finally:
        if isinstance(given, AsyncGenerator):
            await given.aclose()
    if trial:
        await firewall.recovered(tenant, spot)


def _check(row: object, meter: Meter, budget: Budget, left: float) -> None:
    if meter.broken:
        raise meter.broken
    if not budget.fits(row):
        raise WrongAnswer(f"It yields {type(row).__name__}, and must yield {budget.wanted}.")
    if left < 0:
        raise Late(budget.seconds)


async def _next(rows: AsyncIterator[T], left: float) -> T:
    """Return the next row; raises `StopAsyncIteration` after the last, and `Late`."""
    step = rows.__anext__()
    try:
        waited_for = step.send(None)  # type: ignore[attr-defined]  # what an asynchronous generator returns has it
    except StopIteration as done:
        row: T = done.value
        return row
    except ToldToEnd:
        raise
    except SystemExit as wrong:
        raise Ended(f"It called sys.exit({wrong.code!r}).") from wrong
    return await within(Resumed(step, waited_for), max(left, 0.001))


def _is_no_failure(wrong: Exception, meter: Meter) -> bool:
    """Tell whether work only refused, or the servers were away."""
    if meter.broken or isinstance(wrong, _FAULTS_ALL_THE_SAME):
        return False
    return isinstance(wrong, (WeftError, LeftOut, *OUTAGES))
