"""Files that people upload and jobs write."""

from abc import ABC, abstractmethod
from collections.abc import AsyncIterable, AsyncIterator
from datetime import datetime
from uuid import UUID

import msgspec


class StoredFile(msgspec.Struct, frozen=True):
    """What is known of a file; `size` is in bytes, `sha256` in hexadecimal."""

    id: UUID
    name: str
    media_type: str
    size: int
    sha256: str
    created_at: datetime


class MailFile(msgspec.Struct, frozen=True):
    """A file that comes with a letter; `media_type` is such as ``application/pdf``."""

    name: str
    media_type: str
    content: bytes


class Files(ABC):
    """The files of one tenant. The bytes lie in a folder or a bucket, the facts in the tenant's transaction."""

    @abstractmethod
    async def put(self, name: str, media_type: str, content: bytes | AsyncIterable[bytes], *, limit: int | None = None) -> StoredFile:
        """Store a file and return its facts; nothing stays when the transaction around it rolls back.

        Raises `Invalid` when `content` is longer than `limit` bytes.
        """

    @abstractmethod
    async def find(self, file_id: UUID) -> StoredFile:
        """Return the facts of a file; raises `Missing`."""

    @abstractmethod
    def read(self, file_id: UUID) -> AsyncIterator[bytes]:
        """Yield the bytes of a file; raises `Missing`."""

    @abstractmethod
    async def remove(self, file_id: UUID) -> None:
        """Forget a file; its bytes are deleted after the transaction commits."""
