"""Where WAL lies: segments packed with their SHA-256, base backups beside them; each written whole or not at all.

Below the folder: `incoming` (what a server lays down by `basic_archive`, taken in by us), `segments`, `bases`, and `past` (servers that
show a moment, gone when they have been asked). A segment is a gzip file (RFC 1952) whose comment says the SHA-256 of its content.
"""

import os
import re
import secrets
import shutil
import struct
import zlib
from collections.abc import Iterator
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from typing import BinaryIO

import msgspec

from infra.servers.account import Account
from infra.servers.place import make_folder
from infra.wal.names import ARCHIVED, SEGMENT, Base
from weft.errors import Conflict, Invalid, Missing

BLOCK = 1 << 20
_HEAD = b"\x1f\x8b\x08\x10"  # gzip, deflate, a comment follows
_COMMENT = re.compile(rb"sha256=([0-9a-f]{64})\0")
_LONG_HEADER = struct.Struct("=HHIQI4xQII")  # XLogLongPageHeaderData: magic, info, timeline, address, rest, system, segment size, page size
FACTS = "base.json"


class Shelf:
    """The folder, and what may be done with it. `owner` is who runs PostgreSQL, and must be able to read what we write."""

    def __init__(self, folder: Path, owner: Account | None = None) -> None:
        self.folder = folder
        self.incoming, self.segments, self.bases_folder, self.past = (folder / name for name in ("incoming", "segments", "bases", "past"))
        self._owner = owner if os.geteuid() == 0 else None

    def make(self) -> None:
        """Make the folders, which only we and the server may enter."""
        for each in (self.incoming, self.segments, self.bases_folder, self.past):
            if not each.exists():
                make_folder(each, 0o700)
                self.give(each)

    def give(self, path: Path) -> None:
        """Let the server's account own a file or folder that we, as root, made."""
        if self._owner:
            self._owner.give(path)

    def put(self, source: Path, name: str = "") -> bool:
        """Keep a file that PostgreSQL archives; returns whether it was new. The same again is fine.

        Raises `Invalid` for what is no whole segment of this database, and `Conflict` when another one has that name.
        """
        name = name or source.name
        if not ARCHIVED.fullmatch(name):
            raise Invalid(f"{name} is no name of a file that PostgreSQL archives.")
        if SEGMENT.fullmatch(name):
            self._check(source)
        digest = _digest(source)
        target = self.segments / f"{name}.gz"
        if target.exists():
            if digest_told(target) != digest:
                raise Conflict(f"Another {name} lies in {self.segments} already: two servers must not archive to one folder.")
            return False
        fresh = self.segments / f".{name}.{secrets.token_hex(4)}"
        try:
            with fresh.open("xb") as file, source.open("rb") as content:
                _pack(content, file, digest, int(source.stat().st_mtime))
                file.flush()
                os.fchmod(file.fileno(), 0o600)
                os.fsync(file.fileno())
            at = source.stat().st_mtime_ns
            os.utime(fresh, ns=(at, at))
            self.give(fresh)
            fresh.replace(target)
        finally:
            fresh.unlink(missing_ok=True)
        sync(self.segments)
        return True

    def take_in(self) -> int:
        """Take in what a server's `basic_archive` has laid down, the oldest first; returns how many files that were."""
        if not self.incoming.is_dir():
            return 0
        names = sorted(each.name for each in self.incoming.iterdir() if ARCHIVED.fullmatch(each.name))
        for name in names:
            if (self.incoming / name).exists():  # another process takes in as well
                self.put(self.incoming / name)
                (self.incoming / name).unlink(missing_ok=True)
        return len(names)

    def archived(self) -> dict[str, datetime]:
        """Return the segments there are, and when each was archived."""
        found = {}
        if self.segments.is_dir():
            for each in os.scandir(self.segments):
                if SEGMENT.fullmatch(each.name.removesuffix(".gz")):
                    found[each.name.removesuffix(".gz")] = datetime.fromtimestamp(each.stat().st_mtime, UTC)
        return found

    def bases(self) -> list[Base]:
        """Return the base backups, the oldest first."""
        if not self.bases_folder.is_dir():
            return []
        facts = sorted(each for each in self.bases_folder.glob(f"*/{FACTS}") if not each.parent.name.endswith((".part", ".gone")))
        return sorted((msgspec.json.decode(each.read_bytes(), type=Base) for each in facts), key=lambda each: each.ended)

    def remove_base(self, base: Base) -> None:
        """Remove a base backup, for good and at once to whoever looks."""
        gone = self.bases_folder / f"{base.name}.gone"
        (self.bases_folder / base.name).rename(gone)
        shutil.rmtree(gone)

    def remove(self, name: str) -> None:
        """Remove an archived file."""
        (self.segments / f"{name}.gz").unlink(missing_ok=True)

    def names(self) -> list[str]:
        """Return the names of everything archived."""
        return [each.name.removesuffix(".gz") for each in self.segments.iterdir() if ARCHIVED.fullmatch(each.name.removesuffix(".gz"))]

    def verify(self, name: str) -> None:
        """Hold an archived file against its checksum; raises `Invalid` and `Missing`."""
        file = self.segments / f"{name}.gz"
        if not file.exists():
            raise Missing(f"The segment {name} is gone from {self.segments}.")
        found = sha256()
        try:
            for block in _unpacked(file):
                found.update(block)
        except zlib.error:
            raise Invalid(f"The segment {name} in {self.segments} is damaged: it cannot be unpacked.") from None
        if found.hexdigest() != digest_told(file):
            raise Invalid(f"The segment {name} in {self.segments} is damaged: its checksum is another one.")

    def bytes(self) -> int:
        """Return how much room everything takes."""
        return sum(Path(parent, name).lstat().st_size for parent, _, names in os.walk(self.folder) for name in names)

    def _check(self, source: Path) -> None:
        """Refuse a segment that is cut off, or of another database than the first that came."""
        with source.open("rb") as file:
            start = file.read(_LONG_HEADER.size)
        if len(start) < _LONG_HEADER.size:
            raise Invalid(f"{source} is no whole WAL segment.")
        _, _, _, _, _, system, size, _ = _LONG_HEADER.unpack(start)
        if source.stat().st_size != size:
            raise Invalid(f"{source} is no whole WAL segment: it has {source.stat().st_size} bytes, and says that it has {size}.")
        known = self.folder / "system"
        if not known.exists():
            fresh = known.with_name(f".system.{secrets.token_hex(4)}")
            fresh.write_text(f"{system}\n")
            self.give(fresh)
            fresh.replace(known)
        if known.read_text().strip() != str(system):
            raise Conflict(
                f"{self.folder} keeps the WAL of another database (system {known.read_text().strip()}): give each its own folder."
            )


def digest_told(file: Path) -> str:
    """Return the SHA-256 that a packed file says its content has; raises `Invalid`."""
    with file.open("rb") as opened:
        start = opened.read(128)
    found = _COMMENT.match(start, 10)
    if not start.startswith(_HEAD) or not found:
        raise Invalid(f"{file} is no archived file of Weft's.")
    return found[1].decode()


def sync(folder: Path) -> None:
    """Make sure that what was renamed in a folder survives a loss of power."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _digest(source: Path) -> str:
    found = sha256()
    with source.open("rb") as file:
        while block := file.read(BLOCK):
            found.update(block)
    return found.hexdigest()


def _pack(source: BinaryIO, target: BinaryIO, digest: str, at: int) -> None:
    target.write(_HEAD + struct.pack("<I", at & 0xFFFFFFFF) + b"\0\xff" + f"sha256={digest}".encode() + b"\0")
    packer, check, size = zlib.compressobj(1, zlib.DEFLATED, -15), 0, 0
    while block := source.read(BLOCK):
        target.write(packer.compress(block))
        check, size = zlib.crc32(block, check), size + len(block)
    target.write(packer.flush() + struct.pack("<II", check, size & 0xFFFFFFFF))


def _unpacked(file: Path) -> Iterator[bytes]:
    unpacker = zlib.decompressobj(31)
    with file.open("rb") as source:
        while packed := source.read(BLOCK):
            while packed:
                yield unpacker.decompress(packed, BLOCK)
                packed = unpacker.unconsumed_tail
    while not unpacker.eof and (rest := unpacker.decompress(b"", BLOCK)):
        yield rest
    if not unpacker.eof:
        raise zlib.error("it ends too early")
