"""The kinds of record that have pages."""

from uuid import UUID

from weft import RecordKind, RecordRef

from .permissions import READ, SETUP

PRODUCT = RecordKind("catalogue.product", "Product", "/catalogue/products/{id}", READ, icon="package")
CATEGORY = RecordKind("catalogue.category", "Category", "/catalogue/categories/{id}", READ, icon="category")
PRICE_LIST = RecordKind("catalogue.price_list", "Price list", "/catalogue/price-lists/{id}", READ, icon="receipt")
UNIT = RecordKind("catalogue.unit", "Unit of measure", "/catalogue/units/{id}", SETUP, icon="ruler-measure")

RECORDS = (PRODUCT, CATEGORY, PRICE_LIST, UNIT)


def product_ref(product_id: UUID, name: str) -> RecordRef:
    """Return a link to a product."""
    return RecordRef(PRODUCT, product_id, name)
