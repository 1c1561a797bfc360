"""Goods taken back at the back office: on any receipt, never more than was sold, posted like every other receipt."""

import secrets
from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID

import msgspec

from weft import Change, Conflict, Invalid, Missing, Scope, Tenant, new_id

from ..domain.refunding import Past, Wish, record_of, refund
from ..domain.rules.exact import minor
from ..domain.sessions import Session
from ..domain.showing import ShownReceipt
from ..queries import inbox, receipts, sessions, setup, showing
from ..queries import till as till_queries
from ..records import receipt_ref
from ..settings import RetailPosSettings
from .applying import digits_of
from .book import receipt_for
from .retrying import told
from .settling import begin, settle
from .taking import inbox_row

TENDERS = ("as_paid", "cash", "card", "store_credit")


@dataclass(frozen=True, slots=True)
class RefundPage:
    """A receipt, how much of each line can still come back, and the drawers that money can be taken from."""

    receipt: ShownReceipt
    left: dict[int, Decimal]
    sessions: list[Session]


async def page_of(tenant: Tenant, receipt_id: UUID) -> RefundPage:
    """Return what the page of a refund shows; raises `Missing`, and `Conflict` for what cannot come back."""
    async with tenant.transaction() as db:
        receipt = await _found(db, receipt_id)
        known = await receipt_for(tenant, receipt.reference)
        running = await sessions.running(db)
    left = {position: Decimal(each.quantity).scaleb(-6) for position, each in known.left.items() if int(each.quantity) > 0}
    return RefundPage(receipt, left, running)


async def _found(db: Scope, receipt_id: UUID) -> ShownReceipt:
    receipt = await showing.receipt(db, receipt_id)
    if receipt is None:
        raise Missing("There is no such receipt.")
    if receipt.kind in ("void", "training"):
        raise Conflict("Nothing comes back of a void receipt or of training.")
    return receipt


async def give(tenant: Tenant, receipt_id: UUID, wish: Wish, session_id: UUID) -> tuple[UUID, str]:
    """Take goods of a receipt back, and return the id and reference of the refund.

    Raises `Invalid` for more than is left and without a reason, and `Conflict` where the drawer is closed or stock and books refuse it.
    """
    if not wish.reason.strip():
        raise Invalid.field("reason", "Say why it comes back: it stands on the refund.")
    if wish.tender not in TENDERS:
        raise Invalid.field("tender", "Choose how the money goes back.")
    async with tenant.transaction() as db:
        await receipts.hold(db, [receipt_id])
        sale = await _found(db, receipt_id)
        session = (await sessions.many(db, [session_id])).get(session_id)
        if session is None or session.state != "open":
            raise Conflict("Choose a till whose session is open: the money is taken from its drawer.")
        till = await setup.till(db, session.till, lock=True)
        assert till is not None
        known = await receipt_for(tenant, sale.reference)
        later = [each.receipt for each in await till_queries.returns(db, known.record) if each.receipt]
        number = -await inbox.side_place(db, till.id)
        if wish.tender == "store_credit":
            wish = Wish(wish.quantities, wish.reason, wish.tender, "" if sale.customer else f"SC-{secrets.token_hex(4).upper()}")
        digits = digits_of(tenant.currency)
        step = minor(tenant.settings(RetailPosSettings).cash_step, digits)
        made = refund(Past(known.record, known.left, later), wish, (number, f"{till.code}-B{number:05}"), digits, step)
        record, raw = record_of(made, new_id(), till.code, (session.id, session.business_date), tenant.now())
        batch = await begin(tenant, db, till, [record])
        beside = msgspec.structs.replace(record, seq=-number)
        await settle(batch, [beside])
        if wrong := batch.parked.get(record.id):
            raise Conflict(told(wrong))
        await inbox.keep_beside(db, inbox_row(record, raw, till, -number, tenant.now()))
        about = {"refund": made.reference, "total": made.total, "reason": wish.reason}
        await tenant.record(Change(receipt_ref(sale.id, sale.reference), "taken back", {}, about))
    return record.id, made.reference
