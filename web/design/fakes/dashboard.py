"""Figures of a shop's week."""

from datetime import timedelta
from decimal import Decimal

from web.design.formats import NOW

Json = dict[str, object]

STATS: list[Json] = [
    {
        "label": "Sales today",
        "value": "£4,120.50",
        "delta": "+12.4 %",
        "tone": "good",
        "note": "against last Thursday",
        "points": [31, 28, 36, 33, 41, 38, 46],
        "href": "/orders",
    },
    {
        "label": "Orders to pack",
        "value": "38",
        "delta": "+9",
        "tone": "warn",
        "note": "since yesterday",
        "points": [22, 25, 24, 30, 28, 29, 38],
        "href": "/orders",
    },
    {
        "label": "Average basket",
        "value": "£27.34",
        "delta": "−1.1 %",
        "tone": "bad",
        "note": "against last week",
        "points": [29, 28.4, 28.8, 28.1, 27.6, 27.8, 27.3],
    },
    {
        "label": "Unpaid invoices",
        "value": "£9,814.00",
        "note": "11 invoices, 3 overdue",
        "points": [7, 8.2, 8, 9.4, 9.1, 9.8, 9.8],
        "href": "/invoices",
    },
]

DAYS = ["Fri 27", "Sat 28", "Sun 1", "Mon 2", "Tue 3", "Wed 4", "Thu 5", "Fri 6", "Sat 7", "Sun 8", "Mon 9", "Tue 10", "Wed 11", "Thu 12"]

SALES: Json = {
    "labels": DAYS,
    "series": [
        {"name": "Till", "values": [2810, 3920, 2240, 1730, 1905, 2010, 2480, 2950, 4180, 2390, 1820, 1990, 2105, 2640]},
        {"name": "Online", "values": [1120, 1340, 1610, 1280, 1190, 1210, 1260, 1190, 1420, 1730, 1340, 1285, 1390, 1480]},
    ],
}
MIX: Json = {
    "labels": ["Larder", "Drinks", "Chilled", "Bakery", "Spices"],
    "series": [{"name": "Sales", "values": [18420, 9310, 6240, 4480, 2950]}],
}
HOURS: Json = {
    "labels": ["9", "10", "11", "12", "13", "14", "15", "16", "17", "18"],
    "series": [
        {"name": "This week", "values": [14, 22, 31, 58, 49, 33, 28, 36, 51, 27]},
        {"name": "Last week", "values": [12, 25, 29, 51, 46, 35, 31, 33, 44, 30]},
    ],
}

LOW: list[Json] = [
    {"name": "Manuka vinegar", "brand": "Artisan Malt", "left": 6, "days": 3},
    {"name": "Saffron threads, 1 g", "brand": "Steenbergs", "left": 8, "days": 5},
    {"name": "Camembert de Normandie", "brand": "Isigny Ste-Mère", "left": 9, "days": 2},
    {"name": "Fennel salami, sliced", "brand": "Cannon & Cannon", "left": 11, "days": 6},
]

INVOICES: list[Json] = [
    {"number": "INV-2291", "who": "The Sportsman, Seasalter", "amount": Decimal("1840.00"), "when": NOW - timedelta(days=6)},
    {"number": "INV-2274", "who": "Macknade Food Hall", "amount": Decimal("2615.50"), "when": NOW - timedelta(days=4)},
    {"number": "INV-2302", "who": "Wheelers Oyster Bar", "amount": Decimal("312.75"), "when": NOW - timedelta(days=1)},
]

START: list[Json] = [
    {"label": "Name the business and choose its currency", "state": "done"},
    {
        "label": "Bring your products",
        "state": "current",
        "text": "From Shopify, WooCommerce, or any CSV or Excel file. You see every problem before anything is saved.",
        "href": "/imports",
    },
    {
        "label": "Invite the people you work with",
        "state": "todo",
        "text": "Each gets a role: what they may see and change.",
        "href": "/people",
    },
    {
        "label": "Switch on the modules you need",
        "state": "todo",
        "text": "Start small. Modules can be added at any time.",
        "href": "/modules",
    },
]
