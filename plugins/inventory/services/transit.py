"""Goods between two places of the business: they are expected where they go, until they are taken in or come back."""

from collections.abc import Sequence
from decimal import Decimal
from uuid import UUID

from weft import Tenant
from weft.contracts import ExpectedLine, Source, StockDocument

from ..domain.plan import Plan, PlannedMove
from ..queries import setup
from . import reserving

SHIPPED, ARRIVED = "inventory.transfer", "/in"


async def keep(tenant: Tenant, documents: Sequence[StockDocument], plan: Plan) -> None:
    """Say what documents shipped is expected at the place that their moves name, and is not once it left transit."""
    passing: dict[int, list[PlannedMove]] = {}
    for each in plan.moves:
        if "transit" in (each.origin.kind, each.destination.kind):
            passing.setdefault(each.document, []).append(each)
    for place, moves in passing.items():
        source = documents[place].source
        shipped = Source(source.kind, source.id.partition(ARRIVED)[0].removesuffix("/undo"), source.title)
        if all(each.origin.kind == "transit" for each in moves):
            await reserving.expect(tenant, shipped, ())
        else:
            await reserving.expect(tenant, shipped, await _expected(tenant, moves))


async def _expected(tenant: Tenant, moves: Sequence[PlannedMove]) -> list[ExpectedLine]:
    ours = {each.code for each in await setup.locations(tenant.scope(), "internal")}
    sums: dict[tuple[str, UUID, str], Decimal] = {}
    for each in moves:
        if each.destination.kind == "transit" and each.move.note in ours:
            key = (each.move.key, each.move.item, each.move.note)
            sums[key] = sums.get(key, Decimal(0)) + each.part.quantity
    day = moves[0].date
    return [ExpectedLine(key=key, item=item, quantity=quantity, location=code, day=day) for (key, item, code), quantity in sums.items()]
