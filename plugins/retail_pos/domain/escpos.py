"""Bytes for receipt printers that speak ESC/POS: what is to be printed, in the order in which it is told."""

import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

Align = Literal["left", "center", "right"]

ESC, GS = b"\x1b", b"\x1d"
_ALIGN: dict[Align, bytes] = {"left": b"\x00", "center": b"\x01", "right": b"\x02"}
# Number of a code page (ESC t n) as Epson counts them → what Python calls it.
CODE_PAGES = {19: "cp858", 16: "cp1252", 18: "cp852", 17: "cp866", 14: "cp737", 13: "cp857", 2: "cp850", 0: "cp437"}
USUAL = (19, 18, 17, 14, 13)
STRIPE = 128  # dots of height that are sent together: small printers hold no more
MOST = 7089  # digits that the largest QR code holds
# Signs that no code page has, and what says the same; spaces of typesetters are spaces.
_PLAIN = {
    **dict.fromkeys("\u00a0\u202f\u2009\u2007", " "),
    **dict.fromkeys("\u2018\u2019\u02bc", "'"),
    **dict.fromkeys("\u201c\u201d\u201e", '"'),
    **dict.fromkeys("\u2010\u2011\u2012\u2013\u2014\u2212", "-"),
    "\u00d7": "x",
    "\u2026": "...",
    "\u2022": "*",
}


@dataclass(frozen=True, slots=True)
class Raster:
    """A picture in black and white: each row is `stride` bytes, the leftmost dot in the highest bit, black is one."""

    stride: int
    rows: bytes

    @property
    def height(self) -> int:
        """Dots from top to bottom."""
        return len(self.rows) // self.stride if self.stride else 0


class Printing:
    """A slip that is being told. `pages` are the code pages that the printer has, the one that is tried first at the front."""

    def __init__(self, pages: Sequence[int] = USUAL) -> None:
        self._told = bytearray(ESC + b"@")
        self._pages = tuple(page for page in pages if page in CODE_PAGES) or USUAL
        self._page: int | None = None

    def __bytes__(self) -> bytes:
        return bytes(self._told)

    def text(self, text: str) -> "Printing":
        """Print text as it is; a character that no code page of the printer has becomes the nearest that one has, or a question mark."""
        for page, piece in _pieces(text, self._pages, self._page):
            if page != self._page:
                self._told += ESC + b"t" + bytes((page,))
                self._page = page
            self._told += piece
        return self

    def line(self, text: str = "") -> "Printing":
        """Print text and begin a new line."""
        return self.text(f"{text}\n")

    def align(self, where: Align) -> "Printing":
        """Put what follows at the left, in the middle or at the right; takes effect at the beginning of a line."""
        self._told += ESC + b"a" + _ALIGN[where]
        return self

    def bold(self, on: bool = True) -> "Printing":
        """Print in bold from here on, or no longer."""
        self._told += ESC + b"E" + (b"\x01" if on else b"\x00")
        return self

    def size(self, width: int = 1, height: int = 1) -> "Printing":
        """Print characters as many times as wide and high, one to eight; raises `ValueError`."""
        if not (1 <= width <= 8 and 1 <= height <= 8):
            raise ValueError("A receipt printer makes characters one to eight times as large.")
        self._told += GS + b"!" + bytes(((width - 1) << 4 | (height - 1),))
        return self

    def feed(self, lines: int = 1) -> "Printing":
        """Move the paper on; raises `ValueError` beyond 255 lines."""
        self._told += ESC + b"d" + bytes((lines,))
        return self

    def qr(self, text: str, module: int = 6, level: Literal["L", "M", "Q", "H"] = "M") -> "Printing":
        """Print a QR code of model 2, drawn by the printer; a module is 1 to 16 dots. Raises `ValueError` for more than one can hold."""
        content = text.encode()
        if not content or len(content) > MOST or not 1 <= module <= 16:
            raise ValueError("A QR code holds some bytes, and its modules are 1 to 16 dots.")
        self._code(b"A2\x00")
        self._code(b"C" + bytes((module,)))
        self._code(b"E" + str("LMQH".index(level)).encode())
        self._code(b"P0" + content)
        self._code(b"Q0")
        return self

    def _code(self, told: bytes) -> None:
        """Function of GS ( k for symbols of kind 49, which is QR."""
        self._told += GS + b"(k" + (len(told) + 1).to_bytes(2, "little") + b"1" + told

    def barcode(self, text: str, height: int = 60, width: int = 2) -> "Printing":
        """Print a Code 128 (set B), with its text below; raises `ValueError` for what is no printable ASCII or longer than 250."""
        if not text or len(text) > 250 or not all(" " <= each <= "~" for each in text):
            raise ValueError("A barcode holds 1 to 250 printable characters of ASCII.")
        content = b"{B" + text.replace("{", "{{").encode("ascii")
        self._told += GS + b"h" + bytes((height,)) + GS + b"w" + bytes((width,)) + GS + b"f\x00" + GS + b"H\x02"
        self._told += GS + b"kI" + bytes((len(content),)) + content
        return self

    def raster(self, picture: Raster) -> "Printing":
        """Print a picture, in stripes that fit the printer's memory."""
        for top in range(0, picture.height, STRIPE):
            part = picture.rows[top * picture.stride : (top + STRIPE) * picture.stride]
            self._told += GS + b"v0\x00" + picture.stride.to_bytes(2, "little") + (len(part) // picture.stride).to_bytes(2, "little") + part
        return self

    def cut(self, *, feed: int = 3) -> "Printing":
        """Move the paper past the blade and cut it, all but a point where the printer can."""
        self._told += GS + b"VA" + bytes((feed,))
        return self

    def open_drawer(self, pin: Literal[2, 5] = 2) -> "Printing":
        """Send the pulse that opens the drawer: 120 ms on, 240 ms off."""
        self._told += ESC + b"p" + (b"0" if pin == 2 else b"1") + b"<x"
        return self


def _pieces(text: str, pages: Sequence[int], current: int | None) -> Iterator[tuple[int, bytes]]:
    """Yield text encoded, each piece in one code page; what is in ASCII stays in the page that is set."""
    page, piece = current if current is not None else pages[0], bytearray()
    for each in plain(text):
        wanted, code = _encoded(each, pages, page)
        if wanted != page and piece:
            yield page, bytes(piece)
            piece.clear()
        page = wanted
        piece += code
    if piece:
        yield page, bytes(piece)


def _encoded(each: str, pages: Sequence[int], current: int) -> tuple[int, bytes]:
    for page in (current, *pages):
        try:
            return page, each.encode(CODE_PAGES[page])
        except UnicodeEncodeError:
            continue
    bare = unicodedata.normalize("NFKD", each).encode("ascii", "ignore").decode()
    return current, (bare[:1] or "?").encode()


def plain(text: str) -> str:
    """Return text in the characters receipt printers know, composed, without control characters other than line ends."""
    told = "".join(_PLAIN.get(each, each) for each in unicodedata.normalize("NFC", text))
    return "".join(each for each in told if each == "\n" or (each >= " " and each != "\x7f"))


class NotEscPos(ValueError):
    """A stream of bytes that is no ESC/POS, or holds a command that is not known here."""


@dataclass(frozen=True, slots=True)
class Command:
    """One command of a stream: its two letters (``ESC @``), its parameters; or text, whose name is empty."""

    name: str
    told: bytes


# Commands of a fixed length: how many bytes follow their two letters.
_FIXED = {
    **{b"\x1b" + each: 0 for each in (b"@", b"2")},
    **{b"\x1b" + each: 1 for each in (b"!", b"E", b"a", b"t", b"d", b"M", b"-", b"G", b"V", b"{", b"J", b"3", b"R")},
    **{b"\x1d" + each: 1 for each in (b"!", b"B", b"h", b"w", b"f", b"H", b"b")},
    b"\x1bp": 3,
    b"\x1dL": 2,
    b"\x1dW": 2,
}


def read(stream: bytes) -> list[Command]:
    """Return the commands of a stream, to look at what a printer was told; raises `NotEscPos`."""
    found: list[Command] = []
    at, text = 0, bytearray()
    while at < len(stream):
        if stream[at : at + 1] not in (ESC, GS):
            text.append(stream[at])
            at += 1
            continue
        if text:
            found.append(Command("", bytes(text)))
            text.clear()
        letters = stream[at : at + 2]
        end = at + 2 + _length(stream, at, letters)
        if end > len(stream):
            raise NotEscPos(f"The stream ends within a command, at byte {at}.")
        found.append(Command(f"{'ESC' if letters[:1] == ESC else 'GS'} {letters[1:].decode('latin-1')}", stream[at + 2 : end]))
        at = end
    return [*found, Command("", bytes(text))] if text else found


def _length(stream: bytes, at: int, letters: bytes) -> int:
    """Return how many bytes of a command follow its two letters."""
    if letters in _FIXED:
        return _FIXED[letters]
    rest = stream[at + 2 :]
    if letters == GS + b"V" and rest:
        return 2 if rest[:1] in (b"A", b"B") else 1
    if letters == GS + b"(" and len(rest) > 2:
        return 3 + int.from_bytes(rest[1:3], "little")
    if letters == GS + b"v" and len(rest) > 5:
        return 6 + int.from_bytes(rest[2:4], "little") * int.from_bytes(rest[4:6], "little")
    if letters == GS + b"k" and len(rest) > 1 and (rest[0] >= 65 or 0 in rest[1:]):
        return 2 + rest[1] if rest[0] >= 65 else rest.index(0, 1) + 1
    raise NotEscPos(f"A command at byte {at} is not known: {letters!r}.")
