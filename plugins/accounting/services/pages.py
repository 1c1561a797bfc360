"""What the page of an entry shows, and what can be done there."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from weft import Change, Invalid, Missing, Tenant
from weft.contracts import PostedEntry

from ..domain.drafts import DraftLine
from ..queries import entries, setup
from ..queries.entries import Facts
from ..records import entry_ref
from . import posting
from .reports import party_names

LARGEST_FILE = 10_000_000  # bytes


@dataclass(frozen=True, slots=True)
class EntryPage:
    """An entry with all that stands around it; files are id of the attachment and name."""

    entry: PostedEntry
    facts: Facts
    parties: Mapping[UUID, str]
    files: list[tuple[UUID, UUID, str]]


async def entry_page(tenant: Tenant, entry_id: UUID) -> EntryPage:
    """Return an entry; raises `Missing`."""
    async with tenant.transaction() as db:
        found = await entries.entry(db, entry_id)
        if found is None:
            raise Missing("There is no such entry.")
        files = await entries.attachments(db, entry_id)
        parties = await party_names(tenant, {line.party for line in found[0].lines if line.party})
    return EntryPage(*found, parties, files)


async def reverse(tenant: Tenant, entry_id: UUID, day: date, reason: str) -> PostedEntry:
    """Reverse an entry in a transaction of its own."""
    async with tenant.transaction():
        return await posting.reverse(tenant, entry_id, day, reason)


async def as_draft(tenant: Tenant, entry_id: UUID) -> tuple[PostedEntry, UUID, tuple[DraftLine, ...]]:
    """Return an entry with its journal and its lines as they would be typed, to make another one like it."""
    async with tenant.transaction() as db:
        found = await entries.entry(db, entry_id)
        if found is None:
            raise Missing("There is no such entry.")
        entry = found[0]
        journal = next(each.id for each in await setup.journals(db) if each.code == entry.journal)
        dimensions = await entries.dimensions_of(db, entry_id)
    lines = tuple(
        DraftLine(
            code=line.code,
            debit=max(line.amount, line.amount * 0),
            credit=max(-line.amount, line.amount * 0),
            currency="" if line.currency == tenant.currency else line.currency,
            base=None if line.currency == tenant.currency else line.base,
            description=line.description,
            party=line.party,
            dimensions=dimensions.get(line.id, {}),
        )
        for line in entry.lines
    )
    return entry, journal, lines


async def attach(tenant: Tenant, entry_id: UUID, name: str, media_type: str, content: bytes) -> None:
    """Keep a file with an entry; raises `Invalid` for one that is empty or too large."""
    if not content:
        raise Invalid.field("file", "The file is empty.")
    async with tenant.transaction() as db:
        found = await entries.entry(db, entry_id)
        if found is None:
            raise Missing("There is no such entry.")
        stored = await tenant.files.put(name, media_type or "application/octet-stream", content, limit=LARGEST_FILE)
        await entries.attach(db, entry_id, stored.id, stored.name, tenant.now())
        await tenant.record(Change(entry_ref(entry_id, found[0].reference), "attached a file", {}, {"file": stored.name}))


async def file_of(tenant: Tenant, entry_id: UUID, attachment_id: UUID) -> tuple[str, str, bytes] | None:
    """Return name, media type and bytes of a file of an entry."""
    async with tenant.transaction() as db:
        file_id = next((file for each, file, _ in await entries.attachments(db, entry_id) if each == attachment_id), None)
        if file_id is None:
            return None
        facts = await tenant.files.find(file_id)
        content = b"".join([part async for part in tenant.files.read(file_id)])
    return facts.name, facts.media_type, content
