"""Brings one business back as it was at a moment, beside the one that works: read where the whole installation is shown as it was then."""

import asyncio
import tempfile
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import BinaryIO, Protocol, cast

import asyncpg

from core.platform.connection import WeftConnection
from core.tenancy.catalogue import TenantRecord
from tenants.archive.exporting import Source, export_tenant
from tenants.archive.importing import Imported, Target, Wanted, import_tenant
from tenants.archive.manifest import Manifest
from tenants.archive.reading import Archive, Opened
from tenants.backups.files_then import FilesThen
from tenants.platform_schema import migrate_platform
from tenants.provisioner import Provisioner
from weft.errors import Conflict, Missing

Told = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Shown:
    """A server that shows the installation as it was: its address, and a folder that goes with it."""

    address: str
    folder: Path


class Past(Protocol):
    """Whatever can show the installation as it was."""

    def at(self, moment: datetime) -> AbstractAsyncContextManager[Shown]:
        """Show everything that was committed at a moment or before, and nothing later; raises `Invalid`, `Missing` and `Unavailable`."""
        ...

    async def span(self) -> tuple[datetime, datetime] | None:
        """Return the first and the last moment that can be had, as far as nothing is missing in between; none while there is none."""
        ...


@asynccontextmanager
async def source_at(target: Target, past: Past, record: TenantRecord, moment: datetime) -> AsyncIterator[tuple[Source, Path]]:
    """Yield where a business can be read as it was, and a folder for what is made of that; raises `Missing` when it was not there then.

    Bytes of files never change: they come from the store as it is, and those of files deleted since from backups.
    """
    async with past.at(moment) as shown, AsyncExitStack() as stack:
        await _bring_up(shown.address)
        provisioner = await Provisioner.open(shown.address)
        try:
            await _require(provisioner, record, moment)
            yield Source(provisioner, FilesThen(target.runtime, record, moment, stack)), shown.folder
        finally:
            await provisioner.close()


async def rewind(
    target: Target, past: Past, record: TenantRecord, moment: datetime, wanted: Wanted, told: Told = lambda what: None
) -> tuple[Manifest, Imported]:
    """Make a new business of one as it was at a moment; the one that works is not touched. Raises as `Past.at` and `import_tenant`."""
    if await target.runtime.platform.fetchval("SELECT true FROM platform.tenant WHERE slug = $1", wanted.slug):
        raise Conflict(f"The address “{wanted.slug}” is taken: choose another.")
    async with source_at(target, past, record, moment) as (source, folder):
        with tempfile.TemporaryFile(prefix="weft-past-", dir=folder) as file:
            sink = cast("BinaryIO", file)
            manifest = await export_tenant(source, record.id, sink, moment, told)
            archive = await asyncio.to_thread(Archive, sink)
            # whatever sealed its values then, the keys of today have: none is ever dropped while the business is there
            keys = (await target.runtime.vault.keys_of(record.schema)).keys
            return manifest, await import_tenant(target, Opened(archive, keys), wanted, told)


async def _bring_up(address: str) -> None:
    """Run the platform's migrations that came after the moment, on the server that goes away: we read tables as we know them."""
    connection = await asyncpg.connect(address, connection_class=WeftConnection)
    try:
        await migrate_platform(connection)
    finally:
        await connection.close()


async def _require(provisioner: Provisioner, record: TenantRecord, moment: datetime) -> None:
    async with provisioner.as_owner() as connection:
        row = await connection.fetchrow("SELECT state FROM platform.tenant WHERE id = $1", record.id)
    if row is None or row["state"] not in ("active", "suspended", "deleting"):
        raise Missing(f"{record.name} was not there yet at {moment:%Y-%m-%d %H:%M:%S} UTC.")
