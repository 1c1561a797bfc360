"""A file on the local disk for as long as something reads it that cannot read from a bucket."""

import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import BinaryIO


@asynccontextmanager
async def local_copy(content: AsyncIterator[bytes]) -> AsyncIterator[BinaryIO]:
    """Yield a copy that has no name, so that the system takes it back however this process ends."""
    with tempfile.TemporaryFile(prefix="weft-file-") as copy:
        async for part in content:
            copy.write(part)
        copy.seek(0)
        yield copy
