"""Passwords, kept as argon2id hashes."""

import asyncio
from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import Argon2Error, InvalidHashError

from weft.errors import Invalid

SHORTEST, LONGEST = 10, 200
_HASHER = PasswordHasher()  # the library's defaults follow RFC 9106 section 4, second recommended option


def check_strength(password: str, *, email: str = "", name: str = "") -> None:
    """Raise `Invalid` for a password that is too short, too long, or easily guessed.

    Length and a list of common ones, no rules of composition: NIST SP 800-63B section 5.1.1.2.
    """
    lowered = password.lower()
    if len(password) < SHORTEST:
        raise Invalid.field("password", f"Use at least {SHORTEST} characters: a few words are easier to remember than signs.")
    if len(password) > LONGEST:
        raise Invalid.field("password", f"Use at most {LONGEST} characters.")
    if len(set(lowered)) < 4 or lowered in _COMMON:
        raise Invalid.field("password", "This password is among the first that are tried: choose another.")
    if lowered in (email.lower(), email.partition("@")[0].lower(), name.lower()):
        raise Invalid.field("password", "Do not use your name or address as your password.")


_COMMON = frozenset(
    {
        "1234567890",
        "password12",
        "password123",
        "passwordpassword",
        "qwertyuiop",
        "iloveyou123",
        "letmein1234",
        "administrator",
        "0123456789",
    }
)


async def hash_password(password: str) -> str:
    """Return the hash to store; made in a thread, since it takes tens of milliseconds on purpose."""
    return await asyncio.to_thread(_HASHER.hash, password)


async def matches(stored: str | None, password: str) -> bool:
    """Tell whether a password fits its hash. For an account that does not exist (None) it takes as long and says no."""
    return await asyncio.to_thread(_matches, stored or _nobody(), password) and stored is not None


def needs_rehash(stored: str) -> bool:
    """Tell whether a hash was made with weaker parameters than today's."""
    return _HASHER.check_needs_rehash(stored)


def _matches(stored: str, password: str) -> bool:
    try:
        return _HASHER.verify(stored, password[:LONGEST])
    except (Argon2Error, InvalidHashError):
        return False


@cache
def _nobody() -> str:
    return _HASHER.hash("nobody has this password")
