"""Moments: which can be had, as the operator tells, and what somebody means who types one."""

from dataclasses import astuple, dataclass
from datetime import UTC, datetime, timedelta, tzinfo
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import asyncpg

from core.platform.database import Db, Platform
from weft.errors import Invalid

SILENT = timedelta(minutes=10)  # after which nobody keeps WAL any more, whatever was told before


@dataclass(frozen=True, slots=True)
class Kept:
    """What is kept of the server's WAL; `bytes` is the room it takes."""

    days: int
    oldest_at: datetime | None
    newest_at: datetime | None
    based_at: datetime | None
    bytes: int
    trouble: str  # empty: none
    looked_at: datetime


_COLUMNS = "days, oldest_at, newest_at, based_at, bytes, trouble, looked_at"


async def kept_now(platform: Platform) -> Kept | None:
    """Return what the operator says that it keeps; none where it keeps no WAL."""
    row = await platform.fetchrow(f"SELECT {_COLUMNS} FROM platform.wal_kept WHERE looked_at > now() - $1::interval", SILENT)
    return Kept(**dict(row)) if row else None


async def tell_kept(connection: "Db[asyncpg.Record]", kept: Kept) -> None:
    """Say what is kept, for pages, metrics and `weft doctor`."""
    await connection.execute(_TOLD, *astuple(kept))


async def forget_kept(connection: "Db[asyncpg.Record]") -> None:
    """Say that nothing is kept any more."""
    await connection.execute("DELETE FROM platform.wal_kept")


_TOLD = f"""
INSERT INTO platform.wal_kept ({_COLUMNS}) VALUES ($1, $2, $3, $4, $5, $6, $7)
ON CONFLICT (only_one) DO UPDATE SET ({_COLUMNS}) = ROW(excluded.days, excluded.oldest_at, excluded.newest_at, excluded.based_at,
    excluded.bytes, excluded.trouble, excluded.looked_at)
"""


def moment_from(text: str, usual: tzinfo = UTC) -> datetime:
    """Return the moment that a text names: ISO 8601 with an offset, or followed by a zone's name, else by the clocks of `usual`.

    A second is its very beginning. Raises `Invalid` for what is no moment, and for an hour that clocks skip or show twice.
    """
    words = text.split()
    zone = usual
    if len(words) > 1 and ("/" in words[-1] or words[-1] == "UTC"):
        try:
            zone = ZoneInfo(words.pop())
        except (ZoneInfoNotFoundError, ValueError):
            raise Invalid(f"“{text}”: there is no time zone of that name. Write it like Europe/Berlin.") from None
    try:
        found = datetime.fromisoformat(" ".join(words))
    except ValueError:
        raise Invalid(f"“{text}” is no moment: write it like 2026-11-22 14:03:05 Europe/Berlin, or 2026-11-22T14:03:05+01:00.") from None
    if found.tzinfo is not None:
        return found.astimezone(UTC)
    early, late = (found.replace(tzinfo=zone, fold=fold).astimezone(UTC) for fold in (0, 1))
    if early != late:
        if early.astimezone(zone).replace(tzinfo=None) != found:
            raise Invalid(f"“{text}”: clocks skipped that hour. Say the moment in UTC.")
        raise Invalid(f"“{text}”: clocks showed that twice. Say which in UTC: {early:%Y-%m-%dT%H:%M:%SZ} or {late:%Y-%m-%dT%H:%M:%SZ}.")
    return early
