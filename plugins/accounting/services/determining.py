"""Which taxes stand on what: by the category of the item, and by where and what the other party is."""

from collections.abc import Mapping, Sequence
from contextlib import suppress
from datetime import date
from uuid import UUID

import msgspec

from weft import Invalid, Tenant
from weft.contracts import Parties, Party, SaleTax
from weft.contracts import TaxKind as WireKind

from ..domain.documents.stored import StoredLine
from ..domain.tax.determination import FiscalPosition, ItemKind, Partner, position_for
from ..domain.tax.jurisdiction import Jurisdiction
from ..domain.tax.model import Tax, TaxKind, Use
from .taxes import tax_system

NO_TAXES = (("", "Standard"),)  # of a business that has chosen none


def partner_of(party: Party) -> Partner:
    """Return what of a party tells how it is taxed."""
    country = party.address.country if party.address else ""
    return Partner(country=country, vat=party.identifiers.get("vat", ""), organisation=party.kind == "organisation")


def home_of(tenant: Tenant, system: Jurisdiction) -> str:
    """Return the country that is home to the taxes of the business."""
    return system.country or tenant.country


def fitting(tenant: Tenant, system: Jurisdiction | None, party: Party, day: date) -> FiscalPosition | None:
    """Return the fiscal position of a party on a day; none means the taxes of home."""
    return position_for(system.positions, partner_of(party), home_of(tenant, system), day) if system else None


async def position_titled(tenant: Tenant, code: str) -> FiscalPosition | None:
    """Return a fiscal position by its code, for a page that names it."""
    async with tenant.transaction():
        system = await tax_system(tenant)
    return next((each for each in system.positions if each.code == code), None) if system and code else None


async def lines_for(
    tenant: Tenant, system: Jurisdiction, lines: Sequence[StoredLine], use: Use, party: Party, day: date, chosen: str
) -> tuple[tuple[StoredLine, ...], str]:
    """Return the lines of a document with the taxes of those that go by their category, and the code of the fiscal position.

    The position is the `chosen` one, or that of the party. Raises `Invalid` by field: ``position``, ``lines.2.taxes``.
    """
    position = system.position(chosen) if chosen else fitting(tenant, system, party, day)
    made, wrong = [], {}
    for place, line in enumerate(lines):
        try:
            codes = system.usual(line.tax_category, use, position, line.kind) if line.by_category else line.taxes
            made.append(msgspec.structs.replace(line, taxes=codes))
        except Invalid as problem:
            wrong[f"lines.{place}.taxes"] = problem.message
    if wrong:
        raise Invalid(fields=wrong)
    return tuple(made), position.code if position else ""


async def categories(tenant: Tenant) -> Sequence[tuple[str, str]]:
    """Return the tax categories an item can have, in the open transaction, as key and title."""
    system = await tax_system(tenant)
    return [(each.key, each.title) for each in system.categories] if system and system.categories else NO_TAXES


async def on_sale(tenant: Tenant, tax_category: str, day: date, party_id: UUID | None, kind: ItemKind) -> list[SaleTax]:
    """Return the taxes on an item in the open transaction; see `weft.contracts.Taxes.on_sale`."""
    system = await tax_system(tenant)
    if system is None or not system.categories:
        return []
    position = None
    if party_id is not None:
        position = fitting(tenant, system, await tenant.service(Parties).get(party_id), day)
    return _sold(system, system.usual(tax_category, Use.SALE, position, kind), day)


async def on_purchase(tenant: Tenant, tax_category: str, day: date, party_id: UUID, kind: ItemKind) -> list[SaleTax]:
    """Return the taxes that a supplier adds, in the open transaction; see `weft.contracts.Taxes.on_purchase`."""
    system = await tax_system(tenant)
    if system is None or not system.categories:
        return []
    position = fitting(tenant, system, await tenant.service(Parties).get(party_id), day)
    codes = system.usual(tax_category, Use.PURCHASE, position, kind)
    return [_told(tax) for code in codes for tax in system.on(code, day) if tax.on_document]


async def sale_taxes(tenant: Tenant, day: date) -> Mapping[str, list[SaleTax]]:
    """Return the taxes of each category at home on a day, in the open transaction."""
    system = await tax_system(tenant)
    if system is None or not system.categories:
        return {"": []}
    found = {}
    for each in system.categories:
        with suppress(Invalid):  # a tax that has no rate on this day: nothing of the category can be sold then
            found[each.key] = _sold(system, each.sale, day)
    return found


def _sold(system: Jurisdiction, codes: Sequence[str], day: date) -> list[SaleTax]:
    return [_told(tax) for code in codes for tax in system.on(code, day)]


def _told(tax: Tax) -> SaleTax:
    return SaleTax(code=tax.code, title=tax.title, rate=tax.rate, kind=_KINDS[tax.kind], category=tax.category)


_KINDS: dict[TaxKind, WireKind] = {TaxKind.PERCENT: "percent", TaxKind.FIXED: "fixed", TaxKind.DIVISION: "division"}
