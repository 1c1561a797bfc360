"""What the global search finds of purchasing."""

from collections.abc import Sequence

from weft import Hit, SearchSource, Tenant

from .domain.suppliers import fold
from .permissions import READ
from .queries import orders, suppliers
from .records import ORDER, SUPPLIER


async def find_orders(tenant: Tenant, text: str, limit: int) -> Sequence[Hit]:
    """Return orders by number, supplier or what is on them, the latest first; a number that is typed whole is opened at once."""
    words = fold(text).split()
    if not words:
        return ()
    async with tenant.transaction() as db:
        found = await orders.by_words(db, words, limit)
    typed = text.strip().casefold()
    return [
        Hit(
            f"{each.number} {each.supplier_name}",
            f"{each.state.label} · {each.ordered}",
            ORDER.url(each.id),
            exact=each.number.casefold() == typed,
        )
        for each in found
    ]


async def find_suppliers(tenant: Tenant, text: str, limit: int) -> Sequence[Hit]:
    """Return suppliers by name or number."""
    if not text.strip():
        return ()
    async with tenant.transaction() as db:
        found = await suppliers.find(db, text, limit)
    return [Hit(each.name, f"{each.lead_days} days to deliver", SUPPLIER.url(each.id)) for each in found]


SEARCH = (
    SearchSource(title="Purchase orders", icon="shopping-cart", permission=READ, find=find_orders),
    SearchSource(title="Suppliers", icon="truck-delivery", permission=READ, find=find_suppliers),
)
