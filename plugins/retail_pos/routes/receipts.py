"""The list of receipts, and the page of one."""

from typing import Any
from uuid import UUID

from litestar import get
from litestar.params import FromPath
from litestar.response import Response

from weft import TheTenant, TheUi, needs

from ..listings import RECEIPTS
from ..permissions import READ
from ..records import RECEIPT
from ..services import showing


@get("/receipts", guards=[needs(READ)])
async def receipt_list(ui: TheUi) -> Response[Any]:
    """Show the list of receipts."""
    return await ui.listing(RECEIPTS, template="retail_pos/receipts.html")


@get("/receipts/{receipt_id:uuid}", guards=[needs(READ)])
async def show_receipt(tenant: TheTenant, ui: TheUi, receipt_id: FromPath[UUID]) -> Response[str]:
    """Show a receipt: lines, taxes, tenders, its place in the chain, its entry and what it moved."""
    return await ui.page(
        "retail_pos/receipt.html",
        page=await showing.receipt_page(tenant, receipt_id),
        history=await ui.history(RECEIPT.name, receipt_id),
        actions=ui.actions(RECEIPT.name, receipt_id),
        slots={"retail_pos.receipt.side": receipt_id},
    )
