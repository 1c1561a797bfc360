"""Files that are sealed whole: written once from front to back, read from anywhere, and neither cut, changed nor reordered unnoticed.

A sealed file is ``WEFTSEAL1\\n``, the length of the heading (4 bytes, big end first), the heading as JSON, and chunks of 64 KiB, each
with AES-256-GCM and its 16-byte tag (NIST SP 800-38D). Nonces are those of the STREAM construction (Hoang and others, 2015): seven random
bytes of the file's own, the chunk's number (4 bytes), and 1 in the last byte for the last chunk, 0 for every other. The SHA-256 of
everything before the chunks is bound to each of them, so that nobody can change the heading.
"""

import io
import secrets
from hashlib import sha256
from typing import BinaryIO

import msgspec
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from core.vault.locks import Lock, opened
from weft.errors import Invalid

MAGIC = b"WEFTSEAL1\n"
CHUNK = 1 << 16  # bytes of content in a chunk
TAG = 16
PREFIX = 7  # bytes of the nonce that are the file's own
LONGEST_HEADING = 1 << 16


class Heading(msgspec.Struct, frozen=True, kw_only=True):
    """What stands readable before the content: how the key is found, and `keys` of the business, wrapped by it."""

    lock: Lock
    nonce: bytes  # `PREFIX` bytes, in Base64
    keys: dict[str, bytes] = {}  # data keys of the business by generation, each wrapped; none in a file that stays in the house


class SealedWriter(io.RawIOBase):
    """Seals what is written to it into `sink`; nothing of it can be read before `close()` has written the last chunk."""

    def __init__(self, sink: BinaryIO, key: bytes, heading: Heading) -> None:
        super().__init__()
        self._sink = sink
        self._cipher = AESGCM(content_key(key))
        self._prefix = heading.nonce
        text = msgspec.json.encode(heading)
        opening = MAGIC + len(text).to_bytes(4) + text
        self._bound = sha256(opening).digest()
        self._waiting = bytearray()
        self._number = 0
        sink.write(opening)

    def writable(self) -> bool:
        """Whether this can be written to: yes."""
        return True

    def write(self, content: "bytes | bytearray | memoryview", /) -> int:  # type: ignore[override]  # the stubs want any buffer
        """Take bytes; returns how many."""
        self._waiting += content
        while len(self._waiting) > CHUNK:
            self._put(bytes(self._waiting[:CHUNK]), last=False)
            del self._waiting[:CHUNK]
        return len(content)

    def close(self) -> None:
        """Write the last chunk; the sink stays open."""
        if not self.closed:
            self._put(bytes(self._waiting), last=True)
            self._sink.flush()
        super().close()

    def _put(self, chunk: bytes, *, last: bool) -> None:
        nonce = nonce_of(self._prefix, self._number, last=last)
        self._sink.write(self._cipher.encrypt(nonce, chunk, self._bound))
        self._number += 1


class SealedReader(io.RawIOBase):
    """Reads a sealed file from anywhere in it; raises `Invalid` for one that was cut or changed, or a wrong key."""

    def __init__(self, source: BinaryIO, key: bytes) -> None:
        super().__init__()
        heading, opening = read_heading(source)
        self._source = source
        self._cipher = AESGCM(content_key(key))
        self._prefix, self._bound, self._start = heading.nonce, sha256(opening).digest(), len(opening)
        stored = source.seek(0, io.SEEK_END) - self._start
        self._chunks, rest = divmod(stored, CHUNK + TAG)
        self._chunks += rest > 0
        self._size = stored - self._chunks * TAG
        self._at = 0
        self._held: tuple[int, bytes] = (-1, b"")
        if self._chunks == 0 or 0 < rest < TAG:
            raise Invalid("The archive was cut off: its end is missing.")
        self._chunk(0)
        self._chunk(self._chunks - 1)

    def readable(self) -> bool:
        """Whether this can be read: yes."""
        return True

    def seekable(self) -> bool:
        """Whether one can go anywhere in it: yes."""
        return True

    def seek(self, offset: int, whence: int = io.SEEK_SET, /) -> int:
        """Go somewhere; returns where that is, in bytes from the beginning."""
        base = {io.SEEK_SET: 0, io.SEEK_CUR: self._at, io.SEEK_END: self._size}[whence]
        self._at = max(0, base + offset)
        return self._at

    def tell(self) -> int:
        """Return where one is, in bytes from the beginning."""
        return self._at

    def readinto(self, buffer: "bytearray | memoryview", /) -> int:  # type: ignore[override]  # the stubs want any buffer
        """Fill a buffer, or a part of it; returns how many bytes that were."""
        if self._at >= self._size:
            return 0
        number, within = divmod(self._at, CHUNK)
        part = self._chunk(number)[within : within + len(buffer)]
        buffer[: len(part)] = part
        self._at += len(part)
        return len(part)

    def _chunk(self, number: int) -> bytes:
        if self._held[0] != number:
            self._source.seek(self._start + number * (CHUNK + TAG))
            sealed = self._source.read(CHUNK + TAG)
            nonce = nonce_of(self._prefix, number, last=number == self._chunks - 1)
            try:
                self._held = (number, self._cipher.decrypt(nonce, sealed, self._bound))
            except InvalidTag:
                raise Invalid(
                    "The archive cannot be opened: the passphrase is another one, or the file was changed or cut off."
                    if number == 0
                    else f"The archive was changed or cut off: part {number + 1} of {self._chunks} is not what was written."
                ) from None
        return self._held[1]


def read_heading(source: BinaryIO) -> tuple[Heading, bytes]:
    """Return the heading of a sealed file, and all that stands before its chunks; raises `Invalid` for what is none."""
    source.seek(0)
    start = source.read(len(MAGIC) + 4)
    length = int.from_bytes(start[len(MAGIC) :])
    if not start.startswith(MAGIC) or len(start) < len(MAGIC) + 4 or length > LONGEST_HEADING:
        raise Invalid("This file is no archive of Weft: it does not begin as one.")
    text = source.read(length)
    try:
        heading = msgspec.json.decode(text, type=Heading)
    except msgspec.DecodeError:
        raise Invalid("The archive's heading cannot be read: the file was changed or cut off.") from None
    if len(heading.nonce) != PREFIX:
        raise Invalid("The archive's heading cannot be read: the file was changed or cut off.")
    return heading, start + text


def new_heading(lock: Lock, key: bytes = b"", keys: dict[int, bytes] | None = None) -> Heading:
    """Return the heading of a new file; `keys` are data keys in clear by generation, which `key` wraps."""
    wrapped = {str(number): wrap(key, each, f"generation {number}") for number, each in (keys or {}).items()}
    return Heading(lock=lock, nonce=secrets.token_bytes(PREFIX), keys=wrapped)


def keys_of(heading: Heading, key: bytes) -> dict[int, bytes]:
    """Return the data keys that a heading carries, in clear; raises `Invalid` with a wrong key."""
    try:
        return {int(number): unwrap(key, wrapped, f"generation {number}") for number, wrapped in heading.keys.items()}
    except (InvalidTag, ValueError):
        raise Invalid("The archive cannot be opened: the passphrase is another one, or its heading was changed.") from None


def nonce_of(prefix: bytes, number: int, *, last: bool) -> bytes:
    """Return the nonce of a chunk."""
    return prefix + number.to_bytes(4) + (b"\x01" if last else b"\x00")


def content_key(key: bytes) -> bytes:
    """Return the key that seals content, derived from the one that opens the file."""
    return opened(key, "content")


def wrap(key: bytes, secret: bytes, bound: str) -> bytes:
    """Return a secret wrapped by a key (AES-256-GCM, its nonce before it), bound to what it is for."""
    nonce = secrets.token_bytes(12)
    return nonce + AESGCM(opened(key, "wrap")).encrypt(nonce, secret, bound.encode())


def unwrap(key: bytes, wrapped: bytes, bound: str) -> bytes:
    """Return a wrapped secret; raises `cryptography.exceptions.InvalidTag`."""
    return AESGCM(opened(key, "wrap")).decrypt(wrapped[:12], wrapped[12:], bound.encode())
