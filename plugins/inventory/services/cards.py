"""What pages show of items and lots, and what people change there."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Annotated, Any, Literal
from uuid import UUID

import msgspec
from msgspec import Meta

from weft import Form, Missing, Tenant, new_id
from weft.contracts import Source

from ..domain.queue import ZERO
from ..queries import cards
from .revaluing import set_cost, set_method


async def item_card(tenant: Tenant, item_id: UUID) -> dict[str, Any]:
    """Return what an item's page shows; raises `Missing`."""
    async with tenant.transaction() as db:
        card = await cards.card(db, item_id)
        if card is None:
            raise Missing("Nothing of this item was ever moved.")
        moves = await cards.moves_of_item(db, item_id)
    totals = {name: sum((row[name] for row in card.places), ZERO) for name in ("on_hand", "reserved", "promised", "expected")}
    return {"card": card, "kept": card.kept, "moves": moves, "totals": totals, "forecast": forecast(totals, card.coming, tenant.today())}


def forecast(totals: dict[str, Decimal], coming: Sequence[Any], today: date) -> list[tuple[date, Decimal]]:
    """Return what can be promised from today on, and from each day on which something is expected."""
    there = totals["on_hand"] - totals["promised"]
    found = [(today, there)]
    for row in coming:
        there += row["quantity"]
        found.append((max(row["date"], today), there))
    return found


async def lot_card(tenant: Tenant, lot_id: UUID) -> dict[str, Any]:
    """Return what a lot's page shows: where it came from, up the chain, and where it went, down the chain. Raises `Missing`."""
    async with tenant.transaction() as db:
        lot = await cards.lot(db, lot_id)
        if lot is None:
            raise Missing("There is no such lot.")
        moves = await cards.moves_of_lot(db, lot_id)
        places = await cards.lot_places(db, lot_id)
    came = [row for row in moves if row["outward"] < 0]
    went = [row for row in moves if row["outward"] > 0]
    return {"lot": lot, "places": places, "came": came, "went": went, "within": [row for row in moves if not row["outward"]]}


class CostForm(msgspec.Struct, frozen=True, kw_only=True):
    """A new cost."""

    cost: Annotated[Decimal, Meta(ge=0)]
    day: date


class MethodForm(msgspec.Struct, frozen=True, kw_only=True):
    """How an item is kept."""

    method: Literal["fifo", "average", "standard"]
    tracking: Literal["none", "lot", "serial"]


async def set_cost_by_hand(tenant: Tenant, item_id: UUID, form: Form) -> Decimal:
    """Set the cost that somebody typed; returns what it changes of the stock's value."""
    typed = form.read(CostForm)
    async with tenant.transaction():
        source = Source("inventory.cost", str(new_id()), f"Cost set to {typed.cost:f}")
        return await set_cost(tenant, item_id, typed.cost, typed.day, source)


async def set_method_by_hand(tenant: Tenant, item_id: UUID, form: Form) -> None:
    """Set what somebody chose."""
    typed = form.read(MethodForm)
    async with tenant.transaction(unaudited="nothing changes when what stands is chosen again"):
        await set_method(tenant, item_id, typed.method, typed.tracking)
