"""Invoices, bills and payments for programs."""

from uuid import UUID

from litestar import get, post, put
from litestar.openapi.datastructures import ResponseSpec
from litestar.params import FromPath, JSONBody

from weft import Tenant, TheTenant, needs

from ..domain.documents.model import compute_document
from ..domain.documents.stored import StoredDocument, StoredLine, StoredPayment, to_document
from ..permissions import DOCUMENT as EDIT
from ..permissions import ISSUE, PAY, READ
from ..services import desk, documents, issuing, payments
from ..services.documents import DocumentDraft
from ..services.planning import PaymentDraft, Wish
from .schemas import (
    DocumentBody,
    DocumentChange,
    DocumentOut,
    LineOut,
    PaymentBody,
    PaymentOut,
    PostBody,
    Problem,
    TakeBackBody,
    TaxOut,
    WishBody,
)

INVALID = {422: ResponseSpec(data_container=Problem, description="Values are wrong: one sentence for each field", generate_examples=False)}
CONFLICT = {
    409: ResponseSpec(data_container=Problem, description="Another version stands, or its state forbids this", generate_examples=False)
}
MISSING = {404: ResponseSpec(data_container=Problem, description="There is no such record", generate_examples=False)}


def _draft(body: DocumentBody, credits_: UUID | None = None) -> DocumentDraft:
    lines = tuple(StoredLine(**{name: getattr(line, name) for name in line.__struct_fields__}) for line in body.lines)
    names = ("kind", "party", "issued", "currency", "due", "terms", "tax_day", "rate", "included", "reference", "note", "position")
    return DocumentDraft(lines=lines, credits=credits_, **{name: getattr(body, name) for name in names})


def _out(tenant: Tenant, document: StoredDocument) -> DocumentOut:
    computed = compute_document(to_document(document))
    names = ("id", "kind", "number", "version", "party", "party_name", "issued", "due", "currency", "reference", "note", "included")
    figures = ("net", "tax", "rounding", "total", "open", "base_total", "entry", "credits")
    kept = ("description", "quantity", "unit_price", "discount", "unit", "taxes", "account", "detail", "item", "dimensions")
    return DocumentOut(
        status=document.status(tenant.today()),
        lines=tuple(
            LineOut(net=taxed.net, gross=taxed.gross, **{name: getattr(line, name) for name in kept})
            for line, taxed in zip(document.lines, computed.taxed.lines, strict=True)
        ),
        taxes=tuple(
            TaxOut(
                code=each.tax.code,
                title=each.tax.title,
                rate=each.tax.rate,
                base=each.base,
                amount=each.amount,
                on_document=each.tax.on_document,
            )
            for each in computed.taxes
        ),
        **{name: getattr(document, name) for name in (*names, *figures)},
    )


@post("/documents", guards=[needs(EDIT)], summary="Draft a document", responses={**INVALID, **MISSING})
async def add_document(tenant: TheTenant, data: JSONBody[DocumentBody]) -> DocumentOut:
    """Keep a document as a draft; a list of all is at ``/api/v1/lists/accounting.invoices`` and ``accounting.bills``."""
    return _out(tenant, await documents.save(tenant, _draft(data)))


@post("/documents/preview", guards=[needs(EDIT)], summary="Compute a document", responses={**INVALID, **MISSING}, status_code=200)
async def preview_document(tenant: TheTenant, data: JSONBody[DocumentBody]) -> DocumentOut:
    """Return what a document comes to, and keep nothing."""
    made, _ = await documents.preview(tenant, _draft(data))
    return _out(tenant, made)


@get("/documents/{document_id:uuid}", guards=[needs(READ)], summary="Read a document", responses=MISSING)
async def read_document(tenant: TheTenant, document_id: FromPath[UUID]) -> DocumentOut:
    """Return one document."""
    return _out(tenant, await documents.get(tenant, document_id))


@put("/documents/{document_id:uuid}", guards=[needs(EDIT)], summary="Change a draft", responses={**INVALID, **CONFLICT, **MISSING})
async def replace_document(tenant: TheTenant, document_id: FromPath[UUID], data: JSONBody[DocumentChange]) -> DocumentOut:
    """Replace a draft by what is sent; what is posted stands."""
    stored = await documents.get(tenant, document_id)
    return _out(tenant, await documents.save(tenant, _draft(data, stored.credits), document_id, data.version))


@post(
    "/documents/{document_id:uuid}/post",
    guards=[needs(ISSUE)],
    summary="Post a draft",
    responses={**INVALID, **CONFLICT, **MISSING},
    status_code=200,
)
async def post_document(tenant: TheTenant, document_id: FromPath[UUID], data: JSONBody[PostBody]) -> DocumentOut:
    """Post a draft: it gets its number and stands for good."""
    return _out(tenant, await issuing.post(tenant, document_id, data.version, same_reference=data.same_reference))


@post("/documents/{document_id:uuid}/credit", guards=[needs(EDIT)], summary="Draft a credit note", responses={**CONFLICT, **MISSING})
async def credit_document(tenant: TheTenant, document_id: FromPath[UUID]) -> DocumentOut:
    """Draft what takes all of a posted document back, dated today."""
    return _out(tenant, await documents.draft_credit(tenant, document_id, tenant.today()))


async def _payment(tenant: Tenant, payment: StoredPayment) -> PaymentOut:
    page = await desk.payment_page(tenant, payment.id)
    names = ("id", "number", "state", "incoming", "day", "party", "party_name", "currency", "amount", "reference", "entry")
    wishes = tuple(
        WishBody(document=document.id, amount=each.amount, write_off=each.write_off, early=bool(each.discount))
        for document, each in page.settlements
    )
    return PaymentOut(unused=page.unused, documents=wishes, **{name: getattr(page.payment, name) for name in names})


@post("/payments", guards=[needs(PAY)], summary="Record a payment", responses={**INVALID, **CONFLICT, **MISSING})
async def add_payment(tenant: TheTenant, data: JSONBody[PaymentBody]) -> PaymentOut:
    """Post a payment and settle documents with it, all or nothing."""
    names = ("incoming", "day", "amount", "party", "currency", "bank", "bank_amount", "rate", "reference")
    wishes = tuple(Wish(document=each.document, amount=each.amount, write_off=each.write_off, early=each.early) for each in data.documents)
    made = await payments.register(tenant, PaymentDraft(wishes=wishes, **{name: getattr(data, name) for name in names}))
    return await _payment(tenant, made)


@get("/payments/{payment_id:uuid}", guards=[needs(READ)], summary="Read a payment", responses=MISSING)
async def read_payment(tenant: TheTenant, payment_id: FromPath[UUID]) -> PaymentOut:
    """Return one payment and what it settled."""
    return await _payment(tenant, await payments.get(tenant, payment_id))


@post(
    "/payments/{payment_id:uuid}/take-back",
    guards=[needs(PAY)],
    summary="Take a payment back",
    responses={**INVALID, **CONFLICT, **MISSING},
    status_code=200,
)
async def take_back(tenant: TheTenant, payment_id: FromPath[UUID], data: JSONBody[TakeBackBody]) -> PaymentOut:
    """Undo a payment: what it settled is open again, and its entry is reversed."""
    return await _payment(tenant, await payments.take_back(tenant, payment_id, data.day or tenant.today(), data.reason))


DOCUMENT_API = (
    *(add_document, preview_document, read_document, replace_document, post_document, credit_document),
    *(add_payment, read_payment, take_back),
)
