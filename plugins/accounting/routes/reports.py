"""Which reports of the books there are: each is a page of the report machinery."""

from litestar import get
from litestar.response import Response

from weft import TheUi, needs

from ..permissions import READ
from ..reports.collected import REPORTS


@get("/reports", guards=[needs(READ)])
async def report_list(ui: TheUi) -> Response[str]:
    """Show which reports there are."""
    return await ui.page("accounting/reports.html", reports=REPORTS)


report_routes = [report_list]
