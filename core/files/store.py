"""One storage interface for bytes: a local folder, or a bucket that speaks S3, through obstore."""

import asyncio
import hashlib
from collections.abc import AsyncIterable, AsyncIterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import obstore
import structlog
from obstore.exceptions import BaseError
from obstore.store import LocalStore, ObjectStore, from_url

from core.platform.database import Platform
from core.settings import Settings
from weft.errors import Invalid, Missing, Unavailable

Log = structlog.get_logger("weft.files")
PART = 1 << 20  # bytes read at once
SENT = 5 << 20  # bytes sent at once: the least that S3 takes as a part of a larger object
AT_ONCE = 3  # parts on their way; with `SENT` the most that a file in transit needs of memory


@dataclass(frozen=True, slots=True)
class Written:
    """What was stored: `size` in bytes, `sha256` in hexadecimal, and the first bytes, which tell what it is."""

    size: int
    sha256: str
    head: bytes


class FileStore:
    """Where the bytes of all tenants lie, each below the name of its schema."""

    def __init__(self, store: ObjectStore) -> None:
        self.store = store
        self.shrinking = asyncio.Semaphore(2)  # how many pictures are made small at once

    @classmethod
    def open(cls, settings: Settings) -> "FileStore":
        """Open the folder or bucket that the settings name; a bucket's region and credentials come from the usual AWS_ variables."""
        if settings.files_url:
            return cls(from_url(settings.files_url))
        folder = settings.data_dir.resolve() / "files"
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        return cls(LocalStore(folder))

    async def write(self, path: str, content: bytes | AsyncIterable[bytes], limit: int | None = None) -> Written:
        """Store bytes, whole or not at all.

        Raises `Invalid` beyond `limit` bytes, `Unavailable` when the store does not take them, and whatever `content` raises.
        """
        counted = _Counted(content, limit)
        try:
            await obstore.put_async(self.store, path, counted.parts(), chunk_size=SENT, max_concurrency=AT_ONCE)
        except BaseError as why:
            Log.exception("bytes could not be stored", path=path)
            raise Unavailable("The file could not be stored: the storage does not take it at the moment. Please try again.") from why
        return Written(counted.size, counted.digest.hexdigest(), counted.head)

    async def read(self, path: str) -> AsyncIterator[bytes]:
        """Yield bytes; raises `Missing`, and `Unavailable` when the store does not answer."""
        try:
            found = await obstore.get_async(self.store, path)
            async for part in found.stream(min_chunk_size=PART):
                yield bytes(part)
        except FileNotFoundError:
            raise Missing("The file's content is no longer there.") from None
        except BaseError as why:
            raise Unavailable("The file could not be read: the storage does not answer at the moment. Please try again.") from why

    async def delete(self, *paths: str) -> None:
        """Delete bytes; none there is fine."""
        for path in paths:
            try:
                await obstore.delete_async(self.store, path)
            except FileNotFoundError:
                continue

    async def sweep(self, platform: Platform, age: timedelta, batch: int = 1000) -> int:
        """Delete bytes that became waste longer than `age` ago; returns how many rows that emptied.

        Their rows stay locked meanwhile: a transaction that would still make a file of them waits, and then finds them gone.
        """
        async with platform.transaction() as db:
            rows: list[Any] = await db.fetch(_WASTE, age, batch)
            paths = [row["path"] for row in rows]
            if paths:
                await self.delete(*paths)
                await db.execute("DELETE FROM platform.file_waste WHERE path = ANY ($1)", paths)
        return len(paths)


_WASTE = "SELECT path FROM platform.file_waste WHERE at < now() - $1::interval ORDER BY at LIMIT $2 FOR UPDATE SKIP LOCKED"


class _Counted:
    """Counts, hashes and limits bytes on their way."""

    def __init__(self, content: bytes | AsyncIterable[bytes], limit: int | None) -> None:
        self._content = content
        self._limit = limit
        self.size = 0
        self.digest = hashlib.sha256()
        self.head = b""

    async def parts(self) -> AsyncIterator[bytes]:
        if isinstance(self._content, bytes):
            yield self._take(self._content)
        else:
            async for part in self._content:
                if part:
                    yield self._take(part)

    def _take(self, part: bytes) -> bytes:
        self.size += len(part)
        if self._limit is not None and self.size > self._limit:
            raise Invalid(f"The file is larger than {told(self._limit)}, which is the most that is taken here.")
        if len(self.head) < PART:
            self.head += part[: PART - len(self.head)]
        self.digest.update(part)
        return part


def told(size: int) -> str:
    """Return a number of bytes as people say it, such as “25 MB”."""
    for unit, least in (("GB", 10**9), ("MB", 10**6), ("kB", 10**3)):
        if size >= least:
            return f"{size / least:.1f}".removesuffix(".0") + f" {unit}"
    return f"{size} bytes"
