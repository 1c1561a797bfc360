"""What the global search finds: a scanned code opens its product at once, words find names, brands and codes."""

from collections.abc import Sequence
from urllib.parse import quote

from weft import Hit, SearchSource, Tenant

from .permissions import READ
from .queries import finding
from .records import PRODUCT
from .services.scan import look_up


async def find(tenant: Tenant, text: str, limit: int) -> Sequence[Hit]:
    """Return products by code, then by words; a code that is wrong is answered with its reason."""
    scanned = await look_up(tenant, text)
    hits: dict[str, Hit] = {}
    for each in scanned.found:
        named = " / ".join(each.choices)
        url = PRODUCT.url(each.product)
        hits.setdefault(url, Hit(each.name, " · ".join(filter(None, (named, each.sku, each.barcode))), url, exact=True))
    async with tenant.transaction() as db:
        for hit in await finding.by_words(db, text, limit):
            told = " · ".join(filter(None, (hit.brand, hit.sku, hit.barcode, "archived" if hit.status == "archived" else "")))
            hits.setdefault(PRODUCT.url(hit.id), Hit(hit.name, told, PRODUCT.url(hit.id)))
    if not hits and scanned.reading.why and len(scanned.reading.text) > 5:
        address = f"/catalogue/scan?code={quote(scanned.reading.text, safe='')}"
        return [Hit("This code cannot be found", scanned.reading.why, address)]
    return list(hits.values())[:limit]


SEARCH = (SearchSource(title="Products", icon="package", permission=READ, find=find),)
