"""What tests see of work outside a request: `Jobs` runs it through real workers, `Events` and `Mailbox` show what was sent."""

import asyncio
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import TypeVar
from uuid import UUID

import msgspec
import pytest

from core.messaging.claims import Claimed
from core.messaging.clock import Clock as Schedules
from core.messaging.feeder import Feeder
from core.messaging.relay import Relay
from core.messaging.repertoire import Repertoire
from core.platform.database import Platform
from core.runtime import Runtime
from core.tenancy.tenant import LiveTenant
from infra.laboratory.installation import Installation
from weft.events import Event
from weft.tenant import Tenant
from workers.books import open_books
from workers.carrier import Carrier
from workers.flow import Flow
from workers.queue import Queue
from workers.run_job import Runner

E = TypeVar("E", bound=Event)
BEGAN = pytest.StashKey[datetime]()
ROUNDS = 1000  # a job that asks for itself again at once would run for ever


@dataclass(frozen=True, slots=True)
class Ran:
    """One attempt at a job: `state` is done, or waiting for another attempt, or dead, or cancelled."""

    tenant: str  # its schema
    name: str
    state: str
    attempt: int
    id: UUID


@dataclass(frozen=True, slots=True)
class Failed:
    """A job that was given up."""

    name: str
    error: str
    traceback: str
    attempts: int
    id: UUID


@dataclass(frozen=True, slots=True)
class Emitted:
    """An event as it left a transaction."""

    tenant: str
    name: str
    payload: str
    at: datetime


@dataclass(eq=False, slots=True)
class Jobs:
    """Runs jobs, through Redis and the same workers as in production."""

    runtime: Runtime
    repertoire: Repertoire
    books: Platform
    queue: Queue
    slots: int = 8  # how many jobs run at once
    runner: Runner = field(init=False)
    schedules: Schedules = field(init=False)
    emitted: list[Emitted] = field(default_factory=list)
    _ran: list[Ran] = field(default_factory=list)
    _flow: Flow = field(init=False)
    _carriers: tuple[Carrier, Carrier] = field(init=False)

    def __post_init__(self) -> None:
        platform = self.books
        self._flow = Flow(self.runtime, self.queue, Relay(platform, self.repertoire), Feeder(platform, limits=self.repertoire.limits))
        self.runner = Runner(self.runtime, platform, self.repertoire, "test")
        self.runner.on_end = self._note
        self.schedules = Schedules(self.runtime.platform, self.runtime.registry)
        short, long = (Carrier(self.queue, self.runner.deliver, long=long, slots=self.slots) for long in (False, True))
        self._carriers = (short, long)

    async def run_all(self, of: Tenant | None = None) -> list[Ran]:
        """Run everything that is due by the test's clock, schedules included, and what that asks for in turn; returns each attempt.

        With `of`, only what ran for one business is returned: others of the test run may have schedules of their own. What failed and is to
        be tried again waits for its time: move the clock on, and call this again.
        """
        self._ran.clear()
        now = self.runtime.now()
        await self.schedules.keep_up(now)
        while await self.schedules.turn(now) == self.schedules.batch:
            pass
        for _ in range(ROUNDS):
            await self.relay()
            if not await self.feed():
                return [each for each in self._ran if not isinstance(of, LiveTenant) or each.tenant == of.schema]
            await self.carry()
        raise AssertionError(f"After {ROUNDS} rounds there is still work: does a job ask for itself again?")

    async def relay(self) -> None:
        """Bring what was committed to where workers find it, and run nothing."""
        rows = await self.runtime.platform.fetch(_EVENTS)
        self.emitted += [Emitted(row["tenant"], row["name"], row["payload"], row["created_at"]) for row in rows]
        while await self._flow.relay_turn() == 0:
            pass

    async def forget(self, before: datetime) -> None:
        """Forget what was asked for before a moment and not done."""
        platform = self.runtime.platform
        await platform.execute("DELETE FROM platform.outbox WHERE created_at < $1", before)
        await platform.execute("DELETE FROM platform.job WHERE created_at < $1", before)

    async def close(self, businesses: list[LiveTenant]) -> None:
        """Suspend what a test used, so that no later one, which may move the clock, runs its schedules."""
        await self.runtime.platform.execute(
            "UPDATE platform.tenant SET state = 'suspended' WHERE id = ANY ($1) AND state = 'active'", [each.id for each in businesses]
        )

    async def failed(self, tenant: LiveTenant | None = None) -> list[Failed]:
        """Return the jobs that were given up, of one tenant or of all, oldest first."""
        rows = await self.runtime.platform.fetch(_FAILED, tenant.schema if tenant else None)
        return [Failed(**dict(row)) for row in rows]

    async def feed(self) -> bool:
        """Give what is due to Redis, and run nothing; returns whether there was any."""
        fed: list[bool] = []
        self._flow.on_fed = fed.append
        await self._flow.feeder_turn()
        return bool(fed)

    async def carry(self) -> None:
        """Run what was given to Redis."""
        await asyncio.gather(*(carrier.drain() for carrier in self._carriers))

    def _note(self, job: Claimed, state: str) -> None:
        self._ran.append(Ran(job.schema, job.name, state, job.attempt, job.id))


_EVENTS = "SELECT tenant::text, name, payload::text, created_at FROM platform.outbox WHERE kind = 'event' ORDER BY id"
_FAILED = """
SELECT name, error, traceback, attempts, id FROM platform.job WHERE state = 'dead' AND ($1::text IS NULL OR tenant = $1)
ORDER BY finished_at, id
"""


@dataclass(eq=False, slots=True)
class Events:
    """What tenants published since the test began."""

    jobs: Jobs
    since: datetime

    async def of(self, tenant: LiveTenant, kind: type[E]) -> list[E]:
        """Return a tenant's events of one kind, oldest first."""
        name = self.jobs.runtime.registry.event_names[kind]
        return [
            msgspec.json.decode(each.payload, type=kind) for each in await self._all() if (each.tenant, each.name) == (tenant.schema, name)
        ]

    async def names(self, tenant: LiveTenant) -> list[str]:
        """Return the names of all of a tenant's events, oldest first."""
        return [each.name for each in await self._all() if each.tenant == tenant.schema]

    async def _all(self) -> list[Emitted]:
        rows = await self.jobs.runtime.platform.fetch(_EVENTS)
        waiting = [Emitted(row["tenant"], row["name"], row["payload"], row["created_at"]) for row in rows]
        return [each for each in self.jobs.emitted + waiting if each.at >= self.since]


@dataclass(frozen=True, slots=True)
class Mail:
    """One letter as it was written."""

    to: str
    subject: str
    text: str
    html: str

    @property
    def links(self) -> list[str]:
        """Every address in its text."""
        return re.findall(r"https?://[^\s<>\"]+", self.text)


@dataclass(eq=False, slots=True)
class Mailbox:
    """What was mailed since the test began, whether it was delivered or not."""

    runtime: Runtime
    since: datetime

    async def all(self) -> list[Mail]:
        """Return every letter, oldest first."""
        rows = await self.runtime.platform.fetch(
            "SELECT recipient, subject, body_text, body_html FROM platform.mail WHERE created_at >= $1 ORDER BY created_at, id", self.since
        )
        return [Mail(row["recipient"], row["subject"], row["body_text"], row["body_html"]) for row in rows]

    async def to(self, recipient: str) -> list[Mail]:
        """Return the letters to one address, oldest first."""
        return [mail for mail in await self.all() if mail.to == recipient]


@asynccontextmanager
async def working(installation: Installation) -> AsyncIterator[Jobs]:
    """Yield workers for an installation, which run nothing until they are told."""
    queue = Queue.open(installation.settings)
    async with open_books(installation.settings, size=4) as books:
        yield Jobs(installation.runtime, Repertoire.of(installation.runtime.registry), books, queue)
    await queue.close()
