"""The one way in which code of a plugin runs on behalf of a page, a search or a check of others; who may run what, and who failed."""

import traceback
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, TypeVar

import asyncpg
import structlog

from core.firewall.books import LONGEST_TRACE, Books, Failure, Fault, Hook, held_by
from core.firewall.breaker import TRIAL, Breaker, Verdict, verdict
from core.firewall.budgets import BLOCKED, BUDGETS, Budget
from core.firewall.stepping import Late, Stepped, apart, within
from core.outages import OUTAGES
from core.plugins.registry import Registry
from core.telemetry import QUARANTINES, TENANT_ERRORS
from core.tenancy.metering import METER, Meter, OutsidePrefix, OverBudget
from weft.errors import WeftError

if TYPE_CHECKING:
    from core.platform.changes import Changes
    from core.platform.database import Platform
    from core.tenancy.tenant import LiveTenant

T = TypeVar("T")
Log = structlog.get_logger("weft.firewall")
# The servers' absence is nobody's failure. A statement that ran too long, or was refused, is.
_FAULTS_ALL_THE_SAME = (asyncpg.QueryCanceledError, FileNotFoundError, PermissionError, TimeoutError, asyncpg.InterfaceError)


class LeftOut(Exception):  # not an error: what a page shows instead of a part
    """A part has no answer; `sentence` is for whoever reads the page.

    With `until` it was not even asked: it is quarantined till then, and `hook` says what is.
    """

    def __init__(self, sentence: str, *, hook: Hook = ("", ""), until: datetime | None = None) -> None:
        super().__init__(sentence)
        self.sentence = sentence
        self.hook = hook
        self.until = until

    @property
    def quarantined(self) -> bool:
        """Whether it was not even asked."""
        return self.until is not None

    @property
    def held_by(self) -> str:
        """What marks the jobs that wait for it."""
        return held_by(self.hook)


class WrongAnswer(Exception):  # not an error of ours: what became of a call
    """It answered with something else than its hook promises."""


class Blocked(Exception):  # not an error of ours: what became of a call
    """It kept the whole process waiting."""


@dataclass(frozen=True, slots=True)
class Spot:
    """Where code of a plugin is called: its key, the hook, and what the part is called on the page.

    Work that nobody waits for is left out one by one: its `hook` is that of the plugin, a colon, and its own name.
    """

    plugin: str
    hook: str
    part: str

    @property
    def kind(self) -> str:
        """The hook of the plugin."""
        return self.hook.partition(":")[0]

    @property
    def is_work(self) -> bool:
        """Whether it is no part of a page."""
        return ":" in self.hook


class Firewall:
    """Gives every call a budget of time and statements, and leaves out what fails again and again, in that tenant alone."""

    def __init__(self, platform: "Platform", changes: "Changes", registry: Registry, now: Callable[[], datetime]) -> None:
        self._books = Books(platform, changes)
        self._registry = registry
        self._now = now

    async def call(self, tenant: "LiveTenant", spot: Spot, work: Callable[[], Awaitable[T]]) -> T:
        """Return what a part answers; raises `LeftOut`, and what the part itself refuses (`WeftError`).

        In an open transaction it runs in a savepoint of that; else it opens its own. With `asyncio` nothing can stop code that never
        waits: it is found out when it ends, and left out from then on.
        """
        budget = BUDGETS[spot.hook]
        trial = await self.admit(tenant, spot)
        meter = self.meter(spot, budget)
        try:
            answer = await _metered(tenant, meter, budget, work)
        except Exception as wrong:
            if _is_no_failure(wrong, meter):
                raise
            await self.failed(tenant, spot, wrong)
            raise LeftOut(f"{self._title(spot)} could not show this. The rest of the page is complete.") from wrong
        if trial:
            await self.recovered(tenant, spot)
        return answer

    async def admit(self, tenant: "LiveTenant", spot: Spot) -> bool:
        """Tell whether what is to be called now is the one trial of a quarantined hook; raises `LeftOut` when it is not to be called."""
        known = self._books.kept(tenant.schema)
        if known is None:
            known = await self._read(tenant.schema)
        return bool(known) and await self._is_trial(tenant, spot, known)

    def meter(self, spot: Spot, budget: Budget) -> Meter:
        """Return what counts the statements of a call."""
        return Meter(spot.plugin, budget.statements, self._registry.owner_of_table)

    async def recovered(self, tenant: "LiveTenant", spot: Spot) -> None:
        """Note that a trial went well: it is in use again, and what waited for it goes on."""
        await self._books.end_quarantine(tenant.schema, (spot.plugin, spot.hook), self._now())

    async def went_well(self, tenant: "LiveTenant", spot: Spot) -> None:
        """Note that work went well: failures before it count no more."""
        known = self._books.kept(tenant.schema) or {}
        if (breaker := known.get((spot.plugin, spot.hook))) and breaker.failures and breaker.retry_at is None:
            await self._books.forgive(tenant.schema, (spot.plugin, spot.hook))

    async def faults(self, tenant: "LiveTenant") -> list[Fault]:
        """Return what failed in a tenant, what is left out first."""
        return list(await self._books.faults(tenant.schema))

    async def try_soon(self, tenant: "LiveTenant", hook: Hook) -> bool:
        """Have what is left out tried when it is needed next; returns False when it was not left out."""
        return await self._books.try_soon(tenant.schema, hook, self._now())

    async def _read(self, schema: str) -> Mapping[Hook, Breaker]:
        try:
            return await self._books.read(schema)
        except OUTAGES:
            return {}  # then nothing else can be asked either

    async def _is_trial(self, tenant: "LiveTenant", spot: Spot, known: Mapping[Hook, Breaker]) -> bool:
        """Tell whether this call is the one trial of a quarantined hook; raises `LeftOut` when it is not to run."""
        hook, now = (spot.plugin, spot.hook), self._now()
        breaker = known.get(hook)
        if breaker is None or (said := verdict(breaker, now)) is Verdict.RUN:
            return False
        if said is Verdict.TRY and await self._books.begin_trial(tenant.schema, hook, now):
            return True
        assert breaker.retry_at is not None
        until = breaker.retry_at if breaker.retry_at > now else now + TRIAL  # another process tries it at the moment
        again = until.astimezone(tenant.timezone)
        what = f"“{spot.part}” of {_lowered(self._title(spot))}" if spot.is_work else self._title(spot)
        sentence = (
            f"{what} failed here several times and is left out. It is tried again by itself after {again:%H:%M}; "
            "whoever looks after modules sees the reason and can have it tried at once."
        )
        raise LeftOut(sentence, hook=hook, until=until)

    async def failed(self, tenant: "LiveTenant", spot: Spot, wrong: Exception) -> None:
        """Note a failure: in the log, in the metrics, and where the breaker counts it."""
        TENANT_ERRORS.labels(spot.plugin, spot.kind).inc()
        title = self._title(spot)
        notice = f"{title} is left out of some pages: “{spot.part}” failed again and again. Everything else works."
        if spot.is_work:
            notice = f"“{spot.part}” of {_lowered(title)} failed again and again, and waits until it is sound. Nothing is lost."
        log = Log.bind(plugin=spot.plugin, hook=spot.hook, part=spot.part, tenant=tenant.slug)
        trace = "".join(traceback.format_exception(wrong))[-LONGEST_TRACE:]
        log.error("a plugin's part failed", trace=trace)
        failure = Failure(
            spot.plugin,
            spot.hook,
            spot.part,
            _CAUSES.get(type(wrong), "raised"),
            f"{type(wrong).__name__}: {wrong}" if type(wrong) not in _CAUSES else str(wrong),
            trace,
            grave=isinstance(wrong, Blocked) or (isinstance(wrong, Late) and wrong.abandoned),
            notice=notice,
        )
        try:
            breaker = await self._books.note(tenant.schema, failure, self._now())
        except OUTAGES:
            log.warning("a failure could not be written down: the database is away")
            return
        if breaker.retry_at is not None:
            QUARANTINES.labels(spot.plugin, spot.kind).inc()
            log.warning("a plugin's hook is quarantined", until=str(breaker.retry_at), trips=breaker.trips)

    def _title(self, spot: Spot) -> str:
        plugin = self._registry.get(spot.plugin)
        return f"The module {plugin.title if plugin else spot.plugin}"


def _lowered(title: str) -> str:
    return title[:1].lower() + title[1:]


_CAUSES: dict[type[Exception], str] = {
    Late: "late",
    Blocked: "blocked",
    OverBudget: "statements",
    OutsidePrefix: "tables",
    WrongAnswer: "answer",
}


async def _metered(tenant: "LiveTenant", meter: Meter, budget: Budget, work: Callable[[], Awaitable[T]]) -> T:
    token = METER.set(meter)
    try:
        if not tenant.in_transaction:
            return await _checked(meter, budget, work, apart)
        async with tenant.transaction():
            return await _checked(meter, budget, work, within)
    finally:
        METER.reset(token)


async def _checked(meter: Meter, budget: Budget, work: Callable[[], Awaitable[T]], run: Any) -> T:
    stepped = Stepped(begun(work))
    answer: T = await run(stepped, budget.seconds)
    if stepped.longest > BLOCKED:
        raise Blocked(f"It kept everybody waiting for {stepped.longest:.1f} s: code that waits must be awaited.")
    if meter.broken:
        raise meter.broken
    if not budget.fits(answer):
        raise WrongAnswer(f"It answered with {type(answer).__name__}, and must answer with {budget.wanted}.")
    return answer


async def begun(work: Callable[[], Awaitable[T]]) -> T:
    """Call a plugin's function within the first step: what it does before it waits counts as well."""
    return await work()


def _is_no_failure(wrong: Exception, meter: Meter) -> bool:
    """Tell whether a part only refused, or the servers were away."""
    if meter.broken or isinstance(wrong, _FAULTS_ALL_THE_SAME):
        return False
    return isinstance(wrong, (WeftError, *OUTAGES))
