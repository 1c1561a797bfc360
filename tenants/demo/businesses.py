"""The demo's businesses: who works there, and what they bring in."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from tenants.life import NewTenant

PASSWORD = "weft demo password"  # noqa: S105  # printed at every start: it guards made-up data on one's own machine


@dataclass(frozen=True, slots=True)
class Colleague:
    """Somebody who works there; `role` is a role template, or "owner"."""

    email: str
    name: str
    role: str
    title: str


@dataclass(frozen=True, slots=True)
class Delivery:
    """A file to bring in. `package` is the plugin whose demo folder holds it; without one it lies beside this module."""

    importer: str
    file: str
    package: str = ""
    wanted: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Business:
    """One business of the demo."""

    new: NewTenant
    people: tuple[Colleague, ...]
    deliveries: tuple[Delivery, ...]


SHOP = Business(
    NewTenant("shop", "Harbour & Vine", "GB", "GBP", "Europe/London", "en_GB"),
    (
        Colleague("ada@shop.example", "Ada Brooks", "owner", "Owner"),
        Colleague("ben@shop.example", "Ben Carter", "catalogue.editor", "Catalogue editor"),
        Colleague("cleo@shop.example", "Cleo Dean", "catalogue.reader", "Catalogue reader"),
    ),
    (
        Delivery("catalogue.products", "open_food_facts.csv", "catalogue"),
        Delivery("catalogue.shopify", "shopify_apparel.csv", "catalogue"),
        Delivery("catalogue.shopify", "shopify_home_and_garden.csv", "catalogue"),
    ),
)
CLINIC = Business(
    NewTenant("clinic", "Elm Street Clinic", "US", "USD", "America/New_York", "en_US"),
    (
        Colleague("dora@clinic.example", "Dora Ellis", "owner", "Owner"),
        Colleague("emil@clinic.example", "Emil Frank", "contacts.manager", "Contacts manager"),
        Colleague("fay@clinic.example", "Fay Grant", "contacts.reader", "Contacts reader"),
    ),
    (
        Delivery("contacts.parties", "clinic_patients.csv"),
        Delivery("contacts.parties", "clinic_payers.csv"),
        Delivery("catalogue.products", "clinic_services.csv"),
    ),
)
MANUFACTURER = Business(
    NewTenant("works", "Fenwick Instruments", "DE", "EUR", "Europe/Berlin", "de_DE"),
    (
        Colleague("gerd@works.example", "Gerd Hahn", "owner", "Owner"),
        Colleague("ida@works.example", "Ida Jansen", "catalogue.manager", "Catalogue manager"),
        Colleague("karl@works.example", "Karl Lang", "contacts.editor", "Contacts editor"),
    ),
    (
        Delivery("contacts.parties", "manufacturer_suppliers.csv"),
        Delivery("catalogue.products", "manufacturer_parts.csv"),
    ),
)
BUSINESSES = (SHOP, CLINIC, MANUFACTURER)
