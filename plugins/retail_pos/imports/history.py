"""Sales of earlier tills from spreadsheets."""

from weft import Importer

from ..permissions import SETUP
from ..services.bringing import SoldRow, undo, write

SALES_HISTORY = Importer(
    name="retail_pos.history",
    title="Sales of earlier tills",
    permission=SETUP,
    row=SoldRow,
    write=write,
    undo=undo,
    aliases={
        "receipt": ("Receipt number", "Invoice", "InvoiceNo", "Order", "Sale", "Ticket", "Transaction", "Belegnummer"),
        "day": ("Day", "Sold on", "InvoiceDate", "Datum", "Jour"),
        "at": ("Hour", "Sold at", "Uhrzeit", "Heure"),
        "sku": ("StockCode", "Item code", "Article number", "Artikelnummer", "Product code"),
        "name": ("Description", "Product", "Article", "Item name", "Artikel", "Désignation"),
        "category": ("Group", "Department", "Warengruppe", "Catégorie"),
        "cashier": ("Staff", "Employee", "Served by", "Kassierer", "Vendeur"),
        "quantity": ("Qty", "Units", "Menge", "Quantité"),
        "amount": ("Total", "Line total", "Gross", "Net sales", "Betrag", "Montant"),
        "net": ("Net amount", "Without tax", "Netto", "HT"),
        "cost": ("Cost of goods", "COGS", "Einstand"),
    },
    group_by="receipt",
)
IMPORTERS = (SALES_HISTORY,)
