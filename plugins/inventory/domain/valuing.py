"""Values a plan: item by item, one flow after the other, or all of an item's flows anew where some come late."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal
from uuid import UUID

from .accounts import Share, passed_through
from .ground import Ground, Kept, Past
from .plan import Plan, PlannedMove, PlannedValue, Policy
from .queue import ZERO
from .valuation import Pool, flow, replay


def comes_late(kept: Kept, day: date) -> bool:
    """Tell whether goods that moved on a day change what later ones cost; with standard cost none does."""
    return kept.pool.method != "standard" and kept.last_day is not None and day < kept.last_day


def value(plan: Plan, ground: Ground, policy: Policy) -> Plan:
    """Return the plan with what its moves are worth, how items stand after them, and what is posted."""
    flows: dict[UUID, list[PlannedMove]] = {}
    for planned in plan.moves:
        kept = plan.items[planned.move.item]
        if planned.flow is not None:
            flows.setdefault(kept.item, []).append(planned)
        elif not planned.origin.ours:
            for share in passed_through(policy.style, planned.origin.kind, planned.destination.kind, planned.cost):
                plan.share(planned.document, share)
    for item, moves in flows.items():
        moves.sort(key=lambda each: each.date)
        kept = plan.items[item]
        if comes_late(kept, moves[0].date):
            plan.items[item] = _anew(plan, kept, moves, ground.pasts.get(item, ()), policy)
        else:
            plan.items[item] = _onwards(plan, kept, moves, policy)
    return plan


def _onwards(plan: Plan, kept: Kept, moves: Sequence[PlannedMove], policy: Policy) -> Kept:
    pool, seq, last = kept.pool, kept.seq, kept.last_day or moves[0].date
    for planned in moves:
        goods = planned.flow
        assert goods is not None
        done = flow(pool, goods, policy.step)
        pool, seq, last = done.pool, seq + 1, max(last, planned.date)
        planned.cost = abs(done.value)
        row = PlannedValue(kept.item, seq, planned.id, planned.document, planned.date, goods.quantity, done.value)
        plan.values.append(row)
        paid = goods.value if pool.method == "standard" and goods.quantity > 0 else None
        plan.share(planned.document, Share(kept.category, planned.outside.kind, done.value, paid))
        if done.correction:
            seq += 1
            plan.values.append(replace(row, seq=seq, quantity=ZERO, value=done.correction, kind="correction"))
            # What it corrects went out before, and that is nearly always a sale.
            plan.share(planned.document, Share(kept.category, "customer", done.correction))
    return replace(kept, pool=pool, seq=seq, last_day=last)


def _anew(plan: Plan, kept: Kept, moves: Sequence[PlannedMove], pasts: Sequence[Past], policy: Policy) -> Kept:
    """Put late flows in their places, value all of them, and note the difference to each that was valued before."""
    line = [(past.date, past.seq, past.flow) for past in pasts]
    line += [(each.date, kept.seq + place, each.flow) for place, each in enumerate(moves, 1) if each.flow is not None]
    line.sort(key=lambda each: each[:2])
    pool, totals = replay(Pool(kept.pool.method, kept.begun_cost), [goods for _, _, goods in line], policy.step)
    seq = kept.seq
    for each in moves:
        assert each.flow is not None
        seq += 1
        total = totals[each.flow.key]
        each.cost = abs(total)
        plan.values.append(PlannedValue(kept.item, seq, each.id, each.document, each.date, each.flow.quantity, total))
        plan.share(each.document, Share(kept.category, each.outside.kind, total))
    seq = correct(plan, kept, pasts, totals, seq, moves[0].document, moves[0].date)
    return replace(kept, pool=pool, seq=seq, last_day=max(day for day, _, _ in line))


def correct(plan: Plan, kept: Kept, pasts: Sequence[Past], totals: Mapping[str, Decimal], seq: int, document: int, since: date) -> int:
    """Note what flows of the past are worth now: on their own day, or `since`, whichever is later. Returns the last number used."""
    for past in pasts:
        difference = totals[past.flow.key] - past.total
        if not difference:
            continue
        seq += 1
        day = max(past.date, since)
        plan.values.append(PlannedValue(kept.item, seq, past.move, document, day, ZERO, difference, "correction"))
        plan.share(document, Share(kept.category, past.outside, difference), None if day == since else day)
    return seq
