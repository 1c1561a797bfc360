"""Global search: what every enabled module keeps, and the pages, in one box."""

from dataclasses import dataclass
from typing import Annotated, Any

from litestar import get
from litestar.params import QueryParameter
from litestar.response import Response

from core.firewall.calls import LeftOut, Spot
from core.tenancy.tenant import LiveTenant
from web.dependencies import TheUi
from web.tenant.places import PageHit, find_pages
from weft.errors import WeftError
from weft.search import Hit, SearchSource

EACH = 6  # hits per kind of record
PALETTE = "wf-palette-records"  # the element of the command palette that takes what is found


@dataclass(frozen=True, slots=True)
class Found:
    """The hits of one kind of record; `problem` says why it could not be searched."""

    title: str
    icon: str
    hits: tuple[Hit | PageHit, ...]
    problem: str = ""


async def find(tenant: LiveTenant, text: str) -> list[Found]:
    """Ask every source that the person may see. Exact hits come first; what failed or took too long comes last and says so."""
    sources = [each for each in tenant.house.registry.search(tenant.catalogue_entry.enabled) if tenant.may(each.permission)]
    found = [await _ask(tenant, source, text) for source in sources]
    shown = [each for each in found if each.hits or each.problem]
    return sorted(shown, key=lambda each: (each.problem != "", not any(hit.exact for hit in each.hits)))


async def _ask(tenant: LiveTenant, source: SearchSource, text: str) -> Found:
    spot = Spot(tenant.house.registry.owner_of("search", source), "search", source.title)
    try:
        hits = await tenant.house.firewall.call(tenant, spot, lambda: source.find(tenant, text, EACH))
    except LeftOut as left:
        return Found(source.title, source.icon, (), left.sentence)
    except WeftError as wrong:
        return Found(source.title, source.icon, (), wrong.message)
    return Found(source.title, source.icon, tuple(sorted(hits, key=lambda hit: not hit.exact)))


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
