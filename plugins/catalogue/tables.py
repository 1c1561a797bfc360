"""What the catalogue keeps. Constraints and indexes that Piccolo cannot tell are in the migrations."""

from decimal import Decimal

from piccolo.columns import JSONB, UUID, Array, BigInt, Boolean, Date, ForeignKey, Integer, Numeric, Text, Timestamptz
from piccolo.columns.base import OnDelete
from piccolo.table import Table


class Unit(Table, tablename="catalogue_unit"):
    """A unit of measure."""

    id = UUID(primary_key=True, default=None)
    code = Text(default="")
    title = Text(default="")
    dimension = Text(default="count")
    factor = Numeric(default=Decimal(1))
    rec20 = Text(default="")
    is_default = Boolean(default=False)
    active = Boolean(default=True)
    version = Integer(default=1)


class Category(Table, tablename="catalogue_category"):
    """A node of the tree."""

    id = UUID(primary_key=True, default=None)
    parent: ForeignKey["Category"] = ForeignKey("self", null=True, default=None, on_delete=OnDelete.restrict)
    name = Text(default="")
    path = Text(default="")
    full_name = Text(default="")
    lineage = Array(base_column=Text(), default=list)  # full names of all above it and its own
    version = Integer(default=1)


class Product(Table, tablename="catalogue_product"):
    """A product, and what lists show of its variants."""

    id = UUID(primary_key=True, default=None)
    name = Text(default="")
    kind = Text(default="goods")
    status = Text(default="active")
    category = ForeignKey(Category, null=True, default=None, on_delete=OnDelete.restrict)
    unit = ForeignKey(Unit, null=True, default=None, on_delete=OnDelete.restrict)
    brand = Text(default="")
    supplier = Text(default="")
    description = Text(default="")
    tags = Array(base_column=Text(), default=list)
    tax_category = Text(default="")
    country = Text(default="")
    hs_code = Text(default="")
    external_reference = Text(default="")
    options = JSONB(default="[]")
    sort_name = Text(default="")
    search_text = Text(default="")
    sku = Text(default="")
    barcode = Text(default="")
    image = UUID(null=True, default=None)
    variant_count = Integer(default=1)
    version = Integer(default=1)
    created_at = Timestamptz(default=None)
    updated_at = Timestamptz(default=None)


class Variant(Table, tablename="catalogue_variant"):
    """What is sold and kept in stock."""

    id = UUID(primary_key=True, default=None)
    product = ForeignKey(Product, null=False, default=None, on_delete=OnDelete.cascade)
    position = Integer(default=0)
    sku = Text(default="")
    choices = Array(base_column=Text(), default=list)
    active = Boolean(default=True)
    weight = Numeric(null=True, default=None)
    weight_unit = Text(default="kg")
    length = Numeric(null=True, default=None)
    width = Numeric(null=True, default=None)
    height = Numeric(null=True, default=None)
    size_unit = Text(default="cm")


class Barcode(Table, tablename="catalogue_barcode"):
    """One of a variant's codes; no two have the same key."""

    key = Text(primary_key=True, default="")
    variant = ForeignKey(Variant, null=False, default=None, on_delete=OnDelete.cascade)
    code = Text(default="")
    kind = Text(default="gtin13")
    quantity = Numeric(default=Decimal(1))
    position = Integer(default=0)


class PriceList(Table, tablename="catalogue_price_list"):
    """Prices of one currency."""

    id = UUID(primary_key=True, default=None)
    code = Text(default="")
    title = Text(default="")
    currency = Text(default="")
    tax_included = Boolean(default=False)
    is_default = Boolean(default=False)
    active = Boolean(default=True)
    version = Integer(default=1)


class Price(Table, tablename="catalogue_price"):
    """What a variant costs on some days from some quantity up."""

    id = UUID(primary_key=True, default=None)
    variant = ForeignKey(Variant, null=False, default=None, on_delete=OnDelete.cascade)
    price_list = ForeignKey(PriceList, null=False, default=None, on_delete=OnDelete.restrict)
    amount = Numeric(default=Decimal(0))
    compare_at = Numeric(null=True, default=None)
    valid_from = Date(default=None)
    valid_to = Date(null=True, default=None)
    min_quantity = Numeric(default=Decimal(0))


class Image(Table, tablename="catalogue_image"):
    """A picture of a product; the bytes are among the tenant's files."""

    id = UUID(primary_key=True, default=None)
    product = ForeignKey(Product, null=False, default=None, on_delete=OnDelete.cascade)
    file = UUID(default=None)
    alt = Text(default="")
    width = Integer(default=0)
    height = Integer(default=0)
    position = Integer(default=0)


class Counter(Table, tablename="catalogue_counter"):
    """How far a running number is."""

    name = Text(primary_key=True, default="")
    value = BigInt(default=0)


TABLES = [Unit, Category, Product, Variant, Barcode, PriceList, Price, Image, Counter]
