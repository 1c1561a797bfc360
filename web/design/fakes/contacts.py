"""One organisation, everything known of it, and what happened to it."""

from datetime import date, timedelta
from decimal import Decimal

from web.design.formats import NOW

Json = dict[str, object]

ORGANISATION: Json = {
    "name": "Belvoir Fruit Farms Ltd",
    "subtitle": "Supplier of cordials and pressés since May 2019",
    "status": {"label": "Active", "tone": "good"},
}

FACTS: list[Json] = [
    {"label": "Trading name", "value": "Belvoir Farm"},
    {"label": "Email", "value": "orders@belvoir.example", "href": "mailto:orders@belvoir.example", "copyable": True},
    {"label": "Telephone", "value": "+44 1476 870286", "href": "tel:+441476870286", "copyable": True},
    {"label": "VAT number", "value": "GB 361 4408 52", "copyable": True},
    {"label": "Payment terms", "value": "30 days, end of month"},
    {"label": "Credit limit", "value": Decimal(12000), "kind": "money", "currency": "GBP"},
    {"label": "Tags", "value": ["Drinks", "Local", "Weekly order"], "kind": "tags"},
    {"label": "Price list", "value": "Trade 2026", "href": "/prices"},
    {"label": "Website", "value": None},
]

ADDRESSES: list[Json] = [
    {"label": "Registered office", "value": "Barkestone Lane, Bottesford, Nottingham NG13 0DH"},
    {"label": "Collections", "value": "Unit 4, Langar Industrial Estate, NG13 9HY"},
]

PEOPLE: list[Json] = [
    {"name": "Pev Manners", "role": "Managing director", "email": "pev@belvoir.example"},
    {"name": "Ruth Okafor", "role": "Accounts receivable", "email": "ruth@belvoir.example"},
    {"name": "Tom Ingleby", "role": "Dispatch", "email": "tom@belvoir.example"},
]

ORDER_COLUMNS: list[Json] = [
    {"key": "number", "label": "Order"},
    {"key": "date", "label": "Placed", "kind": "date"},
    {"key": "lines", "label": "Lines", "kind": "number"},
    {"key": "state", "label": "State", "kind": "choice"},
    {"key": "total", "label": "Total", "kind": "money", "currency": "GBP", "role": "aside"},
]

ORDERS: list[Json] = [
    {
        "id": f"order-{number}",
        "href": "/contact",
        "cells": {
            "number": f"PO-{number}",
            "date": date(2026, 3, 11) - timedelta(days=7 * place),
            "lines": 14 - place,
            "state": state,
            "total": Decimal("1284.60") - place * Decimal("97.35"),
        },
    }
    for place, (number, state) in enumerate(
        [
            (10482, {"label": "Sent", "tone": "info"}),
            (10455, {"label": "Part received", "tone": "warn"}),
            (10431, {"label": "Received", "tone": "good"}),
            (10407, {"label": "Received", "tone": "good"}),
            (10388, {"label": "Cancelled", "tone": "neutral"}),
        ]
    )
]

HISTORY: list[Json] = [
    {
        "who": "Maeve O’Connell",
        "what": "changed the payment terms",
        "when": NOW - timedelta(minutes=22),
        "changes": [
            {"label": "Terms", "before": "14 days", "after": "30 days, end of month"},
            {"label": "Credit limit", "before": "£8,000.00", "after": "£12,000.00"},
        ],
    },
    {
        "who": "Import “Suppliers 2026.xlsx”",
        "what": "updated 3 fields",
        "when": NOW - timedelta(days=1, hours=2),
        "icon": "file-import",
        "tone": "info",
        "changes": [
            {"label": "Telephone", "before": None, "after": "+44 1476 870286"},
            {"label": "Fax", "before": "01476 870287", "after": None},
        ],
    },
    {"who": "Daniel Whitcombe", "what": "added the tag Weekly order", "when": NOW - timedelta(days=3)},
    {
        "who": "Daniel Whitcombe",
        "what": "merged Belvoir Cordials into this record",
        "when": NOW - timedelta(days=20),
        "note": "2 addresses and 11 orders came along. Can be undone until 20 March.",
    },
    {"who": "Sunita Rao", "what": "created the record", "when": NOW - timedelta(days=2492), "icon": "plus", "tone": "good"},
]

DOCUMENTS: list[Json] = [
    {"name": "Trade agreement 2026.pdf", "size": 482_113, "when": NOW - timedelta(days=40)},
    {"name": "Organic certificate.pdf", "size": 91_774, "when": NOW - timedelta(days=200)},
]

COUNTRIES: list[Json] = [
    {"value": code, "label": name} for code, name in [("GB", "United Kingdom"), ("IE", "Ireland"), ("FR", "France"), ("IT", "Italy")]
]

TAGS: list[str] = ["Drinks", "Local", "Weekly order", "Organic", "Imports", "Prepaid", "Seasonal"]

PARTIES: list[Json] = [
    {"value": "belvoir", "label": "Belvoir Fruit Farms Ltd", "hint": "Nottingham"},
    {"value": "bragg", "label": "Bragg Live Food Products", "hint": "Santa Barbara"},
    {"value": "clearspring", "label": "Clearspring Ltd", "hint": "London"},
    {"value": "hodmedod", "label": "Hodmedod’s British Wholefoods", "hint": "Halesworth"},
    {"value": "tracklements", "label": "The Tracklement Company", "hint": "Sherston"},
]
