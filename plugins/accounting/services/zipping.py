"""A zip that is written while it is sent: no part of it is ever held whole."""

import zipfile
from collections.abc import AsyncIterable, AsyncIterator
from datetime import datetime
from typing import NamedTuple

ENOUGH = 1 << 18  # bytes that are handed on together


class Part(NamedTuple):
    """A file of the zip."""

    name: str
    content: AsyncIterable[bytes]


class _Pipe:
    """What `zipfile` writes into: cannot be gone back in."""

    def __init__(self) -> None:
        self.waiting = bytearray()

    def write(self, data: bytes) -> int:
        self.waiting += data
        return len(data)

    def flush(self) -> None:
        """Nothing is kept back."""

    def take(self) -> bytes:
        """Return what was written, once."""
        taken = bytes(self.waiting)
        self.waiting.clear()
        return taken


async def zipped(parts: AsyncIterable[Part], at: datetime) -> AsyncIterator[bytes]:
    """Yield the bytes of a zip of `parts`, each dated `at`."""
    pipe = _Pipe()
    with zipfile.ZipFile(pipe, "w", zipfile.ZIP_DEFLATED) as archive:  # type: ignore[call-overload] # it needs write() and flush() alone
        async for part in parts:
            about = zipfile.ZipInfo(part.name, at.timetuple()[:6])
            about.compress_type = zipfile.ZIP_DEFLATED
            about.external_attr = 0o644 << 16
            with archive.open(about, "w", force_zip64=True) as member:
                async for piece in part.content:
                    member.write(piece)
                    if len(pipe.waiting) >= ENOUGH:
                        yield pipe.take()
    yield pipe.take()
