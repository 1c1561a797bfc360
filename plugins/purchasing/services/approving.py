"""Agreeing to orders, sending them back, cancelling and closing them."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

import msgspec

from weft import Change, Invalid, Tenant

from ..domain import approval
from ..domain.approval import Approval, Approver
from ..domain.orders import OPEN, Order, State, must_be
from ..permissions import APPROVE, APPROVE_HIGH
from ..queries import orders as stored
from ..records import ORDER, ref
from . import limiting, orders
from .orders import OrderChanged
from .rules import limits, name_of, who

LONGEST = 500
AT_ONCE = 50  # orders that the inbox shows; the list has all of them


@dataclass(frozen=True, slots=True)
class Waiting:
    """An order in the inbox: what it comes to, how many still have to agree, and why who looks may not, or nothing."""

    order: Order
    missing: int
    why_not: str


async def submit(tenant: Tenant, order_id: UUID, version: int) -> Order:
    """Ask for approval; an order below the limit is approved at once. Raises `OrderChanged`, `Conflict` and `Missing`."""
    async with tenant.transaction() as db:
        found = await orders.find(db, order_id, lock=True)
        must_be(found, State.DRAFT, doing="submitted")
        if found.version != version:
            raise OrderChanged(found)
        amount = orders.totals_of(tenant, found).base_net
        steps = approval.needed(amount, limits(tenant))
        after = msgspec.structs.replace(
            found,
            state=State.WAITING if steps else State.APPROVED,
            approvals=(),
            asked_by=who(tenant),
            asked_name=name_of(tenant),
            reason="",
            version=found.version + 1,
        )
        await stored.put_approval(db, after)
        if steps:
            await tenant.notify(f"{after.title} of {after.supplier_name} waits for your approval", link=ORDER.url(after.id), to=APPROVE)
        else:
            await orders.tell_stock(tenant, after)
        await tenant.record(Change(ref(ORDER, after.id, after.title), "submitted" if steps else "approved", {}, {"amount": amount}))
    return after


async def approve(tenant: Tenant, order_id: UUID, version: int) -> Order:
    """Agree to an order; raises `Refused` with the reason, `OrderChanged`, `Conflict` and `Missing`."""
    async with tenant.transaction() as db:
        found = await orders.find(db, order_id, lock=True)
        must_be(found, State.WAITING, doing="approved")
        if found.version != version:
            raise OrderChanged(found)
        amount = orders.totals_of(tenant, found).base_net
        done = approval.approve(amount, limits(tenant), found.approvals, found.asked_by, await limiting.approver(tenant))
        given = (*found.approvals, Approval(person=who(tenant), name=name_of(tenant), at=tenant.now()))
        state = State.APPROVED if done else State.WAITING
        after = msgspec.structs.replace(found, state=state, approvals=given, version=found.version + 1)
        await stored.put_approval(db, after)
        if done:
            await orders.tell_stock(tenant, after)
            if after.asked_by:
                await tenant.notify(f"{after.title} is approved", link=ORDER.url(after.id), to=after.asked_by)
        else:
            await tenant.notify(f"{after.title} waits for a second approval", link=ORDER.url(after.id), to=APPROVE_HIGH)
        about = {"step": len(given), "amount": amount}
        await tenant.record(Change(ref(ORDER, after.id, after.title), "approved" if done else "approved in part", {}, about))
    return after


async def send_back(tenant: Tenant, order_id: UUID, version: int, reason: str) -> Order:
    """Give an order back to who asked, as a draft; raises `Invalid` without a reason, `OrderChanged`, `Conflict` and `Missing`."""
    said = said_why(reason)
    async with tenant.transaction() as db:
        found = await orders.find(db, order_id, lock=True)
        must_be(found, State.WAITING, doing="sent back")
        if found.version != version:
            raise OrderChanged(found)
        after = msgspec.structs.replace(found, state=State.DRAFT, approvals=(), reason=said, version=found.version + 1)
        await stored.put_approval(db, after)
        if after.asked_by:
            await tenant.notify(f"{after.title} came back: {said}", link=ORDER.url(after.id), to=after.asked_by)
        await tenant.record(Change(ref(ORDER, after.id, after.title), "sent back", {}, {"reason": said}))
    return after


async def cancel(tenant: Tenant, order_id: UUID, reason: str) -> Order:
    """Cancel an order that nothing came of; raises `Invalid` without a reason, `Conflict` and `Missing`."""
    said = said_why(reason)
    async with tenant.transaction() as db:
        found = await orders.find(db, order_id, lock=True)
        must_be(found, State.DRAFT, State.WAITING, State.APPROVED, State.SENT, doing="cancelled")
        if any(each.billed or each.received for each in found.lines):
            raise Invalid("Something of it came or is billed already: close it instead.")
        after = await _ended(tenant, found, State.CANCELLED, said)
        await tenant.record(Change(ref(ORDER, after.id, after.title), "cancelled", {"state": found.state.value}, {"reason": said}))
    return after


async def close(tenant: Tenant, order_id: UUID, reason: str) -> Order:
    """Expect nothing more of an order; what came can still be billed and sent back.

    Raises `Invalid` without a reason while something is outstanding, `Conflict` and `Missing`.
    """
    async with tenant.transaction() as db:
        found = await orders.find(db, order_id, lock=True)
        must_be(found, *OPEN, State.RECEIVED, State.BILLED, doing="closed")
        said = said_why(reason) if found.state in OPEN else " ".join(reason.split())
        after = await _ended(tenant, found, State.CLOSED, said)
        await tenant.record(Change(ref(ORDER, after.id, after.title), "closed", {"state": found.state.value}, {"reason": said}))
    return after


async def _ended(tenant: Tenant, found: Order, state: State, reason: str) -> Order:
    after = msgspec.structs.replace(found, state=state, reason=reason, version=found.version + 1)
    await stored.put_approval(tenant.scope(), after)
    if found.state in OPEN:
        await orders.tell_stock(tenant, after)
    return after


def said_why(reason: str) -> str:
    """Return a reason on one line; raises `Invalid` when there is none."""
    said = " ".join(reason.split())
    if not said:
        raise Invalid.field("reason", "Say why: it stays beside the order.")
    if len(said) > LONGEST:
        raise Invalid.field("reason", f"Write {LONGEST} characters at most.")
    return said


async def inbox(tenant: Tenant) -> Sequence[Waiting]:
    """Return the orders that wait for approval, the oldest first, with why who looks may not approve each."""
    async with tenant.transaction() as db:
        found = await stored.waiting(db, AT_ONCE)
        by = await limiting.approver(tenant)
    return [waiting(tenant, order, by) for order in found]


def waiting(tenant: Tenant, order: Order, by: Approver) -> Waiting:
    """Return how an order stands with its approvals, as somebody sees it."""
    amount, allowed = orders.totals_of(tenant, order).base_net, limits(tenant)
    sentence = approval.why_not(amount, allowed, order.approvals, order.asked_by, by)
    return Waiting(order, approval.needed(amount, allowed) - len(order.approvals), sentence)
