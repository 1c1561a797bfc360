"""Reads an archive that anybody may have made: everything it says of itself is held against what it is, before any of it is used."""

import asyncio
import hashlib
import tarfile
import zlib
from collections.abc import AsyncIterator, Iterator, Mapping
from dataclasses import dataclass, field
from typing import BinaryIO

import msgspec

from tenants.archive.manifest import FORMAT, IDENTIFIER, KEYS, LONGEST, NAME, PEOPLE, SHARED, Manifest, Part, People
from tenants.archive.parts import GZIP, TOGETHER
from weft.errors import Invalid

BLOCK = tarfile.BLOCKSIZE
KEY_SIZE = 32  # bytes of a data key
MOST_PACKED = 500  # bytes that one byte of a packed part may stand for: real tables come to 5 to 50, bombs to 1000


@dataclass(frozen=True, slots=True)
class Member:
    """Where the bytes of a member are."""

    offset: int
    size: int


class Archive:
    """An archive on a file that can be read from anywhere. `check()` comes first: what is read before it is not to be trusted."""

    def __init__(self, source: BinaryIO) -> None:
        self._source = source
        self._members = dict(_members(source))
        self.manifest = self._manifest()

    async def check(self) -> None:
        """Hold every part against the manifest; raises `Invalid` with what is wrong."""
        for part in self.manifest.parts:
            digest, size, lines = hashlib.sha256(), 0, 0
            async for each in self.content(part):
                digest.update(each)
                size += len(each)
                lines += each.count(b"\n")
            if size != part.size or digest.hexdigest() != part.sha256:
                raise Invalid(f"The archive's part {part.name} is not what its manifest says: its checksum is another one.")
            if part.table and lines != part.rows:
                raise Invalid(f"The archive's part {part.name} has {lines} rows, and its manifest says {part.rows}.")

    async def content(self, part: Part) -> AsyncIterator[bytes]:
        """Yield a part's content, unpacked; never more than the manifest says. Raises `Invalid`."""
        blocks = _unpacked(self._source, self._members[part.name], part)
        while block := await asyncio.to_thread(next, blocks, b""):
            yield block

    async def people(self) -> People:
        """Return roles and members; raises `Invalid`."""
        part = next(each for each in self.manifest.parts if each.kind == "people")
        text = b"".join([each async for each in self.content(part)])
        try:
            return msgspec.json.decode(text, type=People)
        except msgspec.DecodeError as wrong:
            raise Invalid(f"The archive's part with people cannot be read: {wrong}.") from None

    async def keys(self) -> dict[int, bytes]:
        """Return the data keys that came inside, by generation; none in most archives. Raises `Invalid`."""
        part = next((each for each in self.manifest.parts if each.kind == "keys"), None)
        if part is None:
            return {}
        text = b"".join([each async for each in self.content(part)])
        try:
            found = {int(number): key for number, key in msgspec.json.decode(text, type=dict[str, bytes]).items()}
        except (msgspec.DecodeError, ValueError):
            raise Invalid("The archive's part with keys cannot be read.") from None
        if not all(number > 0 and len(key) == KEY_SIZE for number, key in found.items()):
            raise Invalid("The archive's part with keys holds what is no key.")
        return found

    def _manifest(self) -> Manifest:
        place = self._members.pop(NAME, None)
        if place is None:
            raise Invalid("The archive has no manifest: it was cut off, or is not one of Weft's.")
        if place.size > LONGEST:
            raise Invalid("The archive's manifest is larger than any can be.")
        self._source.seek(place.offset)
        try:
            found = msgspec.json.decode(self._source.read(place.size), type=Manifest)
        except msgspec.DecodeError as wrong:
            raise Invalid(f"The archive's manifest cannot be read: {wrong}.") from None
        if found.format != FORMAT:
            raise Invalid(f"The archive is of format {found.format}, and this version of Weft reads format {FORMAT}: install a newer one.")
        _check_parts(found, self._members)
        return found


@dataclass(frozen=True, slots=True)
class Opened:
    """An archive that can be read, and the data keys that came with it, by generation."""

    archive: Archive
    keys: Mapping[int, bytes] = field(default_factory=dict)


def _members(source: BinaryIO) -> Iterator[tuple[str, Member]]:
    """Yield a tar's members. Nothing but plain files is taken: no folders, links, devices, nor headings that change what follows."""
    seen: set[str] = set()
    at = 0
    while True:
        source.seek(at)
        block = source.read(BLOCK)
        if len(block) < BLOCK:
            raise Invalid("The archive was cut off, or is not one of Weft's.")
        if block == bytes(BLOCK):
            return
        try:
            info = tarfile.TarInfo.frombuf(block, "utf-8", "surrogateescape")
        except tarfile.HeaderError:
            raise Invalid("The archive was changed, or is not one of Weft's: it is no tar.") from None
        if info.type not in (tarfile.REGTYPE, tarfile.AREGTYPE) or info.size < 0:
            raise Invalid(f"The archive holds {info.name[:80]!r}, which is no plain file: Weft does not write such archives.")
        if info.name in seen:
            raise Invalid(f"The archive holds {info.name[:80]!r} twice.")
        seen.add(info.name)
        yield info.name, Member(at + BLOCK, info.size)
        at += BLOCK + -(-info.size // BLOCK) * BLOCK


def _check_parts(manifest: Manifest, members: dict[str, Member]) -> None:
    names = [part.name for part in manifest.parts]
    if len(set(names)) != len(names):
        raise Invalid("The archive's manifest names a part twice.")
    if missing := sorted(set(names) - members.keys()):
        raise Invalid(f"The archive lacks {missing[0][:80]!r}, which its manifest names{_more(missing)}.")
    if extra := sorted(members.keys() - set(names)):
        raise Invalid(f"The archive holds {extra[0][:80]!r}, which its manifest does not name{_more(extra)}.")
    if sum(part.kind == "keys" for part in manifest.parts) > 1:
        raise Invalid("The archive holds its keys twice.")
    if sum(part.kind == "people" for part in manifest.parts) != 1:
        raise Invalid("The archive does not say who belongs to the business.")
    for part in manifest.parts:
        if part.name != _expected_name(part):
            raise Invalid(f"The archive's manifest calls {part.name[:80]!r} what cannot have that name.")
        if part.packed != members[part.name].size:
            raise Invalid(f"The archive's part {part.name} has another size than its manifest says.")
        if part.size > (part.packed if part.kind == "file" else part.packed * MOST_PACKED):
            raise Invalid(f"The archive's part {part.name} would unpack to {part.size} bytes from {part.packed}: no real one does.")
        if part.kind in ("people", "keys") and part.size > LONGEST:
            raise Invalid(f"The archive's part with {part.kind} is larger than any can be.")
        if len(set(part.columns)) != len(part.columns) or not all(IDENTIFIER.fullmatch(each) for each in part.columns):
            raise Invalid(f"The archive's part {part.name} names columns that no table of Weft's can have.")


def _expected_name(part: Part) -> str:
    """Return the one name that a part of its kind can have; empty when there is none."""
    if part.kind == "people":
        return f"{PEOPLE}.gz"
    if part.kind == "keys":
        return f"{KEYS}.gz"
    if part.kind == "file":
        return f"files/{part.file}" if part.file else ""
    known = {each.table for each in SHARED}
    if not IDENTIFIER.fullmatch(part.table) or (part.kind == "platform" and (part.table not in known or "tenant" in part.columns)):
        return ""
    return f"{'tables' if part.kind == 'table' else 'platform'}/{part.table}.copy.gz"


def _more(names: list[str]) -> str:
    return f", and {len(names) - 1} more" if len(names) > 1 else ""


def _unpacked(source: BinaryIO, place: Member, part: Part) -> Iterator[bytes]:
    """Yield blocks of content; ends with an error as soon as there is more than the manifest says."""
    unpacker = None if part.kind == "file" else zlib.decompressobj(GZIP)
    left, room, at = place.size, part.size, place.offset
    while left:
        source.seek(at)
        packed = source.read(min(TOGETHER, left))
        if not packed:
            raise Invalid(f"The archive was cut off within {part.name}.")
        left, at = left - len(packed), at + len(packed)
        while packed:
            try:
                block = unpacker.decompress(packed, TOGETHER) if unpacker else packed
            except zlib.error:
                raise Invalid(f"The archive's part {part.name} cannot be unpacked: it was changed.") from None
            packed = unpacker.unconsumed_tail if unpacker else b""
            room -= len(block)
            if room < 0:
                raise Invalid(f"The archive's part {part.name} unpacks to more than its manifest says.")
            if block:
                yield block
            if unpacker and unpacker.eof:
                if unpacker.unused_data or left:
                    raise Invalid(f"The archive's part {part.name} has something behind its end.")
                return
    if unpacker and not unpacker.eof:
        raise Invalid(f"The archive's part {part.name} ends too early.")
