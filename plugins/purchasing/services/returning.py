"""Goods that go back to the supplier: out of stock, off goods received, and onto a vendor credit where they were billed."""

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
from weft.contracts import Documents, Ledger, NewDocument, NewDocumentLine, NewEntry, NewMove, Source, Stock, StockDocument

from ..domain.clearing import give_back
from ..domain.kept import Receipt, ReceiptLine, Return, ReturnLine
from ..domain.orders import Order, OrderLine
from ..queries import bills, goods
from ..records import RETURN, ref
from . import clearing, orders, receiving
from .approving import said_why
from .rules import name_of

ZERO = Decimal(0)


class Back(msgspec.Struct, frozen=True, kw_only=True):
    """What goes back of a line of a receipt."""

    receipt_line: UUID
    quantity: Decimal


class ReturnDraft(msgspec.Struct, frozen=True, kw_only=True):
    """Goods to send back; `id` is chosen by who asks, so that a return sent twice is one."""

    id: UUID
    receipt: UUID
    lines: tuple[Back, ...]
    reason: Annotated[str, Meta(max_length=500)]
    day: date | None = None


@dataclass(frozen=True, slots=True)
class ReturnPage:
    """A return with its receipt and order, and what went back of which line."""

    made: Return
    receipt: Receipt
    order: Order
    lines: Sequence[tuple[ReturnLine, OrderLine]]


async def page(tenant: Tenant, return_id: UUID) -> ReturnPage:
    """Return goods that went back, with all around it; raises `Missing`."""
    async with tenant.transaction() as db:
        made = await goods.goods_return(db, return_id)
        if made is None:
            raise Missing("There is no such return.")
        receipt = await receiving.find(db, made.receipt)
        order = await orders.find(db, receipt.purchase_order)
        lines = {each.id: order.line(each.order_line) for each in await goods.lines_of_receipt(db, receipt.id)}
        return ReturnPage(made, receipt, order, [(each, lines[each.receipt_line]) for each in await goods.return_lines(db, made.id)])


async def send_back(tenant: Tenant, draft: ReturnDraft) -> Return:
    """Send goods of a receipt back: what was not billed needs no bill any more, for the rest a vendor credit is drafted.

    Raises `Invalid` by field, `Conflict` for a receipt that was undone, `Missing`, and what `Stock.move` and `Ledger.post` raise.
    """
    said = said_why(draft.reason)
    async with tenant.transaction() as db:
        if before := await goods.goods_return(db, draft.id):
            return before
        receipt = await receiving.find(db, draft.receipt, lock=True)
        order = await orders.find(db, receipt.purchase_order, lock=True)
        if receipt.state == "undone":
            raise Conflict(f"{receipt.title} was undone: nothing of it is here.")
        lines = {each.id: each for each in await goods.lines_of_receipt(db, receipt.id)}
        day = draft.day or tenant.today()
        _check(draft, lines, day, receipt)
        made = Return(
            id=draft.id,
            number=await orders.number(tenant, db, "return", "RS", day),
            receipt=receipt.id,
            supplier=order.supplier,
            day=day,
            reason=said,
            made_at=tenant.now(),
            made_by=name_of(tenant),
        )
        costs = await _out_of_stock(tenant, order, receipt, made, draft, lines)
        kept = [await _line(tenant, db, made, lines[each.receipt_line], each.quantity) for each in draft.lines]
        await goods.put_return(db, made, [line for line, _, _ in kept])
        await goods.put_lines(db, [after for _, after, _ in kept])
        await _even_out(tenant, made, kept, costs)
        if any(line.billed_quantity for line, _, _ in kept):
            made = await _ask_for_credit(tenant, db, order, made, kept)
        back: dict[UUID, Decimal] = {}
        billed: dict[UUID, Decimal] = {}
        for line, after, _ in kept:
            back[after.order_line] = back.get(after.order_line, ZERO) + line.quantity
            billed[after.order_line] = billed.get(after.order_line, ZERO) - line.billed_quantity
        await receiving.keep_progress(tenant, db, order, returned=back, billed=billed)
        what = [f"{line.quantity:f} × {order.line(after.order_line).description}" for line, after, _ in kept]
        await tenant.record(Change(ref(RETURN, made.id, made.title), "sent back", {}, {"reason": said, "lines": what}))
    return made


def _check(draft: ReturnDraft, lines: Mapping[UUID, ReceiptLine], day: date, receipt: Receipt) -> None:
    wrong: dict[str, str] = {}
    if not draft.lines:
        wrong["lines"] = "Say how much goes back."
    if day < receipt.day:
        wrong["day"] = f"Goods cannot go back before they came, on {receipt.day}."
    seen: set[UUID] = set()
    for place, each in enumerate(draft.lines):
        line = lines.get(each.receipt_line)
        if line is None or each.receipt_line in seen:
            wrong[f"lines.{place}.quantity"] = "This is no line of the receipt, or comes twice."
        elif not 0 < each.quantity <= line.here:
            wrong[f"lines.{place}.quantity"] = (
                f"Send back more than nothing, and no more than the {line.here:f} of it that did not go back."
            )
        seen.add(each.receipt_line)
    if wrong:
        raise Invalid(fields=wrong)


async def _out_of_stock(
    tenant: Tenant, order: Order, receipt: Receipt, made: Return, draft: ReturnDraft, lines: Mapping[UUID, ReceiptLine]
) -> dict[UUID, Decimal]:
    """Move goods out to the supplier and post it; returns what each line was worth in stock."""
    moves = []
    for each in draft.lines:
        line = lines[each.receipt_line]
        ordered = order.line(line.order_line)
        if line.move and ordered.item:
            moves.append(
                NewMove(
                    key=str(line.id),
                    item=ordered.item,
                    quantity=each.quantity,
                    origin=receipt.location,
                    destination=OUTSIDE,
                    lot=line.lot,
                    returns=line.move,
                )
            )
    if not moves:
        return {}
    source = Source(RETURN.name, str(made.id), made.title)
    moved = await tenant.service(Stock).move(StockDocument(source=source, date=made.day, moves=tuple(moves), post="caller"))
    if moved.lines:
        about = f"{made.title}: {order.supplier_name}"
        await tenant.service(Ledger).post(NewEntry(journal="general", date=made.day, description=about, lines=moved.lines, source=source))
    costs: dict[UUID, Decimal] = {}
    for done in moved.moves:
        costs[UUID(done.key)] = costs.get(UUID(done.key), ZERO) + done.cost
    return costs


async def _line(tenant: Tenant, db: Scope, made: Return, line: ReceiptLine, quantity: Decimal) -> tuple[ReturnLine, ReceiptLine, Decimal]:
    """Return what goes back of a line, the line after it, and what of it stood on goods received without a bill."""
    unbilled = min(quantity, line.open)
    billed = quantity - unbilled
    cleared, after = ZERO, line
    if unbilled > 0:
        cleared, came = give_back(clearing.came_of(line), unbilled, tenant.currency)
        after = msgspec.structs.replace(line, value=came.value, returned_value=line.returned_value + cleared)
    price = (line.cost - line.value - line.returned_value) / line.billed if line.billed else ZERO
    owed = round_to(price * billed, minor_unit(tenant.currency))
    after = msgspec.structs.replace(after, returned=line.returned + quantity, returned_billed=line.returned_billed + billed)
    kept = ReturnLine(id=new_id(), goods_return=made.id, receipt_line=line.id, quantity=quantity, billed_quantity=billed, owed=owed)
    return kept, after, cleared


async def _even_out(
    tenant: Tenant, made: Return, kept: Sequence[tuple[ReturnLine, ReceiptLine, Decimal]], costs: Mapping[UUID, Decimal]
) -> None:
    """Goods leave stock at what they cost there; what that differs from what the supplier owes for them is a difference of price."""
    gap = sum((costs.get(after.id, ZERO) - cleared - line.owed for line, after, cleared in kept if after.waits), ZERO)
    await clearing.correct(tenant, gap, made.day, Source(RETURN.name, f"{made.id}/difference", made.title), made.title)


async def _ask_for_credit(
    tenant: Tenant, db: Scope, order: Order, made: Return, kept: Sequence[tuple[ReturnLine, ReceiptLine, Decimal]]
) -> Return:
    lines = []
    for line, after, _ in kept:
        if not line.billed_quantity:
            continue
        ordered = order.line(after.order_line)
        price = await bills.price_paid(db, ordered.id)
        lines.append(
            NewDocumentLine(
                description=ordered.description,
                quantity=line.billed_quantity,
                unit_price=ordered.price if price is None else price,
                item=ordered.item,
                unit=ordered.unit,
                event="goods_received" if after.waits else "purchases",
                detail="" if after.waits else ordered.category,
                tax_category=ordered.tax_category,
                source_line=str(line.id),
            )
        )
    drafted = await tenant.service(Documents).draft(
        NewDocument(
            type="bill_credit",
            party=order.supplier,
            issued=made.day,
            currency=order.currency,
            note=f"{made.title}: {made.reason}",
            source=Source(RETURN.name, str(made.id), made.title),
            lines=tuple(lines),
        )
    )
    asked = msgspec.structs.replace(made, document=drafted.id, address=drafted.address)
    await goods.put_return(db, asked, ())
    return asked
