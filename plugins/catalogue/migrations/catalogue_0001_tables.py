"""Makes the tables of the catalogue."""

from decimal import Decimal
from typing import Any

from piccolo.apps.migrations.auto.migration_manager import MigrationManager
from piccolo.columns.base import Column, OnDelete
from piccolo.columns.column_types import JSONB, UUID, Array, BigInt, Boolean, Date, ForeignKey, Integer, Numeric, Text, Timestamptz
from piccolo.table import Table

ID = "catalogue_0001_tables"
VERSION = "1.38.0"
DESCRIPTION = "Products, variants, barcodes, prices, images, categories, units"

KEY = {"primary_key": True, "default": None, "null": False}
TEXT = {"default": "", "null": False}
NUMBER = {"default": 0, "null": False}
MAYBE = {"default": None, "null": True}


class Unit(Table, tablename="catalogue_unit"):
    id = UUID(primary_key=True, default=None)


class Category(Table, tablename="catalogue_category"):
    id = UUID(primary_key=True, default=None)


class Product(Table, tablename="catalogue_product"):
    id = UUID(primary_key=True, default=None)


class Variant(Table, tablename="catalogue_variant"):
    id = UUID(primary_key=True, default=None)


class PriceList(Table, tablename="catalogue_price_list"):
    id = UUID(primary_key=True, default=None)


def link(to: type[Table], on_delete: OnDelete, *, null: bool = False) -> dict[str, Any]:
    return {"references": to, "on_delete": on_delete, "default": None, "null": null}


COLUMNS: dict[tuple[str, str], list[tuple[str, type[Column], dict[str, Any]]]] = {
    ("Unit", "catalogue_unit"): [
        ("id", UUID, KEY),
        ("code", Text, TEXT),
        ("title", Text, TEXT),
        ("dimension", Text, {"default": "count", "null": False}),
        ("factor", Numeric, {"default": Decimal(1), "null": False}),
        ("rec20", Text, TEXT),
        ("is_default", Boolean, {"default": False, "null": False}),
        ("active", Boolean, {"default": True, "null": False}),
        ("version", Integer, {"default": 1, "null": False}),
    ],
    ("Category", "catalogue_category"): [
        ("id", UUID, KEY),
        ("parent", ForeignKey, link(Category, OnDelete.restrict, null=True)),
        ("name", Text, TEXT),
        ("path", Text, TEXT),
        ("full_name", Text, TEXT),
        ("lineage", Array, {"base_column": Text(), "default": list, "null": False}),
        ("version", Integer, {"default": 1, "null": False}),
    ],
    ("Product", "catalogue_product"): [
        ("id", UUID, KEY),
        ("name", Text, TEXT),
        ("kind", Text, {"default": "goods", "null": False}),
        ("status", Text, {"default": "active", "null": False}),
        ("category", ForeignKey, link(Category, OnDelete.restrict, null=True)),
        ("unit", ForeignKey, link(Unit, OnDelete.restrict, null=True)),
        ("brand", Text, TEXT),
        ("supplier", Text, TEXT),
        ("description", Text, TEXT),
        ("tags", Array, {"base_column": Text(), "default": list, "null": False}),
        ("tax_category", Text, TEXT),
        ("country", Text, TEXT),
        ("hs_code", Text, TEXT),
        ("external_reference", Text, TEXT),
        ("options", JSONB, {"default": "[]", "null": False}),
        ("sort_name", Text, TEXT),
        ("search_text", Text, TEXT),
        ("sku", Text, TEXT),
        ("barcode", Text, TEXT),
        ("image", UUID, MAYBE),
        ("variant_count", Integer, {"default": 1, "null": False}),
        ("version", Integer, {"default": 1, "null": False}),
        ("created_at", Timestamptz, {"default": None, "null": False}),
        ("updated_at", Timestamptz, {"default": None, "null": False}),
    ],
    ("Variant", "catalogue_variant"): [
        ("id", UUID, KEY),
        ("product", ForeignKey, link(Product, OnDelete.cascade)),
        ("position", Integer, NUMBER),
        ("sku", Text, TEXT),
        ("choices", Array, {"base_column": Text(), "default": list, "null": False}),
        ("active", Boolean, {"default": True, "null": False}),
        ("weight", Numeric, MAYBE),
        ("weight_unit", Text, {"default": "kg", "null": False}),
        ("length", Numeric, MAYBE),
        ("width", Numeric, MAYBE),
        ("height", Numeric, MAYBE),
        ("size_unit", Text, {"default": "cm", "null": False}),
    ],
    ("Barcode", "catalogue_barcode"): [
        ("key", Text, {"primary_key": True, "default": "", "null": False}),
        ("variant", ForeignKey, link(Variant, OnDelete.cascade)),
        ("code", Text, TEXT),
        ("kind", Text, {"default": "gtin13", "null": False}),
        ("quantity", Numeric, {"default": Decimal(1), "null": False}),
        ("position", Integer, NUMBER),
    ],
    ("PriceList", "catalogue_price_list"): [
        ("id", UUID, KEY),
        ("code", Text, TEXT),
        ("title", Text, TEXT),
        ("currency", Text, TEXT),
        ("tax_included", Boolean, {"default": False, "null": False}),
        ("is_default", Boolean, {"default": False, "null": False}),
        ("active", Boolean, {"default": True, "null": False}),
        ("version", Integer, {"default": 1, "null": False}),
    ],
    ("Price", "catalogue_price"): [
        ("id", UUID, KEY),
        ("variant", ForeignKey, link(Variant, OnDelete.cascade)),
        ("price_list", ForeignKey, link(PriceList, OnDelete.restrict)),
        ("amount", Numeric, {"default": Decimal(0), "null": False}),
        ("compare_at", Numeric, MAYBE),
        ("valid_from", Date, {"default": None, "null": False}),
        ("valid_to", Date, MAYBE),
        ("min_quantity", Numeric, {"default": Decimal(0), "null": False}),
    ],
    ("Image", "catalogue_image"): [
        ("id", UUID, KEY),
        ("product", ForeignKey, link(Product, OnDelete.cascade)),
        ("file", UUID, {"default": None, "null": False}),
        ("alt", Text, TEXT),
        ("width", Integer, NUMBER),
        ("height", Integer, NUMBER),
        ("position", Integer, NUMBER),
    ],
    ("Counter", "catalogue_counter"): [
        ("name", Text, {"primary_key": True, "default": "", "null": False}),
        ("value", BigInt, NUMBER),
    ],
}


async def forwards() -> MigrationManager:
    manager = MigrationManager(migration_id=ID, app_name="catalogue", description=DESCRIPTION)
    for (class_name, tablename), columns in COLUMNS.items():
        manager.add_table(class_name=class_name, tablename=tablename)
        for name, kind, params in columns:
            manager.add_column(class_name, tablename, name, name, kind.__name__, kind, params)
    return manager
