"""Who works here, and what their roles let them do."""

from datetime import timedelta

from web.design.formats import NOW

Json = dict[str, object]

COLUMNS: list[Json] = [
    {"key": "name", "label": "Person"},
    {"key": "roles", "label": "Roles", "kind": "tags"},
    {"key": "state", "label": "State", "kind": "choice", "role": "aside"},
    {"key": "seen", "label": "Last seen", "kind": "ago"},
    {"key": "second", "label": "Sessions", "kind": "number", "role": "hide"},
]

_PEOPLE = [
    ("Maeve O’Connell", "maeve@harbourandvine.example", ["Owner"], "Active", "good", 2, 3),
    ("Daniel Whitcombe", "daniel@harbourandvine.example", ["Buyer", "Catalogue editor"], "Active", "good", 41, 1),
    ("Sunita Rao", "sunita@harbourandvine.example", ["Accountant"], "Active", "good", 1460, 2),
    ("Piotr Zieliński", "piotr@harbourandvine.example", ["Till"], "Active", "good", 190, 1),
    ("Ama Boateng", "ama@harbourandvine.example", ["Till", "Stock"], "Invited", "info", 0, 0),
    ("Lewis Carne", "lewis@harbourandvine.example", ["Till"], "Suspended", "neutral", 40_000, 0),
]

PEOPLE: list[Json] = [
    {
        "id": f"person-{place}",
        "label": name,
        "href": "/people",
        "cells": {
            "name": {"text": name, "sub": email, "avatar": True},
            "roles": roles,
            "state": {"label": state, "tone": tone},
            "seen": NOW - timedelta(minutes=minutes) if minutes else None,
            "second": sessions,
        },
        "menu": [
            {"label": "Change roles", "href": "/roles", "icon": "shield"},
            {"label": "Sign out everywhere", "post": "/people", "icon": "logout"},
            "-",
            {
                "label": "Suspend",
                "post": "/people",
                "icon": "user-off",
                "tone": "bad",
                "confirm": f"Suspend {name}? They are signed out at once and cannot come back until you let them.",
            },
        ],
    }
    for place, (name, email, roles, state, tone, minutes, sessions) in enumerate(_PEOPLE)
]

ROLES: list[Json] = [
    {"key": "owner", "title": "Owner", "people": 1, "fixed": True},
    {"key": "buyer", "title": "Buyer", "people": 1},
    {"key": "editor", "title": "Catalogue editor", "people": 1},
    {"key": "accountant", "title": "Accountant", "people": 1},
    {"key": "till", "title": "Till", "people": 3},
]

PERMISSIONS: list[Json] = [
    {
        "title": "Contacts",
        "entries": [
            {"name": "contacts.party.read", "title": "See contacts", "roles": ["owner", "buyer", "editor", "accountant", "till"]},
            {"name": "contacts.party.edit", "title": "Create and change contacts", "roles": ["owner", "buyer", "accountant"]},
            {"name": "contacts.party.merge", "title": "Merge duplicates", "roles": ["owner", "buyer"]},
            {"name": "contacts.party.export", "title": "Export contacts", "roles": ["owner", "accountant"]},
        ],
    },
    {
        "title": "Catalogue",
        "entries": [
            {"name": "catalogue.product.read", "title": "See products", "roles": ["owner", "buyer", "editor", "accountant", "till"]},
            {"name": "catalogue.product.edit", "title": "Create and change products", "roles": ["owner", "buyer", "editor"]},
            {"name": "catalogue.price.edit", "title": "Change prices", "roles": ["owner", "buyer"]},
        ],
    },
    {
        "title": "Administration",
        "entries": [
            {"name": "platform.people.manage", "title": "Invite people and change their roles", "roles": ["owner"]},
            {"name": "platform.modules.manage", "title": "Switch modules on and off", "roles": ["owner"]},
            {"name": "platform.audit.read", "title": "Read the audit log", "roles": ["owner", "accountant"]},
            {"name": "platform.imports.run", "title": "Import files", "roles": ["owner", "buyer", "editor"]},
        ],
    },
]

INVITABLE: list[Json] = [{"value": role["key"], "label": role["title"]} for role in ROLES]
