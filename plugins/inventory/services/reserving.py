"""Holding goods for documents, and saying what is on its way."""

from collections.abc import Collection, Mapping, Sequence
from decimal import Decimal
from uuid import UUID

from weft import Invalid, Tenant
from weft.contracts import ExpectedLine, ReservedLine, Source

from ..domain.ground import Kept, Place
from ..queries import ground as reading
from ..queries import reserving
from .basics import make_known

ZERO = Decimal(0)


async def reserve(tenant: Tenant, source: Source, lines: Sequence[ReservedLine]) -> dict[str, Decimal]:
    """Hold goods for a document; see `weft.contracts.Stock.reserve`."""
    db = tenant.scope()
    items, places = await _locked(tenant, lines)
    changes, promised = await reserving.forget(db, source)
    free = await reserving.free(db, items)
    for key, quantity in changes.items():
        free[key] = free.get(key, ZERO) - quantity
    held: dict[str, Decimal] = {}
    kept: list[tuple[ReservedLine, UUID, Decimal]] = []
    for each in lines:
        if not items[each.item].kept:
            continue
        where = (each.item, places[each.location].id)
        part = max(min(each.quantity, free.get(where, ZERO)), ZERO)
        held[each.key] = part
        free[where] = free.get(where, ZERO) - part
        changes[where] = changes.get(where, ZERO) + part
        promised[where] = promised.get(where, ZERO) + each.quantity
        kept.append((each, where[1], part))
    await reserving.add_reserved(db, source, kept, tenant.today())
    await reserving.change(db, "promised", promised)
    await reserving.change(db, "reserved", changes)
    return held


async def expect(tenant: Tenant, source: Source, lines: Sequence[ExpectedLine]) -> None:
    """Say what a document will bring in; see `weft.contracts.Stock.expect`."""
    db = tenant.scope()
    items, places = await _locked(tenant, lines)
    changes = await reserving.unexpect(db, source)
    wanted = [(each, places[each.location].id) for each in lines if items[each.item].kept]
    for each, location in wanted:
        changes[each.item, location] = changes.get((each.item, location), ZERO) + each.quantity
    await reserving.add_expected(db, source, wanted)
    await reserving.change(db, "expected", changes)


async def _locked(tenant: Tenant, lines: Sequence[ReservedLine | ExpectedLine]) -> tuple[Mapping[UUID, Kept], Mapping[str, Place]]:
    """Lock the items of some lines; raises `Invalid` by field."""
    db = tenant.scope()
    wanted: Collection[UUID] = {each.item for each in lines}
    codes = {each.location for each in lines}
    ground = await reading.lock(db, wanted, codes, ())
    if wanted - ground.items.keys():
        await make_known(tenant, wanted - ground.items.keys())
        ground = await reading.lock(db, wanted, codes, ())
    items, places = ground.items, ground.places
    wrong: dict[str, str] = {}
    for place, each in enumerate(lines):
        if each.item not in items:
            wrong[f"lines.{place}.item"] = "There is no such item in the catalogue."
        if each.location not in places or not places[each.location].ours:
            wrong[f"lines.{place}.location"] = f"There is no location “{each.location}” of your own."
        if each.quantity <= 0:
            wrong[f"lines.{place}.quantity"] = "A quantity is above zero."
    if wrong:
        raise Invalid(fields=wrong)
    return items, places
