"""What a person can do with units of measure and price lists."""

from typing import Literal
from uuid import UUID

import msgspec

from weft import Change, Conflict, Invalid, Missing, RecordRef, Tenant, is_currency

from ..domain.limits import wrong_number
from ..domain.naming import tidy
from ..domain.prices import PriceList, PriceListDraft
from ..domain.units import Unit, UnitDraft
from ..queries import setup
from ..records import PRICE_LIST, UNIT
from .basics import basics

SetupKind = Literal["unit", "price_list"]


def _told(record: Unit | PriceList) -> dict[str, object]:
    values = msgspec.structs.asdict(record)
    return {name: value for name, value in values.items() if name not in ("id", "version")}


def _ref(record: Unit | PriceList) -> RecordRef:
    return RecordRef(UNIT if isinstance(record, Unit) else PRICE_LIST, record.id, record.title)


async def find_unit(tenant: Tenant, unit_id: UUID) -> Unit:
    """Return a unit; raises `Missing`."""
    found = next((each for each in (await basics(tenant)).units if each.id == unit_id), None)
    if found is None:
        raise Missing("There is no such unit. It may have been deleted.")
    return found


async def find_price_list(tenant: Tenant, price_list_id: UUID) -> PriceList:
    """Return a price list; raises `Missing`."""
    found = next((each for each in (await basics(tenant)).price_lists if each.id == price_list_id), None)
    if found is None:
        raise Missing("There is no such price list. It may have been deleted.")
    return found


async def save_unit(tenant: Tenant, draft: UnitDraft, unit_id: UUID | None = None, version: int = 0) -> Unit:
    """Make or change a unit. A unit in use keeps dimension and factor, since quantities are counted in it. Raises `Invalid`, `Conflict`."""
    if wrong := wrong_number(draft.factor, above_zero=True, places=15):
        raise Invalid.field("factor", wrong)
    draft = msgspec.structs.replace(draft, code=tidy(draft.code), title=tidy(draft.title), rec20=tidy(draft.rec20).upper())
    async with tenant.transaction() as db:
        if unit_id is None:
            made = await setup.add_unit(db, draft)
            await tenant.record(Change(_ref(made), "created", {}, _told(made)))
            return made
        stored = await find_unit(tenant, unit_id)
        if stored.version != version:
            raise Conflict(f"“{stored.title}” was changed by somebody else meanwhile: look at it again.")
        if stored.is_default and not draft.active:
            raise Invalid.field("active", "The default unit cannot be switched off: make another one the default first.")
        if (draft.dimension, draft.factor) != (stored.dimension, stored.factor) and await setup.unit_is_used(db, unit_id):
            raise Invalid.field("factor", "Products are counted in this unit, so what it measures stays as it is. Make a new unit instead.")
        changed = msgspec.structs.replace(stored, **msgspec.structs.asdict(draft), version=version + 1)
        if _told(changed) == _told(stored):
            return stored
        await setup.change_unit(db, changed)
        await tenant.record(Change.between(_ref(changed), "changed", _told(stored), _told(changed)))
    return changed


async def save_price_list(tenant: Tenant, draft: PriceListDraft, price_list_id: UUID | None = None, version: int = 0) -> PriceList:
    """Make or change a price list; code and currency stay once it is made. Raises `Invalid`, `Conflict`."""
    draft = msgspec.structs.replace(draft, code=draft.code.upper(), title=tidy(draft.title), currency=draft.currency.upper())
    if not is_currency(draft.currency):
        raise Invalid.field("currency", f"“{draft.currency}” is no currency: use its three letters (ISO 4217), such as EUR.")
    async with tenant.transaction() as db:
        if price_list_id is None:
            made = await setup.add_price_list(db, draft, is_default=False)
            await tenant.record(Change(_ref(made), "created", {}, _told(made)))
            return made
        stored = await find_price_list(tenant, price_list_id)
        if stored.version != version:
            raise Conflict(f"“{stored.title}” was changed by somebody else meanwhile: look at it again.")
        if stored.is_default and not draft.active:
            raise Invalid.field("active", "The default price list cannot be switched off: make another one the default first.")
        changed = msgspec.structs.replace(
            stored, title=draft.title, tax_included=draft.tax_included, active=draft.active, version=version + 1
        )
        if _told(changed) == _told(stored):
            return stored
        await setup.change_price_list(db, changed)
        await tenant.record(Change.between(_ref(changed), "changed", _told(stored), _told(changed)))
    return changed


async def make_default(tenant: Tenant, kind: SetupKind, record_id: UUID) -> Unit | PriceList:
    """Make a unit or a price list the default; raises `Missing`, and `Invalid` for one that is switched off."""
    async with tenant.transaction() as db:
        found: Unit | PriceList = await (find_unit if kind == "unit" else find_price_list)(tenant, record_id)
        if not found.active:
            raise Invalid(f"“{found.title}” is switched off: switch it on first.")
        if not found.is_default:
            await setup.make_default(db, kind, record_id)
            await tenant.record(Change(_ref(found), "made the default", {"is_default": False}, {"is_default": True}))
    return found


async def delete(tenant: Tenant, kind: SetupKind, record_id: UUID) -> str:
    """Delete a unit or a price list that nothing uses; returns its title. Raises `Conflict` otherwise."""
    async with tenant.transaction() as db:
        found: Unit | PriceList = await (find_unit if kind == "unit" else find_price_list)(tenant, record_id)
        if found.is_default:
            raise Conflict(f"“{found.title}” is the default: make another one the default first.")
        await setup.delete_setup(db, kind, record_id)
        await tenant.record(Change(_ref(found), "deleted", _told(found), {}))
    return found.title


async def price_counts(tenant: Tenant) -> dict[UUID, int]:
    """Return how many variants have a price in each list."""
    async with tenant.transaction() as db:
        return await setup.price_counts(db)
