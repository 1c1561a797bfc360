"""Passwords, kept as argon2id hashes."""

import asyncio
import base64
import hmac
import unicodedata
from concurrent.futures import ThreadPoolExecutor
from functools import cache

from argon2 import PasswordHasher, extract_parameters
from argon2.exceptions import Argon2Error, InvalidHashError
from argon2.low_level import hash_secret

LONGEST = 200  # characters; more is cut off before hashing
AT_ONCE = 2  # each takes 64 MiB and a processor's attention, so a flood of them waits in line
_HASHER = PasswordHasher()  # the library's defaults follow RFC 9106 section 4, second recommended option


async def hash_password(password: str) -> str:
    """Return the hash to store; made in a thread, since it takes tens of milliseconds on purpose."""
    return await asyncio.get_running_loop().run_in_executor(_threads(), _HASHER.hash, normal(password))


async def matches(stored: str | None, password: str) -> bool:
    """Tell whether a password fits its hash. For an account that does not exist (None) it takes as long and says no."""
    return await asyncio.get_running_loop().run_in_executor(_threads(), _matches, stored, normal(password))


async def hash_beside(stored: str | None, password: str) -> tuple[str, bool]:
    """Return the hash to store of a password, and whether it is the same password as that of a stored hash.

    It is hashed once, with the stored hash's salt and parameters where there is one: so it takes the same time whether somebody is known
    or not, and half the time of comparing and hashing. Two hashes with one salt tell nothing about two passwords that differ.
    """
    made = await asyncio.get_running_loop().run_in_executor(_threads(), _hash_beside, stored, normal(password))
    return made, stored is not None and hmac.compare_digest(made, stored)


def needs_rehash(stored: str) -> bool:
    """Tell whether a hash was made with other parameters than today's."""
    return _HASHER.check_needs_rehash(stored)


def normal(password: str) -> str:
    """Return a password as it is hashed: keyboards compose accents in different ways (NIST SP 800-63B-4 section 3.1.1.2)."""
    return unicodedata.normalize("NFKC", password)[:LONGEST]


def _matches(stored: str | None, password: str) -> bool:
    nobody = _nobody()  # made at the first try of all, whoever it is for, so that it tells nothing
    try:
        return _HASHER.verify(stored or nobody, password) and stored is not None
    except (Argon2Error, InvalidHashError):
        return False


def _hash_beside(stored: str | None, password: str) -> str:
    try:
        found = extract_parameters(stored or "")
        packed = (stored or "").split("$")[-2]
        salt = base64.b64decode(packed + "=" * (-len(packed) % 4))
    except (InvalidHashError, IndexError, ValueError):
        return _HASHER.hash(password)
    return hash_secret(
        password.encode(), salt, found.time_cost, found.memory_cost, found.parallelism, found.hash_len, found.type, found.version
    ).decode()


@cache
def _nobody() -> str:
    return _HASHER.hash("nobody has this password")


@cache
def _threads() -> ThreadPoolExecutor:
    return ThreadPoolExecutor(AT_ONCE, "weft-passwords")
