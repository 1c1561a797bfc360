"""Orders, receipts and bills for programs; lists are at ``/api/v1/lists/purchasing.orders`` and its siblings."""

from uuid import UUID

import msgspec
from litestar import get, post
from litestar.openapi.datastructures import ResponseSpec
from litestar.params import FromPath, JSONBody
from litestar.types import ControllerRouterHandler

from weft import Tenant, TheTenant, needs

from ..domain.kept import Receipt
from ..domain.matching import BillLine
from ..domain.orders import Order, State
from ..permissions import BILL, EDIT, READ, RECEIVE
from ..services import approving, billing, orders, receiving
from ..services.orders import DraftLine, OrderDraft
from .schemas import BillBody, BillOut, OrderBody, OrderLineOut, OrderOut, Problem, ReceiptBody, ReceiptOut

INVALID = {422: ResponseSpec(data_container=Problem, description="Values are wrong: one sentence for each field", generate_examples=False)}
CONFLICT = {409: ResponseSpec(data_container=Problem, description="Its state forbids this", generate_examples=False)}
MISSING = {404: ResponseSpec(data_container=Problem, description="There is no such record", generate_examples=False)}


def _order(tenant: Tenant, order: Order) -> OrderOut:
    sums = orders.totals_of(tenant, order)
    lines = tuple(
        OrderLineOut(
            net=line.net(order.currency),
            **{name: getattr(line, name) for name in OrderLineOut.__struct_fields__ if name != "net"},
        )
        for line in order.lines
    )
    names = [name for name in OrderOut.__struct_fields__ if name not in ("lines", "net", "total")]
    return OrderOut(lines=lines, net=sums.net, total=sums.total, **{name: getattr(order, name) for name in names})


@get("/orders/{order_id:uuid}", guards=[needs(READ)], summary="Read a purchase order", responses=MISSING)
async def read_order(tenant: TheTenant, order_id: FromPath[UUID]) -> OrderOut:
    """Return an order with what came and was billed of its lines."""
    return _order(tenant, await orders.get(tenant, order_id))


@post("/orders", guards=[needs(EDIT)], summary="Draft a purchase order", responses={**INVALID, **CONFLICT, **MISSING})
async def add_order(tenant: TheTenant, data: JSONBody[OrderBody]) -> OrderOut:
    """Draft an order, and ask for its approval when that is wanted; one below the limit is approved at once."""
    head = {name: getattr(data, name) for name in OrderBody.__struct_fields__ if name not in ("id", "lines", "submit")}
    draft = OrderDraft(lines=tuple(DraftLine(**msgspec.structs.asdict(line)) for line in data.lines), **head)
    async with tenant.transaction():
        made = await orders.save(tenant, draft, data.id)
        if data.submit and made.state is State.DRAFT:
            made = await approving.submit(tenant, made.id, made.version)
    return _order(tenant, made)


@post("/orders/{order_id:uuid}/receipts", guards=[needs(RECEIVE)], summary="Receive goods", responses={**INVALID, **CONFLICT, **MISSING})
async def add_receipt(tenant: TheTenant, order_id: FromPath[UUID], data: JSONBody[ReceiptBody]) -> ReceiptOut:
    """Take goods of an order into stock."""
    counted = tuple(receiving.Counted(**msgspec.structs.asdict(line)) for line in data.lines)
    head = {name: getattr(data, name) for name in ReceiptBody.__struct_fields__ if name != "lines"}
    made = await receiving.receive(tenant, receiving.Delivery(order=order_id, counted=counted, **head))
    return _receipt(made)


@post(
    "/orders/{order_id:uuid}/bills", guards=[needs(BILL)], summary="Enter a supplier's bill", responses={**INVALID, **CONFLICT, **MISSING}
)
async def add_bill(tenant: TheTenant, order_id: FromPath[UUID], data: JSONBody[BillBody]) -> BillOut:
    """Match a bill with order and receipts; where it fits it becomes a draft in accounting, else it is blocked and says why."""
    lines = tuple(BillLine(**msgspec.structs.asdict(line)) for line in data.lines)
    draft = billing.BillDraft(id=data.id, order=order_id, reference=data.reference, issued=data.issued, lines=lines)
    made = await billing.enter(tenant, draft)
    names = [name for name in BillOut.__struct_fields__ if name != "order"]
    return BillOut(order=made.purchase_order, **{name: getattr(made, name) for name in names})


@get("/receipts/{receipt_id:uuid}", guards=[needs(READ)], summary="Read a goods receipt", responses=MISSING)
async def read_receipt(tenant: TheTenant, receipt_id: FromPath[UUID]) -> ReceiptOut:
    """Return what came of an order on a day."""
    async with tenant.transaction() as db:
        return _receipt(await receiving.find(db, receipt_id))


def _receipt(found: Receipt) -> ReceiptOut:
    names = ("id", "number", "day", "location", "delivery_note")
    return ReceiptOut(order=found.purchase_order, **{name: getattr(found, name) for name in names})


API: tuple[ControllerRouterHandler, ...] = (read_order, add_order, add_receipt, read_receipt, add_bill)
