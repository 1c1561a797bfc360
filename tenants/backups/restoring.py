"""Restores a business as it was, beside the one that works: from its newest backup that is not younger than a moment."""

from datetime import datetime

from core.tenancy.catalogue import TenantRecord
from tenants.archive.importing import Imported, Target, Wanted, import_tenant
from tenants.backups.making import opened_backup
from tenants.backups.shelf import Backup, backups_of
from weft.errors import Missing


async def restore_as_of(target: Target, record: TenantRecord, at: datetime, wanted: Wanted) -> tuple[Backup, Imported]:
    """Make a new business of the newest backup made at a moment or before; raises `Missing` when there is none, and as `import_tenant`."""
    stored = [each for each in await backups_of(target.runtime.platform, record.schema) if each.state == "stored"]
    found = next((each for each in stored if each.made_at <= at), None)
    if found is None:
        oldest = f" The oldest is of {stored[-1].made_at:%Y-%m-%d %H:%M} UTC." if stored else " There is none at all."
        raise Missing(f"{record.name} has no backup of {at:%Y-%m-%d %H:%M %Z} or before.{oldest}")
    async with opened_backup(target.runtime, record.schema, found.id) as opened:
        return found, await import_tenant(target, opened, wanted)
