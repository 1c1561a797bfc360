"""What the catalogue offers to the editor of documents."""

from datetime import date
from typing import Annotated
from uuid import UUID

import msgspec
from litestar import get
from litestar.params import FromQuery, QueryParameter
from msgspec import Meta

from weft import TheTenant, needs

from ...domain.documents.model import DocumentKind
from ...permissions import DOCUMENT as EDIT
from ...services import items
from ...services.items import Asked, FoundItem

Short = Annotated[str, Meta(max_length=100)]


class Found(msgspec.Struct, frozen=True, kw_only=True):
    """What was found, best first."""

    items: list[FoundItem]


@get("/documents/items", guards=[needs(EDIT)])
async def offered_items(
    tenant: TheTenant,
    kind: FromQuery[DocumentKind] = DocumentKind.INVOICE,
    q: FromQuery[Short] = "",
    scan: FromQuery[Short] = "",
    currency: FromQuery[Short] = "",
    position: FromQuery[Short] = "",
    day: Annotated[date | None, QueryParameter()] = None,
    party: Annotated[UUID | None, QueryParameter()] = None,
) -> Found:
    """Return items for a line, by words or by a scan, with their prices in the document's currency."""
    asked = Asked(
        use=kind.use,
        day=day or tenant.today(),
        text=q.strip(),
        scan=scan.strip(),
        currency=currency,
        party=party,
        position=position,
    )
    return Found(items=await items.find(tenant, asked) if asked.text or asked.scan else [])


item_routes = [offered_items]
