"""Keeps the WAL of an installation: takes in what its server lays down, makes a base backup a day, and removes what is no longer needed."""

import asyncio
import shutil
import time
from datetime import datetime, timedelta
from pathlib import Path

import asyncpg
import structlog

from infra.servers.errors import ServerError
from infra.wal.bases import CANNOT_ARCHIVE, make_base
from infra.wal.names import Base, expired, kept, spans_of
from infra.wal.past import WalPast
from tenants.backups.moments import Kept, tell_kept
from tenants.provisioner import Provisioner
from tenants.turns import only_one
from weft.errors import WeftError

Log = structlog.get_logger("weft.wal")
EVERY = timedelta(days=1)  # from one base backup to the next
AGAIN = timedelta(hours=1)  # after one that failed
PAUSE = 10.0  # seconds between two looks
ARCHIVER = f"SELECT last_failed_wal, failing FROM pg_stat_archiver, LATERAL ({CANNOT_ARCHIVE}) found (failing)"
LEFT = 3600.0  # seconds after which what is half written was left by somebody who is gone


class WalKeeper:
    """Does what is due. Any number may run at once: one of them does it."""

    def __init__(self, past: WalPast, provisioner: Provisioner, days: int) -> None:
        self._past, self._provisioner, self._days = past, provisioner, days
        self._failed: float | None = None  # when a base backup failed last, by the clock that never jumps
        self._trouble = ""

    async def run(self, stop: asyncio.Event) -> None:
        """Work until `stop` is set."""
        await asyncio.to_thread(self._past.shelf.make)
        await asyncio.to_thread(self._past.sweep)
        while not stop.is_set():
            try:
                await self.look()
            except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError) as wrong:
                Log.warning("WAL could not be looked after", error=f"{type(wrong).__name__}: {wrong}")
            except Exception:
                Log.exception("WAL could not be looked after")
            try:
                await asyncio.wait_for(stop.wait(), PAUSE)
            except TimeoutError:
                continue

    async def look(self) -> Kept | None:
        """Do what is due, and tell how things are; none when another keeper is at it."""
        async with only_one(self._provisioner, "wal") as mine:
            if not mine:
                return None
            trouble = await self._take_in() or await self._archiver()
            if not trouble and await self._is_base_due():
                self._trouble = await self._base()
            await asyncio.to_thread(self._tidy)
            found = await self._told(trouble or self._trouble)
            async with self._provisioner.as_owner() as connection:
                await tell_kept(connection, found)
            return found

    async def _take_in(self) -> str:
        try:
            await asyncio.to_thread(self._past.shelf.take_in)
        except (WeftError, OSError) as wrong:
            Log.error("a WAL segment cannot be kept", error=f"{wrong}")
            return f"A WAL segment cannot be kept: {wrong}"
        return ""

    async def _archiver(self) -> str:
        async with self._provisioner.pool.acquire() as connection:
            row = await connection.fetchrow(ARCHIVER)
        if row is None or not row["failing"]:
            return ""
        Log.error("the server cannot archive its WAL", segment=row["last_failed_wal"])
        return f"The server cannot archive {row['last_failed_wal']}: its log says why. Until it can, it keeps all WAL on its own disk."

    async def _is_base_due(self) -> bool:
        """Tell whether the newest base backup is a day old, or a gap in the WAL behind it makes it lead nowhere."""
        if self._failed is not None and time.monotonic() - self._failed < AGAIN.total_seconds():
            return False
        found = await self._past.reaches()
        return not found or not found[-1].whole or await self._past.now() - found[-1].base.began >= EVERY

    async def _base(self) -> str:
        try:
            base = await make_base(self._past.shelf, self._past.live, self._past.binaries)
        except (WeftError, ServerError, OSError, asyncpg.PostgresError, asyncpg.InterfaceError) as wrong:
            self._failed = time.monotonic()
            Log.error("a base backup could not be made", error=f"{wrong}")
            return f"{wrong}"
        self._failed = None
        await asyncio.to_thread(self._past.shelf.take_in)
        Log.info("a base backup is made", name=base.name, bytes=base.size)
        await asyncio.to_thread(self._expire, (await self._past.now()) - timedelta(days=self._days))
        return ""

    def _expire(self, horizon: datetime) -> None:
        """Remove what nobody can want any more: base backups first, then the WAL before the oldest that is left."""
        shelf = self._past.shelf
        bases = shelf.bases()
        keep = kept(bases, horizon)
        for each in bases:
            if each not in keep:
                shelf.remove_base(each)
        for name in expired(shelf.names(), keep):
            shelf.remove(name)

    def _tidy(self) -> None:
        """Remove what was half written by somebody who was killed; base backups are made by whoever holds the turn, which we do."""
        shelf = self._past.shelf
        for each in shelf.bases_folder.iterdir():
            if each.suffix in (".part", ".gone"):
                shutil.rmtree(each, ignore_errors=True)
        for each in (*shelf.segments.glob(".*"), *shelf.incoming.glob("archtemp.*"), *shelf.folder.glob(".system.*")):
            if _age(each) > LEFT:
                each.unlink(missing_ok=True)

    async def _told(self, trouble: str) -> Kept:
        found = await self._past.reaches()
        spans = spans_of(found)
        newest: Base | None = found[-1].base if found else None
        archived = max(self._past.shelf.archived().values(), default=None)
        size = await asyncio.to_thread(self._past.shelf.bytes)
        return Kept(
            days=self._days,
            oldest_at=spans[-1][0] if spans else None,
            newest_at=archived,
            based_at=newest.ended if newest else None,
            bytes=size,
            trouble=trouble[:1000],
            looked_at=await self._past.now(),
        )


def _age(path: Path) -> float:
    try:
        return time.time() - path.stat().st_mtime
    except OSError:
        return 0.0
