"""The backups of one business as rows: which there are, which may go, what became of each."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from core.auth.permissions import BACKUPS
from core.files.store import FileStore
from core.platform.database import Platform
from tenants.backups.rotation import kept
from weft.errors import Missing
from weft.ids import new_id


@dataclass(frozen=True, slots=True)
class Backup:
    """One backup; `size` in bytes, `trouble` is what its last trial brought to light, empty when everything was there."""

    id: UUID
    state: str  # running, stored, failed
    asked_by: str  # empty: by the clock
    made_at: datetime
    size: int
    rows: int
    files: int
    seconds: float
    note: str
    tested_at: datetime | None
    trouble: str


_COLUMNS = "id, state, asked_by, made_at, size, rows, files, seconds, note, tested_at, trouble"


async def backups_of(platform: Platform, schema: str) -> list[Backup]:
    """Return the backups of a business, the newest first."""
    rows = await platform.fetch(f"SELECT {_COLUMNS} FROM platform.backup WHERE tenant = $1 ORDER BY made_at DESC, id DESC", schema)
    return [Backup(**dict(row)) for row in rows]


async def find_backup(platform: Platform, schema: str, backup_id: UUID) -> Backup:
    """Return a backup of a business that lies in the store; raises `Missing`."""
    row = await platform.fetchrow(
        f"SELECT {_COLUMNS} FROM platform.backup WHERE tenant = $1 AND id = $2 AND state = 'stored'", schema, backup_id
    )
    if row is None:
        raise Missing("There is no such backup any more.")
    return Backup(**dict(row))


async def prune(platform: Platform, store: FileStore, schema: str) -> int:
    """Throw away the backups that the rotation does not keep; returns how many. Bytes go first: what is cut short is done again."""
    stored = [each for each in await backups_of(platform, schema) if each.state == "stored"]
    keep = kept(each.made_at for each in stored)
    gone = [each for each in stored if each.made_at not in keep]
    for each in gone:
        await store.delete(f"{schema}/{each.id}")
        await platform.execute("DELETE FROM platform.backup WHERE tenant = $1 AND id = $2", schema, each.id)
    await platform.execute(_OLD_FAILURES, schema)
    return len(gone)


_OLD_FAILURES = "DELETE FROM platform.backup WHERE tenant = $1 AND state = 'failed' AND made_at < now() - interval '30 days'"


async def tell(platform: Platform, schema: str, sentence: str) -> None:
    """Notify who looks after the backups of a business."""
    await platform.execute(_TELL, new_id(), schema, BACKUPS.name, sentence)


_TELL = "INSERT INTO platform.notification (id, tenant, permission, body, link) VALUES ($1, $2, $3, $4, '/backups')"
