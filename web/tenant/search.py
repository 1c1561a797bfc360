"""Global search: what every enabled module keeps, and the pages, in one box."""

import asyncio
from dataclasses import dataclass
from typing import Annotated, Any

import structlog
from litestar import get
from litestar.params import QueryParameter
from litestar.response import Response

from core.telemetry import TENANT_ERRORS
from core.tenancy.tenant import LiveTenant
from web.dependencies import TheUi
from web.tenant.places import PageHit, find_pages
from weft.search import Hit, SearchSource

Log = structlog.get_logger("weft.web")
EACH = 6  # hits per kind of record
BUDGET = 1.5  # seconds per kind
PALETTE = "wf-palette-records"  # the element of the command palette that takes what is found


@dataclass(frozen=True, slots=True)
class Found:
    """The hits of one kind of record."""

    title: str
    icon: str
    hits: tuple[Hit | PageHit, ...]


async def find(tenant: LiveTenant, text: str) -> list[Found]:
    """Ask every source that the person may see; one that fails or takes too long is left out. Exact hits come first."""
    sources = [each for each in tenant.house.registry.search(tenant.catalogue_entry.enabled) if tenant.may(each.permission)]
    found = [Found(source.title, source.icon, tuple(await _ask(tenant, source, text))) for source in sources]
    return sorted((each for each in found if each.hits), key=lambda each: not any(hit.exact for hit in each.hits))


async def _ask(tenant: LiveTenant, source: SearchSource, text: str) -> list[Hit]:
    try:
        async with asyncio.timeout(BUDGET):
            hits = await source.find(tenant, text, EACH)
    except Exception:
        TENANT_ERRORS.labels(tenant.house.registry.owner_of("search", source), "search").inc()
        Log.exception("a search source failed", source=source.title)
        return []
    return sorted(hits, key=lambda hit: not hit.exact)


@get("/search")
async def search_page(ui: TheUi, q: Annotated[str, QueryParameter(max_length=200)] = "") -> Response[Any]:
    """Show what was found; a single exact hit, such as a scanned barcode, is opened at once."""
    text = "".join(each for each in q if each >= " ").strip()  # no source need know that PostgreSQL takes no NUL
    groups = await find(ui.door.tenant, text) if len(text) >= 2 else []
    exact = [hit for group in groups for hit in group.hits if hit.exact]
    if len(exact) == 1 and not ui.htmx:
        return ui.redirect(exact[0].url)
    place = ui.request.headers.get("hx-target", "page")
    if len(text) >= 2:
        # The palette lists the navigation itself; exact hits, such as a scanned barcode, stay first.
        pages = [page for page in find_pages(ui.door.tenant, ui.views.navigation, text) if place != PALETTE or not page.menu]
        found = [Found("Pages", "arrow-right", tuple(pages))] if pages else []
        groups = [*groups, *found] if exact else [*found, *groups]
    if ui.htmx:
        return await ui.fragment("shell/_found.html", groups=groups, query=text, place=place)
    return await ui.page("search.html", groups=groups, q=text)
