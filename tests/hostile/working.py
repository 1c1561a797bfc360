"""Two more broken plugins: one whose work behind the pages fails, one whose routes are open to the whole world."""

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import suppress
from types import MappingProxyType
from typing import Any, ClassVar
from uuid import UUID

import msgspec
from litestar import get
from litestar.params import FromPath
from litestar.types import ControllerRouterHandler

from weft import (
    Change,
    Event,
    Importer,
    Job,
    Numbered,
    Outcome,
    Permission,
    Plugin,
    RecordKind,
    RecordRef,
    Report,
    ReportColumn,
    ReportRow,
    RowProblem,
    Subscription,
    Tenant,
    Written,
    for_everyone,
    hookimpl,
    new_id,
)

SEEN = Permission("works.see", "See what works does")
DONE = RecordKind("works.done", "Done", "/works/{id}", SEEN)


class Payload(msgspec.Struct, frozen=True):
    """What its jobs are told."""

    title: str = ""


class Happened(Event, frozen=True):
    """What it tells itself of."""

    title: str = ""


class Line(msgspec.Struct, frozen=True):
    """A row of its files."""

    title: str = ""


class Nothing(msgspec.Struct, frozen=True):
    """Its report asks nothing."""


class Works(Plugin):
    """Whatever it does behind the pages fails, until it is `sound`; then it says in the audit log what it did."""

    key = "works"
    title = "Works"
    version = "1.0"
    sound: ClassVar[bool] = False
    calls: ClassVar[list[str]] = []
    let_go: ClassVar[asyncio.Event | None] = None  # what ends the job that heeds nothing

    async def act(self, tenant: Tenant, title: str) -> None:
        """Fail, or say that it was done."""
        self.calls.append(title)
        if not self.sound:
            raise ZeroDivisionError(title)
        async with tenant.transaction():
            await tenant.record(Change(RecordRef(DONE, new_id(), title), "did"))

    async def run(self, tenant: Tenant, payload: Payload) -> None:
        await self.act(tenant, payload.title)

    async def poisoned(self, tenant: Tenant, payload: Payload) -> None:
        """Fail at one payload alone."""
        if payload.title == "poison":
            raise ZeroDivisionError(payload.title)

    async def hang(self, tenant: Tenant, payload: Payload) -> None:
        """Heed no cancellation."""
        assert self.let_go is not None
        while not self.let_go.is_set():
            with suppress(asyncio.CancelledError):
                await self.let_go.wait()

    async def trespass(self, tenant: Tenant, payload: Payload) -> None:
        """Write to another's table, and hide it."""
        async with tenant.transaction() as db:
            await tenant.record(Change(RecordRef(DONE, new_id(), "a trespass"), "did"))
            with suppress(Exception):
                await db.execute("UPDATE contacts_party SET name = 'taken over'")

    async def heard(self, tenant: Tenant, event: Happened) -> None:
        await self.act(tenant, event.title)

    async def write(self, tenant: Tenant, rows: Sequence[Numbered[Line]], options: Mapping[str, str]) -> Outcome:
        self.calls.append("import")
        if not self.sound:
            raise ZeroDivisionError("import")
        return Outcome(written=[Written(row.row, new_id(), "created") for row in rows])

    async def undo(self, tenant: Tenant, records: Sequence[Written]) -> Sequence[RowProblem]:
        return []

    async def rows(self, tenant: Tenant, parameters: Nothing) -> AsyncIterator[ReportRow]:
        self.calls.append("report")
        yield ReportRow({"title": "a good row"})
        async with tenant.transaction() as db:
            await db.fetchval("SELECT 1 / $1::integer", int(self.sound))

    @hookimpl
    def permissions(self) -> Sequence[Permission]:
        return [SEEN]

    @hookimpl
    def records(self) -> Sequence[RecordKind]:
        return [DONE]

    @hookimpl
    def events(self) -> Sequence[type[Event]]:
        return [Happened]

    @hookimpl
    def jobs(self) -> Sequence[Job[Any]]:
        return [RUN, POISONED, HANG, TRESPASS]

    @hookimpl
    def subscriptions(self) -> Sequence[Subscription[Any]]:
        return [Subscription(name="heard", event=Happened, handle=self.heard)]

    @hookimpl
    def importers(self) -> Sequence[Importer[Any]]:
        return [Importer(name="works.lines", title="Lines", permission=SEEN, row=Line, write=self.write, undo=self.undo)]

    @hookimpl
    def reports(self) -> Sequence[Report[Any]]:
        columns = (ReportColumn(key="title", title="Title"),)
        return [Report(name="works.figures", title="Figures", permission=SEEN, parameters=Nothing, columns=columns, rows=self.rows)]


works = Works()
RUN = Job(name="works.run", title="Run it", payload=Payload, run=works.run, attempts=3)
POISONED = Job(name="works.poisoned", title="Run what may be poisoned", payload=Payload, run=works.poisoned, attempts=5)
HANG = Job(name="works.hang", title="Hang", payload=Payload, run=works.hang, attempts=1, timeout=1)
TRESPASS = Job(name="works.trespass", title="Trespass", payload=Payload, run=works.trespass, attempts=1, atomic=True)


@get("/")
async def for_the_whole_world() -> str:
    """Say nothing of who may see this."""
    return "secret"


@get("/{one:uuid}/{one:uuid}", guards=[for_everyone("it is never reached")])
async def twice(one: FromPath[UUID]) -> str:
    """Take a path that no framework can serve."""
    return str(one)


class Unguarded(Plugin):
    key = "unguarded"
    title = "Unguarded"
    version = "1.0"

    @hookimpl
    def routes(self) -> Sequence[ControllerRouterHandler]:
        return [for_the_whole_world]


class Unroutable(Plugin):
    """Its routes are such that the framework refuses them."""

    key = "unroutable"
    title = "Unroutable"
    version = "1.0"

    @hookimpl
    def routes(self) -> Sequence[ControllerRouterHandler]:
        return [twice]


class Leaning(Plugin):
    """Sound by itself, and of no use without one that is not."""

    key = "leaning"
    title = "Leaning"
    version = "1.0"
    requires = MappingProxyType({"unguarded": ">=1"})
