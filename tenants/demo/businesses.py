"""The demo's businesses: who works there, and what they bring in."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from tenants.life import NewTenant

PASSWORD = "weft demo password"  # noqa: S105  # printed at every start: it guards made-up data on one's own machine


@dataclass(frozen=True, slots=True)
class Colleague:
    """Somebody who works there, whose roles come from these templates; the first of a business owns it, and needs none.

    The same address in two businesses is one person, who can switch between them.
    """

    email: str
    name: str
    title: str
    roles: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Delivery:
    """A file to bring in. `package` is the plugin whose demo folder holds it; without one it lies beside this module."""

    importer: str
    file: str
    package: str = ""
    wanted: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Business:
    """One business of the demo; `modules` are switched on besides those that every business begins with."""

    new: NewTenant
    people: tuple[Colleague, ...]
    deliveries: tuple[Delivery, ...]
    modules: tuple[str, ...] = ("accounting",)


SHOP = Business(
    NewTenant("shop", "Harbour & Vine", "GB", "GBP", "Europe/London", "en_GB"),
    (
        Colleague("ada@shop.example", "Ada Brooks", "Owner"),
        Colleague(
            "ben@shop.example", "Ben Carter", "Buyer", ("catalogue.editor", "contacts.editor", "purchasing.buyer", "inventory.keeper")
        ),
        Colleague("cleo@shop.example", "Cleo Dean", "At the till", ("catalogue.reader", "retail_pos.assistant")),
        Colleague(
            "olive@books.example",
            "Olive Stone",
            "Accountant of shop and clinic",
            ("accounting.accountant", "catalogue.reader", "contacts.reader", "purchasing.bill_clerk"),
        ),
    ),
    (
        Delivery("catalogue.products", "open_food_facts.csv", "catalogue"),
        Delivery("catalogue.shopify", "shopify_apparel.csv", "catalogue"),
        Delivery("catalogue.shopify", "shopify_home_and_garden.csv", "catalogue"),
        Delivery("catalogue.products", "shop_assortment.csv"),
        Delivery("contacts.parties", "shop_suppliers.csv"),
        Delivery("contacts.parties", "shop_customers.vcf"),
    ),
    modules=("accounting", "inventory", "purchasing", "retail_pos"),
)
CLINIC = Business(
    NewTenant("clinic", "Elm Street Clinic", "US", "USD", "America/New_York", "en_US"),
    (
        Colleague("dora@clinic.example", "Dora Ellis", "Owner"),
        Colleague("emil@clinic.example", "Emil Frank", "Front desk", ("contacts.manager", "catalogue.reader")),
        Colleague("fay@clinic.example", "Fay Grant", "Nurse, may only look", ("contacts.reader",)),
        Colleague(
            "olive@books.example",
            "Olive Stone",
            "Accountant of shop and clinic",
            ("accounting.accountant", "catalogue.editor", "contacts.reader"),
        ),
    ),
    (
        Delivery("contacts.parties", "clinic_patients.csv"),
        Delivery("contacts.parties", "clinic_organisations.csv"),
        Delivery("catalogue.products", "clinic_services.csv"),
    ),
)
MANUFACTURER = Business(
    NewTenant("works", "Fenwick Instruments", "DE", "EUR", "Europe/Berlin", "de_DE"),
    (
        Colleague("gerd@works.example", "Gerd Hahn", "Owner"),
        Colleague("ida@works.example", "Ida Jansen", "Product manager", ("catalogue.manager", "contacts.reader")),
        Colleague("karl@works.example", "Karl Lang", "Sales", ("contacts.editor", "catalogue.reader")),
    ),
    (
        Delivery("contacts.parties", "manufacturer_suppliers.csv"),
        Delivery("contacts.parties", "manufacturer_contacts.csv"),
        Delivery("catalogue.products", "manufacturer_parts.csv"),
        Delivery("catalogue.products", "manufacturer_products.csv"),
    ),
)
BUSINESSES = (SHOP, CLINIC, MANUFACTURER)
