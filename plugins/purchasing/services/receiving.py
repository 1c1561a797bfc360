"""Goods that come: counted against the order, put into stock at what they cost, and taken back when it was a mistake."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Annotated
from uuid import UUID

import msgspec
from msgspec import Meta

from weft import Change, Conflict, Invalid, Missing, Scope, Tenant, minor_unit, new_id, round_to
from weft.contracts import SUPPLIER as OUTSIDE
from weft.contracts import DoneMove, Ledger, NewEntry, NewMove, Source, Stock, StockDocument

from ..domain.kept import Receipt, ReceiptLine
from ..domain.orders import OPEN, Order, OrderLine, State, must_be, state_by_lines
from ..domain.quantities import most
from ..events import GoodsReceived
from ..queries import goods
from ..queries import orders as stored
from ..records import RECEIPT, ref
from . import clearing, orders
from .approving import said_why
from .rules import name_of, tolerances


class Counted(msgspec.Struct, frozen=True, kw_only=True):
    """What was counted of a line of the order."""

    order_line: UUID
    quantity: Decimal
    lot: Annotated[str, Meta(max_length=60)] = ""
    expires: date | None = None
    note: Annotated[str, Meta(max_length=300)] = ""


class Delivery(msgspec.Struct, frozen=True, kw_only=True):
    """What came. `id` is chosen by who asks, so that a delivery sent twice comes once; `more_is_right` takes more than was ordered."""

    id: UUID
    order: UUID
    counted: tuple[Counted, ...]
    day: date | None = None
    location: Annotated[str, Meta(max_length=100)] = ""
    delivery_note: Annotated[str, Meta(max_length=100)] = ""
    note: Annotated[str, Meta(max_length=1000)] = ""
    more_is_right: bool = False


class MoreThanOrdered(Conflict):
    """More came than was ordered and is tolerated: who receives has to confirm it."""


@dataclass(frozen=True, slots=True)
class ReceiptPage:
    """A receipt with its order, and what came of which line."""

    receipt: Receipt
    order: Order
    lines: Sequence[tuple[ReceiptLine, OrderLine]]


async def find(db: Scope, receipt_id: UUID, *, lock: bool = False) -> Receipt:
    """Return a receipt in the open transaction; raises `Missing`."""
    found = await goods.receipt(db, receipt_id, lock=lock)
    if found is None:
        raise Missing("There is no such receipt.")
    return found


async def page(tenant: Tenant, receipt_id: UUID) -> ReceiptPage:
    """Return a receipt with all around it; raises `Missing`."""
    async with tenant.transaction() as db:
        found = await find(db, receipt_id)
        order = await orders.find(db, found.purchase_order)
        return ReceiptPage(found, order, [(each, order.line(each.order_line)) for each in await goods.lines_of_receipt(db, found.id)])


async def receive(tenant: Tenant, delivery: Delivery) -> Receipt:
    """Take goods in: into stock at the order's price, and onto goods received until they are billed.

    Raises `Invalid` by field, `MoreThanOrdered`, `Conflict` for an order that nothing is expected of, `Missing`, and what `Stock.move`
    and `Ledger.post` raise; then nothing is changed.
    """
    async with tenant.transaction() as db:
        if before := await goods.receipt(db, delivery.id):
            return before
        order = await orders.find(db, delivery.order, lock=True)
        must_be(order, *OPEN, State.RECEIVED, State.BILLED, doing="received")
        _check(order, delivery, tenant)
        day = delivery.day or tenant.today()
        receipt = Receipt(
            id=delivery.id,
            number=await orders.number(tenant, db, "receipt", "GR", day),
            purchase_order=order.id,
            supplier=order.supplier,
            day=day,
            location=delivery.location.strip() or order.location,
            delivery_note=" ".join(delivery.delivery_note.split()),
            note=delivery.note.strip(),
            made_at=tenant.now(),
            made_by=name_of(tenant),
        )
        lines = await _into_stock(tenant, order, receipt, delivery.counted)
        await goods.put_receipt(db, receipt, lines)
        came = {each.order_line: each.quantity for each in delivery.counted}
        after = await keep_progress(tenant, db, order, received=came)
        for each in lines:
            await clearing.settle(tenant, db, each.order_line, day)
        await orders.tell_stock(tenant, after)
        await tenant.emit(
            GoodsReceived(receipt_id=receipt.id, order_id=order.id, number=receipt.number, supplier_id=order.supplier, date=day)
        )
        what = [f"{each.quantity:f} × {order.line(each.order_line).description}" for each in lines]
        told = {"order": order.number, "day": day, "lines": what}
        await tenant.record(Change(ref(RECEIPT, receipt.id, receipt.title), "received", {}, told))
    return receipt


def _check(order: Order, delivery: Delivery, tenant: Tenant) -> None:
    wrong: dict[str, str] = {}
    known = {each.id: each for each in order.lines}
    if not delivery.counted:
        wrong["lines"] = "Count something: a delivery brings at least one thing."
    if delivery.day and delivery.day > tenant.today():
        wrong["day"] = "Goods cannot have come tomorrow: enter the day they came."
    more: list[str] = []
    seen: set[UUID] = set()
    for place, each in enumerate(delivery.counted):
        line = known.get(each.order_line)
        if line is None or each.order_line in seen:
            wrong[f"lines.{place}.quantity"] = "This line is no line of the order, or comes twice."
        elif not 0 < each.quantity < 10**9:
            wrong[f"lines.{place}.quantity"] = "Enter more than nothing, or leave the line out."
        elif each.quantity > most(line.quantity, line.received, tolerances(tenant)):
            more.append(f"{line.description}: {each.quantity:f} instead of {line.outstanding:f}")
        seen.add(each.order_line)
    if wrong:
        raise Invalid(fields=wrong)
    if more and not delivery.more_is_right:
        raise MoreThanOrdered(f"More came than was ordered of {'; '.join(more)}. Count again, or confirm that you keep it.")


async def _into_stock(tenant: Tenant, order: Order, receipt: Receipt, counted: Sequence[Counted]) -> list[ReceiptLine]:
    step = minor_unit(tenant.currency)
    lines, moves = [], []
    for each in counted:
        line = order.line(each.order_line)
        unit_cost = line.price * order.rate
        made = ReceiptLine(
            id=new_id(),
            receipt=receipt.id,
            order_line=line.id,
            quantity=each.quantity,
            lot=each.lot.strip(),
            expires=each.expires,
            note=each.note.strip(),
            cost=round_to(each.quantity * unit_cost, step),
            value=round_to(each.quantity * unit_cost, step),
        )
        lines.append(made)
        if line.item and line.stocked:
            moves.append(
                NewMove(
                    key=str(made.id),
                    item=line.item,
                    quantity=each.quantity,
                    origin=OUTSIDE,
                    destination=receipt.location,
                    unit_cost=unit_cost,
                    lot=made.lot,
                    expires=made.expires,
                )
            )
    if not moves:
        return lines
    try:
        moved = await tenant.service(Stock).move(
            StockDocument(source=source_of(receipt), date=receipt.day, moves=tuple(moves), post="caller")
        )
    except Invalid as wrong:
        raise Invalid(wrong.message, {_field(name): sentence for name, sentence in wrong.fields.items()}) from wrong
    waits = any(each.event == "goods_received" for each in moved.lines)
    if moved.lines:
        about = f"{receipt.title}: {order.supplier_name}"
        await tenant.service(Ledger).post(
            NewEntry(journal="general", date=receipt.day, description=about, lines=moved.lines, source=source_of(receipt))
        )
    by_key: Mapping[str, DoneMove] = {each.key: each for each in moved.moves}
    return [_placed(each, by_key.get(str(each.id)), waits=waits) for each in lines]


def _field(name: str) -> str:
    return name.replace("moves.", "lines.").replace(".destination", ".quantity") if name.startswith("moves.") else name


def _placed(line: ReceiptLine, move: DoneMove | None, *, waits: bool) -> ReceiptLine:
    return msgspec.structs.replace(line, move=move.id, waits=waits) if move else line


def source_of(receipt: Receipt) -> Source:
    """Return how other modules know a receipt."""
    return Source(RECEIPT.name, str(receipt.id), receipt.title)


async def keep_progress(
    tenant: Tenant,
    db: Scope,
    order: Order,
    *,
    received: Mapping[UUID, Decimal] | None = None,
    returned: Mapping[UUID, Decimal] | None = None,
    billed: Mapping[UUID, Decimal] | None = None,
) -> Order:
    """Store what more came, went back or was billed of an order's lines, and its state by that; a negative quantity takes back."""
    zero = Decimal(0)
    lines = tuple(
        msgspec.structs.replace(
            each,
            received=each.received + (received or {}).get(each.id, zero),
            returned=each.returned + (returned or {}).get(each.id, zero),
            billed=each.billed + (billed or {}).get(each.id, zero),
        )
        for each in order.lines
    )
    moved = msgspec.structs.replace(order, lines=lines, version=order.version + 1)
    after = msgspec.structs.replace(moved, state=state_by_lines(moved, tolerances(tenant)))
    await stored.put_progress(db, after)
    return after


async def undo(tenant: Tenant, receipt_id: UUID, reason: str) -> Receipt:
    """Take a receipt back as if nothing had come; raises `Invalid` without a reason, and `Conflict` once it is billed or sent back."""
    said = said_why(reason)
    async with tenant.transaction() as db:
        found = await find(db, receipt_id, lock=True)
        order = await orders.find(db, found.purchase_order, lock=True)
        if found.state == "undone":
            raise Conflict(f"{found.title} was undone already.")
        lines = await goods.lines_of_receipt(db, found.id)
        if any(each.billed or each.returned or each.landed for each in lines):
            raise Conflict(f"Something of {found.title} is billed, sent back or bears freight: send goods back instead.")
        if any(each.move for each in lines):
            await tenant.service(Stock).undo(source_of(found), max(found.day, tenant.today()), said)
        gone = msgspec.structs.replace(found, state="undone", note=" ".join(filter(None, (found.note, f"Undone: {said}"))))
        await goods.put_receipt(db, gone, [msgspec.structs.replace(each, value=Decimal(0)) for each in lines])
        back: dict[UUID, Decimal] = {}
        for each in lines:
            back[each.order_line] = back.get(each.order_line, Decimal(0)) - each.quantity
        after = await keep_progress(tenant, db, order, received=back)
        await orders.tell_stock(tenant, after)
        await tenant.record(Change(ref(RECEIPT, gone.id, gone.title), "undone", {}, {"reason": said}))
    return gone
