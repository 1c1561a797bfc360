"""The list of products: declared once, for the page, its exports and the API."""

from collections.abc import Sequence

from weft import Choice, Column, ColumnKind, Listing, Segment, Tenant

from .domain.naming import folded
from .permissions import READ
from .queries import finding
from .queries.finding import NO_PRICE
from .records import PRODUCT
from .services.categories import names

STATUSES = (Choice("active", "Active", "good"), Choice("draft", "Draft", "neutral"), Choice("archived", "Archived", "warn"))
KINDS = (Choice("goods", "Goods"), Choice("service", "Service", "info"))
_HERE = "p.status <> 'archived'"
# The lowest of the variants' prices today for a single unit in the default list. LIMIT keeps the planner at one index look-up a variant,
# whatever it believes about tables that were filled a moment ago.
_PRICE = """(SELECT min(h.amount) FROM catalogue_variant v CROSS JOIN LATERAL (
        SELECT r.amount FROM catalogue_price r
        WHERE r.variant = v.id AND r.price_list = (SELECT l.id FROM catalogue_price_list l WHERE l.is_default) AND r.min_quantity <= 1
            AND :today >= r.valid_from AND (:today <= r.valid_to OR r.valid_to IS NULL)
        ORDER BY r.min_quantity DESC LIMIT 1) AS h
    WHERE v.product = p.id)"""


async def category_options(tenant: Tenant) -> Sequence[Choice]:
    """Return the categories; choosing one means all below it too."""
    return [Choice(each.full_name, each.full_name) for each in await names(tenant)]


async def tag_options(tenant: Tenant) -> Sequence[Choice]:
    """Return the tags in use."""
    async with tenant.transaction() as db:
        return [Choice(tag, tag) for tag in (await finding.words_in_use(db)).tags]


PRODUCTS = Listing(
    name="catalogue.products",
    title="Products",
    path="/catalogue/products",
    source="catalogue_product p LEFT JOIN catalogue_category c ON c.id = p.category",
    id_sql="p.id",
    columns=(
        Column(key="image", title="Image", sql="p.image", kind=ColumnKind.IMAGE, filterable=False),
        Column(key="name", title="Name", sql="p.name", sortable=True, sort_sql="p.sort_name", filterable=False, link=True),
        Column(key="sku", title="SKU", sql="p.sku", sortable=True, filterable=False),
        Column(key="category", title="Category", sql="coalesce(c.full_name, '')", filterable=False),
        Column(key="within", title="In category", sql="c.lineage", kind=ColumnKind.TAGS, options=category_options, hidden=True),
        Column(key="brand", title="Brand", sql="p.brand", hidden=True),
        Column(key="barcode", title="Barcode", sql="p.barcode", filterable=False),
        Column(key="price", title="Price", sql=_PRICE, kind=ColumnKind.MONEY, currency="currency"),
        Column(
            key="currency",
            title="Currency",
            sql="(SELECT l.currency FROM catalogue_price_list l WHERE l.is_default)",
            filterable=False,
            hidden=True,
        ),
        Column(key="status", title="Status", sql="p.status", kind=ColumnKind.CHOICE, choices=STATUSES),
        Column(key="tags", title="Tags", sql="p.tags", kind=ColumnKind.TAGS, options=tag_options, hidden=True),
        Column(key="variants", title="Variants", sql="p.variant_count", kind=ColumnKind.NUMBER, filterable=False, hidden=True),
        Column(key="supplier", title="Supplier", sql="p.supplier", hidden=True),
        Column(key="kind", title="Kind", sql="p.kind", kind=ColumnKind.CHOICE, choices=KINDS, filterable=False, hidden=True),
        Column(key="country", title="Country of origin", sql="p.country", filterable=False, hidden=True),
        Column(key="hs_code", title="HS code", sql="p.hs_code", filterable=False, hidden=True),
        Column(key="tax_category", title="Tax category", sql="p.tax_category", filterable=False, hidden=True),
        Column(key="external_reference", title="External reference", sql="p.external_reference", filterable=False, hidden=True),
        Column(key="updated", title="Changed", sql="p.updated_at", kind=ColumnKind.DATETIME, sortable=True, hidden=True),
        Column(key="created", title="Added", sql="p.created_at", kind=ColumnKind.DATETIME, sortable=True, filterable=False, hidden=True),
    ),
    permission=READ,
    default_sort="name",
    record=PRODUCT,
    segments=(
        Segment("", "All", _HERE),
        Segment("drafts", "Drafts", "p.status = 'draft'"),
        Segment("no_barcode", "Without barcode", f"p.barcode = '' AND {_HERE}"),
        Segment("no_price", "Without price", f"{NO_PRICE.format(day=':today')} AND {_HERE}"),
        Segment("no_image", "Without image", f"p.image IS NULL AND {_HERE}"),
        Segment("archived", "Archived", "p.status = 'archived'"),
    ),
    search_sql="p.search_text",
    search_fold=folded,
)
