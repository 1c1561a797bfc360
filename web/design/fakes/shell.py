"""Who is signed in, where they can go, and what has just been said to them."""

from web.design.environment import Theme
from web.shell import section_key

Json = dict[str, object]

_NAVIGATION: list[tuple[str, list[tuple[str, str, str, str, int]]]] = [
    ("", [("Dashboard", "/dashboard", "layout-dashboard", "d", 0), ("Notifications", "/notifications", "bell", "n", 0)]),
    ("Contacts", [("Organisations", "/contacts", "building", "o", 0), ("People", "/contacts-empty", "users", "e", 0)]),
    (
        "Catalogue",
        [
            ("Products", "/products", "package", "p", 0),
            ("Categories", "/categories", "category", "", 0),
            ("Price lists", "/prices", "tags", "", 0),
        ],
    ),
    ("Sales", [("Orders", "/orders", "shopping-cart", "r", 12), ("Invoices", "/invoices", "file-invoice", "", 3)]),
    (
        "Administration",
        [
            ("Imports", "/imports", "file-import", "i", 0),
            ("Jobs", "/jobs", "clock-play", "j", 2),
            ("People and roles", "/people", "shield-lock", "u", 0),
            ("Modules", "/modules", "puzzle", "m", 0),
            ("Audit", "/audit", "history", "a", 0),
            ("Settings", "/settings", "settings", "s", 0),
        ],
    ),
]


def shell(path: str, theme: Theme = "system", *, folded: bool = False) -> Json:
    """The `shell` object of a page at this path."""
    return {
        "tenant": {"name": "Harbour & Vine", "slug": "harbour", "logo_url": None, "url": "/dashboard"},
        "tenants": [
            {"name": "Harbour & Vine", "slug": "harbour", "url": "/dashboard", "current": True},
            {"name": "Northgate Clinic", "slug": "northgate", "url": "/dashboard", "current": False},
            {"name": "Millbrook Joinery", "slug": "millbrook", "url": "/dashboard", "current": False},
        ],
        "person": {"name": "Maeve O’Connell", "email": "maeve@harbourandvine.example", "initials": "MO"},
        "navigation": [
            {
                "title": title,
                "key": section_key(title),
                "open": True,
                "items": [
                    {"title": name, "path": to, "icon": icon, "active": to == path, "badge": badge or None, "shortcut": key or None}
                    for name, to, icon, key, badge in items
                ],
            }
            for title, items in _NAVIGATION
        ],
        "unread": 4,
        "theme": theme,
        "help_url": "/help",
        "folded": folded,
        "commands": [
            {"title": "New product", "path": "/product-form", "icon": "package"},
            {"title": "New organisation", "path": "/contact-form", "icon": "building-plus"},
            {"title": "Import a file", "path": "/imports", "icon": "file-import"},
            {"title": "Invite a person", "path": "/people", "icon": "user-plus"},
        ],
    }
