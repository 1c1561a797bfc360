"""The connections on which a worker keeps its books of jobs."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from core.platform.connection import open_pool
from core.platform.database import Platform
from core.settings import PLATFORM_LOGIN, Settings


@asynccontextmanager
async def open_books(settings: Settings, *, size: int, name: str = "weft worker") -> AsyncIterator[Platform]:
    """Connect as the platform, as `name` in the database's list of sessions, without waiting for the disk at each commit.

    A crash of PostgreSQL may take back the last fraction of a second of what is written here: a message is then in the outbox again, a job
    queued or running again, and is moved or swept up as after any other crash. What a tenant's transaction commits waits for the disk, and
    the journal of everything before it goes to the disk first: no effect of a job outlives the word that the job was begun.
    """
    books = Platform(
        await open_pool(settings.login(PLATFORM_LOGIN), size=size, name=name, statement_timeout="30000", synchronous_commit="off")
    )
    try:
        yield books
    finally:
        await books.close()
