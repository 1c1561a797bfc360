"""What people may ask of the backups of their business: one now, one restored beside it, one to take away."""

import asyncio
import io
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import datetime
from typing import BinaryIO, cast
from uuid import UUID

from core.audit.trail import write_entry
from core.files.store import PART
from core.runtime import Runtime
from core.tenancy.tenant import LiveTenant
from core.vault.locks import check_passphrase, key_from, new_passphrase_lock
from core.vault.streams import Heading, SealedWriter, new_heading
from tenants.backups.keeper import ASKED
from tenants.backups.making import content_of
from tenants.backups.moments import Kept, kept_now
from tenants.backups.shelf import Backup, find_backup
from tenants.life import NewTenant, ask_operator, check_new
from weft.errors import Conflict, Invalid, Missing, Refused

KIND = "core.backup"
A_DAY = {"back_up": 10, "restore_backup": 3, "rewind": 3}  # times that a business may ask for it in 24 hours


@dataclass(frozen=True, slots=True)
class Asked:
    """What was asked for and is not done, or failed, or is a restored business."""

    kind: str
    state: str  # waiting, running, done, failed
    note: str  # why it failed; of a restored business its address
    slug: str
    created_at: datetime


async def asked_of(runtime: Runtime, tenant: LiveTenant) -> list[Asked]:
    """Return what was asked for in the last week, the newest first."""
    rows = await runtime.platform.fetch(_ASKED, tenant.id, list(ASKED))
    return [Asked(row["kind"], row["state"], row["note"], row["slug"] or "", row["created_at"]) for row in rows]


async def ask_backup(runtime: Runtime, tenant: LiveTenant) -> None:
    """Ask for a backup now. Raises `Conflict` while one is on its way, and when it was asked for too often."""
    await _ask(runtime, tenant, "back_up", "asked for a backup", {})


async def ask_restore(runtime: Runtime, tenant: LiveTenant, backup_id: UUID, slug: str, name: str) -> None:
    """Ask for a business of its own made of a backup; raises `Invalid` by field, `Missing`, and `Conflict` as above."""
    backup = await find_backup(runtime.platform, tenant.schema, backup_id)
    await _check_address(runtime, tenant, slug, name)
    arguments = {"backup": str(backup.id), "slug": slug, "name": name}
    await _ask(runtime, tenant, "restore_backup", "asked to restore a backup", arguments)


async def ask_rewind(runtime: Runtime, tenant: LiveTenant, moment: datetime, slug: str, name: str) -> None:
    """Ask for a business as this one was at a moment, owned by who asks; raises as above, and `Missing` where no WAL is kept."""
    kept = await kept_now(runtime.platform)
    if kept is None or kept.oldest_at is None:
        raise Missing("Only the moments of backups can be had here: this installation keeps nothing in between.")
    if tenant.person is None:
        raise Refused("Only a person can own the copy: sign in and ask for it.")
    earliest = await first_moment(runtime, tenant, kept)
    if not earliest <= moment <= runtime.now():
        raise Invalid.field("moment", f"Choose a moment from {earliest.astimezone(tenant.timezone):%Y-%m-%d %H:%M:%S} to now.")
    await _check_address(runtime, tenant, slug, name)
    arguments = {"moment": moment.isoformat(), "slug": slug, "name": name, "owner": str(tenant.person.id)}
    await _ask(runtime, tenant, "rewind", "asked for a copy as of a moment", arguments)


async def first_moment(runtime: Runtime, tenant: LiveTenant, kept: Kept) -> datetime:
    """Return the first moment of a business that can be had; raises `Missing` when nothing can."""
    since: datetime = await runtime.platform.fetchval("SELECT claimed_at FROM platform.tenant WHERE id = $1", tenant.id)
    if kept.oldest_at is None:
        raise Missing("No moment can be had yet: the first is there within the hour.")
    return max(since, kept.oldest_at)


async def _check_address(runtime: Runtime, tenant: LiveTenant, slug: str, name: str) -> None:
    entry = tenant.catalogue_entry
    check_new(NewTenant(slug, name, entry.country, entry.currency, entry.timezone, entry.locale))
    if await runtime.platform.fetchval("SELECT true FROM platform.tenant WHERE slug = $1", slug):
        raise Invalid.field("slug", f"The address “{slug}” is taken: choose another.")


async def _ask(runtime: Runtime, tenant: LiveTenant, kind: str, action: str, arguments: dict[str, str]) -> None:
    async with runtime.platform.transaction() as db:
        await db.execute("SELECT 1 FROM platform.tenant WHERE id = $1 FOR NO KEY UPDATE", tenant.id)
        row = await db.fetchrow(_COUNTED, tenant.id, kind)
        assert row is not None
        if row["open"]:
            raise Conflict("That was asked for already, and is on its way.")
        if row["lately"] >= A_DAY[kind]:
            raise Conflict(f"That was asked for {A_DAY[kind]} times in the last 24 hours, which is the most: try again later.")
        by = tenant.person.id if tenant.person else None
        await ask_operator(db, kind, tenant.id, by, by=tenant.actor.name, **arguments)
        await write_entry(db, tenant.schema, tenant.actor, action, KIND, tenant.name, after=arguments)


async def hand_over(runtime: Runtime, tenant: LiveTenant, backup_id: UUID, passphrase: str) -> tuple[Backup, AsyncIterator[bytes]]:
    """Return a backup as an archive to take away, sealed under a passphrase instead of the business's own key.

    `weft tenant import` reads it in any installation. Raises `Invalid` for a passphrase that could be guessed, and `Missing`.
    """
    check_passphrase(passphrase)
    backup = await find_backup(runtime.platform, tenant.schema, backup_id)
    lock = new_passphrase_lock()
    key = await asyncio.to_thread(key_from, passphrase, lock)
    heading = new_heading(lock, key, dict((await runtime.vault.keys_of(tenant.schema)).keys))
    async with runtime.platform.transaction() as db:
        after = {"made": backup.made_at, "bytes": backup.size}
        await write_entry(db, tenant.schema, tenant.actor, "took a backup away", KIND, tenant.name, record=backup.id, after=after)
    return backup, _sealed_anew(runtime, tenant.schema, backup.id, key, heading)


async def _sealed_anew(runtime: Runtime, schema: str, backup_id: UUID, key: bytes, heading: Heading) -> AsyncIterator[bytes]:
    sink = io.BytesIO()
    async with content_of(runtime, schema, backup_id) as source:
        writer = SealedWriter(cast("BinaryIO", sink), key, heading)
        while block := await asyncio.to_thread(source.read, PART):
            await asyncio.to_thread(writer.write, block)
            yield _taken(sink)
        writer.close()
        yield _taken(sink)


def _taken(sink: io.BytesIO) -> bytes:
    """Return what was written, and begin anew."""
    content = sink.getvalue()
    sink.seek(0)
    sink.truncate()
    return content


_ASKED = """
SELECT kind, state, note, arguments ->> 'slug' AS slug, created_at FROM platform.operation
WHERE tenant_id = $1 AND kind = ANY ($2) AND created_at > now() - interval '7 days' AND (state <> 'done' OR kind <> 'back_up')
ORDER BY created_at DESC LIMIT 20
"""
_COUNTED = """
SELECT count(*) FILTER (WHERE state IN ('waiting', 'running')) AS open,
       count(*) FILTER (WHERE created_at > now() - interval '1 day') AS lately
FROM platform.operation WHERE tenant_id = $1 AND kind = $2
"""
