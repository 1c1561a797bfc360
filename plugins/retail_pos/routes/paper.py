"""Receipts outside: as PDF, as bytes for a printer, printed and mailed, and the page that a code on the receipt leads to."""

from typing import Annotated, Any
from uuid import UUID

import msgspec
from litestar import Request, get, post
from litestar.params import FromPath, QueryParameter
from litestar.response import Response

from weft import Conflict, Form, Invalid, TheForm, TheTenant, TheUi, for_anyone, needs

from ..permissions import READ
from ..records import RECEIPT
from ..services import copies, setup, slips
from .devices import KEYED
from .reading import bearer

HOLDER = for_anyone("the address holds 128 bits of the receipt's hash, which stand on the receipt alone, and shows no names of people")
NOT_KEPT = {"Cache-Control": "private, no-store", "Referrer-Policy": "no-referrer", "X-Robots-Tag": "noindex"}
TOKEN = frozenset("0123456789abcdef")


@get("/receipts/{record_id:uuid}/pdf", guards=[needs(READ)])
async def receipt_pdf(tenant: TheTenant, record_id: FromPath[UUID]) -> Response[bytes]:
    """Return a receipt as PDF."""
    shown = await slips.show(tenant, record_id)
    return _file(await slips.pdf(tenant, shown), shown.name, "application/pdf")


@get("/receipts/{record_id:uuid}/escpos", guards=[needs(READ)])
async def receipt_escpos(tenant: TheTenant, record_id: FromPath[UUID]) -> Response[bytes]:
    """Return a receipt as bytes for a receipt printer."""
    shown = await slips.show(tenant, record_id)
    return _file(await slips.escpos(tenant, shown), shown.name.replace(".pdf", ".bin"), "application/octet-stream", how="attachment")


@get("/receipts/{record_id:uuid}/send", guards=[needs(READ)])
async def ask_where(tenant: TheTenant, ui: TheUi, record_id: FromPath[UUID]) -> Response[Any]:
    """Ask where a receipt is to go, and show where it went."""
    shown = await slips.show(tenant, record_id)
    form = Form.of(to=await copies.address_for(tenant, shown))
    return await ui.page("retail_pos/receipt_send.html", form=form, errors={}, problem="", **await _given(tenant, shown))


@post("/receipts/{record_id:uuid}/mail", guards=[needs(READ)])
async def mail_receipt(tenant: TheTenant, ui: TheUi, form: TheForm, record_id: FromPath[UUID]) -> Response[Any]:
    """Send a receipt by e-mail."""
    try:
        copy = await copies.mail(tenant, record_id, form.get("to"))
    except (Invalid, Conflict) as wrong:
        shown = await slips.show(tenant, record_id)
        return await ui.rejected("retail_pos/receipt_send.html", wrong, form=form, **await _given(tenant, shown))
    return ui.redirect(f"/retail_pos/receipts/{record_id}/send", toast=f"The receipt is on its way to {copy.target}.")


@post("/receipts/{record_id:uuid}/print", guards=[needs(READ)])
async def print_receipt(tenant: TheTenant, ui: TheUi, record_id: FromPath[UUID]) -> Response[Any]:
    """Print a copy at the printer of the receipt's till."""
    try:
        copy = await copies.print_copy(tenant, record_id)
    except (Invalid, Conflict) as wrong:
        shown = await slips.show(tenant, record_id)
        form = Form.of(to=await copies.address_for(tenant, shown))
        told = wrong if isinstance(wrong, Conflict) else Conflict(wrong.message)
        return await ui.rejected("retail_pos/receipt_send.html", told, form=form, **await _given(tenant, shown))
    return ui.redirect(f"/retail_pos/receipts/{record_id}/send", toast=f"Copy {copy.number} is printed at {copy.target}.")


async def _given(tenant: TheTenant, shown: slips.Shown) -> dict[str, Any]:
    return {
        "shown": shown,
        "copies": await copies.copies_of(tenant, shown.sent.id),
        "public": slips.public_path(shown.sent.token) if shown.facts.address else "",
        "page": RECEIPT.url(shown.sent.id),
        "people": {person.id: person.name for person in await tenant.people()},
    }


class ToldPrint(msgspec.Struct, frozen=True, kw_only=True):
    """What is being printed: copy 0 is the first print."""

    copy: int
    printer: str


@post("/api/receipts/{record_id:uuid}/print", guards=[KEYED], status_code=200)
async def print_at_till(
    tenant: TheTenant, request: Request[Any, Any, Any], record_id: FromPath[UUID], again: Annotated[bool, QueryParameter()] = False
) -> ToldPrint:
    """Print a receipt of the till that asks at its printer: first as it is, then as a copy, and as one where the till printed it itself."""
    acting, till = await setup.device(tenant, bearer(request))
    made = await copies.print_at_till(acting, record_id, till.id, again=again)
    return ToldPrint(copy=made.number, printer=made.target)


@post("/api/drawer", guards=[KEYED], status_code=204)
async def open_drawer(tenant: TheTenant, request: Request[Any, Any, Any]) -> None:
    """Open the drawer of the till that asks, at its printer."""
    _, till = await setup.device(tenant, bearer(request))
    await copies.open_drawer(till)


@get("/api/receipts/{record_id:uuid}/escpos", guards=[KEYED])
async def escpos_for_till(tenant: TheTenant, request: Request[Any, Any, Any], record_id: FromPath[UUID]) -> Response[bytes]:
    """Return a receipt of the till that asks as bytes for a printer of its own."""
    acting, till = await setup.device(tenant, bearer(request))
    return Response(await slips.escpos(acting, await copies.own(acting, record_id, till.id)), media_type="application/octet-stream")


@get("/r/{token:str}", guards=[HOLDER])
async def public_receipt(tenant: TheTenant, ui: TheUi, token: FromPath[str]) -> Response[str]:
    """Show a receipt to whoever holds it."""
    shown = await _held(tenant, token)
    if shown is None:
        response = ui.public_page("retail_pos/receipt_away.html", status=404)
    else:
        response = ui.public_page(
            "retail_pos/receipt_public.html",
            shown=shown,
            receipt=shown.receipt,
            facts=shown.facts,
            pdf=f"{slips.public_path(shown.sent.token)}/pdf",
        )
    response.headers.update(NOT_KEPT)
    return response


@get("/r/{token:str}/pdf", guards=[HOLDER])
async def public_pdf(tenant: TheTenant, ui: TheUi, token: FromPath[str]) -> Response[Any]:
    """Return a receipt as PDF to whoever holds it."""
    shown = await _held(tenant, token)
    if shown is None:
        return ui.public_page("retail_pos/receipt_away.html", status=404)
    response = _file(await slips.pdf(tenant, shown), shown.name, "application/pdf")
    response.headers.update(NOT_KEPT)
    return response


async def _held(tenant: TheTenant, token: str) -> slips.Shown | None:
    """Return the receipt of an address; nothing for what is none, has not arrived, or is not to be shown."""
    if len(token) != 32 or not TOKEN.issuperset(token):
        return None
    shown = await slips.show_public(tenant, token)
    return shown if shown and shown.facts.address else None


def _file(content: bytes, name: str, media_type: str, *, how: str = "inline") -> Response[bytes]:
    plain = "".join(each if each.isalnum() or each in "-_." else "_" for each in name)
    return Response(content, media_type=media_type, headers={"Content-Disposition": f'{how}; filename="{plain}"'})


PAPER = (receipt_pdf, receipt_escpos, ask_where, mail_receipt, print_receipt)
PAPER_PUBLIC = (public_receipt, public_pdf, print_at_till, open_drawer, escpos_for_till)
