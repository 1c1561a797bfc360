"""Which business lives in which cell, as the home cell's catalogue says; kept until that tells of a change."""

import asyncio
from collections import OrderedDict
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime

import asyncpg

from core.cells.servers import HOME
from core.platform.changes import Changes
from core.platform.database import Platform
from weft.errors import Invalid

LEFT_OVER = 3600  # seconds after which an address that was reserved, and never used, is free again


@dataclass(frozen=True, slots=True)
class Residence:
    """Where a business lives; until `held_until` it is about to be somewhere else."""

    cell: str
    held_until: datetime | None = None

    def held(self) -> float:
        """Return how many seconds requests have to wait at most."""
        return max(0.0, (self.held_until - datetime.now(UTC)).total_seconds()) if self.held_until else 0.0


class Directory:
    """Looks businesses up in the home cell."""

    def __init__(self, platform: Platform, changes: Changes, *, keep: int = 20_000) -> None:
        self._platform = platform
        self._changes = changes
        self._keep = keep
        self._known: OrderedDict[str, Residence] = OrderedDict()
        self._generation = 0
        self._news: dict[str, asyncio.Event] = {}
        changes.subscribe(self._forget)

    async def where(self, slug: str) -> Residence | None:
        """Return where a business lives; asks the database only when that has changed."""
        if self._changes.alive and (known := self._known.get(slug)):
            self._known.move_to_end(slug)
            return known
        before = self._generation
        row = await self._platform.fetchrow("SELECT cell, held_until FROM platform.residence WHERE slug = $1", slug)
        found = Residence(row["cell"], row["held_until"]) if row else None
        if found and self._changes.alive and before == self._generation:
            self._known[slug] = found
            if len(self._known) > self._keep:
                self._known.popitem(last=False)
        return found

    async def settled(self, slug: str) -> Residence | None:
        """Return where a business lives, once it is not on its way any more; as it is when that takes too long."""
        while True:
            before = self._generation
            found = await self.where(slug)
            if found is None or not (wait := found.held()):
                return found
            if before == self._generation:
                news = self._news.setdefault(slug, asyncio.Event())
                with suppress(TimeoutError):
                    await asyncio.wait_for(news.wait(), min(wait, 0.5))  # a notice may be lost with its connection
            self._known.pop(slug, None)

    def _forget(self, kind: str, key: str) -> None:
        if kind not in ("everything", "residence"):
            return
        self._generation += 1
        if kind == "everything":
            self._known.clear()
            for news in self._news.values():
                news.set()
            self._news.clear()
        else:
            self._known.pop(key, None)
            if key in self._news:
                self._news.pop(key).set()


async def closed_cells(platform: Platform) -> frozenset[str]:
    """Return the cells that take no new businesses; one that nobody said anything of is open."""
    return frozenset(row["name"] for row in await platform.fetch("SELECT name FROM platform.cell WHERE NOT open"))


async def businesses_in(platform: Platform) -> int:
    """Return how many businesses live in a cell, asked there."""
    return int(await platform.fetchval("SELECT count(*) FROM platform.tenant WHERE state IN ('active', 'suspended', 'deleting')"))


@asynccontextmanager
async def reserved(home: Platform, cell: str, slug: str) -> AsyncIterator[None]:
    """Take an address for a business of another cell than the home cell; given back when the block fails.

    Raises `Invalid` for one that is taken. Where a process dies in the block, `free_left_over` gives it back.
    """
    try:
        await home.execute("INSERT INTO platform.residence (slug, cell) VALUES ($1, $2)", slug, cell)
    except asyncpg.UniqueViolationError:
        raise Invalid.field("slug", f"The address “{slug}” is taken: choose another.") from None
    try:
        yield
    except BaseException:
        await asyncio.shield(home.execute("DELETE FROM platform.residence WHERE slug = $1 AND cell = $2 AND cell <> $3", slug, cell, HOME))
        raise


async def free_left_over(home: Platform, cell: str, here: Platform) -> list[str]:
    """Give back the addresses of a cell that none of its businesses has, but for those of the last hour; returns them."""
    rows = await home.fetch(_OLD, cell, float(LEFT_OVER))
    wanted = [row["slug"] for row in rows]
    if not wanted:
        return []
    lived = {row["slug"] for row in await here.fetch("SELECT slug FROM platform.tenant WHERE slug = ANY ($1)", wanted)}
    gone = [slug for slug in wanted if slug not in lived]
    if gone:
        await home.execute("DELETE FROM platform.residence WHERE slug = ANY ($1) AND cell = $2 AND held_until IS NULL", gone, cell)
    return gone


_OLD = """
SELECT slug FROM platform.residence WHERE cell = $1 AND cell <> 'main' AND held_until IS NULL AND since < now() - make_interval(secs => $2)
"""
