"""Costs that turn out otherwise: what goods cost by their bill, and standard costs that change."""

import hashlib
from dataclasses import replace
from datetime import date
from decimal import Decimal
from uuid import UUID

from weft import Change, Conflict, Invalid, Missing, Tenant
from weft.contracts import AlreadyMoved, Source, StockDocument

from ..domain.accounts import Share
from ..domain.ground import Kept, Past
from ..domain.plan import Plan, PlannedValue, Policy, refuse_closed
from ..domain.queue import ZERO, rounded
from ..domain.valuation import Pool, replay, repriced
from ..domain.valuing import correct
from ..queries import costing
from ..queries import ground as reading
from ..queries import moving as writing
from ..records import document_ref, item_ref
from . import moving
from .basics import policy_of


async def revalue(tenant: Tenant, move_id: UUID, unit_cost: Decimal, day: date, source: Source) -> Decimal:
    """Set what goods that came in cost a piece; see `weft.contracts.Stock.revalue`."""
    db, policy = tenant.scope(), policy_of(tenant)
    found = await costing.incoming(db, move_id)
    if found is None:
        raise Missing("No goods came in by this move.")
    if unit_cost < 0:
        raise Invalid.field("unit_cost", "A cost is zero or more.")
    ground = await reading.lock(db, [found.item], (), [source])
    refuse_closed(ground, day)
    kept, digest = ground.items[found.item], hashlib.sha256(f"{move_id} {unit_cost} {day}".encode()).hexdigest()
    if before := ground.stood.get((source.kind, source.id)):
        if before.digest != digest:
            raise AlreadyMoved(f"{source.title or 'This document'} set another cost already.")
        return await costing.told(db, before.id, move_id)
    pasts = (await reading.pasts(db, [found.item])).get(found.item, ())
    plan = Plan(items={kept.item: kept})
    difference = _revalued(plan, kept, pasts, found, unit_cost, day, policy)
    await _write(tenant, plan, policy, StockDocument(source=source, date=day, moves=()), digest, "cost set")
    return difference


def _revalued(
    plan: Plan, kept: Kept, pasts: tuple[Past, ...], found: costing.Incoming, unit_cost: Decimal, day: date, policy: Policy
) -> Decimal:
    """Plan what another cost of a receipt changes, of what is there still and of what went out since; returns the difference."""
    past = next((each for each in pasts if each.move == found.id), None)
    standard = kept.pool.method == "standard"
    before = found.given if standard or past is None or past.flow.value is None else past.flow.value
    worth = rounded(found.quantity * unit_cost, policy.step)
    difference = worth - before
    if standard or past is None:  # nothing here is valued by it, so all of it is a difference of price
        plan.share(0, Share(kept.category, found.outside, ZERO, difference))
        plan.values.append(PlannedValue(kept.item, kept.seq + 1, found.id, 0, day, ZERO, ZERO, "revaluation"))
        plan.items[kept.item] = replace(kept, seq=kept.seq + 1)
        return difference
    flows = [replace(each.flow, value=worth) if each is past else each.flow for each in pasts]
    pool, totals = replay(Pool(kept.pool.method, kept.begun_cost), flows, policy.step)
    plan.values.append(PlannedValue(kept.item, kept.seq + 1, found.id, 0, day, ZERO, difference, "revaluation"))
    plan.share(0, Share(kept.category, found.outside, difference))
    stands = [replace(each, total=each.total + difference) if each is past else each for each in pasts]
    seq = correct(plan, kept, stands, totals, kept.seq + 1, 0, day)
    plan.items[kept.item] = replace(kept, pool=pool, seq=seq)
    return difference


async def set_cost(tenant: Tenant, item_id: UUID, cost: Decimal, day: date, source: Source, version: int | None = None) -> Decimal:
    """Set the standard cost of an item, or what an item costs of which there is nothing; posts what it changes, and returns it.

    Raises `Conflict` for an item that is valued by what was paid for it.
    """
    db, policy = tenant.scope(), policy_of(tenant)
    ground = await reading.lock(db, [item_id], (), ())
    refuse_closed(ground, day)
    if item_id not in ground.items:
        raise Missing("Nothing is known of this item: it was never moved.")
    kept = ground.items[item_id]
    if cost < 0:
        raise Invalid.field("cost", "A cost is zero or more.")
    if kept.pool.method != "standard" and kept.pool.quantity:
        raise Conflict(f"{kept.name} is valued by what was paid for it: set the cost of a receipt instead.")
    done = repriced(kept.pool, cost, policy.step)
    plan = Plan(items={kept.item: replace(kept, pool=done.pool, seq=kept.seq + 1, last_day=max(kept.last_day or day, day))})
    plan.values.append(PlannedValue(kept.item, kept.seq + 1, None, 0, day, ZERO, done.correction, "revaluation"))
    plan.share(0, Share(kept.category, "adjustment", done.correction))
    await _write(tenant, plan, policy, StockDocument(source=source, date=day, moves=()), f"{item_id} {cost}", "cost set")
    if not kept.pool.quantity:
        await costing.begin(db, item_id, plan.items[item_id].seq, cost)
    return done.correction


async def set_method(tenant: Tenant, item_id: UUID, method: str, tracking: str) -> None:
    """Choose how an item is valued and told apart; raises `Conflict` while there is something of it."""
    db = tenant.scope()
    items = (await reading.lock(db, [item_id], (), ())).items
    if item_id not in items:
        raise Missing("Nothing is known of this item: it was never moved.")
    kept = items[item_id]
    if (kept.pool.method, kept.tracking) == (method, tracking):
        return
    if kept.pool.quantity:
        raise Conflict(f"There is stock of {kept.name}: this can be changed while there is none, such as before the first receipt.")
    await costing.set_method(db, item_id, method, tracking)
    await costing.begin(db, item_id, kept.seq, kept.pool.cost)
    before = {"method": kept.pool.method, "tracking": kept.tracking}
    await tenant.record(Change.between(item_ref(kept.item, kept.name), "changed", before, {"method": method, "tracking": tracking}))


async def _write(tenant: Tenant, plan: Plan, policy: Policy, document: StockDocument, digest: str, action: str) -> None:
    by = tenant.person.id if tenant.person else None
    ids = await writing.write(tenant.scope(), plan, [document], [digest], at=tenant.now(), by=by)
    await moving.post(tenant, plan, policy, [document], ids)
    await tenant.record(Change(document_ref(ids[0], document.source.title), action, {}, {"date": document.date}))
