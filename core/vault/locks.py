"""What opens a sealed file: a passphrase that somebody chose, or the key of the business itself."""

import hashlib
import hmac
import secrets

import msgspec

from weft.errors import Invalid

SHORTEST = 12  # characters of a passphrase
SCRYPT = {"n": 1 << 17, "r": 8, "p": 1}  # 128 MiB and some tenths of a second (RFC 7914; OWASP Password Storage, 2023)
SALT = 16  # bytes


class Passphrase(msgspec.Struct, frozen=True, kw_only=True, tag="scrypt"):
    """The key is scrypt (RFC 7914; N 2¹⁷, r 8, p 1) of a passphrase and this salt."""

    salt: bytes


class OwnKey(msgspec.Struct, frozen=True, kw_only=True, tag="business"):
    """The key is the business's own, which only the installation has: once that is dropped, nobody can read the file."""

    generation: int


Lock = Passphrase | OwnKey


def new_passphrase_lock() -> Passphrase:
    """Return a lock for a new file."""
    return Passphrase(salt=secrets.token_bytes(SALT))


def key_from(passphrase: str, lock: Passphrase) -> bytes:
    """Return the 32-byte key of a passphrase; takes some tenths of a second, on purpose."""
    return hashlib.scrypt(passphrase.encode(), salt=lock.salt, **SCRYPT, maxmem=256 << 20, dklen=32)


def check_passphrase(passphrase: str) -> None:
    """Raise `Invalid` for a passphrase that could be guessed by trying."""
    if len(passphrase) < SHORTEST or len(set(passphrase)) < 5:
        raise Invalid.field(
            "passphrase",
            f"Choose at least {SHORTEST} characters that are not all alike: whoever has the file can try as often as they like.",
        )


def opened(key: bytes, purpose: str) -> bytes:
    """Return a 32-byte key for one purpose, derived from another (HMAC-SHA-256)."""
    return hmac.new(key, purpose.encode(), hashlib.sha256).digest()
