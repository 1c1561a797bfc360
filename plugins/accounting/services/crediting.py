"""Money on account and credits, set against documents after they came, and taken back."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from fractions import Fraction
from uuid import UUID

import msgspec

from weft import Change, Conflict, Invalid, Missing, Scope, Tenant, minor_unit, new_id
from weft.contracts import Source

from ..domain.amounts import ZERO, share_of
from ..domain.documents.differences import Side, difference_entry
from ..domain.documents.model import compute_document
from ..domain.documents.posting import Facts
from ..domain.documents.stored import StoredDocument, StoredPayment, StoredSettlement, to_document
from ..domain.tax.cash import due_at_payment
from ..domain.tax.in_base import at_rate, rate_of
from ..domain.tax.model import Use
from ..queries import aliases, payments
from ..queries import documents as stored
from ..queries.documents import KeptTax
from ..queries.payments import OpenLine
from ..records import DOCUMENT
from . import documents, posting, telling
from .allocating import settle_lines

CENT = Decimal("0.01")


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
        wanted = _checked(amount, min(first.open, credit.open))
        await settle_with(tenant, db, first, credit, wanted, tenant.today())
    return wanted


def _checked(amount: Decimal | None, most: Decimal) -> Decimal:
    wanted = most if amount is None else amount
    if not wanted.is_finite() or not 0 < wanted <= most:
        raise Invalid.field("amount", f"Enter more than 0 and at most {most:f}: that is open of both.")
    return wanted


async def settle_with(tenant: Tenant, db: Scope, first: StoredDocument, credit: StoredDocument, amount: Decimal, day: date) -> None:
    """Settle an amount of a document with one of a credit, in the open transaction."""
    sides = (_side(first, amount, tenant), _side(credit, amount, tenant))
    assert credit.entry
    theirs = await payments.owed_lines(db, credit.entry)
    made = StoredSettlement(id=new_id(), document=first.id, credit=credit.id, amount=amount, base=sides[0].base, later=True, day=day)
    made = await _enter(tenant, db, made, first, sides, credit.number)
    await _set_against(tenant, db, made, first, theirs)
    await telling.set_open(tenant, db, credit, credit.open - amount)
    await stored.put_taxes(db, _kept(made, credit, sides[1]))
    about = {"amount": amount, "with": credit.number, "open": first.open - amount}
    await tenant.record(Change(documents.ref(first), "settled with a credit note", {"open": first.open}, about))


async def use_payment(
    tenant: Tenant, payment_id: UUID, document_id: UUID, amount: Decimal | None = None, day: date | None = None
) -> Decimal:
    """Settle an open document with money on account of the same party and currency; returns how much.

    As much as both leave open, unless told. Raises `Invalid`, `Missing`, `Conflict` for a payment that was taken back, `PeriodLocked`.
    """
    async with tenant.transaction() as db:
        payment = await payments.payment(db, payment_id, lock=True)
        if payment is None:
            raise Missing("There is no such payment.")
        if payment.state == "reversed":
            raise Conflict(f"Payment {payment.number} was taken back.")
        first = await documents.find(db, document_id, lock=True)
        await _check_pair(db, payment, first)
        rest = [each for each in await payments.owed_lines(db, payment.entry) if each.residual]
        wanted = _checked(amount, min(first.open, sum((abs(each.residual) for each in rest), ZERO)))
        sides = (_side(first, wanted, tenant), Side(_released(rest, wanted)))
        made = StoredSettlement(
            id=new_id(), payment=payment.id, document=first.id, amount=wanted, base=sides[0].base, later=True, day=day or tenant.today()
        )
        made = await _enter(tenant, db, made, first, sides, payment.number)
        await _set_against(tenant, db, made, first, rest)
        about = {"open": first.open - wanted, "payment": payment.number}
        await tenant.record(Change(documents.ref(first), "paid with money on account", {"open": first.open}, about))
    return wanted


async def _check_pair(db: Scope, payment: StoredPayment, document: StoredDocument) -> None:
    """Raise `Invalid` for a document that a payment cannot settle: of another party, currency or side."""
    if document.is_draft:
        raise Invalid(f"{document.title} is not posted yet.")
    if (document.kind.use is Use.SALE) is not payment.incoming or document.kind.is_credit:
        raise Invalid("Money that came in settles invoices, and money that went out bills.")
    if payment.party is None or document.party not in await aliases.same(db, payment.party) or document.currency != payment.currency:
        raise Invalid("Both have to be of one party and in one currency.")


async def _set_against(tenant: Tenant, db: Scope, made: StoredSettlement, first: StoredDocument, other: Sequence[OpenLine]) -> None:
    assert first.entry
    mine = await payments.owed_lines(db, first.entry)
    await settle_lines(tenant, mine, other, made.amount, payments.Cause(first.id, made.payment, made.id))
    await telling.set_open(tenant, db, first, first.open - made.amount)


def _side(document: StoredDocument, amount: Decimal, tenant: Tenant) -> Side:
    done = document.total - document.open
    computed = compute_document(to_document(document))
    taxes = due_at_payment(computed.taxes, document.total, done, amount, computed.document.step)
    base = share_of(document.base_total, amount, done, document.total, CENT)
    if document.currency == tenant.currency:
        return Side(base, taxes, document.kind.is_credit)
    there = at_rate(computed.taxes, rate_of(document.total, document.base_total), tenant.currency)
    due = due_at_payment(there, document.total, done, amount, minor_unit(tenant.currency))
    return Side(base, taxes, document.kind.is_credit, due)


def _released(lines: Sequence[OpenLine], amount: Decimal) -> Decimal:
    """Return what an amount of open lines stands for in base currency, the first of them first."""
    left, base = amount, ZERO
    for each in lines:
        used = min(left, abs(each.residual))
        if used:
            done = abs(each.amount) - abs(each.residual)
            base += share_of(abs(each.base), used, done, abs(each.amount), CENT)
            left -= used
    return base


async def _enter(
    tenant: Tenant, db: Scope, made: StoredSettlement, first: StoredDocument, sides: tuple[Side, Side], other: str
) -> StoredSettlement:
    """Post what the two make, keep the settlement, and the taxes of the document that fall due."""
    assert made.day
    facts = Facts(
        number=f"{first.number} with {other}",
        date=made.day,
        base_currency=tenant.currency,
        party=first.party,
        rate=Fraction(first.base_total) / Fraction(first.total),
        source=Source(DOCUMENT.name, f"{first.id}/{made.id}", first.number),
    )
    if entry := difference_entry(first.kind, first.currency, *sides, facts):
        made = msgspec.structs.replace(made, entry=(await posting.post(tenant, entry)).id)
    await payments.put_settlements(db, [made])
    await stored.put_taxes(db, _kept(made, first, sides[0]))
    return made


def _kept(made: StoredSettlement, document: StoredDocument, side: Side) -> list[KeptTax]:
    if made.entry is None or made.day is None:
        return []
    return [KeptTax(made.day, tax, side.is_credit, made.entry, document.id) for tax in side.taxes_base or side.taxes]


async def document_of(tenant: Tenant, settlement_id: UUID) -> UUID:
    """Return the document that something was set against; raises `Missing`."""
    async with tenant.transaction() as db:
        made = await payments.settlement(db, settlement_id)
    if made is None:
        raise Missing("There is no such settlement.")
    return made.document


async def take_back(tenant: Tenant, settlement_id: UUID, day: date, reason: str) -> StoredSettlement:
    """Take the use of a credit or of money on account back: both are open again, and what it entered is reversed on a day.

    Raises `Missing`, `Conflict` when it is taken back already, or part of a payment itself, `Invalid` without a reason, `PeriodLocked`.
    """
    async with tenant.transaction() as db:
        made = await payments.settlement(db, settlement_id, lock=True)
        if made is None:
            raise Missing("There is no such settlement.")
        if made.undone:
            raise Conflict("This was taken back already.")
        if not made.later:
            raise Conflict("This is what the payment itself was for: take the payment back.")
        if not reason.strip():
            raise Invalid.field("reason", "Say why it is taken back: it stays in the history.")
        await undo(tenant, db, made, day, reason)
    return made


async def undo(tenant: Tenant, db: Scope, made: StoredSettlement, day: date, reason: str) -> None:
    """Take a later settlement back, in the open transaction."""
    first = await documents.find(db, made.document, lock=True)
    await payments.undo_settlement(db, made.id)
    await telling.set_open(tenant, db, first, first.open + made.amount)
    if made.credit:
        credit = await documents.find(db, made.credit, lock=True)
        await telling.set_open(tenant, db, credit, credit.open + made.amount)
    if made.entry:
        reversal = await posting.reverse(tenant, made.entry, day, reason)
        kept = await stored.taxes_of_entry(db, made.entry)
        await stored.put_taxes(db, [KeptTax(day, -each.tax, each.credit_note, reversal.id, each.document) for each in kept])
    after = {"open": first.open + made.amount, "reason": reason.strip()}
    await tenant.record(Change(documents.ref(first), "settlement taken back", {"open": first.open}, after))
