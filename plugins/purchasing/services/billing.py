"""Suppliers' bills: matched with order and receipt, blocked or released, drafted in accounting, cleared when they stand."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Annotated
from uuid import UUID

import msgspec
from msgspec import Meta

from weft import Change, Conflict, Invalid, Missing, Scope, Tenant, new_id
from weft.contracts import Documents, NewDocument, NewDocumentLine, Source

from ..domain.kept import Bill, KeptBillLine
from ..domain.matching import BillLine, Match, match
from ..domain.orders import RUNNING, Order, OrderLine, State, must_be
from ..permissions import RELEASE
from ..queries import bills, goods
from ..records import BILL, ref
from . import orders
from .approving import said_why
from .receiving import keep_progress
from .rules import match_rules, name_of


class BillDraft(msgspec.Struct, frozen=True, kw_only=True):
    """A bill as somebody enters it; `id` is chosen by who asks, so that a bill sent twice is one."""

    id: UUID
    order: UUID
    reference: Annotated[str, Meta(max_length=100)]
    lines: tuple[BillLine, ...]
    issued: date | None = None


class BillHead(msgspec.Struct, frozen=True, kw_only=True):
    """The fields above the lines of a bill."""

    id: UUID
    order: UUID
    reference: Annotated[str, Meta(max_length=100)] = ""
    issued: date | None = None


@dataclass(frozen=True, slots=True)
class BillPage:
    """A bill with its order, laid beside what came."""

    bill: Bill
    order: Order
    lines: Sequence[KeptBillLine]
    match: Match | None  # as it would come out now; only while the bill is blocked


async def find(db: Scope, bill_id: UUID, *, lock: bool = False) -> Bill:
    """Return a bill in the open transaction; raises `Missing`."""
    found = await bills.bill(db, bill_id, lock=lock)
    if found is None:
        raise Missing("There is no such bill.")
    return found


async def find_both(db: Scope, bill_id: UUID) -> tuple[Bill, Order]:
    """Return a bill and its order, both locked, the order first: as receiving goods does, so that the two never wait in a circle."""
    order = await orders.find(db, (await find(db, bill_id)).purchase_order, lock=True)
    return await find(db, bill_id, lock=True), order


async def page(tenant: Tenant, bill_id: UUID) -> BillPage:
    """Return a bill with all around it; raises `Missing`."""
    async with tenant.transaction() as db:
        found = await find(db, bill_id)
        order = await orders.find(db, found.purchase_order)
        lines = await bills.lines(db, found.id)
        shown = match(order, [_line_of(each) for each in lines], match_rules(tenant)) if found.state == "blocked" else None
    return BillPage(found, order, lines, shown)


def _line_of(line: KeptBillLine) -> BillLine:
    return BillLine(order_line=line.order_line, quantity=line.quantity, unit_price=line.unit_price)


def proposed(order: Order) -> list[BillLine]:
    """Return the bill that should come for what was received and is not billed."""
    return [BillLine(order_line=each.id, quantity=each.to_bill, unit_price=each.price) for each in order.lines if each.to_bill > 0]


async def preview(tenant: Tenant, order_id: UUID, lines: Sequence[BillLine]) -> tuple[Order, Match]:
    """Lay a bill beside its order and receipts; raises `Invalid` by field and `Missing`."""
    order = await orders.get(tenant, order_id)
    return order, match(order, lines, match_rules(tenant))


async def enter(tenant: Tenant, draft: BillDraft) -> Bill:
    """Enter a supplier's bill: it is drafted in accounting where it matches, else it is blocked and says why.

    Raises `Invalid` by field, `Conflict` for a number that is entered already or an order that is not running, and `Missing`.
    """
    async with tenant.transaction() as db:
        if before := await bills.bill(db, draft.id):
            return before
        order = await orders.find(db, draft.order, lock=True)
        must_be(order, *RUNNING, State.CLOSED, doing="billed")
        if not draft.reference.strip():
            raise Invalid.field("reference", "Enter the number that the supplier gave the bill.")
        found = match(order, draft.lines, match_rules(tenant))
        issued = draft.issued or tenant.today()
        bill = Bill(
            id=draft.id,
            number=await orders.number(tenant, db, "bill", "PB", issued),
            purchase_order=order.id,
            supplier=order.supplier,
            reference=" ".join(draft.reference.split()),
            issued=issued,
            state="blocked",
            reasons=found.blocked,
            net=found.net,
            made_at=tenant.now(),
        )
        lines = [
            KeptBillLine(id=new_id(), bill=bill.id, order_line=each.order_line, quantity=each.quantity, unit_price=each.unit_price)
            for each in draft.lines
        ]
        await bills.put(db, bill, lines)
        about = {"order": order.number, "reference": bill.reference, "net": bill.net, "currency": order.currency}
        if bill.reasons:
            await tenant.notify(
                f"{bill.title} of {order.supplier_name} does not match: {bill.reasons[0]}", link=BILL.url(bill.id), to=RELEASE
            )
            await tenant.record(Change(ref(BILL, bill.id, bill.title), "blocked", {}, about | {"reasons": list(bill.reasons)}))
            return bill
        await tenant.record(Change(ref(BILL, bill.id, bill.title), "matched", {}, about))
        return await _draft(tenant, db, order, bill, lines)


async def release(tenant: Tenant, bill_id: UUID, version: int, reason: str) -> Bill:
    """Let a blocked bill pass as it is; raises `Invalid` without a reason, `Conflict` and `Missing`."""
    said = said_why(reason)
    async with tenant.transaction() as db:
        bill, order = await find_both(db, bill_id)
        _still(bill, version)
        released = msgspec.structs.replace(bill, released_by=name_of(tenant), reason=said)
        about = {"reason": said, "reasons": list(bill.reasons)}
        await tenant.record(Change(ref(BILL, bill.id, bill.title), "released", {}, about))
        return await _draft(tenant, db, order, released, await bills.lines(db, bill.id))


async def match_again(tenant: Tenant, bill_id: UUID, version: int) -> Bill:
    """Match a blocked bill with what came since; it is drafted where it fits now. Raises `Conflict` and `Missing`."""
    async with tenant.transaction() as db:
        bill, order = await find_both(db, bill_id)
        _still(bill, version)
        lines = await bills.lines(db, bill.id)
        found = match(order, [_line_of(each) for each in lines], match_rules(tenant))
        again = msgspec.structs.replace(bill, reasons=found.blocked, version=bill.version + 1)
        about = Change.between(
            ref(BILL, bill.id, bill.title), "matched again", {"reasons": list(bill.reasons)}, {"reasons": list(again.reasons)}
        )
        await tenant.record(about)
        if again.reasons:
            await bills.put(db, again, ())
            return again
        return await _draft(tenant, db, order, again, lines)


def _still(bill: Bill, version: int) -> None:
    if bill.state != "blocked" or bill.version != version:
        raise Conflict(f"{bill.title} was changed meanwhile: it is {bill.state} now.")


async def _draft(tenant: Tenant, db: Scope, order: Order, bill: Bill, lines: Sequence[KeptBillLine]) -> Bill:
    """Draft a bill in accounting: goods clear what they came in at, everything else goes to purchases."""
    waits = {each.order_line: await waits_for_bill(db, order.line(each.order_line)) for each in lines}
    made = await tenant.service(Documents).draft(
        NewDocument(
            type="bill",
            party=order.supplier,
            issued=bill.issued,
            currency=order.currency,
            reference=bill.reference,
            note=f"{order.title}",
            source=source_of(bill),
            lines=tuple(_document_line(order.line(each.order_line), each, waits=waits[each.order_line]) for each in lines),
        )
    )
    drafted = msgspec.structs.replace(
        bill, state="drafted", document=made.id, address=made.address, version=bill.version + 1, document_number=made.number
    )
    await bills.put(db, drafted, ())
    await keep_progress(tenant, db, order, billed={each.order_line: each.quantity for each in lines})
    return drafted


async def waits_for_bill(db: Scope, line: OrderLine) -> bool:
    """Tell whether goods of a line stand on goods received until their bill comes; of what did not come yet, as the last goods did."""
    if not line.stocked:
        return False
    came = await goods.lines_of_order_line(db, line.id)
    return any(each.waits for each in came) if came else await goods.usually_waits(db)


def _document_line(ordered: OrderLine, line: KeptBillLine, *, waits: bool) -> NewDocumentLine:
    return NewDocumentLine(
        description=ordered.description,
        quantity=line.quantity,
        unit_price=line.unit_price,
        item=ordered.item,
        unit=ordered.unit,
        event="goods_received" if waits else "purchases",
        detail="" if waits else ordered.category,
        tax_category=ordered.tax_category,
        source_line=str(line.id),
    )


def source_of(bill: Bill) -> Source:
    """Return how other modules know a bill."""
    return Source(BILL.name, str(bill.id), bill.title)


async def cancel(tenant: Tenant, bill_id: UUID, reason: str) -> Bill:
    """Take a bill back that is not posted, such as one that the supplier corrects; raises `Invalid`, `Conflict` and `Missing`."""
    said = said_why(reason)
    async with tenant.transaction() as db:
        bill, order = await find_both(db, bill_id)
        if bill.state not in ("blocked", "drafted"):
            raise Conflict(f"{bill.title} is {bill.state}: ask the supplier for a credit note instead.")
        if bill.document and await _stands(tenant, bill.document):
            raise Conflict(f"{bill.title} is a draft in accounting: delete it there first.")
        if bill.state == "drafted":
            await keep_progress(tenant, db, order, billed={each.order_line: -each.quantity for each in await bills.lines(db, bill.id)})
        gone = msgspec.structs.replace(bill, state="cancelled", reason=said, document=None, version=bill.version + 1)
        await bills.put(db, gone, ())
        await tenant.record(Change(ref(BILL, gone.id, gone.title), "cancelled", {"state": bill.state}, {"reason": said}))
    return gone


async def _stands(tenant: Tenant, document: UUID) -> bool:
    try:
        await tenant.service(Documents).get(document)
    except Missing:
        return False
    return True
