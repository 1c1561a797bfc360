"""Products, as a listing shows them."""

from decimal import Decimal

from web.design.fakes.pictures import thumbnail

Json = dict[str, object]

_PRODUCTS = """
Apple cider vinegar, raw and unfiltered|Bragg|Larder|6.95|128
Arborio rice, superfino|Riso Gallo|Larder|3.40|64
Artichoke hearts in olive oil|Cucina Amore|Larder|5.85|22
Basil pesto with pecorino|Sacla|Chilled|3.95|41
Beetroot and horseradish relish|Tracklements|Larder|3.75|0
Bitter lemon, 4 × 200 ml|Fever-Tree|Drinks|4.20|96
Blood orange marmalade|Rosebud Preserves|Larder|4.10|37
Borlotti beans|Epicure|Larder|1.35|210
Brown butter shortbread|Island Bakery|Bakery|3.25|18
Camembert de Normandie, 250 g|Isigny Ste-Mère|Chilled|5.60|9
Capers in sea salt|La Nicchia|Larder|6.50|26
Cardamom pods, green|Steenbergs|Spices|3.30|73
Chestnut honey|Mario Bianco|Larder|9.80|14
Chickpea flour, stoneground|Hodmedod’s|Larder|2.95|48
Clementine cordial|Belvoir|Drinks|3.85|60
Cold brew coffee concentrate|Sandows|Drinks|8.50|31
Cornish sea salt flakes|Cornish Sea Salt|Spices|2.75|152
Dark chocolate with absinthe filling|Villars|Confectionery|3.60|44
Dill pickles, half sour|Ba-Tampte|Larder|4.25|17
Earl Grey, loose leaf, 125 g|Brew Tea Co|Drinks|6.40|58
Elderflower pressé, 750 ml|Belvoir|Drinks|3.95|84
Extra virgin olive oil, Koroneiki|Oliveology|Larder|14.90|36
Fennel salami, sliced|Cannon & Cannon|Chilled|4.95|11
Fig and walnut crackers|Miller’s|Bakery|3.10|0
Ginger and sesame dressing|Bragg|Larder|4.60|29
Gochujang, fermented|Mother-in-Law’s|Larder|6.20|33
Haricot beans in tomato|Bold Bean Co|Larder|3.00|140
Hazelnut praline spread|Noccioliva|Larder|7.25|20
Heather honey oatcakes|Stockan’s|Bakery|1.95|66
Irish butter, salted|Abernethy|Chilled|3.90|25
Jasmine pearls, 50 g|Postcard Teas|Drinks|11.50|12
Kalamata olives, unpitted|Odysea|Larder|3.70|49
Kombu dashi|Clearspring|Larder|4.80|23
Lemon curd|Thursday Cottage|Larder|3.15|55
Malted milk chocolate|Pump Street|Confectionery|6.75|27
Manuka vinegar|Artisan Malt|Larder|8.90|6
Miso, white, sweet|Clearspring|Larder|5.35|38
Oat milk, barista|Minor Figures|Drinks|2.20|180
Organic concord grape and acai drink|Bragg|Drinks|2.85|0
Paprika, smoked, sweet|La Chinata|Spices|3.05|91
Piccalilli|Tracklements|Larder|3.65|42
Pink peppercorns|Steenbergs|Spices|4.15|19
Pomegranate molasses|Mymouné|Larder|5.95|30
Preserved lemons|Belazu|Larder|4.45|28
Rose harissa|Belazu|Larder|5.25|57
Rye crispbread|Peter’s Yard|Bakery|3.50|70
Saffron threads, 1 g|Steenbergs|Spices|9.95|8
Sourdough starter culture|Bread Ahead|Bakery|6.00|15
Tamari, double strength|Clearspring|Larder|6.85|34
Za’atar with sumac|Zaatar w Zeit|Spices|4.90|46
""".strip().splitlines()

COLUMNS: list[Json] = [
    {"key": "name", "label": "Product", "sort": "?sort=-name", "sorted": "asc"},
    {"key": "barcode", "label": "Barcode", "kind": "text", "role": "hide"},
    {"key": "category", "label": "Category", "sort": "?sort=category", "role": "meta"},
    {"key": "state", "label": "State", "kind": "choice", "role": "meta"},
    {"key": "stock", "label": "In stock", "kind": "number", "sort": "?sort=stock", "role": "meta"},
    {"key": "cost", "label": "Cost", "kind": "money", "currency": "GBP", "role": "hide"},
    {"key": "price", "label": "Price", "kind": "money", "currency": "GBP", "sort": "?sort=price", "role": "aside"},
]


def _state(stock: int, place: int) -> Json:
    if stock == 0:
        return {"label": "Out of stock", "tone": "bad"}
    if place % 17 == 9:
        return {"label": "Draft", "tone": "neutral"}
    return {"label": "Low", "tone": "warn"} if stock < 15 else {"label": "Active", "tone": "good"}


def products(find: str = "", categories: tuple[str, ...] = ()) -> list[Json]:
    """Rows of the listing, narrowed as its filters ask."""
    rows: list[Json] = []
    for place, line in enumerate(_PRODUCTS):
        name, brand, category, price, stock = line.split("|")
        if find.lower() not in f"{name} {brand}".lower() or (categories and category not in categories):
            continue
        rows.append(
            {
                "id": f"product-{place}",
                "label": name,
                "href": "/product",
                "faint": stock == "0" and place % 2 == 0,
                "cells": {
                    "name": {"text": name, "sub": brand, "image": thumbnail(place)},
                    "barcode": f"5{place:02d}74{place * 7919 % 10_000_000:07d}",
                    "category": category,
                    "state": _state(int(stock), place),
                    "stock": int(stock),
                    "cost": (Decimal(price) * Decimal("0.58")).quantize(Decimal("0.01")) if place % 11 else None,
                    "price": Decimal(price),
                },
                "menu": [
                    {"label": "Edit", "href": "/product-form", "icon": "pencil"},
                    {"label": "Duplicate", "post": "/products", "icon": "copy"},
                    "-",
                    {
                        "label": "Archive",
                        "post": "/products",
                        "icon": "archive",
                        "tone": "bad",
                        "confirm": f"Archive “{name}”? It leaves the shelves and the till.",
                    },
                ],
            }
        )
    return rows


def filters(categories: tuple[str, ...]) -> list[Json]:
    """The chips above the listing."""
    names = sorted({line.split("|")[2] for line in _PRODUCTS})
    return [
        {
            "name": "category",
            "label": "Category",
            "kind": "choice",
            "options": [{"value": name, "label": name} for name in names],
            "value": list(categories),
            "text": ", ".join(categories),
            "reset": "/products",
        },
        {"name": "price", "label": "Price", "kind": "number", "value": {"min": 2, "max": 10}, "text": "£2 to £10", "reset": "/products"},
        {"name": "brand", "label": "Brand", "kind": "text"},
        {"name": "on_sale", "label": "On promotion", "kind": "bool"},
        {"name": "changed", "label": "Changed", "kind": "date"},
    ]


VIEWS: list[Json] = [
    {"label": "All products", "href": "/products", "active": True, "count": 2861},
    {"label": "Low stock", "href": "/products?view=low", "count": 14},
    {"label": "Without a barcode", "href": "/products?view=bare", "count": 1},
    {"label": "Drafts", "href": "/products?view=drafts"},
]
EXPORTS: list[Json] = [
    {"label": "CSV", "href": "/products", "icon": "file-type-csv", "hint": "What the table shows, as text"},
    {"label": "Excel", "href": "/products", "icon": "file-type-xls", "hint": "With types and widths"},
]
CHOOSABLE: list[Json] = [{"key": column["key"], "label": column["label"], "shown": True} for column in COLUMNS] + [
    {"key": "weight", "label": "Weight", "shown": False},
    {"key": "supplier", "label": "Supplier", "shown": False},
]
