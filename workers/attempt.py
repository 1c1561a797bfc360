"""One attempt at a job: builds the tenant it works for, and runs the plugin's function within its limits."""

import asyncio
import traceback
from contextlib import suppress
from dataclasses import dataclass
from time import monotonic

import msgspec

from core.firewall.budgets import of_work
from core.firewall.calls import LeftOut, Spot
from core.firewall.stepping import Late as TooLate
from core.firewall.working import work_apart
from core.messaging import backoff
from core.messaging.claims import Claimed, Claims, Delivery, Failure, Held, first_time
from core.messaging.repertoire import CORE, Repertoire, Work
from core.outages import OUTAGES
from core.runtime import Runtime
from core.telemetry import traceparent
from core.tenancy.metering import METER
from core.tenancy.pending import Actor
from core.tenancy.tenant import LiveTenant
from weft.errors import Conflict, Unavailable, WeftError

SHOWN = 0.3  # seconds between two words of progress that are written down


class Unknown(Unavailable):
    """No plugin here declares the job; a worker of a newer version may."""


class Late(Unavailable):
    """The job took longer than it may."""


class Outdated(Conflict):
    """The payload was written for another version of the job."""


class SwitchedOff(Conflict):
    """The module that the job belongs to is off, or its tenant is gone."""


@dataclass(frozen=True, slots=True)
class Attempts:
    """Makes attempts at jobs; what is wrong with one is its answer, never an exception."""

    runtime: Runtime
    repertoire: Repertoire
    claims: Claims

    async def make(self, job: Claimed) -> Failure | Held | None:
        """Run a job once; returns why it failed, what it waits for, or nothing. Raises `CancelledError` alone."""
        try:
            work = self.repertoire.get(job.name)
            if work is None:
                raise Unknown(f"No installed module knows the job “{job.name}”.")
            tenant = await self._tenant(job, work)
            if work.plugin == CORE:
                await self._ours(job, work, tenant)
            else:
                await self._plugins(job, work, tenant)
        except (asyncio.CancelledError, GeneratorExit):
            raise
        except BaseException as wrong:  # a plugin that calls sys.exit() must not end the worker
            return _held(wrong) or explain(wrong, job.attempt)
        return None

    async def _ours(self, job: Claimed, work: Work, tenant: LiveTenant) -> None:
        limit = asyncio.timeout(work.timeout)
        try:
            async with limit:
                await self._perform(job, work, tenant)
        except TimeoutError as wrong:
            if limit.expired():
                raise Late(f"It took longer than the {work.timeout:g} s it may take.") from wrong
            raise

    async def _plugins(self, job: Claimed, work: Work, tenant: LiveTenant) -> None:
        """Run what a plugin declares behind the firewall: what fails in one job after the other waits, and is not lost."""
        spot = Spot(work.plugin, f"{work.hook}:{work.name}", work.title)
        try:
            await work_apart(tenant, spot, of_work(work.timeout), lambda: self._perform(job, work, tenant), counts=job.attempt == 1)
        except TooLate as wrong:
            raise Late(str(wrong)) from wrong

    async def _perform(self, job: Claimed, work: Work, tenant: LiveTenant) -> None:
        try:
            payload = msgspec.json.decode(job.payload, type=work.payload)
        except msgspec.MsgspecError as wrong:
            raise Outdated(f"What it was told no longer fits “{work.title}”: {wrong}") from wrong
        if not work.atomic:
            await work.run(tenant, payload)
            return
        async with tenant.transaction():
            if await first_time(tenant.scope("A receipt"), job.id):
                await work.run(tenant, payload)
                if (meter := METER.get()) and meter.broken:  # and was caught by its own code: nothing of it may be kept
                    raise meter.broken

    async def _tenant(self, job: Claimed, work: Work) -> LiveTenant:
        record = await self.runtime.catalogue.by_slug(job.slug)
        if record is None or record.schema != job.schema:  # the address was given to another a moment ago
            record = await self.runtime.catalogue.by_schema(job.schema)
        if record is None:
            raise SwitchedOff("The business it was for is gone.")
        if work.plugin != CORE and work.plugin not in record.modules:
            plugin = self.runtime.registry.get(work.plugin)
            title = plugin.title if plugin else work.plugin
            raise SwitchedOff(f"{title} is switched off here: switch it on, and try this job again.")
        actor = Actor(
            via="job",
            name=job.person.name if job.person else "Weft",
            person=job.person,
            request_id=job.request_id,
            trace=traceparent() or job.trace,
            job_id=job.id,
        )
        return self.runtime.tenant(record, actor, Progress(self.claims, Delivery(job.id, job.attempt)))


# What a tenant's people read; a traceback says nothing to them, and may quote what is not theirs to see.
UNFORESEEN = (
    "Something in it went wrong that nobody foresaw. Whoever runs this installation finds the cause in its logs, by the number of this job."
)


def _held(wrong: BaseException) -> Held | None:
    """Return what a job waits for that came upon something that is left out here."""
    left = wrong if isinstance(wrong, LeftOut) else wrong.__cause__
    if isinstance(left, LeftOut) and left.until:
        return Held(left.sentence, left.held_by)
    return None


def explain(wrong: BaseException, attempt: int) -> Failure:
    """Return what a person is told of a failed attempt, and whether there is any use in another.

    What the plugin itself refused (`Refused`, `Missing`, `Conflict`, `Invalid`) would be refused again, so it is final. `Unavailable`, and
    whatever nobody foresaw, is tried again.
    """
    final = isinstance(wrong, WeftError) and not isinstance(wrong, Unavailable)
    error = wrong.message if isinstance(wrong, WeftError) else UNFORESEEN
    return Failure(error, "".join(traceback.format_exception(wrong)), final, backoff.delay(attempt))


@dataclass(eq=False, slots=True)
class Progress:
    """Writes down how far a job is, at once but not more often than anybody looks."""

    claims: Claims
    job: Delivery
    last: float = -1e9

    async def __call__(self, done: int, total: int, note: str) -> None:
        """Tell; the last word is always written. While the database is away nothing is told, and the job goes on."""
        if done < total and monotonic() - self.last < SHOWN:
            return
        self.last = monotonic()
        with suppress(*OUTAGES):
            await self.claims.progress(self.job, done, total, note)
