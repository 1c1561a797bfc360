"""The tester of barcodes: what a till reads of a code, as one types, by patterns that are not saved yet; and which item it means here."""

from typing import Annotated

from litestar import get
from litestar.params import QueryParameter
from litestar.response import Response

from weft import TheTenant, TheUi, needs

from ..permissions import READ
from ..services.barcodes import try_code


@get("/barcodes", guards=[needs(READ)])
async def show_barcodes(tenant: TheTenant, ui: TheUi, code: Annotated[str, QueryParameter(max_length=200)] = "") -> Response[str]:
    """Show the tester."""
    tried = await try_code(tenant, code.strip())
    return await ui.page("retail_pos/barcodes.html", code=code.strip(), tried=tried)
