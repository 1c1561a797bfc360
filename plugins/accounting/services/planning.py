"""What a payment does to each document, worked out before anything is written."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Annotated
from uuid import UUID

import msgspec
from msgspec import Meta

from weft import Invalid, Missing, Scope, Tenant, is_currency, minor_unit

from ..domain.accounts import Account
from ..domain.amounts import ZERO, share_of
from ..domain.currency.rates import FoundRate
from ..domain.documents.allocation import OpenItem, Wanted, allocate
from ..domain.documents.model import Computed, compute_document
from ..domain.documents.settling import Paid, Settled
from ..domain.documents.stored import StoredDocument, to_document
from ..domain.documents.terms import EarlyDiscount, correction, early_discount
from ..domain.entries import LARGEST
from ..domain.tax.cash import due_at_payment
from ..domain.tax.compute import TaxAmount
from ..domain.tax.in_base import at_rate, rate_of
from ..domain.tax.model import Exigibility
from ..queries import aliases
from ..queries import documents as stored


class Wish(msgspec.Struct, frozen=True, kw_only=True):
    """What of a payment is for one document; `early` takes the early-payment discount of its terms."""

    document: UUID
    amount: Decimal
    write_off: Decimal = ZERO
    early: bool = False


class PaymentDraft(msgspec.Struct, frozen=True, kw_only=True):
    """A payment as somebody writes it. `amount` is in `currency`, that of the documents; `bank_amount` in that of the bank account, when
    it is another one.
    """

    incoming: bool
    day: date
    amount: Decimal
    bank: str = ""  # code of the account; empty: by the posting rule
    party: UUID | None = None
    currency: str = ""
    bank_amount: Decimal | None = None
    rate: Decimal | None = None  # what one unit of a foreign currency is worth that day
    reference: Annotated[str, Meta(max_length=200)] = ""
    wishes: tuple[Wish, ...] = ()


@dataclass(frozen=True, slots=True)
class Plan:
    """One document and what the payment does to it."""

    document: StoredDocument
    computed: Computed
    wish: Wish
    discount: EarlyDiscount | None
    settled: Settled


def checked(tenant: Tenant, draft: PaymentDraft, bank: Account | None) -> PaymentDraft:
    """Return the draft with its currencies; raises `Invalid` by field."""
    currency = (draft.currency or tenant.currency).upper()
    wrong: dict[str, str] = {}
    if not is_currency(currency):
        raise Invalid.field("currency", f"“{currency}” is no currency: enter its code, such as EUR.")
    if not draft.amount.is_finite() or not 0 < draft.amount < LARGEST or draft.amount % minor_unit(currency):
        wrong["amount"] = f"Enter an amount of more than zero and less than {LARGEST:,f}, with no more decimals than {currency} has."
    other = bank.currency if bank and bank.currency and bank.currency != currency else ""
    if other and (draft.bank_amount is None or not draft.bank_amount.is_finite() or not 0 < draft.bank_amount < LARGEST):
        wrong["bank_amount"] = f"The account is in {other}: enter how much of it moved."
    if wrong:
        raise Invalid(fields=wrong)
    return msgspec.structs.replace(
        draft, currency=currency, bank_amount=draft.bank_amount if other else None, reference=" ".join(draft.reference.split())
    )


async def plan_all(tenant: Tenant, db: Scope, draft: PaymentDraft) -> list[Plan]:
    """Return what the payment does to each document; raises `Invalid` with the document's id as field."""
    found = await stored.documents(db, [each.document for each in draft.wishes], lock=True)
    by_id = {each.id: each for each in found}
    same = set(await aliases.same(db, draft.party)) if draft.party else set()
    sign = 1 if draft.incoming else -1
    items, wanted, early = [], [], {}
    for each in draft.wishes:
        document = by_id.get(each.document)
        if document is None or document.is_draft:
            raise Missing("One of these documents is not posted, or is gone.")
        if document.currency != draft.currency:
            raise Invalid(f"{document.title} is in {document.currency}: pay it in that currency.")
        if draft.party and document.party not in same:
            raise Invalid(f"{document.title} is of {document.party_name}: record a payment for each party.")
        early[document.id] = _discount(document, each, draft.day)
        items.append(OpenItem(str(document.id), document.currency, document.open * document.kind.sign, document.due, document.issued))
        discount = early[document.id]
        wanted.append(Wanted(str(document.id), each.amount, discount.amount if discount else ZERO, each.write_off))
    allocate(draft.amount * sign, items, wanted)
    return [_plan(by_id[each.document], each, early[each.document], tenant) for each in draft.wishes]


def _discount(document: StoredDocument, wish: Wish, day: date) -> EarlyDiscount | None:
    """Return the early-payment discount that a wish takes; raises `Invalid` when its terms do not allow it."""
    if not wish.early:
        return None
    computed = compute_document(to_document(document))
    found = early_discount(document.made_with.terms, computed.net, computed.taxes, computed.total, document.issued, computed.document.step)
    if found is None:
        raise Invalid(f"{document.title} has no early-payment discount in its terms.")
    if day > found.until:
        raise Invalid(f"The discount of {document.title} was for payments until {found.until}: {day} is later.")
    if wish.amount + found.amount + wish.write_off != document.open or document.open != document.total:
        raise Invalid(
            f"The discount of {document.title} is for whoever pays all at once: {document.total - found.amount:f} {document.currency}."
        )
    return found


def _plan(document: StoredDocument, wish: Wish, discount: EarlyDiscount | None, tenant: Tenant) -> Plan:
    computed = compute_document(to_document(document))
    step, done = computed.document.step, document.total - document.open
    settles = wish.amount + wish.write_off + (discount.amount if discount else ZERO)
    lost = tuple(correction(each, wish.write_off, document.total, step) for each in computed.taxes if wish.write_off and _waits(each))
    settled = Settled(
        use=document.kind.use,
        amount=wish.amount,
        base=share_of(document.base_total, settles, done, document.total, minor_unit(tenant.currency)),
        discount=discount,
        write_off=wish.write_off,
        due_taxes=due_at_payment(computed.taxes, document.total, done, wish.amount, step),
        lost_taxes=lost,
        title=document.number,
    )
    if document.currency != tenant.currency:
        settled = _in_base(settled, document, computed, tenant.currency)
    return Plan(document, computed, wish, discount, settled)


def _waits(tax: TaxAmount) -> bool:
    return tax.tax.exigibility is Exigibility.PAYMENT


def _in_base(settled: Settled, document: StoredDocument, computed: Computed, currency: str) -> Settled:
    """Return the same with its cash-basis taxes in base currency: all parts of a document together are what its entry holds."""
    taxes, step = at_rate(computed.taxes, rate_of(document.total, document.base_total), currency), minor_unit(currency)
    waiting, done = [each for each in taxes if _waits(each)], document.total - document.open
    off, discount = settled.write_off, settled.discount.amount if settled.discount else ZERO
    cut = tuple(correction(each, discount, document.total, step) if _waits(each) else None for each in taxes) if discount else ()
    return replace(
        settled,
        due_base=due_at_payment(taxes, document.total, done, settled.amount, step),
        lost_base=tuple(correction(each, off, document.total, step) for each in waiting) if off else (),
        discount_base=cut,
    )


def money(tenant: Tenant, draft: PaymentDraft, bank: Account | None, plans: Sequence[Plan], rate: FoundRate) -> Paid:
    """Return the payment as the ledger needs it."""
    bank_currency = bank.currency if bank and bank.currency else draft.currency
    bank_amount = draft.bank_amount if draft.bank_amount is not None else draft.amount
    worth = bank_amount if bank_currency == tenant.currency else rate.convert(draft.amount)
    return Paid(
        incoming=draft.incoming,
        currency=draft.currency,
        amount=draft.amount,
        bank=draft.bank,
        bank_currency=bank_currency,
        bank_amount=bank_amount,
        worth=worth,
        settled=tuple(plan.settled for plan in plans),
    )
