"""Receipts for programs; the list of them is at ``/api/v1/lists/retail_pos.receipts``. Tills send theirs under ``/public``."""

from uuid import UUID

import msgspec
from litestar import get
from litestar.params import FromPath
from litestar.types import ControllerRouterHandler

from weft import TheTenant, needs

from ..permissions import READ
from ..services import showing
from .schemas import ReceiptOut


@get("/receipts/{receipt_id:uuid}", guards=[needs(READ)], summary="Read a receipt")
async def read_receipt(tenant: TheTenant, receipt_id: FromPath[UUID]) -> ReceiptOut:
    """Return a receipt with its lines, taxes and tenders."""
    page = await showing.receipt_page(tenant, receipt_id)
    return msgspec.convert(page.receipt, ReceiptOut, from_attributes=True)


API: tuple[ControllerRouterHandler, ...] = (read_receipt,)
