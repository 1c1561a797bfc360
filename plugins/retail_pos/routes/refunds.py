"""Goods taken back at the back office."""

from decimal import Decimal
from typing import Any
from uuid import UUID

from litestar import get, post
from litestar.params import FromPath
from litestar.response import Response

from weft import Conflict, Form, Invalid, TheForm, TheTenant, TheUi, needs, number

from ..domain.refunding import Wish
from ..permissions import REFUND
from ..records import RECEIPT
from ..services import refunding

PAGE = "retail_pos/refund.html"


@get("/receipts/{receipt_id:uuid}/refund", guards=[needs(REFUND)])
async def ask_refund(tenant: TheTenant, ui: TheUi, receipt_id: FromPath[UUID]) -> Response[Any]:
    """Ask what comes back, why, and how the money goes back."""
    page = await refunding.page_of(tenant, receipt_id)
    return await ui.page(PAGE, page=page, form=Form.of(tender="as_paid"), errors={}, problem="")


@post("/receipts/{receipt_id:uuid}/refund", guards=[needs(REFUND)])
async def give_refund(tenant: TheTenant, ui: TheUi, form: TheForm, receipt_id: FromPath[UUID]) -> Response[Any]:
    """Take goods back."""
    try:
        wish = Wish(_quantities(form), form.get("reason"), form.get("tender"))
        made, reference = await refunding.give(tenant, receipt_id, wish, _session(form))
    except (Invalid, Conflict) as wrong:
        return await ui.rejected(PAGE, wrong, page=await refunding.page_of(tenant, receipt_id), form=form)
    return ui.redirect(RECEIPT.url(made), toast=f"The goods are taken back on {reference}.")


def _session(form: Form) -> UUID:
    try:
        return UUID(form.get("session"))
    except ValueError as wrong:
        raise Invalid.field("session", "Choose the drawer that the money is taken from.") from wrong


def _quantities(form: Form) -> dict[int, Decimal]:
    found, wrong = {}, {}
    for name in form.values:
        place, text = name.removeprefix("quantity-"), form.get(name)
        if not name.startswith("quantity-") or not place.isdigit() or not text or text == "0":
            continue
        try:
            found[int(place)] = number(text)
        except ValueError as problem:
            wrong[name] = str(problem)
    if wrong:
        raise Invalid(fields=wrong)
    return found
