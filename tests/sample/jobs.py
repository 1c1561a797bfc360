"""What the sample plugin does outside a request: jobs whose behaviour the tests decide."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from pathlib import Path

from msgspec import Struct

from weft import Change, Job, Permission, RecordKind, RecordRef, Schedule, Subscription, Tenant, new_id

from .events import NoteWritten

NOTE = RecordKind("notes.note", "Note", "/notes/{id}", Permission("notes.note.read", "Read notes"))
Act = Callable[[Tenant, "Told"], Awaitable[None]]
ACTS: dict[str, Act] = {}  # what the jobs below do, by the name in their payload; a test puts it here


class Told(Struct, frozen=True):
    act: str = ""
    title: str = ""
    folder: str = ""


async def write(tenant: Tenant, title: str) -> None:
    """Write a note, in a transaction of its own or in the one that is open."""
    async with tenant.transaction() as db:
        note = await db.fetchval("INSERT INTO notes_note (id, title, version) VALUES ($1, $2, 1) RETURNING id", new_id(), title)
        await tenant.record(Change(RecordRef(NOTE, note, title), "written"))


async def titles(tenant: Tenant) -> list[str]:
    """Return what all notes say."""
    async with tenant.transaction() as db:
        return [row["title"] for row in await db.fetch("SELECT title FROM notes_note ORDER BY title")]


async def act(tenant: Tenant, told: Told) -> None:
    await ACTS[told.act](tenant, told)


async def write_told(tenant: Tenant, told: Told) -> None:
    await write(tenant, told.title)


async def nothing(tenant: Tenant, told: Told) -> None:
    """Do nothing, as quickly as possible."""


async def pass_gate(tenant: Tenant, told: Told) -> None:
    """Say in a file that it has begun, wait until another file is there, and write a note."""
    folder = Path(told.folder)
    with (folder / "begun").open("a") as begun:
        begun.write(f"{told.title}\n")
    await tenant.progress(1, 2, "at the gate")
    while not (folder / "open").exists():  # noqa: ASYNC110  # another process opens it
        await asyncio.sleep(0.01)
    await write(tenant, told.title)
    (folder / "passed").touch()


async def block(tenant: Tenant, told: Told) -> None:
    """Do what no job may: keep the whole process waiting."""
    (Path(told.folder) / "begun").touch()
    while not (Path(told.folder) / "open").exists():
        time.sleep(0.01)  # noqa: ASYNC251


ACT = Job(name="notes.act", title="Act", payload=Told, run=act, attempts=3)
ACT_ONCE = Job(name="notes.act_once", title="Act once", payload=Told, run=act, atomic=True, attempts=3)
ACT_BRIEFLY = Job(name="notes.act_briefly", title="Act briefly", payload=Told, run=act, attempts=1, timeout=1)
WRITE = Job(name="notes.write_note", title="Write a note", payload=Told, run=write_told, atomic=True)
PASS_GATE = Job(name="notes.pass_gate", title="Pass the gate", payload=Told, run=pass_gate)
PASS_ONCE = Job(name="notes.pass_once", title="Pass the gate once", payload=Told, run=pass_gate, atomic=True)
PASS_SLOWLY = Job(name="notes.pass_slowly", title="Pass the gate slowly", payload=Told, run=pass_gate, timeout=300)
BLOCK = Job(name="notes.block", title="Block", payload=Told, run=block, attempts=1)
NOTHING = Job(name="notes.nothing", title="Do nothing", payload=Told, run=nothing)
NOTHING_ONCE = Job(name="notes.nothing_once", title="Do nothing, once", payload=Told, run=nothing, atomic=True)
TAKE_TURNS = Job(name="notes.take_turns", title="Take turns", payload=Told, run=act, concurrency=2)
TIDY = Job(name="notes.tidy", title="Tidy up", payload=Told, run=write_told, atomic=True)

JOBS = (ACT, ACT_ONCE, ACT_BRIEFLY, WRITE, PASS_GATE, PASS_ONCE, PASS_SLOWLY, BLOCK, NOTHING, NOTHING_ONCE, TAKE_TURNS, TIDY)
SCHEDULES = (Schedule(job=TIDY, cron="30 2 * * *", payload=Told(title="tidied at night")),)


async def on_written(tenant: Tenant, event: NoteWritten) -> None:
    if then := ACTS.get(f"on {event.title}"):
        await then(tenant, Told(title=event.title))


async def count_written(tenant: Tenant, event: NoteWritten) -> None:
    await write(tenant, f"counted {event.title}")


SUBSCRIPTIONS = (Subscription(NoteWritten, on_written, "act"), Subscription(NoteWritten, count_written, "count"))
