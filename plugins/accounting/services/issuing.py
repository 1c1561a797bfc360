"""Posting documents: into the ledger, with their taxes, and against what they take back."""

from uuid import UUID

import msgspec

from weft import Change, Conflict, Invalid, Refused, Scope, Tenant
from weft.contracts import PostedEntry

from ..domain.amounts import ZERO
from ..domain.documents.model import DocumentKind, compute_document
from ..domain.documents.search import search_text
from ..domain.documents.stored import StoredDocument, to_document
from ..domain.tax.cash import due_at_invoice
from ..domain.tax.in_base import as_booked, rate_of
from ..domain.tax.model import Use
from ..queries import documents as stored
from ..queries.documents import KeptTax
from ..settings import AccountingSettings
from . import crediting, documents, posting, telling
from .documents import DocumentChanged, DuplicateReference
from .posting import by_whom


async def post(tenant: Tenant, document_id: UUID, version: int, *, same_reference: bool = False) -> StoredDocument:
    """Post a draft: it gets the number of its entry and stands for good.

    A credit note settles what is open of the document it takes back. Raises `DocumentChanged`, `DuplicateReference` unless
    `same_reference`, `Refused` for a bill that somebody else has to approve, what `Ledger.post` raises, and `Invalid` for a document of
    nothing; then nothing is changed.
    """
    async with tenant.transaction() as db:
        draft = await documents.find(db, document_id, lock=True)
        if not draft.is_draft:
            raise Conflict(f"{draft.title} is posted already.")
        if draft.version != version:
            raise DocumentChanged(draft)
        _check_approval(tenant, draft)
        if not same_reference:
            await _check_reference(db, draft)
        computed = compute_document(to_document(draft))
        if computed.total < 0:
            raise Invalid(f"The total is {computed.total:f}: make a {'credit note' if not draft.kind.is_credit else 'invoice'} of it.")
        wanted = await documents.entry_of(tenant, draft, computed)
        entry = await posting.post(tenant, wanted)
        posted = _posted(draft, entry, tenant)
        await stored.put(db, posted, search_text(posted))
        taxes = as_booked(due_at_invoice(computed.taxes), wanted, rate_of(posted.total, posted.base_total), tenant.currency)
        await stored.put_taxes(db, [KeptTax(posted.issued, each, posted.kind.is_credit, entry.id, posted.id) for each in taxes])
        await tenant.record(Change(documents.ref(posted), "posted", {}, {"number": posted.number, "total": posted.total}))
        await telling.posted(tenant, posted, computed)
        if posted.credits:
            await _settle_credited(tenant, db, posted)
            await telling.taken_back(tenant, db, posted)
            posted = await documents.find(db, posted.id)
    return posted


def _check_approval(tenant: Tenant, draft: StoredDocument) -> None:
    """Raise `Refused` where bills are approved and who posts one is who wrote it."""
    if draft.kind.use is Use.PURCHASE and tenant.settings(AccountingSettings).approve_bills and by_whom(tenant) == draft.made_by:
        raise Refused("Bills are approved here: you wrote this one, so somebody else has to post it.")


async def _check_reference(db: Scope, draft: StoredDocument) -> None:
    if draft.kind is DocumentKind.BILL and (other := await stored.same_reference(db, draft.party, draft.reference, draft.id)):
        raise DuplicateReference(draft.reference, other)


def _posted(draft: StoredDocument, entry: PostedEntry, tenant: Tenant) -> StoredDocument:
    owed = [line.base for line in entry.lines if line.party is not None]
    return msgspec.structs.replace(
        draft,
        state="posted",
        number=entry.reference,
        entry=entry.id,
        open=draft.total,
        base_total=abs(sum(owed, ZERO)),
        posted_at=tenant.now(),
        version=draft.version + 1,
    )


async def _settle_credited(tenant: Tenant, db: Scope, credit: StoredDocument) -> None:
    assert credit.credits
    first = await documents.find(db, credit.credits, lock=True)
    amount = min(first.open, credit.open)
    if amount > 0 and first.currency == credit.currency:
        await crediting.settle_with(tenant, db, first, credit, amount, credit.issued)
