"""Parties to test with."""

from typing import Any

import msgspec
import pytest

from plugins.contacts.domain.details import Address, Details, Identifier, PartyRecord, Point
from plugins.contacts.services.writing import add_party
from weft import Tenant

BELVOIR = Details(
    kind="organisation",
    name="Belvoir Fruit Farms Ltd",
    emails=(Point("orders@belvoir.example", "work"),),
    phones=(Point("01476 870286"),),
    addresses=(Address(lines=("Belvoir Lane",), postcode="ng32 1pb", city="Grantham", country="GB"),),
    identifiers=(Identifier("vat", "GB 980 7806 84"), Identifier("reference", "C-1")),
    tags=("Drinks", "supplier"),
)
ADA = Details(
    kind="person",
    name="",
    given_name="Ada",
    family_name="Lovelace",
    emails=(Point("Ada@Example.com"),),
    phones=(Point("020 7946 0018", "mobile"),),
    addresses=(Address(kind="home", lines=("12 St James's Square",), postcode="SW1Y4JH", city="London", country="GB"),),
)


class Make:
    """Makes parties in a tenant."""

    def __init__(self, tenant: Tenant) -> None:
        self.tenant = tenant

    async def __call__(self, details: Details = BELVOIR, **changes: Any) -> PartyRecord:
        """Add a party, whatever it looks like."""
        async with self.tenant.transaction():
            return await add_party(self.tenant, msgspec.structs.replace(details, **changes))

    async def named(self, name: str, kind: Any = "organisation", **more: Any) -> PartyRecord:
        """Add a party of which little is known."""
        return await self(Details(kind=kind, name=name), **more)


@pytest.fixture
def make(tenant: Tenant) -> Make:
    """Return a maker of parties."""
    return Make(tenant)
