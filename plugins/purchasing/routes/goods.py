"""Pages of goods: what can come, counting it by scanner, receipts, and sending back."""

from datetime import date
from decimal import Decimal
from typing import Annotated, Any
from uuid import UUID

import msgspec
from litestar import get, post
from litestar.params import FromPath, QueryParameter
from litestar.response import Response
from msgspec import Meta

from weft import Conflict, Form, Invalid, Tenant, TheForm, TheTenant, TheUi, Ui, needs, new_id, number
from weft.contracts import Stock

from ..domain.orders import Order
from ..listings import RECEIPTS
from ..permissions import READ, RECEIVE
from ..records import RECEIPT, RETURN
from ..services import desk, orders, receiving, returning, scanning
from ..services.receiving import Counted, Delivery, MoreThanOrdered


class _Head(msgspec.Struct, frozen=True, kw_only=True):
    id: UUID
    order: UUID
    day: date | None = None
    location: Annotated[str, Meta(max_length=100)] = ""
    delivery_note: Annotated[str, Meta(max_length=100)] = ""
    note: Annotated[str, Meta(max_length=1000)] = ""
    more_is_right: bool = False


class _ReturnHead(msgspec.Struct, frozen=True, kw_only=True):
    id: UUID
    day: date | None = None
    reason: Annotated[str, Meta(max_length=500)] = ""


COUNT = "purchasing/count.html"
PAGE = "purchasing/receipt.html"


def quantity_of(form: Form, name: str) -> Decimal:
    """Return a quantity; nothing typed is 0. Raises `Invalid` by field."""
    text = form.get(name)
    if not text:
        return Decimal(0)
    try:
        return number(text)
    except ValueError as wrong:
        raise Invalid.field(name, str(wrong)) from wrong


@get("/receive", guards=[needs(RECEIVE)])
async def receive_desk(tenant: TheTenant, ui: TheUi, code: Annotated[str, QueryParameter(max_length=100)] = "") -> Response[Any]:
    """Show the orders of which goods may come; an order's number, as its barcode or typed, opens it."""
    wanted = code.strip()
    found = await desk.receivable(tenant, wanted)
    exact = [each for each in found if wanted and wanted.lower() in (each.number.lower(), each.reference.lower())]
    if len(exact) == 1:
        return ui.redirect(f"/purchasing/orders/{exact[0].id}/receive")
    more = len(found) == desk.AT_ONCE
    return await ui.page("purchasing/receive.html", found=found, code=code, today=tenant.today(), more=more)


@get("/receipts", guards=[needs(READ)])
async def receipt_list(ui: TheUi) -> Response[Any]:
    """Show goods receipts."""
    return await ui.listing(RECEIPTS, template="purchasing/receipts.html")


async def _counting(tenant: Tenant, order: Order, form: Form) -> dict[str, Any]:
    async with tenant.transaction():
        stock = tenant.service(Stock)
        items = [each.item for each in order.lines if each.item and each.stocked]
        return {
            "order": order,
            "typed": form,
            "today": tenant.today(),
            "places": await stock.locations(),
            "tracking": await stock.tracking(items) if items else {},
            "confirm": False,
        }


@get("/orders/{order_id:uuid}/receive", guards=[needs(RECEIVE)])
async def count_goods(tenant: TheTenant, ui: TheUi, order_id: FromPath[UUID]) -> Response[str]:
    """Show the page on which goods are counted."""
    order = await orders.get(tenant, order_id)
    form = Form.of(id=str(new_id()), day=tenant.today().isoformat(), location=order.location)
    return await ui.page(COUNT, **await _counting(tenant, order, form), errors={}, problem="")


@post("/orders/{order_id:uuid}/receive", guards=[needs(RECEIVE)])
async def receive_goods(tenant: TheTenant, ui: TheUi, form: TheForm, order_id: FromPath[UUID]) -> Response[Any]:
    """Count a scan in, fill in what is expected, or take the goods in."""
    order = await orders.get(tenant, order_id)
    if form.get("code") and form.get("do") != "receive":
        return await _scanned(tenant, ui, order, form)
    if form.get("do") == "all":
        return await ui.page(COUNT, **await _counting(tenant, order, _all(order, form)), errors={}, problem="")
    try:
        made = await receiving.receive(tenant, _delivery(order, form))
    except MoreThanOrdered as more:
        return await ui.rejected(COUNT, more, **{**await _counting(tenant, order, form), "confirm": True})
    except (Invalid, Conflict) as wrong:
        return await ui.rejected(COUNT, _by_row(wrong, order, form), **await _counting(tenant, order, form))
    return ui.redirect(RECEIPT.url(made.id), toast=f"{made.title} is in stock.")


def _by_row(wrong: Invalid | Conflict, order: Order, form: Form) -> Invalid | Conflict:
    """Return the fields of a delivery as those of the page, which has a row for every line."""
    if not isinstance(wrong, Invalid):
        return wrong
    rows = [place for place in range(len(order.lines)) if form.get(f"lines.{place}.quantity") not in ("", "0")]
    fields = {}
    for name, sentence in wrong.fields.items():
        parts = name.split(".")
        counted = parts[0] == "lines" and len(parts) == 3 and parts[1].isdigit() and int(parts[1]) < len(rows)
        fields[f"lines.{rows[int(parts[1])]}.{parts[2]}" if counted else name] = sentence
    return Invalid(wrong.message, fields)


async def _scanned(tenant: Tenant, ui: Ui, order: Order, form: Form) -> Response[Any]:
    found = await scanning.scan(tenant, order.id, form.get("code"))
    values = {name: given[-1] for name, given in form.values.items() if given}
    errors: dict[str, str] = {}
    if found.line is None:
        errors["code"] = found.why
    else:
        place = next(at for at, each in enumerate(order.lines) if each.id == found.line)
        try:
            counted = quantity_of(form, f"lines.{place}.quantity") + found.quantity
        except Invalid as wrong:
            errors |= wrong.fields
        else:
            values[f"lines.{place}.quantity"] = f"{counted.normalize():f}"
            values["code"] = ""
            values["last"] = str(place)
            values |= {f"lines.{place}.{name}": text for name, text in (("lot", found.lot), ("expires", found.expires)) if text}
    return await ui.page(
        COUNT, **await _counting(tenant, order, Form.of(**values)), errors=errors, problem="", status=422 if errors else 200
    )


def _all(order: Order, form: Form) -> Form:
    values = {name: given[-1] for name, given in form.values.items() if given}
    for place, line in enumerate(order.lines):
        values[f"lines.{place}.quantity"] = f"{line.outstanding.normalize():f}"
    return Form.of(**values)


def _delivery(order: Order, form: Form) -> Delivery:
    wrong: dict[str, str] = {}
    counted = []
    for place, line in enumerate(order.lines):
        try:
            quantity = quantity_of(form, f"lines.{place}.quantity")
        except Invalid as problem:
            wrong |= problem.fields
            continue
        if quantity:
            facts = {name: form.get(f"lines.{place}.{name}") for name in ("lot", "expires", "note")}
            counted.append(Form.of(**facts, order_line=str(line.id), quantity=f"{quantity:f}").read(Counted))
    if wrong:
        raise Invalid(fields=wrong)
    given = {name: form.get(name) for name in ("id", "day", "location", "delivery_note", "note")} | {"order": str(order.id)}
    read = Form.of(**given, more_is_right=form.get("more_is_right")).read(_Head)
    return Delivery(counted=tuple(counted), **{name: getattr(read, name) for name in _Head.__struct_fields__})


@get("/receipts/{receipt_id:uuid}", guards=[needs(READ)])
async def show_receipt(tenant: TheTenant, ui: TheUi, receipt_id: FromPath[UUID]) -> Response[str]:
    """Show a receipt."""
    return await _page(tenant, ui, receipt_id)


async def _page(
    tenant: Tenant, ui: Ui, receipt_id: UUID, wrong: Invalid | Conflict | None = None, form: Form | None = None
) -> Response[str]:
    page = await receiving.page(tenant, receipt_id)
    context: dict[str, Any] = {
        "page": page,
        "receipt": page.receipt,
        "base": tenant.currency,
        "typed": form or Form.of(id=str(new_id()), day=tenant.today().isoformat()),
        "history": await ui.history(RECEIPT.name, receipt_id),
    }
    if wrong is not None:
        return await ui.rejected(PAGE, wrong, **context)
    return await ui.page(PAGE, **context, errors={}, problem="")


@post("/receipts/{receipt_id:uuid}/undo", guards=[needs(RECEIVE)])
async def undo_receipt(tenant: TheTenant, ui: TheUi, form: TheForm, receipt_id: FromPath[UUID]) -> Response[Any]:
    """Take a receipt back."""
    try:
        gone = await receiving.undo(tenant, receipt_id, form.get("reason"))
    except (Invalid, Conflict) as wrong:
        return await _page(tenant, ui, receipt_id, wrong)
    return ui.redirect(RECEIPT.url(gone.id), toast=f"{gone.title} is undone.")


@post("/receipts/{receipt_id:uuid}/return", guards=[needs(RECEIVE)])
async def return_goods(tenant: TheTenant, ui: TheUi, form: TheForm, receipt_id: FromPath[UUID]) -> Response[Any]:
    """Send goods back."""
    page = await receiving.page(tenant, receipt_id)
    try:
        lines = tuple(
            returning.Back(receipt_line=line.id, quantity=quantity)
            for place, (line, _) in enumerate(page.lines)
            if (quantity := quantity_of(form, f"lines.{place}.quantity"))
        )
        head = Form.of(**{name: form.get(name) for name in ("id", "day", "reason")}).read(_ReturnHead)
        draft = returning.ReturnDraft(id=head.id, day=head.day, reason=head.reason, receipt=receipt_id, lines=lines)
        made = await returning.send_back(tenant, draft)
    except (Invalid, Conflict) as wrong:
        return await _page(tenant, ui, receipt_id, wrong, form)
    return ui.redirect(RETURN.url(made.id), toast=f"{made.title} is out of stock.")


@get("/returns/{return_id:uuid}", guards=[needs(READ)])
async def show_return(tenant: TheTenant, ui: TheUi, return_id: FromPath[UUID]) -> Response[str]:
    """Show goods that went back."""
    page = await returning.page(tenant, return_id)
    return await ui.page(
        "purchasing/return.html", page=page, made=page.made, base=tenant.currency, history=await ui.history(RETURN.name, return_id)
    )


goods_routes = [
    *(receive_desk, receipt_list, count_goods, receive_goods, show_receipt, undo_receipt, return_goods, show_return),
]
