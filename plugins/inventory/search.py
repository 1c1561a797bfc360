"""What the global search finds: lots and serial numbers."""

from collections.abc import Sequence

from weft import Hit, SearchSource, Tenant

from .permissions import READ
from .queries import finding
from .records import ITEM, LOT


async def find_lots(tenant: Tenant, text: str, limit: int) -> Sequence[Hit]:
    """Return lots by their number, whole before beginnings."""
    async with tenant.transaction() as db:
        found = await finding.lots(db, text.strip(), limit)
    return [Hit(row["number"], row["name"], LOT.url(row["id"]), exact=row["number"].casefold() == text.strip().casefold()) for row in found]


async def find_items(tenant: Tenant, text: str, limit: int) -> Sequence[Hit]:
    """Return stock cards by words."""
    async with tenant.transaction() as db:
        found = await finding.items(db, text, limit)
    return [Hit(row["name"], f"{row['sku']} · {row['quantity'].normalize():f} {row['unit']}", ITEM.url(row["item"])) for row in found]


SEARCH = (
    SearchSource(title="Stock", icon="building-warehouse", permission=READ, find=find_items),
    SearchSource(title="Lots and serial numbers", icon="stack-2", permission=READ, find=find_lots),
)
