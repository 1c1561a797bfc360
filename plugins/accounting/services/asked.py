"""Documents that other modules ask for: drafted as they say, and told as they stand."""

from uuid import UUID

from weft import Invalid, Scope, Tenant
from weft.contracts import DocumentFacts, DocumentLineFacts, DocumentStep, Items, NewDocument, NewDocumentLine, Source

from ..domain.documents.model import DocumentKind, compute_document
from ..domain.documents.stored import StoredDocument, StoredLine, to_document
from ..domain.tax.determination import ItemKind
from ..domain.tax.model import Use
from ..queries import documents as stored
from ..settings import AccountingSettings
from . import documents, issuing, taxes, telling
from .documents import DocumentDraft


async def draft(tenant: Tenant, new: NewDocument) -> DocumentFacts:
    """Draft a document; see `weft.contracts.Documents.draft`."""
    db = tenant.scope()
    if found := await stored.by_source(db, new.source.kind, new.source.id):
        return await facts(tenant, db, found)
    if not new.source.kind or not new.source.id:
        raise Invalid.field("source", "Say what the document is made from: its kind and its id.")
    if not new.lines:
        raise Invalid.field("lines", "A document has one line at least.")
    kinds = await _kinds(tenant, new)
    made = await documents.save(
        tenant,
        DocumentDraft(
            kind=DocumentKind(new.type),
            party=new.party,
            issued=new.issued or tenant.today(),
            currency=new.currency,
            lines=tuple(_line(line, kinds) for line in new.lines),
            terms=await taxes.usual_terms(tenant),
            reference=new.reference,
            note=new.note,
            source=new.source,
        ),
    )
    return await facts(tenant, db, made)


async def _kinds(tenant: Tenant, new: NewDocument) -> dict[UUID, ItemKind]:
    """Return of each item whether it is goods or a service."""
    ids = [line.item for line in new.lines if line.item]
    return {key: item.kind for key, item in (await tenant.service(Items).many(ids)).items()} if ids else {}


def _line(line: NewDocumentLine, kinds: dict[UUID, ItemKind]) -> StoredLine:
    return StoredLine(
        description=" ".join(line.description.split()),
        quantity=line.quantity,
        unit_price=line.unit_price,
        discount=line.discount,
        taxes=line.taxes or (),
        by_category=line.taxes is None,
        tax_category=line.tax_category,
        kind=kinds.get(line.item, "goods") if line.item else "goods",
        event=line.event,
        detail=line.detail,
        unit=line.unit,
        item=line.item,
        dimensions=line.dimensions,
        source_line=line.source_line,
    )


async def post(tenant: Tenant, document_id: UUID) -> DocumentFacts:
    """Post a draft; one that stands already is returned. See `weft.contracts.Documents.post`."""
    db = tenant.scope()
    found = await documents.find(db, document_id)
    return await facts(tenant, db, await issuing.post(tenant, found.id, found.version) if found.is_draft else found)


async def get(tenant: Tenant, document_id: UUID) -> DocumentFacts:
    """Return a document with its lines; raises `Missing`."""
    db = tenant.scope()
    return await facts(tenant, db, await documents.find(db, document_id))


async def of(tenant: Tenant, source: Source) -> DocumentFacts | None:
    """Return the document that was drafted for a source."""
    db = tenant.scope()
    found = await stored.by_source(db, source.kind, source.id)
    return await facts(tenant, db, found) if found else None


async def facts(tenant: Tenant, db: Scope, document: StoredDocument) -> DocumentFacts:
    """Return a document as others see it."""
    computed = compute_document(to_document(document))
    return DocumentFacts(
        id=document.id,
        type=document.kind.value,
        step=await _step(tenant, db, document),
        number=document.number,
        party=document.party,
        issued=document.issued,
        currency=document.currency,
        net=document.net,
        total=document.total,
        open=document.open,
        address=f"/accounting/documents/{document.id}",
        reference=document.reference,
        source=document.source,
        lines=tuple(
            DocumentLineFacts(
                position=place,
                description=line.description,
                quantity=line.quantity,
                unit_price=line.unit_price,
                net=taxed.net,
                item=line.item,
                source_line=line.source_line,
            )
            for place, (line, taxed) in enumerate(zip(document.lines, computed.taxed.lines, strict=True), 1)
        ),
    )


async def _step(tenant: Tenant, db: Scope, document: StoredDocument) -> DocumentStep:
    if document.is_draft:
        waits = document.kind.use is Use.PURCHASE and tenant.settings(AccountingSettings).approve_bills
        return "waiting" if waits else "draft"
    if await telling.cancelled(db, document):
        return "cancelled"
    return "posted" if document.open else "paid"
