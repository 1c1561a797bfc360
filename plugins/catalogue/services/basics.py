"""What every tenant starts with: units of measure and one price list in its own currency."""

from dataclasses import dataclass
from uuid import UUID

from weft import Change, Invalid, RecordRef, Scope, Tenant

from ..domain.prices import PriceList, PriceListDraft
from ..domain.units import Unit
from ..queries import setup
from ..records import PRICE_LIST, UNIT

TAX_ON_TOP = frozenset({"US", "CA"})  # where shelves show prices without tax; elsewhere consumers see it included


@dataclass(frozen=True, slots=True)
class Basics:
    """The units and price lists of a tenant; there is always a default of each."""

    units: tuple[Unit, ...]
    price_lists: tuple[PriceList, ...]

    @property
    def unit(self) -> Unit:
        """What products are counted in unless somebody says otherwise."""
        return next((each for each in self.units if each.is_default), self.units[0])

    @property
    def price_list(self) -> PriceList:
        """Where prices are meant unless somebody says otherwise."""
        return next((each for each in self.price_lists if each.is_default), self.price_lists[0])

    def price_list_by_id(self, price_list_id: UUID | None) -> PriceList:
        """Return a price list, the default one for none; raises `Invalid`."""
        if price_list_id is None:
            return self.price_list
        found = next((each for each in self.price_lists if each.id == price_list_id), None)
        if found is None:
            raise Invalid.field("price_list", "There is no such price list: choose one of the list.")
        return found

    def price_list_by_code(self, code: str) -> PriceList:
        """Return a price list by its code, in any case, the default one for none; raises `Invalid`."""
        if not code:
            return self.price_list
        found = next((each for each in self.price_lists if each.code.casefold() == code.casefold()), None)
        if found is None:
            known = ", ".join(each.code for each in self.price_lists)
            raise Invalid.field("price_list", f"There is no price list “{code}”; there is {known}.")
        return found

    def unit_by_id(self, unit_id: UUID | None) -> Unit:
        """Return a unit, the default one for none; raises `Invalid`."""
        if unit_id is None:
            return self.unit
        found = next((each for each in self.units if each.id == unit_id), None)
        if found is None:
            raise Invalid.field("unit", "There is no such unit: choose one of the list.")
        return found


async def basics(tenant: Tenant) -> Basics:
    """Return units and price lists; those that a tenant should have had from the start are made when they are missing.

    A tenant that was claimed from a spare has the module from its first day without ever having switched it on.
    """
    async with tenant.transaction() as db:
        units, lists = await setup.units(db), await setup.price_lists(db)
        if not units:
            await setup.add_standard_units(db)
            units = await setup.units(db)
            first = RecordRef(UNIT, units[0].id, "Standard units")
            await tenant.record(Change(first, "created", {}, {"units": [each.code for each in units]}))
        if not lists:
            made = await _first_price_list(tenant, db)
            await tenant.record(Change(RecordRef(PRICE_LIST, made.id, made.title), "created", {}, {"currency": made.currency}))
            lists = [made]
    return Basics(tuple(units), tuple(lists))


async def _first_price_list(tenant: Tenant, db: Scope) -> PriceList:
    included = tenant.country not in TAX_ON_TOP
    draft = PriceListDraft(code="RETAIL", title="Retail", currency=tenant.currency, tax_included=included)
    return await setup.add_price_list(db, draft, is_default=True)


async def on_enable(tenant: Tenant) -> None:
    """Run when the module is switched on; again it changes nothing."""
    await basics(tenant)
