"""Parts of an archive on their way in: counted, hashed, packed, and kept beside it until their size is known."""

import asyncio
import hashlib
import tarfile
import tempfile
import zlib
from collections.abc import AsyncIterator, Mapping
from typing import IO, BinaryIO
from uuid import UUID

import msgspec

from tenants.archive.manifest import KEYS, NAME, PEOPLE, Kind, Manifest, Part, People

TOGETHER = 1 << 20  # bytes that are packed at once
LEVEL = 4  # of gzip: half the time of the usual 6, and a tenth more room
GZIP = 31  # the number by which zlib knows gzip's frame (RFC 1952)


class Packing:
    """One part that is being made; `packs` is whether its content is compressed."""

    def __init__(self, spool: IO[bytes], *, packs: bool) -> None:
        self._spool = spool
        self._packer = zlib.compressobj(LEVEL, zlib.DEFLATED, GZIP) if packs else None
        self._digest = hashlib.sha256()
        self._waiting = bytearray()
        self.size = self.lines = 0

    async def take(self, content: bytes) -> None:
        """Take bytes in; heavy work is done beside the loop."""
        self._waiting += content
        if len(self._waiting) >= TOGETHER:
            await asyncio.to_thread(self._work, last=False)

    async def finish(self) -> tuple[int, str]:
        """Finish; returns how many bytes it takes, and the SHA-256 of its content in hexadecimal."""
        await asyncio.to_thread(self._work, last=True)
        return self._spool.tell(), self._digest.hexdigest()

    def _work(self, *, last: bool) -> None:
        content = bytes(self._waiting)
        self._waiting.clear()
        self.size += len(content)
        self.lines += content.count(b"\n")
        self._digest.update(content)
        self._spool.write(self._packer.compress(content) if self._packer else content)
        if last and self._packer:
            self._spool.write(self._packer.flush())


class ArchiveWriter:
    """Writes an archive from front to back: a tar of plain members, whose tables are in COPY's text format, packed with gzip."""

    def __init__(self, sink: BinaryIO) -> None:
        self._tar = tarfile.open(fileobj=sink, mode="w|", format=tarfile.GNU_FORMAT, bufsize=1 << 18)  # noqa: SIM115  # closed by `close`
        self.parts: list[Part] = []

    async def add(
        self,
        kind: Kind,
        name: str,
        content: AsyncIterator[bytes],
        *,
        table: str = "",
        columns: tuple[str, ...] = (),
        file: UUID | None = None,
    ) -> None:
        """Add a part; what its content raises leaves the archive as it was."""
        with tempfile.TemporaryFile(prefix="weft-part-") as spool:
            packing = Packing(spool, packs=kind != "file")
            async for each in content:
                await packing.take(each)
            packed, digest = await packing.finish()
            await asyncio.to_thread(self._put, name, spool, packed)
        rows = packing.lines if table else 0
        self.parts.append(
            Part(name=name, kind=kind, size=packing.size, packed=packed, sha256=digest, table=table, columns=columns, rows=rows, file=file)
        )

    async def add_people(self, people: People) -> None:
        """Add roles and members."""

        async def content() -> AsyncIterator[bytes]:
            yield msgspec.json.encode(people)

        await self.add("people", f"{PEOPLE}.gz", content())

    async def add_keys(self, keys: Mapping[int, bytes]) -> None:
        """Add the business's data keys, in clear."""

        async def content() -> AsyncIterator[bytes]:
            yield msgspec.json.encode({str(number): key for number, key in keys.items()})

        await self.add("keys", f"{KEYS}.gz", content())

    def close(self, manifest: Manifest) -> None:
        """Write the manifest, and the end of the tar."""
        with tempfile.TemporaryFile(prefix="weft-part-") as spool:
            spool.write(msgspec.json.encode(manifest))
            self._put(NAME, spool, spool.tell())
        self._tar.close()

    def _put(self, name: str, spool: IO[bytes], size: int) -> None:
        spool.seek(0)
        member = tarfile.TarInfo(name)
        member.size, member.mode = size, 0o600
        self._tar.addfile(member, spool)
