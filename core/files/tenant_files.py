"""The files of one tenant: bytes in the store, facts in the tenant's transaction."""

import asyncio
from collections.abc import AsyncIterable, AsyncIterator
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING
from uuid import UUID

from core.files.kinds import PICTURES, safe_name, true_type
from core.files.store import FileStore
from core.files.thumbnails import LARGEST, thumbnail
from core.platform.database import Platform
from weft.errors import Invalid, Missing, Unavailable
from weft.files import Files, StoredFile
from weft.ids import new_id

if TYPE_CHECKING:
    from core.tenancy.tenant import LiveTenant


@dataclass(frozen=True, slots=True)
class Staged:
    """Bytes that are stored, and thrown away unless `TenantFiles.keep()` makes a file of them within a day."""

    id: UUID
    size: int
    sha256: str
    head: bytes


class TenantFiles(Files):
    """The files of one tenant."""

    def __init__(self, store: FileStore, platform: Platform, tenant: "LiveTenant") -> None:
        self._store = store
        self._platform = platform
        self._tenant = tenant

    async def put(self, name: str, media_type: str, content: bytes | AsyncIterable[bytes], *, limit: int | None = None) -> StoredFile:
        """Store the bytes, then the facts in the open transaction; when that rolls back the bytes go too."""
        self._tenant.scope("Storing a file")
        return await self.keep(await self.stage(content, limit=limit), name, media_type)

    async def stage(self, content: bytes | AsyncIterable[bytes], *, limit: int | None = None) -> Staged:
        """Store bytes outside of any transaction, since those that somebody sends over a slow line would keep one open for too long.

        They are announced first, so that they are swept up when this process dies. Raises `Invalid` beyond `limit` bytes.
        """
        file_id = new_id()
        path = self._path(file_id)
        await self._platform.execute(_ANNOUNCE, path, self._tenant.schema)
        try:
            written = await self._store.write(path, content, limit)
        except BaseException:
            await self._platform.execute("DELETE FROM platform.file_waste WHERE path = $1", path)
            raise
        return Staged(file_id, written.size, written.sha256, written.head)

    async def keep(self, staged: Staged, name: str, media_type: str) -> StoredFile:
        """Make a file of staged bytes, in the open transaction; raises `Unavailable` when they were swept up meanwhile."""
        scope = self._tenant.scope("Storing a file")
        path = self._path(staged.id)

        async def undo() -> None:
            await self._store.delete(path)

        scope.afterwards.on_rollback.append(undo)
        row = await scope.connection.fetchrow(
            _KEEP, staged.id, safe_name(name), true_type(staged.head, media_type), staged.size, staged.sha256, path
        )
        if row is None:
            raise Unavailable("The upload took too long and was thrown away. Please send the file again.")
        return StoredFile(**dict(row))

    def read_staged(self, staged: Staged) -> AsyncIterator[bytes]:
        """Yield the bytes of what may become a file."""
        return self._store.read(self._path(staged.id))

    async def discard(self, staged: Staged) -> None:
        """Throw staged bytes away."""
        path = self._path(staged.id)
        await self._store.delete(path)
        await self._platform.execute("DELETE FROM platform.file_waste WHERE path = $1", path)

    async def find(self, file_id: UUID) -> StoredFile:
        """Return the facts of a file."""
        async with self._tenant.transaction() as db:
            row = await db.fetchrow(f"SELECT {_FACTS} FROM platform.file WHERE id = $1", file_id)
        if row is None:
            raise Missing("There is no such file.")
        return StoredFile(**dict(row.items()))

    async def read(self, file_id: UUID) -> AsyncIterator[bytes]:
        """Yield the bytes of a file of this tenant."""
        await self.find(file_id)
        async for part in self._store.read(self._path(file_id)):
            yield part

    async def thumbnail(self, file_id: UUID) -> bytes:
        """Return a picture made small, as WEBP; made once and kept. Raises `Missing`, and `Invalid` for what is no picture."""
        file = await self.find(file_id)
        if file.media_type not in PICTURES or file.size > LARGEST:
            raise Invalid("This file is not a picture that can be shown small.")
        path = self._path(file_id)
        with suppress(Missing):
            return b"".join([part async for part in self._store.read(f"{path}.thumb")])
        async with self._store.shrinking:
            content = b"".join([part async for part in self._store.read(path)])
            small = await asyncio.to_thread(thumbnail, content)
        await self._store.write(f"{path}.thumb", small)
        try:
            await self.find(file_id)
        except Missing:  # removed while it was being made small: whoever did that could not know of this
            await self._store.delete(f"{path}.thumb")
            raise
        return small

    async def remove(self, file_id: UUID) -> None:
        """Forget a file; its bytes go once the transaction has committed, and the sweeper takes them after a crash in between."""
        scope = self._tenant.scope("Removing a file")
        paths = [self._path(file_id), f"{self._path(file_id)}.thumb"]
        await scope.internal("DELETE FROM platform.file WHERE id = $1", file_id)
        await scope.internal("INSERT INTO platform.file_waste (path) SELECT unnest($1::text[]) ON CONFLICT DO NOTHING", paths)

        async def clean() -> None:
            await self._store.delete(*paths)

        scope.afterwards.on_commit.append(clean)

    def _path(self, file_id: UUID) -> str:
        return f"{self._tenant.schema}/{file_id}"


_FACTS = "id, name, media_type, size, sha256, created_at"
_ANNOUNCE = "INSERT INTO platform.file_waste (path, tenant, at) VALUES ($1, $2, now() + interval '1 day')"
_KEEP = f"""
WITH taken AS (DELETE FROM platform.file_waste WHERE path = $6 RETURNING path)
INSERT INTO platform.file (id, name, media_type, size, sha256) SELECT $1, $2, $3, $4, $5 FROM taken RETURNING {_FACTS}
"""
