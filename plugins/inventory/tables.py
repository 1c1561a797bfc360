"""What inventory keeps. Constraints, indexes and triggers that Piccolo cannot tell are in the migrations."""

from decimal import Decimal

from piccolo.columns import JSONB, UUID, Array, BigInt, Boolean, Date, ForeignKey, Integer, Numeric, Text, Timestamptz
from piccolo.columns.base import OnDelete
from piccolo.table import Table


class Warehouse(Table, tablename="inventory_warehouse"):
    """A building, or a shop."""

    id = UUID(primary_key=True, default=None)
    code = Text(default="")
    title = Text(default="")
    active = Boolean(default=True)
    version = Integer(default=1)


class Location(Table, tablename="inventory_location"):
    """A place of stock; a warehouse's own place has no parent, nor have the places outside."""

    id = UUID(primary_key=True, default=None)
    warehouse = ForeignKey(Warehouse, null=True, default=None, on_delete=OnDelete.restrict)
    parent: ForeignKey["Location"] = ForeignKey("self", null=True, default=None, on_delete=OnDelete.restrict)
    code = Text(default="")
    title = Text(default="")
    kind = Text(default="internal")
    active = Boolean(default=True)
    version = Integer(default=1)


class StockItem(Table, tablename="inventory_item"):
    """An item that is kept in stock: how, and all there is of it."""

    item = UUID(primary_key=True, default=None)  # of the catalogue's variant
    sku = Text(default="")
    name = Text(default="")
    sort_name = Text(default="")
    search_text = Text(default="")
    category = Text(default="")
    lineage = Array(Text(), default=list)  # the database computes it: the category and those above it
    unit = Text(default="")
    kept = Boolean(default=True)  # services are known too, so as to be passed over
    tracking = Text(default="none")
    below_zero = Text(default="")  # of the nearest rule of its category, as is the next; empty: as the business does
    removal = Text(default="")
    method = Text(default="fifo")
    quantity = Numeric(default=Decimal(0))
    value = Numeric(default=Decimal(0))
    cost = Numeric(default=Decimal(0))
    layers = JSONB(default="[]")
    seq = BigInt(default=0)
    last_day = Date(null=True, default=None)
    begun_after = BigInt(default=0)  # flows up to this number were valued by another method
    begun_cost = Numeric(default=Decimal(0))  # what a piece cost before the first flow after that
    version = Integer(default=1)


class CategoryRule(Table, tablename="inventory_category_rule"):
    """How items of a category, and of all below it, are valued and told apart, when they are first met."""

    category = Text(primary_key=True, default="")
    method = Text(default="")
    tracking = Text(default="")
    below_zero = Text(default="")
    removal = Text(default="")
    version = Integer(default=1)


class Lot(Table, tablename="inventory_lot"):
    """Goods made together, or a single one with a serial number."""

    id = UUID(primary_key=True, default=None)
    item = ForeignKey(StockItem, null=False, default=None, on_delete=OnDelete.restrict)
    number = Text(default="")
    expires = Date(null=True, default=None)


class Document(Table, tablename="inventory_document"):
    """What moved goods: one row for each document of whatever module, never changed."""

    id = UUID(primary_key=True, default=None)
    source_kind = Text(default="")
    source_id = Text(default="")
    source_title = Text(default="")
    date = Date(default=None)
    at = Timestamptz(default=None)
    digest = Text(default="")
    posted = Text(default="own")
    undoes: ForeignKey["Document"] = ForeignKey("self", null=True, default=None, on_delete=OnDelete.restrict)
    reason = Text(default="")
    by = UUID(null=True, default=None)


class Move(Table, tablename="inventory_move"):
    """Goods that went from a place to another; never changed."""

    id = UUID(primary_key=True, default=None)
    document = ForeignKey(Document, null=False, default=None, on_delete=OnDelete.restrict)
    key = Text(default="")
    part = Integer(default=0)
    item = ForeignKey(StockItem, null=False, default=None, on_delete=OnDelete.restrict)
    quantity = Numeric(default=Decimal(0))
    origin = ForeignKey(Location, null=False, default=None, on_delete=OnDelete.restrict)
    destination = ForeignKey(Location, null=False, default=None, on_delete=OnDelete.restrict)
    lot = ForeignKey(Lot, null=True, default=None, on_delete=OnDelete.restrict)
    date = Date(default=None)
    at = Timestamptz(default=None)
    cost = Numeric(default=Decimal(0))  # as known then; what it is worth now is in the valuation
    given = Numeric(null=True, default=None)
    returns = UUID(null=True, default=None)
    undoes = UUID(null=True, default=None)
    note = Text(default="")


class Valuation(Table, tablename="inventory_valuation"):
    """What a move, or a correction of it, changed of the stock's quantity and value; never changed."""

    id = UUID(primary_key=True, default=None)
    item = ForeignKey(StockItem, null=False, default=None, on_delete=OnDelete.restrict)
    seq = BigInt(default=0)
    move = ForeignKey(Move, null=True, default=None, on_delete=OnDelete.restrict)
    document = ForeignKey(Document, null=False, default=None, on_delete=OnDelete.restrict)
    date = Date(default=None)
    quantity = Numeric(default=Decimal(0))
    value = Numeric(default=Decimal(0))
    kind = Text(default="flow")


class Month(Table, tablename="inventory_month"):
    """What changed of an item's quantity and value in a month: the sums of its rows of the valuation."""

    id = UUID(primary_key=True, default=None)
    item = ForeignKey(StockItem, null=False, default=None, on_delete=OnDelete.restrict)
    month = Date(default=None)
    quantity = Numeric(default=Decimal(0))
    value = Numeric(default=Decimal(0))


class Balance(Table, tablename="inventory_balance"):
    """What there is of an item at a location."""

    id = UUID(primary_key=True, default=None)
    item = ForeignKey(StockItem, null=False, default=None, on_delete=OnDelete.restrict)
    location = ForeignKey(Location, null=False, default=None, on_delete=OnDelete.restrict)
    place = Text(default="")  # the location's code, which never changes
    sort_name = Text(default="")
    sku = Text(default="")
    on_hand = Numeric(default=Decimal(0))
    below = Boolean(default=False)  # the database computes these two: an index on them leaves updates of what is on hand cheap
    there = Boolean(default=False)
    reserved = Numeric(default=Decimal(0))
    promised = Numeric(default=Decimal(0))  # what documents ask for, whether it could be held or not
    expected = Numeric(default=Decimal(0))


class LotBalance(Table, tablename="inventory_lot_balance"):
    """What there is of a lot at a location."""

    id = UUID(primary_key=True, default=None)
    lot = ForeignKey(Lot, null=False, default=None, on_delete=OnDelete.restrict)
    location = ForeignKey(Location, null=False, default=None, on_delete=OnDelete.restrict)
    on_hand = Numeric(default=Decimal(0))


class Reservation(Table, tablename="inventory_reservation"):
    """Goods that are held for a document."""

    id = UUID(primary_key=True, default=None)
    source_kind = Text(default="")
    source_id = Text(default="")
    key = Text(default="")
    item = ForeignKey(StockItem, null=False, default=None, on_delete=OnDelete.restrict)
    location = ForeignKey(Location, null=False, default=None, on_delete=OnDelete.restrict)
    quantity = Numeric(default=Decimal(0))
    asked = Numeric(default=Decimal(0))
    lot = Text(default="")
    day = Date(default=None)


class Expected(Table, tablename="inventory_expected"):
    """Goods on their way in."""

    id = UUID(primary_key=True, default=None)
    source_kind = Text(default="")
    source_id = Text(default="")
    key = Text(default="")
    item = ForeignKey(StockItem, null=False, default=None, on_delete=OnDelete.restrict)
    location = ForeignKey(Location, null=False, default=None, on_delete=OnDelete.restrict)
    quantity = Numeric(default=Decimal(0))
    date = Date(default=None)


class Movement(Table, tablename="inventory_movement"):
    """Goods that somebody plans to move: a draft, then held or expected, then done by a document."""

    id = UUID(primary_key=True, default=None)
    kind = Text(default="")
    state = Text(default="draft")
    title = Text(default="")
    date = Date(default=None)
    location = ForeignKey(Location, null=False, default=None, on_delete=OnDelete.restrict)
    destination = ForeignKey(Location, null=True, default=None, on_delete=OnDelete.restrict)
    on_the_way = Boolean(default=False)
    document = ForeignKey(Document, null=True, default=None, on_delete=OnDelete.restrict)
    rest_of: ForeignKey["Movement"] = ForeignKey("self", null=True, default=None, on_delete=OnDelete.restrict)
    made_by = UUID(null=True, default=None)
    version = Integer(default=1)


class MovementLine(Table, tablename="inventory_movement_line"):
    """What is planned to be moved of an item, in its own unit; below zero in an adjustment means goods that are lost."""

    id = UUID(primary_key=True, default=None)
    movement = ForeignKey(Movement, null=False, default=None, on_delete=OnDelete.cascade)
    place = Integer(default=0)
    item = ForeignKey(StockItem, null=False, default=None, on_delete=OnDelete.restrict)
    quantity = Numeric(default=Decimal(0))
    cost = Numeric(null=True, default=None)
    lot = Text(default="")
    expires = Date(null=True, default=None)


class Count(Table, tablename="inventory_count"):
    """Somebody counts what there is at a place."""

    id = UUID(primary_key=True, default=None)
    title = Text(default="")
    location = ForeignKey(Location, null=False, default=None, on_delete=OnDelete.restrict)
    state = Text(default="counting")
    blind = Boolean(default=True)
    begun_at = Timestamptz(default=None)
    begun_by = UUID(null=True, default=None)
    counted_by = Array(UUID(), default=list)
    version = Integer(default=1)


class CountLine(Table, tablename="inventory_count_line"):
    """An item, or a lot of it: what there was when the count began, and what was counted."""

    id = UUID(primary_key=True, default=None)
    count = ForeignKey(Count, null=False, default=None, on_delete=OnDelete.cascade)
    item = ForeignKey(StockItem, null=False, default=None, on_delete=OnDelete.restrict)
    lot = ForeignKey(Lot, null=True, default=None, on_delete=OnDelete.restrict)
    expected = Numeric(default=Decimal(0))
    counted = Numeric(null=True, default=None)


class Period(Table, tablename="inventory_period"):
    """Days that stock is closed for: through this one."""

    id = UUID(primary_key=True, default=None)
    through = Date(default=None)
    closed_at = Timestamptz(default=None)
    closed_by = UUID(null=True, default=None)


class ReorderRule(Table, tablename="inventory_reorder_rule"):
    """When an item is ordered again for a place, up to what, and from where."""

    id = UUID(primary_key=True, default=None)
    item = ForeignKey(StockItem, null=False, default=None, on_delete=OnDelete.restrict)
    location = ForeignKey(Location, null=False, default=None, on_delete=OnDelete.restrict)
    minimum = Numeric(default=Decimal(0))
    target = Numeric(default=Decimal(0))
    pack = Numeric(default=Decimal(0))
    supply = ForeignKey(Location, null=True, default=None, on_delete=OnDelete.restrict)
    version = Integer(default=1)


TABLES = [
    Warehouse,
    Location,
    StockItem,
    CategoryRule,
    Lot,
    Document,
    Move,
    Valuation,
    Month,
    Balance,
    LotBalance,
    Reservation,
    Expected,
    Movement,
    MovementLine,
    Count,
    CountLine,
    Period,
    ReorderRule,
]
