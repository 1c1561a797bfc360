"""Pages of payments: the list, recording one against open documents, taking one back."""

from datetime import date
from decimal import Decimal
from typing import Annotated, Any
from uuid import UUID

import msgspec
from litestar import get, post
from litestar.params import FromPath, FromQuery
from litestar.response import Response
from msgspec import Meta

from weft import Conflict, Form, Invalid, Missing, Tenant, TheForm, TheTenant, TheUi, Ui, needs, read_fields
from weft.contracts import Parties

from ...document_listings import PAYMENTS
from ...domain.documents.stored import StoredDocument
from ...permissions import PAY, READ
from ...records import PAYMENT
from ...services import desk, documents, payments, setup
from ...services.planning import PaymentDraft, Wish

FORM = "accounting/payment_form.html"


class Head(msgspec.Struct, frozen=True, kw_only=True):
    """The fields above the documents."""

    day: date
    party: UUID
    amount: Decimal
    currency: Annotated[str, Meta(max_length=3)] = ""
    bank: str = ""
    bank_amount: Decimal | None = None
    rate: Decimal | None = None
    reference: Annotated[str, Meta(max_length=200)] = ""


class Line(msgspec.Struct, frozen=True, kw_only=True):
    """What is for one document."""

    document: UUID
    amount: Decimal = Decimal(0)
    write_off: Decimal = Decimal(0)
    early: bool = False


@get("/payments", guards=[needs(READ)])
async def payment_list(ui: TheUi) -> Response[Any]:
    """Show payments."""
    return await ui.listing(PAYMENTS, template="accounting/payments.html")


async def _context(tenant: Tenant, form: Form, *, incoming: bool) -> dict[str, Any]:
    party = _uuid(form.get("party"))
    currency = (form.get("currency") or tenant.currency).upper()
    day = _day(form.get("day")) or tenant.today()
    page = await desk.payment_form(tenant, incoming=incoming, party=party, currency=currency, day=day)
    typed = {row.get("document"): row for row in form.rows("lines")}
    bank = next((each for each in page.banks if each.code == form.get("bank")), None)
    return {
        "form": form,
        "incoming": incoming,
        "page": page,
        "typed": typed,
        "currency": currency,
        "base": tenant.currency,
        "today": tenant.today(),
        "foreign_bank": bank.currency if bank and bank.currency and bank.currency != currency else "",
        "party_options": await _party(tenant, party),
    }


async def _party(tenant: Tenant, party: UUID | None) -> list[dict[str, str]]:
    if party is None:
        return []
    try:
        async with tenant.transaction():
            found = await tenant.service(Parties).get(party)
    except Missing:
        return []
    return [{"value": str(found.id), "label": found.name}]


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


@get("/payments/new", guards=[needs(PAY)])
async def new_payment(
    tenant: TheTenant,
    ui: TheUi,
    incoming: FromQuery[bool] = True,
    document: FromQuery[UUID | None] = None,
    party: FromQuery[UUID | None] = None,
    currency: FromQuery[str] = "",
) -> Response[Any]:
    """Show the form of a payment, filled for a document or a party."""
    if not await setup.is_set_up(tenant):
        return await ui.page("accounting/unopened.html")
    values = {"day": tenant.today().isoformat(), "party": str(party or ""), "currency": currency or tenant.currency}
    if document:
        found = await documents.get(tenant, document)
        incoming = found.kind.sign > 0
        values |= {"party": str(found.party), "currency": found.currency, **_filled(found)}
    return await ui.page(FORM, **await _context(tenant, Form.of(**values), incoming=incoming), errors={}, problem="")


def _filled(found: StoredDocument) -> dict[str, str]:
    return {"amount": f"{found.open:f}", "lines.0.document": str(found.id), "lines.0.amount": f"{found.open:f}"}


@post("/payments/new", guards=[needs(PAY)])
async def record_payment(tenant: TheTenant, ui: TheUi, form: TheForm, incoming: FromQuery[bool] = True) -> Response[Any]:
    """Post a payment, or show the open documents of whoever was chosen."""
    if form.get("do") == "show":
        return await ui.page(FORM, **await _context(tenant, form, incoming=incoming), errors={}, problem="")
    try:
        made = await payments.register(tenant, _read(form, incoming=incoming))
    except (Invalid, Conflict, Missing) as wrong:
        problem = wrong if isinstance(wrong, Invalid | Conflict) else Conflict(wrong.message)
        return await ui.rejected(FORM, problem, **await _context(tenant, form, incoming=incoming))
    return ui.redirect(PAYMENT.url(made.id), toast=f"Payment {made.number} is recorded.")


def _read(form: Form, *, incoming: bool) -> PaymentDraft:
    """Return what was typed; raises `Invalid` by field."""
    head = form.read(Head)
    wishes = []
    for row in form.rows("lines"):
        line = read_fields(Line, row.values)
        if line.amount or line.write_off:
            wishes.append(Wish(document=line.document, amount=line.amount, write_off=line.write_off, early=line.early))
    values: dict[str, Any] = {name: getattr(head, name) for name in Head.__struct_fields__}
    return PaymentDraft(incoming=incoming, wishes=tuple(wishes), **values)


@get("/payments/{payment_id:uuid}", guards=[needs(READ)])
async def show_payment(tenant: TheTenant, ui: TheUi, payment_id: FromPath[UUID]) -> Response[str]:
    """Show a payment."""
    return await payment_page(tenant, ui, payment_id)


async def payment_page(
    tenant: Tenant, ui: Ui, payment_id: UUID, wrong: Invalid | Conflict | None = None, form: Form | None = None
) -> Response[str]:
    """Show a payment, with what was wrong with a wish about it."""
    page = await desk.payment_page(tenant, payment_id)
    context: dict[str, Any] = {
        "page": page,
        "payment": page.payment,
        "base": tenant.currency,
        "today": tenant.today(),
        "typed": form or Form({}),
        "actions": ui.actions(PAYMENT.name, payment_id),
        "history": await ui.history(PAYMENT.name, payment_id),
    }
    if wrong is not None:
        return await ui.rejected("accounting/payment.html", wrong, **context)
    return await ui.page("accounting/payment.html", **context, errors={}, problem="")


@post("/payments/{payment_id:uuid}/take-back", guards=[needs(PAY)])
async def take_back(tenant: TheTenant, ui: TheUi, form: TheForm, payment_id: FromPath[UUID]) -> Response[Any]:
    """Undo a payment."""
    try:
        done = await payments.take_back(tenant, payment_id, _day(form.get("date")) or tenant.today(), form.get("reason"))
    except (Invalid, Conflict) as wrong:
        return await payment_page(tenant, ui, payment_id, wrong, form)
    return ui.redirect(PAYMENT.url(done.id), toast=f"Payment {done.number} is taken back; what it settled is open again.")


payment_routes = [payment_list, new_payment, record_payment, show_payment, take_back]
