"""What other modules hear of documents."""

from decimal import Decimal

from weft import Scope, Tenant

from ..domain.documents.model import Computed
from ..domain.documents.stored import StoredDocument
from ..events import DocumentCancelled, DocumentPaid, DocumentPosted, PostedDocumentLine
from ..queries import documents as stored


async def posted(tenant: Tenant, document: StoredDocument, computed: Computed) -> None:
    """Publish that a document stands."""
    lines = tuple(
        PostedDocumentLine(position=place, source_line=line.source_line, item=line.item, quantity=line.quantity, net=taxed.net)
        for place, (line, taxed) in enumerate(zip(document.lines, computed.taxed.lines, strict=True), 1)
    )
    await tenant.emit(
        DocumentPosted(
            document_id=document.id,
            type=document.kind.value,
            number=document.number,
            party=document.party,
            issued=document.issued,
            currency=document.currency,
            net=document.net,
            total=document.total,
            source=document.source,
            credits=document.credits,
            lines=lines,
        )
    )


async def set_open(tenant: Tenant, db: Scope, document: StoredDocument, amount: Decimal) -> None:
    """Say how much of a document is open, and publish it when that is nothing any more."""
    await stored.set_open(db, document.id, amount)
    if document.open and not amount:
        about = DocumentPaid(
            document_id=document.id, type=document.kind.value, number=document.number, party=document.party, source=document.source
        )
        await tenant.emit(about)


async def taken_back(tenant: Tenant, db: Scope, credit: StoredDocument) -> None:
    """Publish it when credit notes have taken back all of a document; `credit` is the newest of them."""
    assert credit.credits
    first = await stored.document(db, credit.credits)
    if first and await cancelled(db, first):
        about = DocumentCancelled(
            document_id=first.id, type=first.kind.value, number=first.number, party=first.party, by=credit.id, source=first.source
        )
        await tenant.emit(about)


async def cancelled(db: Scope, document: StoredDocument) -> bool:
    """Tell whether credit notes took back all of a posted document."""
    if document.is_draft or not document.total:
        return False
    back = sum((each.total for each in await stored.crediting(db, document.id) if not each.is_draft), Decimal(0))
    return back >= document.total
