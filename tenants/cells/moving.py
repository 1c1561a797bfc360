"""Moves a business to another server while it works there: `weft tenant move`.

Until the business is `gone` where it was, everything can be taken back, and is when the mover fails or finds what another left behind.
From then on there is only forward: what is left to do is done there, in one transaction, and may be done by whoever calls this again.
"""

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta

import asyncpg

from core.audit.trail import write_entry
from core.cells.servers import HOME
from core.people.tokens import COMMAND
from core.settings import Settings
from core.tenancy.catalogue import TenantRecord
from tenants.cells import arriving, comparing, copying, freezing
from tenants.cells.sides import Side, Trip, sides
from tenants.life import KIND, purge
from tenants.modules import Modules
from tenants.roles import OWNER
from weft.errors import Conflict, Missing, Unavailable
from weft.ids import new_id

Told = Callable[[str], None]
KEPT = timedelta(days=7)  # how long what is left behind is kept
HOLD = timedelta(seconds=10)  # how long requests wait at most
_CLASS = 7733  # of the advisory lock: one business moves at a time


@dataclass(frozen=True, slots=True)
class Moved:
    """What a move came to: `held_ms` is how long requests waited, none where it was begun by another mover that died."""

    slug: str
    source: str
    target: str
    held_ms: int | None
    tables: int
    rows: int
    differing: tuple[str, ...] = ()


async def move(settings: Settings, modules: Modules, slug: str, target: str, told: Told = lambda step: None) -> Moved:
    """Move a business to another cell; begun again after a crash, it takes back or goes on with what was begun.

    Raises `Missing`, `Conflict` and `Unavailable` with the reason; nothing has changed then.
    """
    if target not in settings.cell_names:
        raise Missing(f"There is no cell “{target}”, only {', '.join(settings.cell_names)}.")
    async with _one_at_a_time(settings, modules, slug, target) as (all_sides, begun):
        if begun and (trip := _trip(all_sides, modules, begun)) and await _gone(trip):
            return await _arrive(trip, None, told)
        if begun:
            told("taking back what was begun")
            await _take_back(_trip(all_sides, modules, begun), "begun anew")
        home = all_sides[HOME]
        row = await home.admin.fetchrow("SELECT cell FROM platform.residence WHERE slug = $1", slug)
        if row is None:
            raise Missing(f"There is no business “{slug}”. `weft tenant list` shows those that are.")
        source = all_sides[row["cell"]]
        if source.name == target:
            raise Conflict(f"{slug} lives in {target} already.")
        record = await source.runtime.catalogue.by_slug(slug)
        if record is None:
            raise Missing(f"{source.name} has no business “{slug}”, though the directory says so: run `weft doctor` there.")
        trip = Trip(new_id(), record.id, slug, record.schema, home, source, all_sides[target], modules)
        await _check(trip, record)
        await _begin(trip)
        try:
            began = await _carry(trip, told)
        except BaseException as wrong:
            await asyncio.shield(_take_back(trip, f"{type(wrong).__name__}: {wrong}"))
            raise
        return await _arrive(trip, began, told)


async def undo(settings: Settings, modules: Modules, slug: str, told: Told = lambda step: None) -> str:
    """Take back what a mover that died had begun, or finish it where the business is gone already; returns the cell where it lives."""
    async with _one_at_a_time(settings, modules, slug, "") as (all_sides, begun):
        if begun is None:
            raise Missing(f"No move of “{slug}” was begun and left unfinished.")
        trip = _trip(all_sides, modules, begun)
        if await _gone(trip):
            return (await _arrive(trip, None, told)).target
        await _take_back(trip, "taken back")
        return trip.source.name


@asynccontextmanager
async def _one_at_a_time(
    settings: Settings, modules: Modules, slug: str, target: str
) -> "AsyncIterator[tuple[dict[str, Side], asyncpg.Record | None]]":
    """Connect to the cells that matter, with no other mover at work, and yield them with the move of the business that is unfinished."""
    async with sides(settings, modules) as alone:
        lived = await alone[HOME].admin.fetchval("SELECT cell FROM platform.residence WHERE slug = $1", slug)
        begun = await alone[HOME].admin.fetchrow(_UNFINISHED, slug)
    names = {each for each in (target, lived, begun and begun["source"], begun and begun["target"]) if each}
    async with sides(settings, modules, *sorted(names)) as opened:
        lock, end = opened[HOME].admin, time.monotonic() + 10
        while not await lock.fetchval("SELECT pg_try_advisory_lock($1, 1)", _CLASS):
            if time.monotonic() > end:
                raise Conflict("Another business is being moved: wait until that is done.")
            await asyncio.sleep(0.1)
        for side in opened.values():
            await copying.end_others(side)
        yield opened, await lock.fetchrow(_UNFINISHED, slug)


_UNFINISHED = "SELECT * FROM platform.move WHERE slug = $1 AND state IN ('moving', 'arrived')"


def _trip(all_sides: dict[str, Side], modules: Modules, row: asyncpg.Record) -> Trip:
    source, target = all_sides[row["source"]], all_sides[row["target"]]
    return Trip(row["id"], row["business"], row["slug"], row["schema"], all_sides[HOME], source, target, modules)


async def _gone(trip: Trip) -> bool:
    return bool(await trip.source.admin.fetchval("SELECT moving = 'gone' FROM platform.tenant WHERE id = $1", trip.tenant_id))


async def _check(trip: Trip, record: TenantRecord) -> None:
    """Raise `Conflict` for what stands in the way."""
    if record.state not in ("active", "suspended"):
        raise Conflict(f"{trip.slug} is {record.state}, and only a business that is open or suspended moves.")
    for side in (trip.source, trip.target):
        if await side.admin.fetchval("SHOW wal_level") != "logical":
            raise Conflict(f"The PostgreSQL of {side.name} runs with another wal_level than logical, which replication needs: set it.")
    steps = [
        await side.admin.fetchval("SELECT array_agg(name ORDER BY name) FROM platform.schema_step") for side in (trip.source, trip.target)
    ]
    if steps[0] != steps[1]:
        raise Conflict("The two cells are not of one version: run `weft migrate` for both first.")
    if await trip.source.admin.fetchval(_TRASH, record.schema):
        raise Conflict("A removed module of it waits in the trash, which cannot travel: take it back, or wait until it is erased.")
    if await trip.source.admin.fetchval(_ASKED, record.id):
        raise Conflict("The operator is at work for it: wait until that is done.")
    left = await trip.target.admin.fetchrow("SELECT id, moving FROM platform.tenant WHERE id = $1", record.id)
    if left and left["moving"] != "gone":
        raise Conflict(f"{trip.target.name} has a business of that id already.")
    if left:  # it lived there before, and what it left then is in the way
        async with trip.target.provisioner.as_owner() as db:
            await db.execute("UPDATE platform.tenant SET delete_after = now() WHERE id = $1", record.id)
        await purge(trip.target.provisioner, record.id)


_TRASH = "SELECT true FROM platform.module_trash WHERE tenant = $1 AND state = 'kept' LIMIT 1"
_ASKED = "SELECT true FROM platform.operation WHERE tenant_id = $1 AND state IN ('waiting', 'running') LIMIT 1"


async def _begin(trip: Trip) -> None:
    async with trip.source.provisioner.as_owner() as db:
        await db.execute("UPDATE platform.tenant SET moving = 'copying' WHERE id = $1", trip.tenant_id)
    facts = (trip.id, trip.slug, trip.schema, trip.tenant_id, trip.source.name, trip.target.name)
    sql = "INSERT INTO platform.move (id, slug, schema, business, source, target) VALUES ($1, $2, $3, $4, $5, $6)"
    await trip.home.admin.execute(sql, *facts)


async def _carry(trip: Trip, told: Told) -> float:
    """Copy, follow, and leave; returns when requests began to wait, by the clock of this process."""
    told("building")
    await copying.build(trip)
    await arriving.make_room(trip)
    told("copying")
    await copying.replicate(trip)
    await copying.caught_up(trip)
    told("letting jobs end")
    await freezing.drain(trip)
    await copying.passed(trip)
    told("holding")
    began = time.perf_counter()
    await _hold(trip)
    told("freezing")
    await freezing.freeze(trip)
    await freezing.lock(trip)
    await copying.passed(trip, patience=BEHIND)
    told("taking along")
    await comparing.look(trip)
    await arriving.stage(trip)
    await arriving.rehearse(trip)
    told("cutting the link")
    await copying.unsubscribe(trip)
    told("leaving")
    await freezing.leave(trip)
    return began


async def _hold(trip: Trip) -> None:
    """Have the web's processes keep requests waiting, and let those end that are under way."""
    sql = "UPDATE platform.residence SET held_until = clock_timestamp() + $2::interval WHERE slug = $1"
    await trip.home.admin.execute(sql, trip.slug, HOLD)
    await trip.home.runtime.changes.catch_up(trip.home.runtime.platform)
    await asyncio.sleep(GRACE)


BEHIND = 5.0  # seconds that replication may be behind while requests wait
GRACE = 0.05  # seconds for requests that are under way; who takes longer is told to try again


async def _arrive(trip: Trip, began: float | None, told: Told) -> Moved:
    """Begin there, tell everybody, and look whether all is there; may be done again."""
    admin = trip.target.admin
    told("arriving")
    if await admin.fetchval("SELECT state = 'building' FROM platform.tenant WHERE id = $1", trip.tenant_id):
        if not trip.source.witness.is_in_transaction():  # a mover that died had looked, and nobody wrote since
            await comparing.look(trip)
        await trip.home.admin.execute("UPDATE platform.residence SET cell = $2, since = now() WHERE slug = $1", trip.slug, trip.target.name)
        await arriving.settle_in(trip)
        told("at home")
        isolation = await trip.source.admin.fetchval("SELECT isolation FROM platform.tenant WHERE id = $1", trip.tenant_id)
        await arriving.isolate_there(trip, isolation)
        async with trip.target.runtime.platform.transaction() as db:
            cells = {"cell": trip.source.name}, {"cell": trip.target.name}
            await write_entry(db, trip.schema, COMMAND, "moved", KIND, trip.slug, record=trip.tenant_id, before=cells[0], after=cells[1])
    told("opening")
    await trip.home.admin.execute("UPDATE platform.residence SET held_until = NULL WHERE slug = $1", trip.slug)
    held = round((time.perf_counter() - began) * 1000) if began else None
    await trip.home.admin.execute("UPDATE platform.move SET state = 'arrived', held_ms = $2 WHERE id = $1", trip.id, held)
    told("comparing")
    return await _finish(trip, held)


async def _finish(trip: Trip, held: int | None) -> Moved:
    """Compare, put the tools away, and say how long what was left behind is kept: for good, where the two differ or nobody could look."""
    looked = trip.source.witness.is_in_transaction()
    found = await comparing.compare(trip) if looked else comparing.Compared(0, 0, ())
    await copying.unsubscribe(trip)
    await copying.unpublish(trip)
    fine = looked and not found.differing
    note = "" if fine else f"They differ: {', '.join(found.differing)}" if looked else "Begun by a mover that died, and not compared."
    if fine:
        async with trip.source.provisioner.as_owner() as db:
            await db.execute("UPDATE platform.tenant SET delete_after = now() + $2::interval WHERE id = $1", trip.tenant_id, KEPT)
    sql = "UPDATE platform.move SET state = $2, note = $3, tables = $4, rows = $5, finished_at = now() WHERE id = $1"
    await trip.home.admin.execute(sql, trip.id, "done" if fine else "doubtful", note[:2000], found.tables, found.rows)
    return Moved(trip.slug, trip.source.name, trip.target.name, held, found.tables, found.rows, found.differing)


async def _take_back(trip: Trip, why: str) -> None:
    """Let the business go on where it is, and leave nothing of the move behind; may be done again."""
    if await _gone(trip):
        raise Unavailable(
            f"{trip.slug} has left {trip.source.name} and not begun in {trip.target.name} yet: say the same again to finish it."
        )
    await comparing.forget(trip.source, trip.target)
    await freezing.thaw(trip)
    await trip.home.admin.execute("UPDATE platform.residence SET held_until = NULL WHERE slug = $1", trip.slug)
    await copying.unsubscribe(trip)
    await copying.unpublish(trip)
    await copying.erase_there(trip)
    async with trip.source.provisioner.transaction() as db:
        await db.execute(f"SET LOCAL ROLE {OWNER}")
        await db.execute(f"DROP TABLE IF EXISTS {trip.schema}.weft_mark")
    sql = "UPDATE platform.move SET state = 'undone', note = $2, finished_at = now() WHERE id = $1"
    await trip.home.admin.execute(sql, trip.id, why[:2000])
