"""The lists of stock, items, moves and lots: declared once, for pages, exports and the API."""

from collections.abc import Sequence

from weft import Choice, Column, ColumnKind, Listing, Segment, Tenant

from .domain.forms import TITLES
from .domain.naming import folded, with_those_above
from .permissions import READ, VALUE
from .queries import auditing, setup
from .records import BALANCE, ITEM, LOT, MOVE, MOVEMENT

METHODS = (Choice("fifo", "First in, first out", ""), Choice("average", "Average", ""), Choice("standard", "Standard", ""))
TRACKINGS = (Choice("none", "No", ""), Choice("lot", "By lot", "info"), Choice("serial", "By serial number", "info"))


async def location_options(tenant: Tenant) -> Sequence[Choice]:
    """Return the business's own locations."""
    async with tenant.transaction() as db:
        return [Choice(each.code, each.code, "") for each in await setup.locations(db, "internal")]


async def category_options(tenant: Tenant) -> Sequence[Choice]:
    """Return the categories of items, and those above them; choosing one means all below it too."""
    async with tenant.transaction() as db:
        names = await auditing.categories(db)
    return [Choice(name, name) for name in with_those_above(names)]


# An item is joined from the left, so that PostgreSQL reads none for what a page does not show: counting and finding leave it out.
STOCK = Listing(
    name="inventory.stock",
    title="Stock",
    path="/inventory/stock",
    source="inventory_balance b LEFT JOIN inventory_item i ON i.item = b.item",
    id_sql="b.id",
    columns=(
        Column(
            key="name",
            title="Item",
            sql="i.name",
            sortable=True,
            sort_sql="b.sort_name",
            parent_sort_sql="i.sort_name",
            filterable=False,
            link=True,
        ),
        Column(key="sku", title="SKU", sql="b.sku", sortable=True, parent_sort_sql="i.sku", filterable=False),
        Column(key="location", title="Location", sql="b.place", kind=ColumnKind.CHOICE, options=location_options),
        Column(key="on_hand", title="On hand", sql="b.on_hand", kind=ColumnKind.NUMBER),
        Column(key="reserved", title="Reserved", sql="b.reserved", kind=ColumnKind.NUMBER, filterable=False),
        Column(key="available", title="Available", sql="b.on_hand - b.reserved", kind=ColumnKind.NUMBER),
        Column(key="expected", title="Expected", sql="b.expected", kind=ColumnKind.NUMBER, filterable=False),
        Column(key="unit", title="Unit", sql="i.unit", filterable=False),
        Column(key="category", title="Category", sql="i.category", filterable=False, hidden=True),
        Column(key="within", title="In category", sql="i.lineage", kind=ColumnKind.TAGS, options=category_options, hidden=True),
        Column(
            key="tracking", title="Told apart", sql="i.tracking", kind=ColumnKind.CHOICE, choices=TRACKINGS, filterable=False, hidden=True
        ),
    ),
    permission=READ,
    default_sort="name",
    record=BALANCE,
    segments=(
        Segment("", "All", ""),
        Segment("there", "On hand", "b.there"),
        Segment("below", "Below zero", "b.below"),
        Segment("held", "Reserved", "b.reserved > 0"),
        Segment("coming", "Expected", "b.expected > 0"),
    ),
    search_sql="i.search_text",
    search_fold=folded,
)
ITEMS = Listing(
    name="inventory.items",
    title="Stock value",
    path="/inventory/items",
    source="inventory_item i",
    id_sql="i.item",
    where="i.kept",
    columns=(
        Column(key="name", title="Item", sql="i.name", sortable=True, sort_sql="i.sort_name", filterable=False, link=True),
        Column(key="sku", title="SKU", sql="i.sku", filterable=False),
        Column(key="category", title="Category", sql="i.category"),
        Column(key="quantity", title="Quantity", sql="i.quantity", kind=ColumnKind.NUMBER),
        Column(key="cost", title="Cost a piece", sql="round(i.cost, 4)", kind=ColumnKind.NUMBER, filterable=False),
        Column(key="value", title="Value", sql="i.value", kind=ColumnKind.NUMBER),
        Column(key="method", title="Valued by", sql="i.method", kind=ColumnKind.CHOICE, choices=METHODS),
        Column(key="tracking", title="Told apart", sql="i.tracking", kind=ColumnKind.CHOICE, choices=TRACKINGS, hidden=True),
        Column(key="last_day", title="Last moved", sql="i.last_day", kind=ColumnKind.DATE),
    ),
    permission=VALUE,
    default_sort="name",
    record=ITEM,
    segments=(Segment("", "All", ""), Segment("there", "On hand", "i.quantity > 0"), Segment("below", "Below zero", "i.quantity < 0")),
    search_sql="i.search_text",
    search_fold=folded,
)
MOVES = Listing(
    name="inventory.moves",
    title="Moves",
    path="/inventory/moves",
    source="inventory_move m JOIN inventory_item i ON i.item = m.item JOIN inventory_document d ON d.id = m.document "
    "JOIN inventory_location o ON o.id = m.origin JOIN inventory_location t ON t.id = m.destination "
    "LEFT JOIN inventory_lot l ON l.id = m.lot",
    id_sql="m.id",
    columns=(
        Column(key="date", title="Date", sql="m.date", kind=ColumnKind.DATE, sortable=True),
        Column(key="document", title="Document", sql="coalesce(nullif(d.source_title, ''), d.source_kind)", filterable=False, link=True),
        Column(key="name", title="Item", sql="i.name", filterable=False),
        Column(key="sku", title="SKU", sql="i.sku", hidden=True),
        Column(key="quantity", title="Quantity", sql="m.quantity", kind=ColumnKind.NUMBER, filterable=False),
        Column(key="unit", title="Unit", sql="i.unit", filterable=False),
        Column(key="origin", title="From", sql="o.title", filterable=False),
        Column(key="destination", title="To", sql="t.title", filterable=False),
        Column(key="lot", title="Lot", sql="coalesce(l.number, '')"),
        Column(key="at", title="Moved at", sql="m.at", kind=ColumnKind.DATETIME, hidden=True),
        Column(key="note", title="Note", sql="m.note", hidden=True, filterable=False),
    ),
    permission=READ,
    default_sort="-date",
    record=MOVE,
    segments=(
        Segment("", "All", ""),
        Segment("in", "Came in", "o.kind NOT IN ('internal', 'transit') AND t.kind IN ('internal', 'transit')"),
        Segment("out", "Went out", "o.kind IN ('internal', 'transit') AND t.kind NOT IN ('internal', 'transit')"),
        Segment("within", "Within", "o.kind IN ('internal', 'transit') AND t.kind IN ('internal', 'transit')"),
    ),
    search_sql="i.search_text",
    search_fold=folded,
)
STATES = (
    Choice("draft", "Draft", "neutral"),
    Choice("reserved", "Reserved", "info"),
    Choice("done", "Done", "good"),
    Choice("cancelled", "Given up", "warn"),
)
KINDS = tuple(Choice(key, title, "") for key, title in TITLES.items())
_PLANNED = "SELECT {} FROM inventory_movement_line n WHERE n.movement = m.id"
MOVEMENTS = Listing(
    name="inventory.movements",
    title="Planned movements",
    path="/inventory/movements",
    source="inventory_movement m JOIN inventory_location l ON l.id = m.location LEFT JOIN inventory_location t ON t.id = m.destination",
    id_sql="m.id",
    columns=(
        Column(key="title", title="Movement", sql="m.title", link=True),
        Column(key="date", title="Date", sql="m.date", kind=ColumnKind.DATE, sortable=True),
        Column(key="kind", title="Kind", sql="m.kind", kind=ColumnKind.CHOICE, choices=KINDS),
        Column(key="location", title="At or from", sql="l.code", kind=ColumnKind.CHOICE, options=location_options),
        Column(key="destination", title="To", sql="coalesce(t.code, '')", filterable=False),
        Column(key="lines", title="Lines", sql=f"({_PLANNED.format('count(*)')})", kind=ColumnKind.NUMBER, filterable=False),
        Column(key="state", title="State", sql="m.state", kind=ColumnKind.CHOICE, choices=STATES),
    ),
    permission=READ,
    default_sort="-date",
    record=MOVEMENT,
    segments=(
        Segment("", "All", ""),
        Segment("open", "To do", "m.state IN ('draft', 'reserved')"),
        Segment("late", "Late", "m.state IN ('draft', 'reserved') AND m.date < :today"),
    ),
    search_sql="m.title",
)
_THERE = "(SELECT coalesce(sum(b.on_hand), 0) FROM inventory_lot_balance b WHERE b.lot = l.id)"
LOTS = Listing(
    name="inventory.lots",
    title="Lots and serial numbers",
    path="/inventory/lots",
    source="inventory_lot l JOIN inventory_item i ON i.item = l.item",
    id_sql="l.id",
    columns=(
        Column(key="number", title="Number", sql="l.number", sortable=True, link=True),
        Column(key="name", title="Item", sql="i.name", filterable=False),
        Column(key="expires", title="Expires", sql="l.expires", kind=ColumnKind.DATE),
        Column(key="on_hand", title="On hand", sql=_THERE, kind=ColumnKind.NUMBER, filterable=False),
        Column(key="sku", title="SKU", sql="i.sku", hidden=True, filterable=False),
    ),
    permission=READ,
    default_sort="number",
    record=LOT,
    segments=(
        Segment("", "All", ""),
        Segment("there", "On hand", f"{_THERE} > 0"),
        Segment("soon", "Expires within 30 days", f"l.expires <= :today + 30 AND {_THERE} > 0"),
        Segment("over", "Expired", f"l.expires < :today AND {_THERE} > 0"),
    ),
    search_sql="l.number || ' ' || i.search_text",
)
LISTINGS = (STOCK, ITEMS, MOVES, MOVEMENTS, LOTS)
