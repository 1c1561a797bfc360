"""Posting documents: into the ledger, with their taxes, and against what they take back."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction
from uuid import UUID

import msgspec

from weft import Change, Conflict, Invalid, Refused, Scope, Tenant
from weft.contracts import NewEntry, NewLine, PostedEntry, Source

from ..domain.amounts import ZERO, share_of
from ..domain.documents.model import DocumentKind, compute_document
from ..domain.documents.posting import Facts, Move, tax_moves, to_entry
from ..domain.documents.search import search_text
from ..domain.documents.stored import StoredDocument, to_document
from ..domain.tax.cash import due_at_invoice, due_at_payment
from ..domain.tax.compute import TaxAmount
from ..domain.tax.model import Use
from ..queries import aliases, payments
from ..queries import documents as stored
from ..queries.documents import KeptTax
from ..records import DOCUMENT
from ..settings import AccountingSettings
from . import documents, posting, telling
from .allocating import settle_lines
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
        entry = await posting.post(tenant, await documents.entry_of(tenant, draft, computed))
        posted = _posted(draft, entry, tenant)
        await stored.put(db, posted, search_text(posted))
        taxes = due_at_invoice(computed.taxes)
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
        await _settle(tenant, db, first, credit, amount, credit.issued)


async def apply_credit(tenant: Tenant, document_id: UUID, credit_id: UUID, amount: Decimal | None = None) -> Decimal:
    """Settle an open document with an open credit note of the same party and currency; returns how much.

    As much as both leave open, unless told. Raises `Invalid`, `Missing`.
    """
    async with tenant.transaction() as db:
        await stored.documents(db, [document_id, credit_id], lock=True)
        first, credit = await documents.find(db, document_id), await documents.find(db, credit_id)
        if first.kind.is_credit or not credit.kind.is_credit or first.kind.use is not credit.kind.use:
            raise Invalid("A credit note settles invoices, and a vendor credit bills: choose one of each.")
        if first.party not in await aliases.same(db, credit.party) or first.currency != credit.currency:
            raise Invalid("Both have to be of one party and in one currency.")
        most = min(first.open, credit.open)
        wanted = most if amount is None else amount
        if not 0 < wanted <= most:
            raise Invalid.field("amount", f"Enter more than 0 and at most {most:f}: that is open of both.")
        await _settle(tenant, db, first, credit, wanted, tenant.today())
    return wanted


@dataclass(frozen=True, slots=True)
class _Side:
    """One of two documents that settle each other: what it releases in base currency, and the taxes that fall due."""

    document: StoredDocument
    base: Decimal
    taxes: tuple[TaxAmount, ...]


async def _settle(tenant: Tenant, db: Scope, first: StoredDocument, credit: StoredDocument, amount: Decimal, day: date) -> None:
    sides = [_side(each, amount, tenant) for each in (first, credit)]
    assert first.entry
    assert credit.entry
    theirs = await payments.owed_lines(db, credit.entry)
    await settle_lines(tenant, await payments.owed_lines(db, first.entry), theirs, amount, document=first.id)
    for each in (first, credit):
        await telling.set_open(tenant, db, each, each.open - amount)
    if entry := _difference(tenant, sides, day):
        made = await posting.post(tenant, entry)
        kept = [KeptTax(day, tax, side.document.kind.is_credit, made.id, side.document.id) for side in sides for tax in side.taxes]
        await stored.put_taxes(db, kept)
    about = {"amount": amount, "with": credit.number}
    await tenant.record(
        Change(documents.ref(first), "settled with a credit note", {"open": first.open}, about | {"open": first.open - amount})
    )


def _side(document: StoredDocument, amount: Decimal, tenant: Tenant) -> _Side:
    done = document.total - document.open
    step = compute_document(to_document(document))
    taxes = due_at_payment(step.taxes, document.total, done, amount, step.document.step)
    base = share_of(document.base_total, amount, done, document.total, Decimal("0.01"))
    return _Side(document, base, taxes)


def _difference(tenant: Tenant, sides: list[_Side], day: date) -> NewEntry | None:
    """Return the entry that two documents in settling each other make: cash-basis taxes that fall due, and a difference of exchange."""
    first, credit = sides
    document = first.document
    moves: list[Move] = []
    for side in sides:
        sign = -1 if side.document.kind.is_credit else 1
        for tax in side.taxes:
            moves += [*tax_moves(tax, document.kind.use, -sign), *tax_moves(tax, document.kind.use, sign, paid=True)]
    moves = [move for move in moves if move.amount]
    gap = (credit.base - first.base) * document.kind.sign
    if not moves and not gap:
        return None
    rate = Fraction(document.base_total) / Fraction(document.total)
    facts = Facts(
        number=f"{document.number} with {credit.document.number}",
        date=day,
        base_currency=tenant.currency,
        rate=rate,
        source=Source(DOCUMENT.name, f"{document.id}/{credit.document.id}/{document.open:f}", document.number),
        journal="general",
    )
    entry = to_entry(moves, document.currency, facts, "general")
    if not gap:
        return entry
    owed = "receivable" if document.kind.sign > 0 and document.kind.use.value == "sale" else "payable"
    event = "exchange_gain" if gap > 0 else "exchange_loss"
    lines = (
        NewLine(event=owed, currency=document.currency, base=gap, party=document.party, description="Exchange difference"),
        NewLine(event=event, currency=document.currency, base=-gap, description="Exchange difference"),
    )
    return msgspec.structs.replace(entry, lines=(*entry.lines, *lines))
