"""The sample screens: which template, with which made-up data."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Literal

from web.design.fakes import catalogue, contacts, dashboard, operations, people

Context = Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Sample:
    """One screen. Those of the shell have a side bar; those of the gate do not."""

    slug: str
    title: str
    template: str
    context: Callable[[], Context] = dict
    room: Literal["shell", "gate"] = "shell"
    status: int = 200
    menu: str = ""  # which entry of the navigation is active, when not its own
    query: Mapping[str, str] = field(default_factory=dict)


def product_page(find: str = "", categories: tuple[str, ...] = ()) -> Context:
    """What the listing of products shows for a query."""
    return {
        "find": find,
        "columns": catalogue.COLUMNS,
        "rows": catalogue.products(find, categories),
        "asks": catalogue.filters(categories),
        "views": catalogue.VIEWS,
        "exports": catalogue.EXPORTS,
        "choosable": catalogue.CHOOSABLE,
    }


def _dashboard() -> Context:
    return {
        "stats": dashboard.STATS,
        "sales": dashboard.SALES,
        "mix": dashboard.MIX,
        "hours": dashboard.HOURS,
        "low": dashboard.LOW,
        "invoices": dashboard.INVOICES,
    }


def _contact() -> Context:
    return {
        "record": contacts.ORGANISATION,
        "facts": contacts.FACTS,
        "addresses": contacts.ADDRESSES,
        "people": contacts.PEOPLE,
        "order_columns": contacts.ORDER_COLUMNS,
        "orders": contacts.ORDERS,
        "history": contacts.HISTORY,
        "documents": contacts.DOCUMENTS,
        "parties": contacts.PARTIES,
    }


def _form() -> Context:
    return {"errors": True, "countries": contacts.COUNTRIES, "tags": contacts.TAGS, "parties": contacts.PARTIES}


def _roles() -> Context:
    return {"roles": people.ROLES, "permissions": people.PERMISSIONS}


SAMPLES: tuple[Sample, ...] = (
    Sample("dashboard", "Dashboard", "dashboard", _dashboard),
    Sample("products", "List of products", "products", product_page),
    Sample("contact", "Record", "contact", _contact, menu="/contacts"),
    Sample("contact-form", "Form with errors", "contact_form", _form, status=422, menu="/contacts"),
    Sample("contact-conflict", "Form, two at once", "contact_conflict", status=409, menu="/contacts"),
    Sample("modules", "Modules", "modules", lambda: {"modules": operations.MODULES}),
    Sample("imports", "Import centre", "imports", lambda: {"columns": operations.IMPORT_COLUMNS, "rows": operations.IMPORTS}),
    Sample(
        "import-mapping",
        "Import: columns",
        "import_mapping",
        lambda: {"mapping": operations.MAPPING, "targets": operations.TARGETS},
        menu="/imports",
    ),
    Sample(
        "import-result",
        "Import: dry run",
        "import_result",
        lambda: {"columns": operations.FAULT_COLUMNS, "rows": operations.FAULTS},
        menu="/imports",
    ),
    Sample("people", "People", "people", lambda: {"columns": people.COLUMNS, "rows": people.PEOPLE, "invitable": people.INVITABLE}),
    Sample("roles", "Roles", "roles", _roles, menu="/people"),
    Sample("jobs", "Jobs", "jobs", lambda: {"columns": operations.JOB_COLUMNS, "rows": operations.JOBS}),
    Sample("audit", "Audit", "audit", lambda: {"entries": operations.AUDIT}),
    Sample("settings", "Settings", "settings"),
    Sample("notifications", "Notifications", "notifications", lambda: {"notifications": operations.NOTIFICATIONS}),
    Sample("search", "Search results", "search", lambda: {"query": "belvoir", "groups": operations.FOUND}),
    Sample("contacts-empty", "Empty states", "empty"),
    Sample("onboarding", "Onboarding", "onboarding", lambda: {"start": dashboard.START}),
    Sample("sign-in", "Sign in", "sign_in", room="gate"),
    Sample("sign-in-wrong", "Sign in, refused", "sign_in", lambda: {"wrong": True}, room="gate", status=422),
    Sample("sign-up", "Sign up", "sign_up", room="gate", status=422),
    Sample("error-404", "404", "errors/404", status=404),
    Sample("error-403", "403", "errors/403", lambda: {"permission": "Change prices", "admins": ["Maeve O’Connell"]}, status=403),
    Sample(
        "error-402",
        "402",
        "errors/402",
        lambda: {"tenant_name": "Harbour & Vine", "contact": "maeve@harbourandvine.example"},
        room="gate",
        status=402,
    ),
    Sample("error-409", "409", "errors/409", lambda: {"who": "Daniel Whitcombe", "record_url": "/contact"}, status=409),
    Sample("error-413", "413", "errors/413", lambda: {"limit": 200_000_000}, status=413),
    Sample("error-429", "429", "errors/429", lambda: {"seconds": 42}, room="gate", status=429),
    Sample("error-500", "500", "errors/500", lambda: {"request_id": "01J9Z3K8Q4"}, room="gate", status=500),
    Sample("error-tenant", "Unknown tenant", "errors/tenant_unknown", lambda: {"host": "harbor.weft.example"}, room="gate", status=404),
    Sample(
        "error-module",
        "Module off",
        "errors/module_off",
        lambda: {"heading": "Till", "module": "till", "sentence": "It is installed, and an administrator can switch it on."},
        status=404,
    ),
)
