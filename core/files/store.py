"""One storage interface for bytes: a local folder, or a bucket that speaks S3, through obstore."""

import hashlib
from collections.abc import AsyncIterable, AsyncIterator
from typing import TYPE_CHECKING
from uuid import UUID

import obstore
from obstore.store import LocalStore, ObjectStore, from_url

from core.settings import Settings
from weft.errors import Invalid, Missing
from weft.files import Files, StoredFile
from weft.ids import new_id

if TYPE_CHECKING:
    from core.tenancy.tenant import LiveTenant

PART = 1 << 20  # bytes read or sent at once


class FileStore:
    """Where the bytes of all tenants lie, each below the name of its schema."""

    def __init__(self, store: ObjectStore) -> None:
        self.store = store

    @classmethod
    def open(cls, settings: Settings) -> "FileStore":
        """Open the folder or bucket that the settings name; credentials of a bucket come from the usual AWS_ variables."""
        if settings.files_url:
            return cls(from_url(settings.files_url))
        folder = settings.data_dir.resolve() / "files"
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        return cls(LocalStore(folder))

    async def write(self, path: str, content: bytes | AsyncIterable[bytes], limit: int | None) -> tuple[int, str]:
        """Store bytes; returns their number and SHA-256. Raises `Invalid` beyond `limit` bytes, and then stores nothing."""
        digest, size = hashlib.sha256(), 0
        too_long = Invalid(f"The file is larger than {(limit or 0) // 1_000_000} MB, which is the most that is taken here.")
        writer = obstore.open_writer_async(self.store, path, buffer_size=8 * PART)
        try:
            async with writer:
                async for part in _parts(content):
                    size += len(part)
                    if limit is not None and size > limit:
                        raise too_long
                    digest.update(part)
                    await writer.write(part)
        except BaseException:
            await self.delete(path)
            raise
        return size, digest.hexdigest()

    async def read(self, path: str) -> AsyncIterator[bytes]:
        """Yield bytes; raises `Missing`."""
        try:
            found = await obstore.get_async(self.store, path)
        except FileNotFoundError:
            raise Missing("The file's content is no longer there.") from None
        async for part in found.stream(min_chunk_size=PART):
            yield bytes(part)

    async def delete(self, path: str) -> None:
        """Delete bytes; none there is fine."""
        try:
            await obstore.delete_async(self.store, path)
        except FileNotFoundError:
            return


async def _parts(content: bytes | AsyncIterable[bytes]) -> AsyncIterator[bytes]:
    if isinstance(content, bytes):
        yield content
    else:
        async for part in content:
            yield part


class TenantFiles(Files):
    """The files of one tenant."""

    def __init__(self, store: FileStore, tenant: "LiveTenant") -> None:
        self._store = store
        self._tenant = tenant

    async def put(self, name: str, media_type: str, content: bytes | AsyncIterable[bytes], *, limit: int | None = None) -> StoredFile:
        """Store the bytes, then the facts in the open transaction; when that rolls back the bytes go too."""
        scope = self._tenant.scope("Storing a file")
        file_id = new_id()
        path = self._path(file_id)
        size, digest = await self._store.write(path, content, limit)

        async def undo() -> None:
            await self._store.delete(path)

        scope.afterwards.on_rollback.append(undo)
        name = name.replace("\\", "/").rpartition("/")[2].strip()[:200] or "file"
        await scope.internal(
            "INSERT INTO platform.file (id, name, media_type, size, sha256) VALUES ($1, $2, $3, $4, $5)",
            file_id,
            name,
            media_type,
            size,
            digest,
        )
        return StoredFile(file_id, name, media_type, size, digest, self._tenant.now())

    async def find(self, file_id: UUID) -> StoredFile:
        """Return the facts of a file."""
        async with self._tenant.transaction() as db:
            row = await db.fetchrow("SELECT id, name, media_type, size, sha256, created_at FROM platform.file WHERE id = $1", file_id)
        if row is None:
            raise Missing("There is no such file.")
        return StoredFile(**dict(row.items()))

    async def read(self, file_id: UUID) -> AsyncIterator[bytes]:
        """Yield the bytes of a file of this tenant."""
        await self.find(file_id)
        async for part in self._store.read(self._path(file_id)):
            yield part

    async def remove(self, file_id: UUID) -> None:
        """Forget a file; its bytes go once the transaction has committed, and the operator sweeps up after a crash in between."""
        scope = self._tenant.scope("Removing a file")
        path = self._path(file_id)
        await scope.internal("DELETE FROM platform.file WHERE id = $1", file_id)
        await scope.internal("INSERT INTO platform.file_waste (path) VALUES ($1) ON CONFLICT DO NOTHING", path)

        async def clean() -> None:
            await self._store.delete(path)

        scope.afterwards.on_commit.append(clean)

    def _path(self, file_id: UUID) -> str:
        return f"{self._tenant.schema}/{file_id}"
