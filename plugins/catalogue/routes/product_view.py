"""What the page of a product shows."""

from typing import Any

from weft import Tenant, Ui

from ..domain.countries import COUNTRIES
from ..domain.pictures import LARGEST, MOST_IMAGES
from ..domain.prices import lowest_before, price_on
from ..domain.products import Product
from ..records import PRODUCT
from ..services import categories
from ..services.basics import basics
from .charts import price_chart

TEMPLATE = "catalogue/product.html"


async def product_context(tenant: Tenant, ui: Ui, product: Product) -> dict[str, Any]:
    """Return what the template reads; the prices are today's, of the default list."""
    known, today = await basics(tenant), tenant.today()
    return {
        "slots": {"catalogue.product.side": product.id, "catalogue.product.main": product.id},
        "product": product,
        "known": known,
        "unit": known.unit_by_id(product.facts.unit),
        "category": next((each for each in await categories.names(tenant) if each.id == product.facts.category), None),
        "country": COUNTRIES.get(product.facts.country, ""),
        "prices": {variant.id: price_on(variant.prices, known.price_list.id, today) for variant in product.variants},
        "lowest": {variant.id: lowest_before(variant.prices, known.price_list.id, today) for variant in product.variants},
        "today": today,
        "chart": price_chart(product, known.price_list, today),
        "history": [_brief(entry) for entry in await ui.history(PRODUCT.name, product.id)],
        "limits": {"files": MOST_IMAGES, "megabytes": LARGEST // 1_000_000},
    }


def _brief(entry: dict[str, Any]) -> dict[str, Any]:
    """Leave out of the first entry what the page above it shows; the audit log has it."""
    return {**entry, "changes": []} if entry["what"] == "created" else entry
