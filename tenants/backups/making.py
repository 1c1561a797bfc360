"""Makes a backup of a business: its archive in the store of files, sealed with its own key."""

import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from time import monotonic
from typing import IO, BinaryIO, cast
from uuid import UUID

import structlog

from core.files.local import local_copy
from core.files.store import PART
from core.runtime import Runtime
from core.tenancy.catalogue import TenantRecord
from core.vault.locks import OwnKey, opened
from core.vault.streams import SealedWriter, new_heading, read_heading
from tenants.archive.exporting import Source, export_tenant
from tenants.archive.files import reading
from tenants.archive.importing import Target
from tenants.archive.manifest import Manifest
from tenants.archive.reading import Archive, Opened
from tenants.backups.shelf import Backup, prune, tell
from weft.errors import Invalid
from weft.ids import new_id

Log = structlog.get_logger("weft.backups")


async def back_up(target: Target, record: TenantRecord, asked_by: str = "") -> Backup:
    """Make a backup, keep it, and throw away those that the rotation does not keep. Whoever calls holds the business's turn.

    What goes wrong is written down with the backup before it is raised.
    """
    runtime, backup_id, began = target.runtime, new_id(), monotonic()
    await runtime.platform.execute(_INTERRUPTED, record.schema)
    made_at = runtime.now()
    await runtime.platform.execute(_BEGUN, backup_id, record.schema, asked_by, made_at)
    try:
        size, manifest = await _store(target, record, backup_id)
    except Exception as wrong:
        await runtime.platform.execute(_FAILED, record.schema, backup_id, f"{wrong}"[:1000], monotonic() - began)
        if not await runtime.platform.fetchval(_FAILED_BEFORE, record.schema, backup_id):
            await tell(runtime.platform, record.schema, f"The backup failed, and is tried again every hour: {wrong}"[:1000])
        raise
    files = sum(part.kind == "file" for part in manifest.parts)
    lost = len(manifest.lost)
    note = f"{lost} files could not be read: their bytes are gone." if lost else ""
    seconds = monotonic() - began
    async with runtime.platform.transaction() as db:
        await db.execute(_STORED, record.schema, backup_id, size, manifest.rows, files, seconds, note)
        await db.execute("DELETE FROM platform.file_waste WHERE path = $1", f"{record.schema}/{backup_id}")
    Log.info("a backup is made", schema=record.schema, bytes=size, rows=manifest.rows, seconds=round(seconds, 1))
    await prune(runtime.platform, runtime.store, record.schema)
    return Backup(backup_id, "stored", asked_by, made_at, size, manifest.rows, files, seconds, note, None, "")


async def _store(target: Target, record: TenantRecord, backup_id: UUID) -> tuple[int, Manifest]:
    runtime, path = target.runtime, f"{record.schema}/{backup_id}"
    keys = await runtime.vault.keys_of(record.schema)
    heading = new_heading(OwnKey(generation=keys.generation))
    with tempfile.TemporaryFile(prefix="weft-backup-") as file:
        with SealedWriter(cast("BinaryIO", file), _key(keys.key(keys.generation)), heading) as sink:
            manifest = await export_tenant(Source(target.provisioner, runtime.store), record.id, cast("BinaryIO", sink), runtime.now())
        file.seek(0)
        await runtime.platform.execute(_ANNOUNCED, path, record.schema)
        written = await runtime.store.write(path, _blocks(file))
    return written.size, manifest


async def _blocks(file: IO[bytes]) -> AsyncIterator[bytes]:
    while block := file.read(PART):
        yield block


@asynccontextmanager
async def content_of(runtime: Runtime, schema: str, backup_id: UUID) -> AsyncIterator[BinaryIO]:
    """Yield what a backup holds, unsealed, to be read from anywhere; raises `Missing` and `Invalid`."""
    async with local_copy(runtime.store.read(f"{schema}/{backup_id}")) as file:
        heading, _ = read_heading(file)
        if not isinstance(heading.lock, OwnKey):
            raise Invalid("This backup was not made by the business it lies with.")
        key = (await runtime.vault.keys_of(schema)).key(heading.lock.generation)
        with reading(file, _key(key)) as source:
            yield source


@asynccontextmanager
async def opened_backup(runtime: Runtime, schema: str, backup_id: UUID) -> AsyncIterator[Opened]:
    """Yield a backup as an archive, with the data keys of the business."""
    async with content_of(runtime, schema, backup_id) as source:
        yield Opened(Archive(source), (await runtime.vault.keys_of(schema)).keys)


def _key(data_key: bytes) -> bytes:
    return opened(data_key, "backups")


_INTERRUPTED = """
UPDATE platform.backup SET state = 'failed', note = 'It was cut short: its process ended.' WHERE tenant = $1 AND state = 'running'
"""
_BEGUN = "INSERT INTO platform.backup (id, tenant, asked_by, made_at) VALUES ($1, $2, $3, $4)"
_FAILED = "UPDATE platform.backup SET state = 'failed', note = $3, seconds = $4 WHERE tenant = $1 AND id = $2"
_FAILED_BEFORE = """
SELECT state = 'failed' FROM platform.backup WHERE tenant = $1 AND id <> $2 ORDER BY made_at DESC LIMIT 1
"""
_STORED = """
UPDATE platform.backup SET state = 'stored', size = $3, rows = $4, files = $5, seconds = $6, note = $7 WHERE tenant = $1 AND id = $2
"""
_ANNOUNCED = "INSERT INTO platform.file_waste (path, tenant, at) VALUES ($1, $2, now() + interval '1 day')"
