"""Lets one process at a time do a thing, whichever of several operators comes first."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from uuid import UUID
from zlib import crc32

from tenants.provisioner import Provisioner

_CLASS = 7732  # of advisory locks; the bootstrap's is 7731


@asynccontextmanager
async def only_one(provisioner: Provisioner, what: UUID | str) -> AsyncIterator[bool]:
    """Yield whether it is ours to do; it stays ours until the block ends or this process dies."""
    number = crc32(str(what).encode()) - 2**31
    async with provisioner.transaction() as connection:
        yield bool(await connection.fetchval("SELECT pg_try_advisory_xact_lock($1, $2)", _CLASS, number))
