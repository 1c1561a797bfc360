"""Looks into a spreadsheet's archive before anything unpacks it: how large it would become, and how many cells its sheets span.

What the directory of an archive says is not believed: every part that will be read is unpacked here once, a little at a time and never
beyond the limits, and must have the size that was announced.
"""

import re
import struct
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import BinaryIO
from zipfile import BadZipFile, ZipFile, ZipInfo

from core.files.store import told
from weft.errors import Invalid

LARGEST = 1_000_000_000  # bytes, unpacked
HIGHEST_RATIO = 250  # bytes unpacked from one; text hardly reaches 40
SMALL = 1_000_000  # bytes, unpacked, up to which the ratio does not matter
MOST_CELLS = 12_000_000  # of the rectangle that a sheet spans: the reader holds all of it
MOST_PARTS = 5_000
_PIECE = 1 << 16
_STORED, _DEFLATED = 0, 8
_CELL = re.compile(rb"<(?:\w+:)?c\s([^>]*)>")
_PLACE = re.compile(rb'\br="([A-Z]{1,3})(\d{1,7})"')
_ERROR = re.compile(rb'\bt="e"')
_MOST_ERRORS = 100_000


class Damaged(Invalid):
    """The archive cannot be unpacked."""

    def __init__(self) -> None:
        super().__init__("This spreadsheet is damaged: open it in the program it came from, save it again, and upload that.")


@dataclass(slots=True)
class Extent:
    """The rectangle that a sheet's cells span, and where cells hold an error; rows and columns are counted from 0."""

    rows: int = 0
    columns: int = 0
    errors: set[tuple[int, int]] = field(default_factory=set)

    def add(self, xml: bytes) -> None:
        """Take note of the cells in a piece of a sheet."""
        for cell in _CELL.finditer(xml):
            place = _PLACE.search(cell[1])
            if place is None:
                continue
            row, column = int(place[2]) - 1, _column(place[1])
            self.rows, self.columns = max(self.rows, row + 1), max(self.columns, column + 1)
            if _ERROR.search(cell[1]) and len(self.errors) < _MOST_ERRORS:
                self.errors.add((row, column))


def inspect(file: BinaryIO) -> dict[str, Extent]:
    """Unpack every part once without keeping it; returns the extent of each sheet's part by its name.

    Raises `Invalid` for an archive that would become too large, and for one that is damaged.
    """
    try:
        with ZipFile(file) as archive:
            parts = archive.infolist()
            _check_directory(parts)
            return {part.filename: _unpack(file, part) for part in parts if part.filename.endswith((".xml", ".rels", ".bin"))}
    except (BadZipFile, zlib.error, struct.error, EOFError, NotImplementedError, UnicodeDecodeError) as why:
        raise Damaged from why


def _check_directory(parts: list[ZipInfo]) -> None:
    if len(parts) > MOST_PARTS:
        raise Invalid(f"This spreadsheet has {len(parts):,} parts, which no spreadsheet needs: it is refused as dangerous.")
    if sum(part.file_size for part in parts) > LARGEST:
        raise _too_large()
    for part in parts:
        if part.flag_bits & 1:
            raise Invalid("This spreadsheet is protected by a password: save it without one, and upload that.")
        ratio = part.file_size // max(1, part.compress_size)
        if part.file_size > SMALL and ratio > HIGHEST_RATIO:
            raise Invalid(
                f"“{part.filename}” in this spreadsheet would grow {ratio}-fold when it is unpacked: it is refused as dangerous. "
                "If it is yours, save it as CSV and upload that."
            )


def _too_large() -> Invalid:
    return Invalid(
        f"This spreadsheet would become larger than {told(LARGEST)} when it is unpacked. Save the sheet you need as CSV, which may have "
        "any number of rows."
    )


def _unpack(file: BinaryIO, part: ZipInfo) -> Extent:
    is_sheet = part.filename.startswith("xl/worksheets/") and part.filename.endswith(".xml")
    extent, rest, size = Extent(), b"", 0
    for piece in _pieces(file, part):
        size += len(piece)
        if size > part.file_size:
            raise Damaged
        if is_sheet:
            text = rest + piece
            end = text.rfind(b">") + 1
            extent.add(text[:end])
            rest = text[end:][-_PIECE:]
            if extent.rows * extent.columns > MOST_CELLS:
                raise Invalid(
                    f"A sheet of this spreadsheet reaches down to row {extent.rows:,} and across {extent.columns:,} columns, which is too "
                    "much to be read at once. Delete what is far from the table, or save the sheet as CSV."
                )
    if size != part.file_size:
        raise Damaged
    return extent


def _pieces(file: BinaryIO, part: ZipInfo) -> Iterator[bytes]:
    """Yield a part's bytes, unpacked, whatever the archive says of its size."""
    file.seek(part.header_offset)
    header = file.read(30)
    if header[:4] != b"PK\x03\x04" or part.compress_type not in (_STORED, _DEFLATED):
        raise Damaged
    name, extra = struct.unpack("<HH", header[26:30])
    file.seek(name + extra, 1)
    unpacker = zlib.decompressobj(-15) if part.compress_type == _DEFLATED else None
    left = part.compress_size
    while left > 0:
        packed = file.read(min(_PIECE, left))
        if not packed:
            raise Damaged
        left -= len(packed)
        if unpacker is None:
            yield packed
            continue
        while packed:
            yield unpacker.decompress(packed, _PIECE)
            packed = unpacker.unconsumed_tail
    if unpacker is not None:
        yield unpacker.flush()


def _column(letters: bytes) -> int:
    place = 0
    for letter in letters:
        place = place * 26 + letter - 64
    return place - 1
