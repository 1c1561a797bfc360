"""The demo shop's stock: brought along in the warehouse and on the shop floor, received, moved and thrown away since."""

import random
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal

from weft import Change, Tenant, new_id
from weft.contracts import ADJUSTMENT, SCRAP, SUPPLIER, Items, Ledger, NewEntry, NewLine, NewMove, OfferedItem, Source, Stock, StockDocument

from ..domain.accounts import OPENING
from ..domain.forms import TRANSIT, LocationDraft
from ..queries import auditing
from ..records import document_ref
from .desk import add_location

MOST = 800  # items that are kept; the rest of the catalogue is ordered when somebody wants it
SHARES = (("Food", "0.68"), ("", "0.55"))  # of the price: what goods cost
FLOOR, WAREHOUSE = "floor", "main"


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
    await _bring_along(tenant, offered, first, chance)
    await _trade(tenant, offered, first, chance)


def cost_of(item: OfferedItem) -> Decimal:
    """Return what a piece costs, made up from its price."""
    share = next(share for name, share in SHARES if item.category.startswith(name))
    return (item.prices[0][1] * Decimal(share)).quantize(Decimal("0.01"), ROUND_HALF_UP)


async def _bring_along(tenant: Tenant, offered: list[OfferedItem], day: date, chance: random.Random) -> None:
    """Bring the opening stock in, instead of what the books held for it in one sum."""
    moves = []
    for item in offered:
        for place, least, most in ((WAREHOUSE, 10, 60), (FLOOR, 3, 14)):
            quantity = Decimal(chance.randint(least, most))
            moves.append(
                NewMove(
                    key=f"{item.id}/{place}",
                    item=item.id,
                    quantity=quantity,
                    origin=ADJUSTMENT,
                    destination=place,
                    unit_cost=cost_of(item),
                )
            )
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


async def _trade(tenant: Tenant, offered: list[OfferedItem], first: date, chance: random.Random) -> None:
    stock = tenant.service(Stock)
    day, number = first + timedelta(days=3), 0
    while day < tenant.today():
        number += 1
        chosen = chance.sample(offered, min(25, len(offered)))
        receipt = tuple(
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
        filled = tuple(_within(each, Decimal(chance.randint(2, 6)), WAREHOUSE, FLOOR) for each in chosen[:12])
        thrown = tuple(_within(each, Decimal(1), FLOOR, SCRAP) for each in chosen[:2])
        documents = [
            StockDocument(source=Source("inventory.receipt", f"demo-{number}", f"Delivery note {4100 + number}"), date=day, moves=receipt),
            StockDocument(source=Source("inventory.transfer", f"demo-{number}", f"Shelves filled, {day}"), date=day, moves=filled),
            StockDocument(source=Source("inventory.scrap", f"demo-{number}", "Damaged"), date=day, moves=thrown),
        ]
        async with tenant.transaction():
            await stock.move_many(documents)
        day += timedelta(days=7)
    on_its_way = tuple(_within(each, Decimal(6), WAREHOUSE, TRANSIT, FLOOR) for each in offered[:5])
    async with tenant.transaction():
        source = Source("inventory.transfer", "demo-way", "Christmas table")
        await stock.move(StockDocument(source=source, date=tenant.today(), moves=on_its_way))


def _within(item: OfferedItem, quantity: Decimal, origin: str, destination: str, note: str = "") -> NewMove:
    return NewMove(key=str(item.id), item=item.id, quantity=quantity, origin=origin, destination=destination, note=note)
