"""The scan box: a code is typed or scanned, and its product opens, or the page says why not."""

from typing import Annotated, Any

from litestar import get
from litestar.params import QueryParameter
from litestar.response import Response

from weft import TheTenant, TheUi, needs

from ..permissions import READ
from ..records import PRODUCT
from ..services.scan import look_up


@get("/scan", guards=[needs(READ)])
async def scan(tenant: TheTenant, ui: TheUi, code: Annotated[str, QueryParameter(max_length=500)] = "") -> Response[Any]:
    """Show the box; with a code that means exactly one product, open it unless one wants to see what the code says."""
    scanned = await look_up(tenant, code) if code.strip() else None
    if scanned and len({each.product for each in scanned.found}) == 1 and not scanned.reading.says_more:
        return ui.redirect(PRODUCT.url(scanned.found[0].product))
    return await ui.page("catalogue/scan.html", code=code, scanned=scanned)
