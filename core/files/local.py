"""A file on the local disk for as long as something reads it that cannot read from a bucket."""

import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import BinaryIO
from uuid import UUID

from weft.files import Files


@asynccontextmanager
async def local_copy(files: Files, file_id: UUID) -> AsyncIterator[BinaryIO]:
    """Yield a copy that has no name, so that the system takes it back however this process ends; raises `Missing`."""
    with tempfile.TemporaryFile(prefix="weft-file-") as copy:
        async for part in files.read(file_id):
            copy.write(part)
        copy.seek(0)
        yield copy
