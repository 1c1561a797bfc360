"""What people can bring in: the stock they have when they begin."""

from typing import Any

from weft import Importer

from .permissions import ADJUST
from .records import DOCUMENT
from .services.importing import OpeningOptions, OpeningRow, undo, write

OPENING_STOCK = Importer(
    name="inventory.opening",
    title="Opening stock",
    permission=ADJUST,
    row=OpeningRow,
    write=write,
    undo=undo,
    aliases={
        "code": ("SKU", "Barcode", "Item", "Item code", "Product code", "Article", "EAN", "GTIN"),
        "quantity": ("Qty", "On hand", "Stock", "Count", "Units"),
        "cost": ("Unit cost", "Cost", "Cost price", "Purchase price", "Valuation rate"),
        "location": ("Warehouse", "Bin", "Shelf", "Place"),
        "unit": ("UOM", "Unit of measure"),
        "lot": ("Batch", "Lot number", "Serial", "Serial number", "Batch number"),
        "expires": ("Expiry", "Expiry date", "Best before", "Use by"),
    },
    options=OpeningOptions,
    record=DOCUMENT.name,
)
IMPORTERS: tuple[Importer[Any], ...] = (OPENING_STOCK,)
