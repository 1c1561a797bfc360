"""Money on account and credits: set against documents on their pages, and taken back."""

from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

import msgspec
from litestar import post
from litestar.params import FromPath
from litestar.response import Response

from weft import Conflict, Invalid, TheForm, TheTenant, TheUi, needs

from ...permissions import ISSUE, PAY
from ...records import DOCUMENT, PAYMENT
from ...services import crediting
from .documents import document_page
from .payments import payment_page


class Use(msgspec.Struct, frozen=True, kw_only=True):
    """Which document money on account is for; without an amount, as much as both leave open."""

    document: UUID
    amount: Decimal | None = None


class Chosen(msgspec.Struct, frozen=True, kw_only=True):
    """Which credit or payment settles a document."""

    credit: UUID | None = None
    payment: UUID | None = None
    amount: Decimal | None = None


class Back(msgspec.Struct, frozen=True, kw_only=True):
    """Why and when a use is taken back."""

    reason: str
    day: date | None = None


@post("/documents/{document_id:uuid}/apply", guards=[needs(ISSUE)])
async def apply_credit(tenant: TheTenant, ui: TheUi, form: TheForm, document_id: FromPath[UUID]) -> Response[Any]:
    """Settle a document with an open credit note."""
    try:
        read = form.read(Chosen)
        if read.credit is None:
            raise Invalid.field("credit", "Choose a credit note of the list.")
        used = await crediting.apply_credit(tenant, document_id, read.credit, read.amount)
    except (Invalid, Conflict) as wrong:
        return await document_page(tenant, ui, document_id, wrong, form)
    return ui.redirect(DOCUMENT.url(document_id), toast=f"{used:f} are settled.")


@post("/documents/{document_id:uuid}/use", guards=[needs(PAY)])
async def use_on_document(tenant: TheTenant, ui: TheUi, form: TheForm, document_id: FromPath[UUID]) -> Response[Any]:
    """Settle a document with money on account."""
    try:
        read = form.read(Chosen)
        if read.payment is None:
            raise Invalid.field("payment", "Choose a payment of the list.")
        used = await crediting.use_payment(tenant, read.payment, document_id, read.amount)
    except (Invalid, Conflict) as wrong:
        return await document_page(tenant, ui, document_id, wrong, form)
    return ui.redirect(DOCUMENT.url(document_id), toast=f"{used:f} are settled.")


@post("/payments/{payment_id:uuid}/use", guards=[needs(PAY)])
async def use_payment(tenant: TheTenant, ui: TheUi, form: TheForm, payment_id: FromPath[UUID]) -> Response[Any]:
    """Set money on account against a document."""
    try:
        read = form.read(Use)
        used = await crediting.use_payment(tenant, payment_id, read.document, read.amount)
    except (Invalid, Conflict) as wrong:
        return await payment_page(tenant, ui, payment_id, wrong, form)
    return ui.redirect(PAYMENT.url(payment_id), toast=f"{used:f} are settled.")


@post("/settlements/{settlement_id:uuid}/take-back", guards=[needs(PAY)])
async def take_use_back(tenant: TheTenant, ui: TheUi, form: TheForm, settlement_id: FromPath[UUID]) -> Response[Any]:
    """Take the use of a credit, or of money on account, back."""
    document = await crediting.document_of(tenant, settlement_id)
    try:
        read = form.read(Back)
        await crediting.take_back(tenant, settlement_id, read.day or tenant.today(), read.reason)
    except (Invalid, Conflict) as wrong:
        return await document_page(tenant, ui, document, wrong, form)
    return ui.redirect(DOCUMENT.url(document), toast="It is taken back: both are open again.")


settling_routes = [apply_credit, use_on_document, use_payment, take_use_back]
