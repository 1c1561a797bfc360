"""Jobs, audit, imports and modules: what an administrator looks after."""

from datetime import timedelta

from web.design.formats import NOW

Json = dict[str, object]

JOB_COLUMNS: list[Json] = [
    {"key": "title", "label": "Job"},
    {"key": "module", "label": "Module"},
    {"key": "state", "label": "State", "kind": "choice", "role": "aside"},
    {"key": "tries", "label": "Tries", "kind": "number"},
    {"key": "when", "label": "When", "kind": "ago"},
    {"key": "took", "label": "Took", "align": "end"},
]

_JOBS = [
    ("Nightly stock snapshot", "All 2,861 products", "Catalogue", "Done", "good", 1, -6, "4.1 s"),
    ("Send invoice INV-2302", "to wheelers@oyster.example", "Invoices", "Waiting", "warn", 3, 0.1, None),
    ("Price list “Trade 2026” as PDF", "for Daniel Whitcombe", "Catalogue", "Done", "good", 1, -0.4, "1.9 s"),
    ("Webhook order.placed", "https://hooks.courier.example", "Orders", "Failed", "bad", 10, -2, "30 s"),
    ("Reorder suggestions", "every weekday at 07:00", "Stock", "Scheduled", "info", 0, 21, None),
    ("Thumbnails for 48 images", "after import “Products.csv”", "Catalogue", "Done", "good", 1, -22, "11 s"),
    ("Bank feed", "every hour", "Accounting", "Done", "good", 2, -0.6, "0.8 s"),
]

JOBS: list[Json] = [
    {
        "id": f"job-{place}",
        "label": title,
        "href": "/jobs",
        "cells": {
            "title": {"text": title, "sub": about},
            "module": module,
            "state": {"label": state, "tone": tone},
            "tries": tries,
            "when": NOW + timedelta(hours=hours),
            "took": took,
        },
        "menu": [
            {"label": "Run now", "post": "/jobs", "icon": "player-play"},
            {"label": "See its log", "href": "/jobs", "icon": "list-details"},
        ],
    }
    for place, (title, about, module, state, tone, tries, hours, took) in enumerate(_JOBS)
]

AUDIT: list[Json] = [
    {
        "who": "Maeve O’Connell",
        "what": "changed the role of Piotr Zieliński",
        "when": NOW - timedelta(minutes=8),
        "icon": "shield",
        "tone": "warn",
        "changes": [{"label": "Roles", "before": "Till, Stock", "after": "Till"}],
    },
    {
        "who": "Daniel Whitcombe",
        "what": "changed 3 prices",
        "when": NOW - timedelta(minutes=51),
        "icon": "tag",
        "tone": "accent",
        "href": "/products",
        "changes": [
            {"label": "Rose harissa", "before": "£4.95", "after": "£5.25"},
            {"label": "Preserved lemons", "before": "£4.20", "after": "£4.45"},
            {"label": "Za’atar with sumac", "before": "£4.75", "after": "£4.90"},
        ],
    },
    {
        "who": "API token “Courier”",
        "what": "read 200 orders",
        "when": NOW - timedelta(hours=2),
        "icon": "api",
        "note": "From 203.0.113.24, token made by Sunita Rao.",
    },
    {
        "who": "Sunita Rao",
        "what": "exported contacts",
        "when": NOW - timedelta(hours=5),
        "icon": "download",
        "note": "1,204 rows, 9 columns, as Excel.",
    },
    {
        "who": "Somebody",
        "what": "failed to sign in as lewis@harbourandvine.example",
        "when": NOW - timedelta(hours=9),
        "icon": "lock",
        "tone": "bad",
        "note": "5 tries from 198.51.100.7. The account is suspended.",
    },
    {"who": "Maeve O’Connell", "what": "switched on the module Stock", "when": NOW - timedelta(days=1), "icon": "puzzle", "tone": "good"},
]

MAPPING: list[Json] = [
    {"source": "code", "sample": "0074291000339", "target": "barcode", "sure": "Same as last time"},
    {"source": "product_name", "sample": "Milk Chocolate", "target": "name", "sure": "Same as last time"},
    {"source": "brands", "sample": "Villars", "target": "brand", "sure": "By its values"},
    {"source": "categories_en", "sample": "Snacks, Sweet snacks, Confectioneries", "target": "category", "sure": "By its name"},
    {"source": "quantity", "sample": "100 g", "target": "unit", "sure": "By its values"},
    {"source": "price_gbp", "sample": "3.60", "target": "price", "sure": "By its name"},
    {"source": "states_tags", "sample": "en:to-be-completed, en:nutrition-facts-…", "target": "", "sure": None},
]
_FIELDS = {
    "": "Leave out",
    "barcode": "Barcode",
    "name": "Name *",
    "brand": "Brand",
    "category": "Category",
    "unit": "Unit",
    "price": "Price",
}
TARGETS: list[Json] = [{"value": value, "label": label} for value, label in _FIELDS.items()]

FAULT_COLUMNS: list[Json] = [
    {"key": "row", "label": "Row"},
    {"key": "column", "label": "Column"},
    {"key": "value", "label": "Value", "kind": "code"},
    {"key": "why", "label": "Why it cannot be saved", "wrap": True},
]
FAULTS: list[Json] = [
    {
        "id": "fault-1",
        "cells": {
            "row": "1,204",
            "column": "Barcode",
            "value": "0074305300136",
            "why": "The check digit of this GTIN-13 should be 5, not 6. Scan the package again, or leave the barcode empty.",
        },
    },
    {
        "id": "fault-2",
        "cells": {
            "row": "1,877",
            "column": "Price",
            "value": "3,60",
            "why": "Expected a point before the pence, because the other 2,859 prices have one.",
        },
    },
    {"id": "fault-3", "cells": {"row": "2,310", "column": "Name", "value": None, "why": "A product needs a name."}},
]

IMPORT_COLUMNS: list[Json] = [
    {"key": "file", "label": "File"},
    {"key": "into", "label": "Into"},
    {"key": "state", "label": "State", "kind": "choice", "role": "aside"},
    {"key": "saved", "label": "Saved", "kind": "number"},
    {"key": "refused", "label": "Refused", "kind": "number"},
    {"key": "when", "label": "When", "kind": "ago"},
]
IMPORTS: list[Json] = [
    {
        "id": "import-1",
        "label": "off_catalogue_a.csv",
        "href": "/import-result",
        "cells": {
            "file": {"text": "off_catalogue_a.csv", "sub": "312 kB, by Maeve O’Connell", "icon": "file-type-csv"},
            "into": "Products",
            "state": {"label": "Ready to save", "tone": "info"},
            "saved": 0,
            "refused": 3,
            "when": NOW - timedelta(minutes=3),
        },
        "menu": [{"label": "Continue", "href": "/import-result", "icon": "arrow-right"}],
    },
    {
        "id": "import-2",
        "label": "Suppliers 2026.xlsx",
        "href": "/imports",
        "cells": {
            "file": {"text": "Suppliers 2026.xlsx", "sub": "88 kB, by Sunita Rao", "icon": "file-type-xls"},
            "into": "Organisations",
            "state": {"label": "Done", "tone": "good"},
            "saved": 214,
            "refused": 0,
            "when": NOW - timedelta(days=1),
        },
        "menu": [
            {
                "label": "Undo the import",
                "post": "/imports",
                "icon": "arrow-back-up",
                "tone": "bad",
                "confirm": "Undo this import? 214 organisations return to what they were; 2 that were changed since are kept.",
            }
        ],
    },
    {
        "id": "import-3",
        "label": "team.vcf",
        "href": "/imports",
        "cells": {
            "file": {"text": "team.vcf", "sub": "9 kB, by Daniel Whitcombe", "icon": "address-book"},
            "into": "People",
            "state": {"label": "Undone", "tone": "neutral"},
            "saved": 31,
            "refused": 2,
            "when": NOW - timedelta(days=4),
        },
        "menu": [{"label": "Download the file", "href": "/imports", "icon": "download"}],
    },
]

MODULES: list[Json] = [
    {
        "key": "contacts",
        "title": "Contacts",
        "icon": "address-book",
        "summary": "Organisations and people, addresses, identifiers that are checked, duplicates that merge.",
        "state": "on",
        "adds": "4 pages, 9 permissions, CSV and vCard",
        "needs": [],
        "used_by": ["Catalogue", "Orders"],
    },
    {
        "key": "catalogue",
        "title": "Catalogue",
        "icon": "package",
        "summary": "Products, variants, units, prices with validity, barcodes and images.",
        "state": "on",
        "adds": "5 pages, 11 permissions, 2 schedules",
        "needs": ["Contacts"],
        "used_by": ["Orders"],
    },
    {
        "key": "stock",
        "title": "Stock",
        "icon": "building-warehouse",
        "summary": "What lies where, what moves, what to order next.",
        "state": "switching",
        "adds": "6 pages, 12 permissions, 1 schedule",
        "needs": ["Catalogue"],
    },
    {
        "key": "pos",
        "title": "Till",
        "icon": "cash-register",
        "summary": "Selling over the counter, on any screen, with or without a network.",
        "state": "off",
        "adds": "3 pages, 7 permissions",
        "needs": ["Catalogue", "Stock"],
        "price": "£12 a month for each till",
    },
    {
        "key": "loyalty",
        "title": "Loyalty",
        "icon": "gift-card",
        "summary": "Points and vouchers, earned at the till and online. By Acme.",
        "state": "trouble",
        "adds": "2 pages, 4 permissions",
        "needs": ["Till"],
        "vendor": "Acme",
    },
    {
        "key": "accounting",
        "title": "Accounting",
        "icon": "calculator",
        "summary": "Double-entry ledger, bank feeds, VAT returns.",
        "state": "off",
        "adds": "11 pages, 18 permissions",
        "needs": ["Contacts"],
        "price": "£29 a month",
    },
]

NOTIFICATIONS: list[Json] = [
    {
        "icon": "file-import",
        "tone": "good",
        "title": "Import finished",
        "text": "214 organisations from Suppliers 2026.xlsx",
        "when": NOW - timedelta(hours=1),
        "unread": True,
        "href": "/imports",
    },
    {
        "icon": "alert-triangle",
        "tone": "bad",
        "title": "A job gave up after 10 tries",
        "text": "Webhook order.placed to hooks.courier.example",
        "when": NOW - timedelta(hours=2),
        "unread": True,
        "href": "/jobs",
    },
    {
        "icon": "user-plus",
        "tone": "info",
        "title": "Ama Boateng accepted your invitation",
        "text": "Roles: Till, Stock",
        "when": NOW - timedelta(hours=20),
        "unread": False,
        "href": "/people",
    },
    {
        "icon": "package",
        "tone": "warn",
        "title": "14 products are low",
        "text": "3 run out before the next delivery",
        "when": NOW - timedelta(days=1),
        "unread": False,
        "href": "/products?view=low",
    },
]

FOUND: list[Json] = [
    {
        "title": "Products",
        "hits": [
            {"title": "Elderflower pressé, 750 ml", "subtitle": "Belvoir · £3.95 · 84 in stock", "url": "/product", "icon": "package"},
            {"title": "Clementine cordial", "subtitle": "Belvoir · £3.85 · 60 in stock", "url": "/product", "icon": "package"},
        ],
    },
    {
        "title": "Organisations",
        "hits": [{"title": "Belvoir Fruit Farms Ltd", "subtitle": "Supplier · Nottingham", "url": "/contact", "icon": "building"}],
    },
    {"title": "People", "hits": [{"title": "Pev Manners", "subtitle": "Belvoir Fruit Farms Ltd", "url": "/contact", "icon": "user"}]},
]
