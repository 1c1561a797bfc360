"""What is known here of what receipts name: items, customers, receipts that goods come back from, cards and points."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from uuid import UUID

from weft import Scope, Tenant
from weft.contracts import DoneMove, Parties, Stock

from ..domain.figures import ZERO
from ..domain.judging import Ground, value_number
from ..domain.records import Line, Receipt, ReceiptKind, TaxTotal
from ..domain.rules.exact import divide, major, micro, minor
from ..queries import receipts, values
from ..settings import RetailPosSettings
from .applying import Back, digits_of, source_of
from .granting import priced


def is_simple(receipt: Receipt) -> bool:
    """Tell whether a receipt depends on no other one, so that many such can be judged and applied together."""
    if receipt.kind is ReceiptKind.VOID or (receipt.points and receipt.points.spent):
        return False
    uses = any(each.type in ("gift_card", "store_credit") for each in receipt.tenders)
    return not uses and not any(each.original or each.stored_value or each.lot for each in receipt.lines)


def named(receipt: Receipt) -> list[UUID]:
    """Return the receipts that one takes back, in part or whole."""
    found = {line.original.receipt for line in receipt.lines if line.original}
    return sorted(found | ({receipt.voids} if receipt.voids else set()))


async def ground_for(tenant: Tenant, db: Scope, group: Sequence[Receipt], price_list: str = "", days: Sequence[date] = ()) -> Ground:
    """Return what some receipts are judged against; `days` are theirs, in their order, and today where they do not matter."""
    items = {line.item for each in group for line in each.lines if line.item}
    customers = {each.customer for each in group if each.customer}
    origins = sorted({receipt for each in group for receipt in named(each)})
    if origins:
        await receipts.hold(db, origins)
    keys = sorted(
        {
            (tender.type, number)
            for each in group
            for tender in each.tenders
            if tender.type in ("gift_card", "store_credit") and (number := value_number(tender.type, tender.reference, each.customer))
        }
    )
    spending = [each.customer for each in group if each.customer and each.points and each.points.spent]
    digits = digits_of(tenant.currency)
    return Ground(
        currency=tenant.currency,
        digits=digits,
        cash_step=tenant.settings(RetailPosSettings).cash_step,
        points_unit=tenant.settings(RetailPosSettings).points_unit,
        items=await priced(tenant, price_list, sorted(items), list(zip(group, days or [tenant.today()] * len(group), strict=True))),
        customers=frozenset(await tenant.service(Parties).many(sorted(customers))) if customers else frozenset(),
        sold=await receipts.sold(db, origins) if origins else {},
        receipts=await receipts.known(db, origins) if origins else {},
        values=await values.balances(db, keys) if keys else {},
        points=await values.points(db, spending) if spending else {},
        mirrored=await _mirrored(db, group[0], digits) if len(group) == 1 and origins else None,
    )


async def _mirrored(db: Scope, receipt: Receipt, digits: int) -> tuple[TaxTotal, ...]:
    """Return the taxes that goods bring back: their share of what is left of those of their sale."""
    origins = named(receipt)
    sold, taxes = await receipts.sold(db, origins), await receipts.line_taxes(db, origins)
    sums: dict[tuple[str, Decimal], list[Decimal]] = defaultdict(lambda: [ZERO, ZERO])
    for line in receipt.lines:
        if line.original is None:
            continue
        place = (line.original.receipt, line.original.position)
        was, of_line = sold.get(place), taxes.get(place, {})
        if was is None or was.quantity <= was.returned_quantity:
            continue
        share = (micro(-line.quantity), micro(was.quantity - was.returned_quantity))
        back = {each.code: _share(of_line, each.code, share, digits) for each in line.taxes}
        net = line.amount - (sum(back.values(), ZERO) if receipt.taxes_included else ZERO)
        for each in line.taxes:
            sums[each.code, each.rate][0] += net
            sums[each.code, each.rate][1] += back[each.code]
    return tuple(TaxTotal(code=code, rate=rate, net=net, tax=tax, gross=net + tax) for (code, rate), (net, tax) in sums.items())


def _share(of_line: Mapping[str, Decimal], code: str, share: tuple[int, int], digits: int) -> Decimal:
    left = of_line.get(code, ZERO) - of_line.get(f"-{code}", ZERO)
    return major(-divide(minor(left, digits) * share[0], share[1]), digits)


async def moves_taken_back(tenant: Tenant, db: Scope, receipt: Receipt) -> dict[int, list[Back]]:
    """Return, by position, the moves of stock that a receipt's returned lines take back: several where the sale took several lots."""
    wanted: dict[int, tuple[UUID, int]] = {}
    for line in receipt.lines:
        if line.item and line.quantity < 0:
            origin = _origin(receipt, line)
            if origin:
                wanted[line.position] = origin
    origins = sorted({each for each, _ in wanted.values()})
    sold = await receipts.sold(db, origins) if wanted else {}
    moves: dict[tuple[UUID, int], list[DoneMove]] = {}
    for receipt_id, facts in (await receipts.known(db, origins) if wanted else {}).items():
        moved = await tenant.service(Stock).moved(source_of(receipt_id, facts.reference))
        for each in moved.moves if moved else ():
            moves.setdefault((receipt_id, int(each.key.partition("/")[0])), []).append(each)
    found: dict[int, list[Back]] = {}
    before: dict[tuple[UUID, int], Decimal] = {}
    for line in receipt.lines:
        place = wanted.get(line.position)
        if place and (parts := moves.get(place)):
            was = sold.get(place)
            came = before.setdefault(place, was.returned_quantity if was else ZERO)
            found[line.position] = back_of(parts, was.quantity if was else -line.quantity, came, -line.quantity)
            before[place] = came - line.quantity
    return found


def back_of(parts: Sequence[DoneMove], sold: Decimal, came: Decimal, quantity: Decimal) -> list[Back]:
    """Return which moves of a line a quantity of it takes back, after what came back before; in the order in which they went out.

    All quantities but those of the moves are in the line's unit. What is more than was sold is taken from the last one.
    """
    if len(parts) == 1:
        return [Back(parts[0].id, quantity, parts[0].lot)]
    unit = sold / sum((each.quantity for each in parts), ZERO)
    found, skip, left = [], came, quantity
    for place, each in enumerate(parts):
        there = each.quantity * unit
        passed = min(there, skip)
        skip -= passed
        taken = left if place == len(parts) - 1 else min(there - passed, left)
        if taken > 0:
            found.append(Back(each.id, taken, each.lot))
            left -= taken
    return found


async def sells_serials(tenant: Tenant, receipt: Receipt) -> bool:
    """Tell whether a receipt moves goods that are told apart by serial numbers, of which there is one each."""
    items = [line.item for line in receipt.lines if line.item and line.lot]
    if not items or not tenant.has("inventory"):
        return False
    return "serial" in (await tenant.service(Stock).tracking(items)).values()


def _origin(receipt: Receipt, line: Line) -> tuple[UUID, int] | None:
    if line.original:
        return line.original.receipt, line.original.position
    return (receipt.voids, line.position) if receipt.voids else None


async def location_of(tenant: Tenant, wanted: str) -> str:
    """Return the code of the location that a store's goods lie in; empty where nothing is kept in stock."""
    if not tenant.has("inventory"):
        return ""
    places = await tenant.service(Stock).locations()
    codes = [each.code for each in places]
    return wanted if wanted in codes else codes[0] if codes else ""
