"""Archives as sealed files: written under a passphrase, and opened with it."""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager
from datetime import datetime
from io import BufferedReader
from pathlib import Path
from typing import BinaryIO
from uuid import UUID

from core.vault.locks import Passphrase, check_passphrase, key_from, new_passphrase_lock
from core.vault.streams import SealedReader, SealedWriter, keys_of, new_heading, read_heading
from tenants.archive.exporting import Source, export_tenant
from tenants.archive.manifest import Manifest
from tenants.archive.reading import Archive, Opened
from weft.errors import Invalid

READ_AHEAD = 1 << 18  # bytes


async def export_to(  # an export has as many ends
    source: Source,
    tenant_id: UUID,
    path: Path,
    passphrase: str,
    at: datetime,
    *,
    keys: Mapping[int, bytes] | None = None,
    told: Callable[[str], None] = lambda what: None,
) -> Manifest:
    """Write a business's archive to a file, sealed under a passphrase; the file stands whole or not at all.

    `keys` are the business's data keys in clear, which travel wrapped by the passphrase's. Raises `Invalid` for a passphrase that could be
    guessed and `Missing`.
    """
    check_passphrase(passphrase)
    lock = new_passphrase_lock()
    key = await asyncio.to_thread(key_from, passphrase, lock)
    part = path.with_name(f"{path.name}.part")
    try:
        part.touch(0o600)
        with part.open("wb") as file, SealedWriter(file, key, new_heading(lock, key, dict(keys or {}))) as sink:
            manifest = await export_tenant(source, tenant_id, _as_binary(sink), at, told)
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)
    return manifest


@asynccontextmanager
async def opened_with(path: Path, passphrase: str) -> AsyncIterator[Opened]:
    """Open an archive; raises `Invalid` for a wrong passphrase, and for what is none."""
    with path.open("rb") as file:
        heading, _ = read_heading(file)
        if not isinstance(heading.lock, Passphrase):
            raise Invalid(
                "This is a backup as it lies in the store, sealed with the business's own key: export it, or restore it from its page."
            )
        key = await asyncio.to_thread(key_from, passphrase, heading.lock)
        keys = keys_of(heading, key)
        with reading(file, key) as source:
            yield Opened(await asyncio.to_thread(Archive, source), keys)


@contextmanager
def reading(file: BinaryIO, key: bytes) -> Iterator[BinaryIO]:
    """Return the content of a sealed file, to be read from anywhere; raises `Invalid`."""
    with BufferedReader(SealedReader(file, key), READ_AHEAD) as source:
        yield source


def _as_binary(sink: SealedWriter) -> BinaryIO:
    """Tell the type checker what every user of it needs: something that bytes are written to."""
    return sink  # type: ignore[return-value]  # a raw stream of io, which typeshed does not count among BinaryIO
