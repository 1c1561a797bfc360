"""Invoices, credit notes and bills: drafted, looked at, posted, taken back."""

from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Annotated
from uuid import UUID

import msgspec
from msgspec import Meta

from weft import Change, Conflict, Invalid, Missing, RecordRef, Scope, Stale, Tenant, new_id
from weft.contracts import NewEntry, Parties, Party, PostedEntry, Source

from ..domain.amounts import Rounding
from ..domain.documents.model import Computed, DocumentKind, compute_document
from ..domain.documents.posting import Facts, document_entry
from ..domain.documents.search import search_text
from ..domain.documents.stored import TITLES, MadeWith, StoredDocument, StoredLine, taxes_of, to_document
from ..domain.documents.terms import Due, schedule
from ..domain.tax.cash import CashRounding
from ..domain.tax.compute import Per
from ..domain.tax.jurisdiction import Jurisdiction
from ..domain.tax.model import Use
from ..queries import documents as stored
from ..records import DOCUMENT
from ..settings import AccountingSettings
from . import determining, posting, taxes
from .posting import by_whom


class DocumentDraft(msgspec.Struct, frozen=True, kw_only=True):
    """A document as somebody writes it; `due` counts only without `terms`, `rate` is what one unit of a foreign currency is worth."""

    kind: DocumentKind
    party: UUID
    issued: date
    currency: str = ""
    lines: tuple[StoredLine, ...] = ()
    tax_day: date | None = None
    due: date | None = None
    terms: UUID | None = None
    rate: Decimal | None = None
    included: bool = False
    reference: Annotated[str, Meta(max_length=100)] = ""
    note: Annotated[str, Meta(max_length=2000)] = ""
    credits: UUID | None = None
    deposit_for: UUID | None = None
    position: str = ""  # code of a fiscal position; empty: by the party
    source: Source | None = None  # what another module made it from


class DocumentChanged(Stale):
    """Somebody else changed the document; `current` is how it is now."""

    def __init__(self, current: StoredDocument) -> None:
        super().__init__("This document was changed by somebody else meanwhile: look at both and save again.")
        self.current = current


class DuplicateReference(Conflict):
    """A bill of this vendor with this reference is there already."""

    def __init__(self, reference: str, other: str) -> None:
        super().__init__(f"The vendor's reference “{reference}” is on {other} already. Post it only if it is another bill.")


def ref(document: StoredDocument) -> RecordRef:
    """Return a link to a document."""
    return RecordRef(DOCUMENT, document.id, document.title)


def told(document: StoredDocument) -> dict[str, object]:
    """Return what the audit log keeps of a document."""
    known: dict[str, object] = {
        "party": document.party_name,
        "issued": document.issued,
        "total": document.total,
        "lines": len(document.lines),
    }
    return known | {"currency": document.currency, "reference": document.reference, "due": document.due}


async def get(tenant: Tenant, document_id: UUID) -> StoredDocument:
    """Return a document; raises `Missing`."""
    async with tenant.transaction() as db:
        return await find(db, document_id)


async def find(db: Scope, document_id: UUID, *, lock: bool = False) -> StoredDocument:
    """Return a document in the open transaction; raises `Missing`."""
    found = await stored.document(db, document_id, lock=lock)
    if found is None:
        raise Missing("There is no such document. It may have been deleted.")
    return found


async def save(tenant: Tenant, draft: DocumentDraft, document_id: UUID | None = None, version: int = 0) -> StoredDocument:
    """Keep a document as a draft; raises `Invalid` by field, `DocumentChanged`, `Missing`, and `Conflict` when it is posted."""
    async with tenant.transaction() as db:
        before = await _draft(db, document_id, version) if document_id else None
        made = (await prepare(tenant, draft, before))[0]
        await stored.put(db, made, search_text(made))
        change = Change.between(ref(made), "changed" if before else "drafted", told(before) if before else {}, told(made))
        await tenant.record(change)
    return made


async def _draft(db: Scope, document_id: UUID, version: int) -> StoredDocument:
    found = await find(db, document_id, lock=True)
    if not found.is_draft:
        raise Conflict(f"{found.title} is posted and stands: make a credit note instead.")
    if found.version != version:
        raise DocumentChanged(found)
    return found


async def prepare(tenant: Tenant, draft: DocumentDraft, before: StoredDocument | None = None) -> tuple[StoredDocument, Computed]:
    """Return a draft as it would be kept, and what it comes to, in the open transaction; raises `Invalid` by field."""
    party = await tenant.service(Parties).get(draft.party)
    currency = (draft.currency or tenant.currency).upper()
    lines, made_with = await _made_with(tenant, draft, party)
    source = before.source if before else draft.source
    first = StoredDocument(
        id=before.id if before else new_id(),
        kind=draft.kind,
        party=party.id,
        party_name=party.name,
        currency=currency,
        issued=draft.issued,
        tax_day=draft.tax_day,
        due=draft.due or draft.issued,
        terms=draft.terms,
        rate=draft.rate if currency != tenant.currency else None,
        included=draft.included,
        reference=" ".join(draft.reference.split()),
        note=draft.note.strip(),
        lines=lines,
        made_with=made_with,
        credits=draft.credits,
        deposit_for=draft.deposit_for,
        source_kind=source.kind if source else "",
        source_id=source.id if source else "",
        source_title=source.title if source else "",
        version=before.version + 1 if before else 1,
        made_at=before.made_at if before else tenant.now(),
        made_by=by_whom(tenant),
    )
    if draft.due and draft.due < draft.issued:
        raise Invalid.field("due", f"The due date ({draft.due}) is before the date of the document ({draft.issued}).")
    found = compute_document(to_document(first))
    dues = schedule(made_with.terms, found.total, draft.issued, found.document.step) if draft.terms else ()
    made = msgspec.structs.replace(
        first,
        due=dues[-1].day if dues else first.due,
        net=found.net,
        tax=found.tax,
        rounding=found.rounding,
        total=found.total,
    )
    return made, found


async def _made_with(tenant: Tenant, draft: DocumentDraft, party: Party) -> tuple[tuple[StoredLine, ...], MadeWith]:
    """Return the lines of a draft with their taxes, and what it is made with: that of what it takes back, or as things are now."""
    system = await taxes.tax_system(tenant)
    day = draft.tax_day or draft.issued
    taken_back = (await find(tenant.scope(), draft.credits)).made_with if draft.credits else None
    lines, position = draft.lines, taken_back.position if taken_back else ""
    if taken_back is None and system is not None:
        lines, position = await determining.lines_for(tenant, system, draft.lines, draft.kind.use, party, day, draft.position)
    return lines, MadeWith(
        taxes=taxes_of(lines, system, day, taken_back.taxes if taken_back else {}),
        per=taken_back.per if taken_back else _rounds(tenant, system),
        cash_rounding=taken_back.cash_rounding if taken_back else _cash_rounding(tenant, draft.kind),
        terms=await taxes.terms_of(tenant, draft.terms),
        recipient=address_lines(party),
        language=party.language,
        position=position,
        position_chosen=bool(draft.position),
    )


def _rounds(tenant: Tenant, system: Jurisdiction | None) -> Per:
    chosen = tenant.settings(AccountingSettings).tax_rounding
    if chosen == "law":
        return system.rounding if system else Per.LINE
    return Per(chosen)


def _cash_rounding(tenant: Tenant, kind: DocumentKind) -> CashRounding | None:
    """Return how totals of sales are rounded; what vendors ask for stands as they wrote it."""
    settings = tenant.settings(AccountingSettings)
    if kind.use is not Use.SALE or settings.round_totals_to == "cents":
        return None
    return CashRounding(Decimal(settings.round_totals_to), Rounding(settings.round_totals))


async def preview(tenant: Tenant, draft: DocumentDraft) -> tuple[StoredDocument, Computed]:
    """Return what a document comes to, and write nothing; raises `Invalid` by field."""
    async with tenant.transaction():
        return await prepare(tenant, draft)


async def preview_entry(tenant: Tenant, document_id: UUID) -> PostedEntry:
    """Return the entry that posting a draft would make; raises as `post`."""
    async with tenant.transaction() as db:
        found = await find(db, document_id)
        return await posting.preview(tenant, await entry_of(tenant, found, compute_document(to_document(found))))


async def entry_of(tenant: Tenant, document: StoredDocument, computed: Computed) -> NewEntry:
    """Return the entry of a document, in the open transaction; raises `MissingRate`, and `Invalid` for a document of nothing."""
    rate = await taxes.rate_for(tenant, document.currency, document.tax_day or document.issued, document.rate)
    return document_entry(computed, dues_of(document, computed), facts_of(tenant, document, rate.factor))


def dues_of(document: StoredDocument, computed: Computed) -> tuple[Due, ...]:
    """Return when how much of a document falls due."""
    if document.terms is None:
        return (Due(document.due, computed.total),)
    return schedule(document.made_with.terms, computed.total, document.issued, computed.document.step)


def address_lines(party: Party) -> tuple[str, ...]:
    """Return the lines of an address as a letter shows it."""
    found = party.address
    place = [*found.lines, " ".join(filter(None, (found.postcode, found.city))), found.region, found.country] if found else []
    number = party.identifiers.get("vat", "")
    return tuple(line for line in (party.name, *place, number) if line)


def facts_of(tenant: Tenant, document: StoredDocument, rate: Fraction) -> Facts:
    """Return what the entry of a document needs to know."""
    about = f"{TITLES[document.kind]}: {document.party_name}" + (f", {document.reference}" if document.reference else "")
    return Facts(
        number=about,
        date=document.issued,
        base_currency=tenant.currency,
        party=document.party,
        rate=rate,
        source=Source(DOCUMENT.name, str(document.id), about),
    )


async def delete(tenant: Tenant, document_id: UUID) -> StoredDocument:
    """Delete a draft; raises `Missing`, and `Conflict` when it is posted."""
    async with tenant.transaction() as db:
        found = await find(db, document_id, lock=True)
        if not found.is_draft:
            raise Conflict(f"{found.title} is posted and stands: make a credit note instead.")
        await stored.delete(db, document_id)
        await tenant.record(Change(ref(found), "deleted", told(found), {}))
    return found


async def draft_credit(tenant: Tenant, document_id: UUID, issued: date) -> StoredDocument:
    """Draft what takes a posted document back, with all its lines; raises `Missing`, `Conflict` for a draft or a credit note."""
    async with tenant.transaction() as db:
        found = await find(db, document_id)
        if found.is_draft or found.kind.is_credit:
            raise Conflict("Only a posted invoice or bill can be credited.")
        draft = DocumentDraft(
            kind=found.kind.opposite,
            party=found.party,
            issued=issued,
            currency=found.currency,
            lines=tuple(msgspec.structs.replace(line, by_category=False) for line in found.lines),
            tax_day=found.tax_day or found.issued,
            rate=abs(found.base_total / found.total) if found.currency != tenant.currency and found.total else None,
            included=found.included,
            reference=found.reference,
            credits=found.id,
        )
        return await save(tenant, draft)
