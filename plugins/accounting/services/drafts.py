"""Entries by hand: kept as drafts, posted when they hold."""

from collections.abc import Sequence
from uuid import UUID

import msgspec

from weft import Change, Conflict, Invalid, Missing, RecordRef, Tenant, new_id
from weft.contracts import PostedEntry, Source

from ..domain.drafts import Draft, DraftHead, DraftLine, debits, to_post
from ..queries import drafts, setup
from ..records import DRAFT_ENTRY
from . import posting


class DraftChanged(Conflict):
    """Somebody else changed the draft; `current` is how it is now."""

    def __init__(self, current: Draft) -> None:
        super().__init__("This draft was changed by somebody else meanwhile: look at both and save again.")
        self.current = current


def _ref(draft: Draft) -> RecordRef:
    return RecordRef(DRAFT_ENTRY, draft.id, draft.description or f"Draft of {draft.date}")


def _told(draft: Draft) -> dict[str, object]:
    return {"date": draft.date, "description": draft.description, "total": debits(draft.lines), "lines": len(draft.lines)}


async def get(tenant: Tenant, draft_id: UUID) -> Draft:
    """Return a draft; raises `Missing`."""
    async with tenant.transaction() as db:
        found = await drafts.draft(db, draft_id)
    if found is None:
        raise Missing("There is no such draft. It may have been posted or deleted.")
    return found


async def save(tenant: Tenant, head: DraftHead, lines: Sequence[DraftLine], draft_id: UUID | None = None, version: int = 0) -> Draft:
    """Keep an entry as a draft, as it is; raises `DraftChanged`, `Missing`."""
    async with tenant.transaction() as db:
        stored = await _locked(tenant, draft_id, version) if draft_id else None
        made = Draft(
            id=draft_id or new_id(),
            journal=head.journal,
            date=head.date,
            description=" ".join(head.description.split()),
            currency=head.currency.upper() or tenant.currency,
            rate=head.rate,
            lines=tuple(lines),
            version=version + 1 if stored else 1,
            made_at=stored.made_at if stored else tenant.now(),
            made_by=stored.made_by if stored else posting.by_whom(tenant),
        )
        if stored and msgspec.structs.replace(made, version=stored.version) == stored:
            return stored
        await drafts.put_draft(db, made, debits(made.lines))
        await tenant.record(Change(_ref(made), "changed" if stored else "created", _told(stored) if stored else {}, _told(made)))
    return made


async def _locked(tenant: Tenant, draft_id: UUID, version: int) -> Draft:
    stored = await drafts.draft(tenant.scope(), draft_id, lock=True)
    if stored is None:
        raise Missing("There is no such draft. It may have been posted or deleted.")
    if stored.version != version:
        raise DraftChanged(stored)
    return stored


async def post(
    tenant: Tenant,
    head: DraftHead,
    lines: Sequence[DraftLine],
    draft_id: UUID | None = None,
    version: int = 0,
    source: Source | None = None,
) -> PostedEntry:
    """Post an entry from the form; its draft, if it has one, is gone then. Raises as `Ledger.post`, and `DraftChanged`."""
    async with tenant.transaction() as db:
        if draft_id is not None:
            await _locked(tenant, draft_id, version)
        journal = await _code(tenant, head.journal)
        new = to_post(
            journal,
            head.date,
            lines,
            description=" ".join(head.description.split()),
            currency=head.currency.upper(),
            rate=head.rate,
            source=source,
        )
        made = await posting.post(tenant, new)
        if draft_id is not None:
            await drafts.delete_draft(db, draft_id)
    return made


async def preview(tenant: Tenant, head: DraftHead, lines: Sequence[DraftLine]) -> PostedEntry:
    """Return what posting would make; raises as `Ledger.preview`."""
    async with tenant.transaction():
        new = to_post(await _code(tenant, head.journal), head.date, lines, currency=head.currency.upper(), rate=head.rate)
        return await posting.preview(tenant, new)


async def _code(tenant: Tenant, journal_id: UUID) -> str:
    found = await setup.journal(tenant.scope(), journal_id)
    if found is None:
        raise Invalid.field("journal", "There is no such journal: choose one of the list.")
    return found.code


async def delete(tenant: Tenant, draft_id: UUID) -> None:
    """Delete a draft."""
    async with tenant.transaction() as db:
        stored = await get(tenant, draft_id)
        await drafts.delete_draft(db, draft_id)
        await tenant.record(Change(_ref(stored), "deleted", _told(stored), {}))
