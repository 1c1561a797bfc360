"""Payments: money that came in or went out, what it settles, and taking it back."""

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from weft import Change, Conflict, Invalid, Missing, RecordRef, Scope, Tenant, new_id
from weft.contracts import Parties, PostedEntry, Source

from ..domain.accounts import Account
from ..domain.amounts import ZERO
from ..domain.documents.posting import Facts
from ..domain.documents.search import payment_text
from ..domain.documents.settling import payment_entry
from ..domain.documents.stored import StoredPayment, StoredSettlement
from ..domain.tax.in_base import at_rate, rate_of
from ..domain.tax.model import Exigibility
from ..queries import accounts
from ..queries import documents as documents_stored
from ..queries import payments as stored
from ..queries.documents import KeptTax
from ..records import PAYMENT
from . import crediting, documents, posting, taxes, telling
from .allocating import settle_lines
from .planning import PaymentDraft, Plan, checked, money, plan_all
from .posting import by_whom


def ref(payment: StoredPayment) -> RecordRef:
    """Return a link to a payment."""
    return RecordRef(PAYMENT, payment.id, f"Payment {payment.number}")


async def get(tenant: Tenant, payment_id: UUID) -> StoredPayment:
    """Return a payment; raises `Missing`."""
    async with tenant.transaction() as db:
        return await find_payment(db, payment_id)


async def find_payment(db: Scope, payment_id: UUID, *, lock: bool = False) -> StoredPayment:
    """Return a payment in the open transaction; raises `Missing`."""
    found = await stored.payment(db, payment_id, lock=lock)
    if found is None:
        raise Missing("There is no such payment.")
    return found


async def register(tenant: Tenant, draft: PaymentDraft) -> StoredPayment:
    """Post a payment and set it against documents, all or nothing; what is not used stays open with the party.

    Raises `Invalid` by field, `Missing`, `MissingRate`, `Conflict`, and what `Ledger.post` raises.
    """
    async with tenant.transaction() as db:
        bank = await _bank(db, draft.bank)
        draft = checked(tenant, draft, bank)
        plans = await plan_all(tenant, db, draft)
        party = draft.party or (plans[0].document.party if plans else None)
        if party is None:
            raise Invalid.field("party", "Choose whom the payment is from or to.")
        name = (await tenant.service(Parties).get(party)).name
        rate = await taxes.rate_for(tenant, draft.currency, draft.day, draft.rate)
        paid = money(tenant, draft, bank, plans, rate)
        payment_id = new_id()
        facts = Facts(
            number=f"{'From' if draft.incoming else 'To'} {name}" + (f", {draft.reference}" if draft.reference else ""),
            date=draft.day,
            base_currency=tenant.currency,
            party=party,
            rate=rate.factor,
            source=Source(PAYMENT.name, str(payment_id), draft.reference),
        )
        entry = await posting.post(tenant, payment_entry(paid, facts))
        made = StoredPayment(
            id=payment_id,
            incoming=draft.incoming,
            number=entry.reference,
            party=party,
            party_name=name,
            day=draft.day,
            currency=draft.currency,
            amount=draft.amount,
            bank=draft.bank,
            bank_currency=paid.bank_currency,
            bank_amount=paid.bank_amount,
            worth=paid.worth,
            reference=draft.reference,
            entry=entry.id,
            made_at=tenant.now(),
            made_by=by_whom(tenant),
        )
        await stored.put(db, made, payment_text(made))
        await _settle(tenant, db, made, plans, entry)
        told = {"party": name, "day": draft.day, "amount": draft.amount, "currency": draft.currency}
        await tenant.record(Change(ref(made), "recorded", {}, told | {"for": [plan.document.number for plan in plans]}))
    return made


async def _bank(db: Scope, code: str) -> Account | None:
    if not code:
        return None
    found = await accounts.by_code(db, code)
    if found is None or not found.posting or found.closed:
        raise Invalid.field("bank", f"There is no open account {code}: choose a bank or cash account.")
    return found


async def _settle(tenant: Tenant, db: Scope, made: StoredPayment, plans: Sequence[Plan], entry: PostedEntry) -> None:
    """Set the payment's lines against those of its documents, and keep what it did to each."""
    owed = [line for line in entry.lines if line.party is not None and line.amount]
    for place, plan in enumerate(plans):
        document, settles = plan.document, plan.settled.settles
        assert document.entry
        mine = await stored.owed_lines(db, document.entry)
        theirs = [each for each in await stored.owed_lines(db, entry.id) if each.id == owed[place].id]
        await settle_lines(tenant, mine, theirs, settles, stored.Cause(document.id, made.id))
        await telling.set_open(tenant, db, document, document.open - settles)
        await tenant.record(
            Change(documents.ref(document), "paid", {"open": document.open}, {"open": document.open - settles, "payment": made.number})
        )
    await stored.put_settlements(db, [_kept(made, plan) for plan in plans])
    await documents_stored.put_taxes(db, [tax for plan in plans for tax in _taxes(made, plan, tenant.currency)])


def _kept(made: StoredPayment, plan: Plan) -> StoredSettlement:
    return StoredSettlement(
        id=new_id(),
        payment=made.id,
        document=plan.document.id,
        amount=plan.wish.amount,
        discount=plan.discount.amount if plan.discount else ZERO,
        write_off=plan.wish.write_off,
        base=plan.settled.base,
    )


def _taxes(made: StoredPayment, plan: Plan, currency: str) -> list[KeptTax]:
    """Return the taxes that a payment makes due, and those that a discount takes back; cash-basis ones were not due before."""
    corrected = [-each for each in plan.discount.taxes if each.tax.exigibility is Exigibility.INVOICE] if plan.discount else []
    credit, document = plan.document.kind.is_credit, plan.document.id
    due = [each for each in plan.settled.due_base if each] or plan.settled.due_taxes
    taxes = [*due, *at_rate(corrected, rate_of(plan.document.total, plan.document.base_total), currency)]
    return [KeptTax(made.day, each, credit, made.entry, document, made.id) for each in taxes]


async def take_back(tenant: Tenant, payment_id: UUID, day: date, reason: str) -> StoredPayment:
    """Undo a payment: what it settled is open again, its entry is reversed on a day, and its taxes are taken back then.

    Raises `Missing`, `Conflict` when it is undone already or its rest was used elsewhere, `Invalid` without a reason, `PeriodLocked`.
    """
    async with tenant.transaction() as db:
        found = await find_payment(db, payment_id, lock=True)
        if found.state == "reversed":
            raise Conflict(f"Payment {found.number} is taken back already.")
        settlements = [each for each in await stored.settlements_of(db, payment_id) if not each.undone]
        for each in settlements:
            if each.later:
                await crediting.undo(tenant, db, each, day, reason)
        await stored.undo_allocations(db, payment_id)
        for each in settlements:
            if each.later:
                continue
            document = await documents.find(db, each.document, lock=True)
            await documents_stored.set_open(db, document.id, document.open + each.settles)
            after = {"open": document.open + each.settles, "payment": found.number}
            await tenant.record(Change(documents.ref(document), "payment taken back", {"open": document.open}, after))
        reversal = await posting.reverse(tenant, found.entry, day, reason)
        kept = await documents_stored.taxes_of_payment(db, payment_id)
        back = [KeptTax(day, -each.tax, each.credit_note, reversal.id, each.document, payment_id) for each in kept]
        await documents_stored.put_taxes(db, back)
        await stored.set_reversed(db, payment_id, reversal.id)
        await tenant.record(Change(ref(found), "taken back", {}, {"reason": reason.strip(), "entry": reversal.reference}))
        return await find_payment(db, payment_id)
