"""The demo shop's stock: brought along in the warehouse and on the shop floor, moved, counted and thrown away since.

What comes in since then is purchasing's story where that is there: goods that were ordered, received and billed.
"""

import random
from collections.abc import Iterator, Set
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from uuid import UUID

from weft import Change, Form, Tenant, new_id
from weft.contracts import ADJUSTMENT, SCRAP, SUPPLIER, Items, Ledger, NewEntry, NewLine, NewMove, OfferedItem, Source, Stock, StockDocument

from ..domain.accounts import OPENING
from ..domain.forms import TRANSIT, LocationDraft
from ..queries import auditing
from ..records import document_ref
from . import counting
from .basics import make_known
from .desk import add_location
from .revaluing import set_method

MOST = 800  # items that are kept; the rest of the catalogue is ordered when somebody wants it
SHARES = (("Food", "0.68"), ("", "0.55"))  # of the price: what goods cost
FLOOR, WAREHOUSE = "floor", "main"
FRESH, LOTS = "Dairy", 12  # what is told apart by lot, and how many items of it
LOW = 16  # items that there is little of, with a rule that asks for more
LEAST, FULL, PACK = Decimal(12), Decimal(36), Decimal(6)
COUNTED = ("Confectionery > Sweets", "Snacks > Crisps and savoury snacks", "Drinks > Tea and coffee")  # approved, handed in, begun


async def on_demo(tenant: Tenant) -> None:
    """Fill the business with stock; where nothing is for sale there is none."""
    first = (tenant.today().replace(day=1) - timedelta(days=1)).replace(day=1)
    async with tenant.transaction():
        found = await tenant.service(Items).offered(tenant.today())
    offered = [each for each in found.items if each.for_sale and each.prices][:MOST]
    if not offered:
        return
    chance = random.Random(22)  # noqa: S311  # the same shop every time
    await add_location(tenant, LocationDraft(code=FLOOR, title="Shop floor"))
    for code, title in (("rack-a", "Rack A"), ("rack-b", "Rack B"), ("cold", "Cold store")):
        await add_location(tenant, LocationDraft(code=code, title=title, parent=WAREHOUSE))
    fresh = [each for each in offered if each.category.startswith(FRESH)][:LOTS]
    async with tenant.transaction():
        await make_known(tenant, [each.id for each in fresh])
        for each in fresh:
            await set_method(tenant, each.id, "fifo", "lot")
    told_apart = {each.id for each in fresh}
    low = [each for each in offered if each.id not in told_apart][7 :: max(len(offered) // LOW, 1)][:LOW]
    await _bring_along(tenant, offered, first, chance, Cast(told_apart, {each.id for each in low}))
    await _order_when_low(tenant, low)
    plain = [each for each in offered if each.id not in told_apart]
    await _trade(tenant, plain, first, chance)
    await _count(tenant)


def cost_of(item: OfferedItem) -> Decimal:
    """Return what a piece costs, made up from its price."""
    share = next(share for name, share in SHARES if item.category.startswith(name))
    return (item.prices[0][1] * Decimal(share)).quantize(Decimal("0.01"), ROUND_HALF_UP)


@dataclass(frozen=True, slots=True)
class Cast:
    """Items that are told apart by lot, and those that there is little of."""

    lots: Set[UUID]
    low: Set[UUID]


def _brought(item: OfferedItem, cast: Cast, today: date, chance: random.Random) -> Iterator[NewMove]:
    """Yield what there is of an item: in the warehouse and on the floor, of two lots where it is told apart."""
    several = ((WAREHOUSE, 2, 8), (FLOOR, 3, 14)) if item.id in cast.low else ((WAREHOUSE, 10, 60), (FLOOR, 3, 14))
    for place, least, most in several:
        quantity = Decimal(chance.randint(least, most))
        parts = [(quantity, "", 0)]
        if item.id in cast.lots:  # one of them wants to be sold soon, or is past its day
            soon = chance.choice((-1, 4, 9, 18))
            parts = [(quantity // 3 + 1, "A", soon), (quantity - quantity // 3, "B", soon + 28)]
        for part, lot, days in parts:
            expires = today + timedelta(days=days)
            yield NewMove(
                key=f"{item.id}/{place}{lot}",
                item=item.id,
                quantity=part,
                origin=ADJUSTMENT,
                destination=place,
                unit_cost=cost_of(item),
                lot=f"{expires:%y%m%d}-{lot}" if lot else "",
                expires=expires if lot else None,
            )


async def _bring_along(tenant: Tenant, offered: list[OfferedItem], day: date, chance: random.Random, cast: Cast) -> None:
    """Bring the opening stock in, instead of what the books held for it in one sum."""
    moves = [move for item in offered for move in _brought(item, cast, tenant.today(), chance)]
    ledger = tenant.service(Ledger)
    async with tenant.transaction() as db:
        account = await ledger.account_for("inventory")
        held = sum((each.base for each in await ledger.balance(account, day)), Decimal(0))
        document = StockDocument(source=Source(OPENING, "demo", "Opening stock"), date=day, moves=tuple(moves))
        await tenant.service(Stock).move(document)
        if held:
            lines = (
                NewLine(event="opening_balance", debit=max(held, Decimal(0)), credit=max(-held, Decimal(0))),
                NewLine(code=account, debit=max(-held, Decimal(0)), credit=max(held, Decimal(0))),
            )
            about = "Stock in one sum, taken over item by item"
            await ledger.post(NewEntry(journal="general", date=day, lines=lines, description=about))
        items, _, value = await auditing.totals(db)
        await tenant.record(Change(document_ref(new_id(), "Opening stock"), "brought along", {}, {"items": items, "value": value}))


async def _order_when_low(tenant: Tenant, low: list[OfferedItem]) -> None:
    """Say when to order what there is little of; the floor takes some of it from the warehouse."""
    async with tenant.transaction():
        for place, item in enumerate(low):
            code = item.sku or item.barcodes[0][0]
            bought = counting.RuleDraft(code=code, location=WAREHOUSE, minimum=LEAST, target=FULL, pack=PACK)
            await counting.set_rule(tenant, bought)
            if place % 4 == 0:
                refill = counting.RuleDraft(code=code, location=FLOOR, supply=WAREHOUSE, minimum=Decimal(15), target=Decimal(18))
                await counting.set_rule(tenant, refill)


async def _count(tenant: Tenant) -> None:
    """Leave a count at each step: approved, handed in with differences, and begun."""
    for place, category in enumerate(COUNTED):
        made = await counting.begin(tenant, counting.CountDraft(location=FLOOR, category=category, title=category.rpartition("> ")[2]))
        facts, lines = await counting.show(tenant, made)
        if place == 2 or not lines:
            continue
        off = {4: Decimal(-1), 9: Decimal(2), 11: Decimal(-3)}  # what shelves are off by
        counted = {
            f"counted.{each.id}": f"{max(each.expected + off.get(number, Decimal(0)), Decimal(0)):f}" for number, each in enumerate(lines)
        }
        await counting.enter(tenant, made, Form.of(**counted))
        await counting.hand_in(tenant, made, facts.version)
        if place == 0:
            await counting.approve(tenant, made, (await counting.show(tenant, made))[0].version)


async def _trade(tenant: Tenant, offered: list[OfferedItem], first: date, chance: random.Random) -> None:
    stock = tenant.service(Stock)
    day, number = first + timedelta(days=3), 0
    while day < tenant.today():
        number += 1
        chosen = chance.sample(offered, min(25, len(offered)))
        filled = tuple(_within(each, Decimal(chance.randint(2, 6)), WAREHOUSE, FLOOR) for each in chosen[:12])
        thrown = tuple(_within(each, Decimal(1), FLOOR, SCRAP) for each in chosen[:2])
        documents = [
            StockDocument(source=Source("inventory.transfer", f"demo-{number}", f"Shelves filled, {day}"), date=day, moves=filled),
            StockDocument(source=Source("inventory.scrap", f"demo-{number}", "Damaged"), date=day, moves=thrown),
        ]
        if not tenant.has("purchasing"):
            documents.insert(0, _received(number, day, chosen, chance))
        async with tenant.transaction():
            await stock.move_many(documents)
        day += timedelta(days=7)
    on_its_way = tuple(_within(each, Decimal(6), WAREHOUSE, TRANSIT, FLOOR) for each in offered[:5])
    async with tenant.transaction():
        source = Source("inventory.transfer", "demo-way", "Christmas table")
        await stock.move(StockDocument(source=source, date=tenant.today(), moves=on_its_way))


def _received(number: int, day: date, chosen: list[OfferedItem], chance: random.Random) -> StockDocument:
    moves = tuple(
        NewMove(
            key=str(each.id),
            item=each.id,
            quantity=Decimal(chance.randint(6, 24)),
            origin=SUPPLIER,
            destination=WAREHOUSE,
            unit_cost=(cost_of(each) * Decimal(chance.choice(("0.97", "1", "1.04")))).quantize(Decimal("0.01"), ROUND_HALF_UP),
        )
        for each in chosen
    )
    return StockDocument(source=Source("inventory.receipt", f"demo-{number}", f"Delivery note {4100 + number}"), date=day, moves=moves)


def _within(item: OfferedItem, quantity: Decimal, origin: str, destination: str, note: str = "") -> NewMove:
    return NewMove(key=str(item.id), item=item.id, quantity=quantity, origin=origin, destination=destination, note=note)
