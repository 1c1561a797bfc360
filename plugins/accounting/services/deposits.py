"""Deposits: invoiced before the supply, and taken off the final invoice with the same taxes."""

from decimal import Decimal
from uuid import UUID

import msgspec

from weft import Change, Conflict, Invalid, Scope, Tenant

from ..domain.amounts import ZERO
from ..domain.documents.deposits import deduction_lines, deposit_lines
from ..domain.documents.model import DocumentKind, DocumentLine, compute_document
from ..domain.documents.search import search_text
from ..domain.documents.stored import StoredDocument, StoredLine, to_document
from ..queries import documents as stored
from . import documents, printing
from .documents import DocumentDraft


async def draft_deposit(tenant: Tenant, document_id: UUID, percent: Decimal = ZERO, amount: Decimal = ZERO) -> StoredDocument:
    """Draft the invoice of a deposit on a draft invoice: a percentage of it, or an amount without tax.

    Raises `Missing`, `Conflict` for a document that is posted or no invoice, and `Invalid` for nothing or more than the document.
    """
    if not percent.is_finite() or not amount.is_finite():
        raise Invalid.field("percent", "Enter a percentage, such as 30.")
    async with tenant.transaction() as db:
        order = await documents.find(db, document_id, lock=True)
        if not order.is_draft or order.kind is not DocumentKind.INVOICE:
            raise Conflict("A deposit is asked for on a draft of an invoice: post that one when all is supplied.")
        words = printing.words_for(order.made_with.language or tenant.locale)
        lines = deposit_lines(compute_document(to_document(order)), percent, amount, words["deposit"])
        codes = _codes(order)
        draft = DocumentDraft(
            kind=order.kind,
            party=order.party,
            issued=tenant.today(),
            currency=order.currency,
            rate=order.rate,
            reference=order.reference,
            lines=tuple(_stored(line, codes) for line in lines),
            deposit_for=order.id,
        )
        return await documents.save(tenant, draft)


def _codes(order: StoredDocument) -> dict[str, str]:
    """Return which code a line named for each tax that its group or itself stands for."""
    return {tax.code: code for code, taxes in order.made_with.taxes.items() for tax in taxes}


def _stored(line: DocumentLine, codes: dict[str, str], deposit: UUID | None = None) -> StoredLine:
    named = tuple(dict.fromkeys(codes.get(tax.code, tax.code) for tax in line.taxes))
    return StoredLine(
        description=line.description, quantity=line.quantity, unit_price=line.unit_price, taxes=named, detail=line.detail, deposit=deposit
    )


async def missing(tenant: Tenant, db: Scope, order: StoredDocument) -> list[StoredDocument]:
    """Return the posted deposits of a draft that are not taken off it yet."""
    taken = {line.deposit for line in order.lines}
    return [each for each in await stored.deposits_of(db, order.id) if not each.is_draft and each.id not in taken]


async def take_off(tenant: Tenant, document_id: UUID) -> StoredDocument:
    """Add the lines to a draft that take its posted deposits off; raises `Missing`, and `Conflict` when there is none."""
    async with tenant.transaction() as db:
        order = await documents.find(db, document_id, lock=True)
        found = await missing(tenant, db, order) if order.is_draft else []
        if not found:
            raise Conflict("There is no posted deposit that is not taken off already.")
        lines = list(order.lines)
        for each in found:
            title = f"{printing.words_for(each.made_with.language or tenant.locale)['deposit']} {each.number}"
            computed = compute_document(to_document(each))
            lines += [_stored(line, _codes(each), each.id) for line in deduction_lines([(title, computed)])]
        known = {field.name for field in msgspec.structs.fields(DocumentDraft)}
        draft = DocumentDraft(**{name: getattr(order, name) for name in known} | {"lines": tuple(lines)})
        made, _ = await documents.prepare(tenant, draft, order)
        await stored.put(db, made, search_text(made))
        told = {"deposits": [each.number for each in found], "total": made.total}
        await tenant.record(Change(documents.ref(made), "deposits taken off", {"total": order.total}, told))
    return made
