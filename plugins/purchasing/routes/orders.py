"""Pages of purchase orders: the list, the editor with live totals, and what can be done with one."""

from typing import Annotated, Any
from urllib.parse import quote
from uuid import UUID

from litestar import get, post
from litestar.params import FromPath, FromQuery, QueryParameter
from litestar.response import Response

from weft import Conflict, Form, Invalid, Missing, Refused, Tenant, TheForm, TheTenant, TheUi, Ui, needs
from weft.contracts import Stock

from ..domain.orders import Order
from ..listings import ORDERS
from ..permissions import APPROVE, EDIT, READ
from ..records import ORDER
from ..services import adding, approving, desk, orders, repeating, sending
from ..services.orders import OrderChanged
from .entry import Entry, blank, differences, draft_of, read_entry, shown, with_free_row, with_item

FORM = "purchasing/order_form.html"
PAGE = "purchasing/order.html"


def version_of(form: Form) -> int:
    """Return the version that a form started from."""
    return int(form.get("version")) if form.get("version").isdigit() else 0


@get("/orders", guards=[needs(READ)])
async def order_list(ui: TheUi) -> Response[Any]:
    """Show purchase orders."""
    return await ui.listing(ORDERS, template="purchasing/orders.html")


async def _context(tenant: Tenant, entry: Entry, stored: Order | None) -> dict[str, Any]:
    async with tenant.transaction():
        places = await tenant.service(Stock).locations()
    return {
        "entry": entry,
        "order": stored,
        "base": tenant.currency,
        "places": places,
        "supplier_options": await desk.supplier_option(tenant, entry.head.get("supplier")),
        "theirs": [],
        "code": "",
    }


@get("/orders/new", guards=[needs(EDIT)])
async def new_order(tenant: TheTenant, ui: TheUi, supplier: FromQuery[UUID | None] = None) -> Response[Any]:
    """Show the empty editor."""
    async with tenant.transaction():
        location = await orders.usual_location(tenant)
    entry = blank(tenant.today(), str(supplier or ""), location)
    return await ui.page(FORM, **await _context(tenant, entry, None), errors={}, problem="")


@post("/orders/new", guards=[needs(EDIT)])
async def create_order(tenant: TheTenant, ui: TheUi, form: TheForm) -> Response[Any]:
    """Keep a new order as a draft, submit it, or add a line."""
    return await _save(tenant, ui, read_entry(form), None)


@get("/orders/{order_id:uuid}/edit", guards=[needs(EDIT)])
async def edit_order(tenant: TheTenant, ui: TheUi, order_id: FromPath[UUID]) -> Response[Any]:
    """Show the editor with a draft in it; anything else shows its page."""
    stored = await orders.get(tenant, order_id)
    if stored.state != "draft":
        return ui.redirect(ORDER.url(stored.id), toast="Only drafts are changed: cancel it, or order the rest anew.")
    return await ui.page(FORM, **await _context(tenant, shown(stored), stored), errors={}, problem="")


@post("/orders/{order_id:uuid}/edit", guards=[needs(EDIT)])
async def change_order(tenant: TheTenant, ui: TheUi, form: TheForm, order_id: FromPath[UUID]) -> Response[Any]:
    """Change a draft, submit it, or add a line."""
    return await _save(tenant, ui, read_entry(form, order_id), await orders.get(tenant, order_id))


async def _save(tenant: Tenant, ui: Ui, entry: Entry, stored: Order | None) -> Response[Any]:
    code, chosen, do = entry.head.get("code"), entry.head.get("add_item"), entry.head.get("do") or "enter"
    if do == "rows" or (do == "enter" and (code or chosen)) or (do == "add" and (code or chosen)):
        return await _add(tenant, ui, entry, stored, code, chosen, free=do == "rows")
    try:
        made = await orders.save(tenant, draft_of(entry), entry.id, entry.version)
        if do == "submit":
            made = await approving.submit(tenant, made.id, made.version)
    except OrderChanged as changed:
        theirs = shown(changed.current)
        again = Entry(entry.id, entry.head, entry.rows, changed.current.version)
        return await ui.rejected(FORM, changed, **{**await _context(tenant, again, changed.current), "theirs": differences(entry, theirs)})
    except (Invalid, Conflict) as wrong:
        return await ui.rejected(FORM, wrong, **await _context(tenant, entry, stored))
    except Missing as wrong:
        return await ui.rejected(FORM, Invalid.field("supplier", wrong.message), **await _context(tenant, entry, stored))
    said = {"draft": "is kept as a draft", "waiting": "waits for approval", "approved": "is approved: send it now"}.get(
        made.state, "is kept"
    )
    return ui.redirect(ORDER.url(made.id), toast=f"{made.title} {said}.")


async def _add(tenant: Tenant, ui: Ui, entry: Entry, stored: Order | None, code: str, chosen: str, *, free: bool) -> Response[Any]:
    errors: dict[str, str] = {}
    try:
        supplier = UUID(entry.head.get("supplier"))
    except ValueError:
        supplier = None
    if free:
        entry = with_free_row(entry, code)
    else:
        try:
            currency = entry.head.get("currency")
            added = await (
                adding.find(tenant, code, supplier, currency) if code else adding.by_id(tenant, UUID(chosen), supplier, currency)
            )
            entry = with_item(entry, added)
        except Invalid as wrong:
            errors = dict(wrong.fields) or {"code": wrong.message}
        except (ValueError, Missing):
            errors = {"code": "Choose an item of the list."}
    context = await _context(tenant, entry, stored) | {"code": code if errors else ""}
    return await ui.page(FORM, **context, errors=errors, problem="", status=422 if errors else 200)


@post("/orders/totals", guards=[needs(EDIT)])
async def order_totals(tenant: TheTenant, ui: TheUi, form: TheForm) -> Response[str]:
    """Return what is typed comes to, as the editor shows it beside the lines; nothing is kept."""
    entry = read_entry(form)
    problem, made, sums = "", None, None
    try:
        made, sums = await orders.preview(tenant, draft_of(entry))
    except (Invalid, Missing) as wrong:
        problem = _first(wrong, bool(entry.head.get("supplier")), bool(entry.rows))
    return await ui.fragment("purchasing/_totals.html", made=made, sums=sums, problem=problem, base=tenant.currency)


def _first(wrong: Invalid | Missing, has_supplier: bool, has_rows: bool) -> str:
    if not has_supplier:
        return "Choose a supplier: totals appear here."
    if not has_rows:
        return "Scan or choose what to buy: totals appear here."
    fields = wrong.fields if isinstance(wrong, Invalid) else {}
    name, sentence = next(iter(fields.items()), ("", wrong.message))
    return f"Line {int(name.split('.')[1]) + 1}: {sentence}" if name.startswith("lines.") else sentence


@get("/items/lookup", guards=[needs(READ)])
async def item_lookup(tenant: TheTenant, ui: TheUi, q: Annotated[str, QueryParameter(max_length=200)] = "") -> Response[str]:
    """Return the items that a lookup field finds."""
    found = await adding.options(tenant, q)
    return await ui.fragment("shell/_options.html", options=[{"value": each.id, "label": each.name, "hint": each.sku} for each in found])


@get("/orders/{order_id:uuid}", guards=[needs(READ)])
async def show_order(tenant: TheTenant, ui: TheUi, order_id: FromPath[UUID]) -> Response[str]:
    """Show an order."""
    return await show(tenant, ui, order_id)


async def show(tenant: Tenant, ui: Ui, order_id: UUID, wrong: Invalid | Conflict | None = None, form: Form | None = None) -> Response[str]:
    """Show an order, perhaps with what was wrong."""
    page = await desk.order_page(tenant, order_id)
    context: dict[str, Any] = {
        "page": page,
        "order": page.order,
        "base": tenant.currency,
        "today": tenant.today(),
        "history": await ui.history(ORDER.name, order_id),
        "actions": ui.actions(ORDER.name, order_id),
        "typed": form or Form({}),
    }
    if wrong is not None:
        return await ui.rejected(PAGE, wrong, **context)
    return await ui.page(PAGE, slots={"purchasing.order.side": order_id}, **context, errors={}, problem="")


@post("/orders/{order_id:uuid}/submit", guards=[needs(EDIT)])
async def submit_order(tenant: TheTenant, ui: TheUi, form: TheForm, order_id: FromPath[UUID]) -> Response[Any]:
    """Ask for approval."""
    try:
        made = await approving.submit(tenant, order_id, version_of(form))
    except (Invalid, Conflict) as wrong:
        return await show(tenant, ui, order_id, wrong)
    return ui.redirect(ORDER.url(made.id), toast=f"{made.title} {'waits for approval' if made.state == 'waiting' else 'is approved'}.")


@get("/approvals", guards=[needs(APPROVE)])
async def approvals(tenant: TheTenant, ui: TheUi) -> Response[str]:
    """Show the orders that wait for approval."""
    found = [(each, orders.totals_of(tenant, each.order)) for each in await approving.inbox(tenant)]
    return await ui.page("purchasing/approvals.html", found=found, base=tenant.currency, more=len(found) == approving.AT_ONCE)


@post("/orders/{order_id:uuid}/approve", guards=[needs(APPROVE)])
async def approve_order(tenant: TheTenant, ui: TheUi, form: TheForm, order_id: FromPath[UUID]) -> Response[Any]:
    """Agree to an order."""
    try:
        made = await approving.approve(tenant, order_id, version_of(form))
    except Refused as wrong:
        return await show(tenant, ui, order_id, Conflict(wrong.message))
    except (Invalid, Conflict) as wrong:
        return await show(tenant, ui, order_id, wrong)
    said = "is approved" if made.state == "approved" else "needs one more approval"
    return ui.redirect("/purchasing/approvals" if form.get("from") == "inbox" else ORDER.url(made.id), toast=f"{made.title} {said}.")


@post("/orders/{order_id:uuid}/send-back", guards=[needs(APPROVE)])
async def send_back_order(tenant: TheTenant, ui: TheUi, form: TheForm, order_id: FromPath[UUID]) -> Response[Any]:
    """Give an order back to who asked for it."""
    try:
        made = await approving.send_back(tenant, order_id, version_of(form), form.get("reason"))
    except (Invalid, Conflict) as wrong:
        return await show(tenant, ui, order_id, wrong, form)
    return ui.redirect("/purchasing/approvals", toast=f"{made.title} went back to {made.asked_name}.")


@post("/orders/{order_id:uuid}/end", guards=[needs(EDIT)])
async def end_order(tenant: TheTenant, ui: TheUi, form: TheForm, order_id: FromPath[UUID]) -> Response[Any]:
    """Cancel or close an order."""
    try:
        ending = approving.cancel if form.get("how") == "cancel" else approving.close
        made = await ending(tenant, order_id, form.get("reason"))
    except (Invalid, Conflict) as wrong:
        return await show(tenant, ui, order_id, wrong, form)
    return ui.redirect(ORDER.url(made.id), toast=f"{made.title} is {made.state.label.lower()}.")


@post("/orders/{order_id:uuid}/copy", guards=[needs(EDIT)])
async def copy_order(tenant: TheTenant, ui: TheUi, order_id: FromPath[UUID]) -> Response[Any]:
    """Write a draft like an order."""
    try:
        made = await repeating.copy(tenant, order_id)
    except Invalid as wrong:
        return await show(tenant, ui, order_id, wrong)
    return ui.redirect(f"{ORDER.url(made.id)}/edit", toast="A draft like it, at the prices of today.")


@post("/orders/{order_id:uuid}/delete", guards=[needs(EDIT)])
async def delete_order(tenant: TheTenant, ui: TheUi, order_id: FromPath[UUID]) -> Response[Any]:
    """Delete a draft."""
    gone = await orders.delete(tenant, order_id)
    return ui.redirect(ORDERS.path, toast=f"{gone.title} is deleted.")


@get("/orders/{order_id:uuid}/pdf", guards=[needs(READ)])
async def order_file(tenant: TheTenant, order_id: FromPath[UUID]) -> Response[bytes]:
    """Return an order as PDF."""
    printed = await sending.order_pdf(tenant, order_id)
    headers = {"Content-Disposition": f"inline; filename*=UTF-8''{quote(printed.name)}"}
    return Response(printed.content, media_type="application/pdf", headers=headers)


@post("/orders/{order_id:uuid}/send", guards=[needs(EDIT)])
async def send_order(tenant: TheTenant, ui: TheUi, form: TheForm, order_id: FromPath[UUID]) -> Response[Any]:
    """Mail an order to its supplier, or mark it as sent."""
    try:
        by_hand = form.get("how") == "by_hand"
        if not by_hand and not form.get("to"):
            raise Invalid.field("to", "Enter where it goes, or mark it as sent by hand.")
        sent = await sending.send(tenant, order_id, "" if by_hand else form.get("to"), form.get("text"))
    except (Invalid, Conflict) as wrong:
        return await show(tenant, ui, order_id, wrong, form)
    return ui.redirect(
        ORDER.url(sent.id), toast=f"{sent.title} is on its way to {sent.sent_to}." if sent.sent_to else f"{sent.title} is sent."
    )


order_routes = [
    *(order_list, new_order, create_order, edit_order, change_order, order_totals, item_lookup, show_order),
    *(submit_order, approvals, approve_order, send_back_order, end_order, copy_order, delete_order, order_file, send_order),
]
