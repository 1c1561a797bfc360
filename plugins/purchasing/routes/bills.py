"""Pages of suppliers' bills: entered beside what was ordered and came, released or taken back."""

from decimal import Decimal
from typing import Any
from uuid import UUID

from litestar import get, post
from litestar.params import FromPath
from litestar.response import Response

from weft import Conflict, Form, Invalid, Tenant, TheForm, TheTenant, TheUi, Ui, needs, new_id, number

from ..domain.matching import BillLine, Match, plain
from ..domain.orders import Order
from ..listings import BILLS
from ..permissions import BILL as ENTER
from ..permissions import READ, RELEASE
from ..records import BILL
from ..services import billing, orders
from .orders import version_of

FORM = "purchasing/bill_form.html"
PAGE = "purchasing/bill.html"


@get("/bills", guards=[needs(READ)])
async def bill_list(ui: TheUi) -> Response[Any]:
    """Show suppliers' bills."""
    return await ui.listing(BILLS, template="purchasing/bills.html")


def lines_of(order: Order, form: Form) -> tuple[tuple[BillLine, ...], list[int]]:
    """Return the lines that were typed and the row of each; raises `Invalid` by field."""
    wrong: dict[str, str] = {}
    lines, places = [], []
    for place, line in enumerate(order.lines):
        values: list[Decimal] = []
        for name in ("quantity", "unit_price"):
            text = form.get(f"lines.{place}.{name}")
            try:
                values.append(number(text) if text else Decimal(0))
            except ValueError as problem:
                wrong[f"lines.{place}.{name}"] = str(problem)
        if len(values) == 2 and values[0]:
            lines.append(BillLine(order_line=line.id, quantity=values[0], unit_price=values[1]))
            places.append(place)
    if wrong:
        raise Invalid(fields=wrong)
    return tuple(lines), places


def _by_row(wrong: Invalid, places: list[int]) -> Invalid:
    """Return the fields of a bill as those of the page, which has a row for every line of the order."""
    fields = {}
    for name, sentence in wrong.fields.items():
        parts = name.split(".")
        typed = len(parts) == 3 and parts[1].isdigit() and int(parts[1]) < len(places)
        fields[f"lines.{places[int(parts[1])]}.{parts[2]}" if typed else name] = sentence
    return Invalid(wrong.message, fields)


def _form(order: Order, today: str) -> Form:
    values = {"id": str(new_id()), "issued": today}
    for place, line in enumerate(order.lines):
        values[f"lines.{place}.quantity"] = plain(max(line.to_bill, Decimal(0))) if line.to_bill > 0 else ""
        values[f"lines.{place}.unit_price"] = plain(line.price)
    return Form.of(**values)


def _matched(order: Order, found: Match | None) -> dict[int, Any]:
    by_line = {each.order_line: each for each in found.lines} if found else {}
    return {place: by_line.get(line.id) for place, line in enumerate(order.lines)}


@get("/orders/{order_id:uuid}/bill", guards=[needs(ENTER)])
async def new_bill(tenant: TheTenant, ui: TheUi, order_id: FromPath[UUID]) -> Response[str]:
    """Show the bill that should come."""
    order = await orders.get(tenant, order_id)
    return await ui.page(FORM, order=order, typed=_form(order, tenant.today().isoformat()), errors={}, problem="")


@post("/orders/{order_id:uuid}/bill", guards=[needs(ENTER)])
async def enter_bill(tenant: TheTenant, ui: TheUi, form: TheForm, order_id: FromPath[UUID]) -> Response[Any]:
    """Match a bill, and draft it where it fits."""
    order = await orders.get(tenant, order_id)
    places: list[int] = []
    try:
        lines, places = lines_of(order, form)
        head = Form.of(id=form.get("id"), order=str(order_id), reference=form.get("reference"), issued=form.get("issued")).read(
            billing.BillHead
        )
        draft = billing.BillDraft(id=head.id, order=head.order, reference=head.reference, issued=head.issued, lines=lines)
        made = await billing.enter(tenant, draft)
    except Invalid as wrong:
        return await ui.rejected(FORM, _by_row(wrong, places), order=order, typed=form)
    except Conflict as wrong:
        return await ui.rejected(FORM, wrong, order=order, typed=form)
    said = "does not match: see why" if made.state == "blocked" else "matches, and is a draft in accounting"
    return ui.redirect(BILL.url(made.id), toast=f"{made.title} {said}.")


@post("/orders/{order_id:uuid}/bill/match", guards=[needs(ENTER)])
async def match_bill(tenant: TheTenant, ui: TheUi, form: TheForm, order_id: FromPath[UUID]) -> Response[str]:
    """Return the variance beside each line while a bill is typed; nothing is kept."""
    order, found, problem = await orders.get(tenant, order_id), None, ""
    try:
        lines, _ = lines_of(order, form)
        order, found = await billing.preview(tenant, order_id, lines)
    except Invalid as wrong:
        problem = next(iter(wrong.fields.values()), wrong.message)
    return await ui.fragment("purchasing/_match.html", order=order, match=found, matched=_matched(order, found), problem=problem)


@get("/bills/{bill_id:uuid}", guards=[needs(READ)])
async def show_bill(tenant: TheTenant, ui: TheUi, bill_id: FromPath[UUID]) -> Response[str]:
    """Show a bill."""
    return await _page(tenant, ui, bill_id)


async def _page(tenant: Tenant, ui: Ui, bill_id: UUID, wrong: Invalid | Conflict | None = None, form: Form | None = None) -> Response[str]:
    page = await billing.page(tenant, bill_id)
    context: dict[str, Any] = {
        "page": page,
        "bill": page.bill,
        "order": page.order,
        "matched": {each.order_line: each for each in page.match.lines} if page.match else {},
        "base": tenant.currency,
        "typed": form or Form({}),
        "history": await ui.history(BILL.name, bill_id),
    }
    if wrong is not None:
        return await ui.rejected(PAGE, wrong, **context)
    return await ui.page(PAGE, **context, errors={}, problem="")


@post("/bills/{bill_id:uuid}/release", guards=[needs(RELEASE)])
async def release_bill(tenant: TheTenant, ui: TheUi, form: TheForm, bill_id: FromPath[UUID]) -> Response[Any]:
    """Let a bill pass that does not match."""
    try:
        made = await billing.release(tenant, bill_id, version_of(form), form.get("reason"))
    except (Invalid, Conflict) as wrong:
        return await _page(tenant, ui, bill_id, wrong, form)
    return ui.redirect(BILL.url(made.id), toast=f"{made.title} is released, and a draft in accounting.")


@post("/bills/{bill_id:uuid}/match", guards=[needs(ENTER)])
async def match_again(tenant: TheTenant, ui: TheUi, form: TheForm, bill_id: FromPath[UUID]) -> Response[Any]:
    """Match a bill with what came since."""
    try:
        made = await billing.match_again(tenant, bill_id, version_of(form))
    except (Invalid, Conflict) as wrong:
        return await _page(tenant, ui, bill_id, wrong)
    return ui.redirect(BILL.url(made.id), toast=f"{made.title} {'still does not match' if made.reasons else 'matches now'}.")


@post("/bills/{bill_id:uuid}/cancel", guards=[needs(ENTER)])
async def cancel_bill(tenant: TheTenant, ui: TheUi, form: TheForm, bill_id: FromPath[UUID]) -> Response[Any]:
    """Take a bill back."""
    try:
        gone = await billing.cancel(tenant, bill_id, form.get("reason"))
    except (Invalid, Conflict) as wrong:
        return await _page(tenant, ui, bill_id, wrong, form)
    return ui.redirect(BILL.url(gone.id), toast=f"{gone.title} is taken back.")


bill_routes = [bill_list, new_bill, enter_bill, match_bill, show_bill, release_bill, match_again, cancel_bill]
