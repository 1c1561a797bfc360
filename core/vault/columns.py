"""Single values that are sealed in the database, each bound to the place it stands in."""

import secrets
from dataclasses import dataclass
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from core.vault.keys import DataKeys
from weft.errors import Unavailable

FORMAT = b"\x01"
HEAD = 3  # bytes before the nonce: the format, and the generation of the key (2, big end first)
NONCE = 12  # bytes (NIST SP 800-38D, section 5.2.1.1)


class Unreadable(Unavailable):
    """A sealed value was changed, or stands where it was not written."""


@dataclass(frozen=True, slots=True)
class Column:
    """A column whose values are sealed; `bound` is the name they are bound to, where one moves from column to column."""

    table: str
    name: str
    bound: str = ""

    def place(self, row: UUID) -> bytes:
        """Return what is bound to a value (associated data): it opens in this table, this column and this row alone."""
        return f"{self.table}\0{self.bound or self.name}\0".encode() + row.bytes


def seal(keys: DataKeys, column: Column, row: UUID, value: bytes) -> bytes:
    """Return a value as it is stored: format, generation, nonce, AES-256-GCM."""
    nonce, generation = secrets.token_bytes(NONCE), keys.generation
    cipher = keys.kept(generation, "columns", AESGCM)
    return FORMAT + generation.to_bytes(2) + nonce + cipher.encrypt(nonce, value, column.place(row))


def unseal(keys: DataKeys, column: Column, row: UUID, sealed: bytes) -> bytes:
    """Return a stored value; raises `Unreadable`, and `Missing` when its key was dropped."""
    if not is_sealed(sealed):
        raise Unreadable("A sealed value cannot be read: it is of a form that this version of Weft does not know.")
    cipher = keys.kept(generation_of(sealed), "columns", AESGCM)
    try:
        return cipher.decrypt(sealed[HEAD : HEAD + NONCE], sealed[HEAD + NONCE :], column.place(row))
    except InvalidTag:
        raise Unreadable("A sealed value cannot be read: it was changed, or belongs to another record.") from None


def is_sealed(value: bytes) -> bool:
    """Tell whether a stored value has the form that `seal` gives it."""
    return value.startswith(FORMAT) and len(value) >= HEAD + NONCE + 16


def generation_of(sealed: bytes) -> int:
    """Return which data key a value was sealed with."""
    return int.from_bytes(sealed[1:HEAD])
