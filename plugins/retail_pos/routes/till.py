"""The till itself: its page, what makes a browser install it, and what it takes along. Nobody is signed in; a device shows its key."""

from datetime import datetime
from pathlib import Path
from typing import Annotated, Any, Literal
from uuid import UUID

from litestar import Request, get
from litestar.params import QueryParameter
from litestar.response import Response
from litestar.types import ControllerRouterHandler

from weft import TheTenant, TheUi, for_anyone

from ..services import book, setup
from .devices import KEYED
from .reading import bearer

SHELL = for_anyone("it is a page without anything of the business in it; what it shows comes by the key of its device")
ASSETS = Path(__file__).parents[1] / "assets" / "till"
HOME = "/public/retail_pos/till"


@get("/till", guards=[SHELL])
async def show_till(ui: TheUi) -> Response[str]:
    """Show the till."""
    return ui.public_page("retail_pos/till.html", modules=_modules())


def _modules() -> list[str]:
    """Return the scripts the till is made of, which the service worker keeps: paths below our folder of assets."""
    return sorted(f"till/{path.relative_to(ASSETS).as_posix()}" for path in ASSETS.rglob("*.js") if path.name != "worker.js")


@get("/till/worker.js", guards=[SHELL])
async def service_worker() -> Response[str]:
    """Return the service worker, which may look after the till alone (W3C Service Workers, section 7.4)."""
    text = (ASSETS / "worker.js").read_text(encoding="utf-8")
    return Response(text, media_type="text/javascript", headers={"service-worker-allowed": HOME})


@get("/till/manifest.webmanifest", guards=[SHELL], media_type="application/manifest+json")
async def manifest(tenant: TheTenant) -> dict[str, Any]:
    """Return what a browser installs the till by (W3C Web Application Manifest)."""
    return {
        "id": HOME,
        "name": f"Till · {tenant.name}",
        "short_name": "Till",
        "start_url": HOME,
        "scope": HOME,
        "display": "standalone",
        "orientation": "any",
        "background_color": "#12110f",
        "theme_color": "#12110f",
        "icons": [{"src": f"{HOME}/icon.svg", "sizes": "any", "type": "image/svg+xml", "purpose": "any"}],
    }


@get("/till/icon.svg", guards=[SHELL])
async def icon() -> Response[str]:
    """Return the till's icon."""
    return Response((ASSETS / "icon.svg").read_text(encoding="utf-8"), media_type="image/svg+xml")


@get("/api/settings", guards=[KEYED])
async def till_settings(tenant: TheTenant, request: Request[Any, Any, Any]) -> book.TillSettings:
    """Tell a till how it computes."""
    acting, till = await setup.device(tenant, bearer(request))
    return await book.settings_for(acting, till)


@get("/api/book", guards=[KEYED])
async def part_of_book(
    tenant: TheTenant,
    request: Request[Any, Any, Any],
    since: Annotated[datetime | None, QueryParameter()] = None,
    after: Annotated[UUID | None, QueryParameter()] = None,
) -> book.BookPart:
    """Return a part of what is for sale, or of what changed since a moment."""
    acting, till = await setup.device(tenant, bearer(request))
    return await book.part_for(acting, till, book.Asked(since, after))


@get("/api/receipt", guards=[KEYED])
async def find_receipt(
    tenant: TheTenant, request: Request[Any, Any, Any], reference: Annotated[str, QueryParameter(max_length=60)]
) -> book.KnownReceipt:
    """Return a receipt of any till, with what of it is left to return."""
    acting, _ = await setup.device(tenant, bearer(request))
    return await book.receipt_for(acting, reference)


@get("/api/balance", guards=[KEYED])
async def find_balance(
    tenant: TheTenant,
    request: Request[Any, Any, Any],
    kind: Annotated[Literal["gift_card", "store_credit"], QueryParameter()],
    number: Annotated[str, QueryParameter(max_length=60)],
) -> book.Balance:
    """Return what a gift card or store credit holds."""
    acting, _ = await setup.device(tenant, bearer(request))
    return await book.balance_for(acting, kind, number)


@get("/api/points", guards=[KEYED])
async def find_points(tenant: TheTenant, request: Request[Any, Any, Any], customer: Annotated[UUID, QueryParameter()]) -> book.Balance:
    """Return how many points a customer has."""
    acting, _ = await setup.device(tenant, bearer(request))
    return await book.points_for(acting, customer)


@get("/api/customers", guards=[KEYED])
async def find_customers(
    tenant: TheTenant, request: Request[Any, Any, Any], q: Annotated[str, QueryParameter(max_length=80)] = ""
) -> list[book.Customer]:
    """Return customers by words."""
    acting, _ = await setup.device(tenant, bearer(request))
    return await book.customers(acting, q) if q.strip() else []


TILL_PUBLIC: tuple[ControllerRouterHandler, ...] = (
    *(show_till, service_worker, manifest, icon),
    *(till_settings, part_of_book, find_customers, find_receipt, find_balance, find_points),
)
