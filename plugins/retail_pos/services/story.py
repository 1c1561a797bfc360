"""The demo shop at its tills: eight trading days before them, three days that are closed with their Z, today's session, and what waits."""

import random
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from uuid import UUID

from weft import Tenant, new_id
from weft.contracts import OfferedItem, Stock

from ..domain.promotions import PromotionDraft
from ..domain.setup import Operator, OperatorDraft, Role, Store, StoreDraft, Till, TillDraft
from . import book, history, promotions, setup
from .story_till import Body, Device, Wish

DAYS = 3  # days that are closed, before today; the books' own story leaves the takings of these to the tills
RECEIPTS, TODAY = 40, 8  # a day
OVER_THE_COUNTER = Decimal(150)  # the most that a basket of the data comes to in this shop: wholesale is left out
OPERATORS: tuple[tuple[str, Role, str], ...] = (
    ("Cleo Dean", "cashier", "2580"),
    ("Femi Grey", "cashier", "3691"),
    ("Ada Brooks", "manager", "1470"),
)  # with their PINs
TILLS = (("T1", "Counter"), ("T2", "Counter by the door"), ("T3", "Market stall"))  # the first is for whoever pairs a device
PROMOTIONS = (
    PromotionDraft(
        code="CRISPS",
        title="Crisps: three for two",
        kind="buy_n_pay_m",
        categories="Snacks > Crisps and savoury snacks",
        n=3,
        m=2,
        mixed=True,
    ),
    PromotionDraft(code="COFFEE", title="A tenth off tea and coffee", categories="Drinks > Tea and coffee", percent=Decimal(10)),
    PromotionDraft(
        code="SWEETS", title="Sweets: the more, the cheaper", kind="tiered", categories="Confectionery > Sweets", tiers="2: 5, 4: 10"
    ),
    PromotionDraft(
        code="HARBOUR5",
        title="£5 off from £30",
        kind="order_amount",
        amount=Decimal(5),
        minimum=Decimal(30),
        coupon="HARBOUR5",
        priority=-10,
    ),
)
CARD = "GC-2026-0417"
ENOUGH = Decimal(6)  # of each: the shelves are never sold empty
LEAST, MOST = 24, 280  # goods that are sold, besides those of promotions
FLOOR = "floor"  # where the demo's stock has what is in the shop


@dataclass(frozen=True, slots=True)
class Ground:
    """Whom and what the tills have; of what is `left` nothing is sold twice."""

    operators: Sequence[Operator]
    goods: Sequence[OfferedItem]
    left: dict[UUID, Decimal]
    chance: random.Random

    def operator(self, name: str) -> UUID:
        """Return who has a name."""
        return next(each.id for each in self.operators if each.name == name)

    def basket(self, most: int = 8) -> list[Wish]:
        """Return what a customer takes."""
        there = [each for each in self.goods if self.left[each.id] >= ENOUGH]
        wishes = [Wish(each, self.chance.choice((1, 1, 1, 2, 3))) for each in self.chance.sample(there, self.chance.randint(1, most))]
        for each in wishes:
            if each.item:
                self.left[each.item.id] -= each.quantity
        return wishes


async def on_demo(tenant: Tenant) -> None:
    """Give a demo shop its past, people who may stand at its tills, and days of trade where it has the goods for it."""
    await history.tell(tenant, last=tenant.today() - timedelta(DAYS + 1), most=OVER_THE_COUNTER)
    store = await _store(tenant)
    for code, title in TILLS:
        await setup.save_till(tenant, TillDraft(code=code, title=title, store=store.id))
    for name, role, pin in OPERATORS:
        await setup.save_operator(tenant, OperatorDraft(name=name, role=role, pin=pin))
    for draft in PROMOTIONS:
        await promotions.save(tenant, draft)
    _, door, stall = await setup.all_tills(tenant)
    goods, left = await _on_the_floor(tenant, door)
    if len(goods) < LEAST:
        return
    ground = Ground(await setup.all_operators(tenant), goods, left, random.Random(31))  # noqa: S311  # the same shop every time
    await _trade(tenant, await _paired(tenant, door, "Tablet by the door"), ground)
    await _leave_work(tenant, await _paired(tenant, stall, "Phone of the market stall"), ground)


async def _store(tenant: Tenant) -> Store:
    [store, *_] = await setup.all_stores(tenant)
    async with tenant.transaction():
        places = {each.code for each in await tenant.service(Stock).locations()}
    draft = StoreDraft(
        code=store.code,
        title=store.title,
        location=FLOOR if FLOOR in places else "",
        address="14 Quay Street\nPortsmouth PO1 2LS",
        phone="01632 960100",
        foot="Goods come back within 28 days, with this receipt.",
        version=store.version,
    )
    return await setup.save_store(tenant, draft, store.id)


async def _on_the_floor(tenant: Tenant, till: Till) -> tuple[list[OfferedItem], dict[UUID, Decimal]]:
    """Return what there is enough of in the shop, and how much; of the promotions' goods all, of the others some."""
    part = await book.part_for(tenant, till, book.Asked())
    sold = {each.id: each for each in part.items if each.for_sale and each.prices}
    async with tenant.transaction():
        there = await tenant.service(Stock).availability(list(sold), till.location)
    enough = [each for key, each in sold.items() if key in there and there[key].available >= ENOUGH]
    named = tuple(each.categories for each in PROMOTIONS if each.categories)
    promoted = [each for each in enough if each.category in named][:40]
    others = [each for each in enough if each.category not in named]
    chosen = promoted + others[:: max(len(others) // MOST, 1)][:MOST]
    return chosen, {each.id: there[each.id].available for each in chosen}


async def _paired(tenant: Tenant, till: Till, device: str) -> Device:
    _, paired = await setup.pair(tenant, await setup.offer_pairing(tenant, till.id), device)
    return Device(paired, await book.settings_for(tenant, paired))


def _moment(tenant: Tenant, day: date, hour: int, minute: int = 0) -> datetime:
    return datetime.combine(day, time(hour, minute), tenant.timezone).astimezone(UTC)


async def _trade(tenant: Tenant, device: Device, ground: Ground) -> None:
    """Three days from the float to the Z, and today up to now."""
    cleo, femi = ground.operator("Cleo Dean"), ground.operator("Femi Grey")
    first: Body = {}
    for ago in range(DAYS, 0, -1):
        day = tenant.today() - timedelta(ago)
        device.open(day, _moment(tenant, day, 8, 45), femi if ago == 2 else cleo, Decimal("150.00"))
        sold = _day(device, ground, RECEIPTS)
        if ago == DAYS:
            device.sell(Wish(card=CARD, amount=Decimal("40.00")), tender="card", reference="A 40311")
            first = sold[0]
        else:
            device.sell(Wish(ground.goods[ago]), tender="gift_card", reference=CARD)
        if ago == 2:
            device.take_back(first, 1, "Was open already")
            device.void(sold[-1])
        device.move("pay_out", Decimal("-4.20"), "Milk for the kitchen")
        device.move("drop", Decimal("-60.00"), "To the safe")
        device.count(Decimal("-0.35") if ago == 2 else Decimal(0))
    began = min(_moment(tenant, tenant.today(), 8, 45), tenant.now() - timedelta(minutes=14 * TODAY))
    device.open(tenant.today(), began, cleo, Decimal("150.00"))
    _day(device, ground, TODAY)
    await device.send(tenant)


def _day(device: Device, ground: Ground, receipts: int) -> list[Body]:
    """Sell to some customers, who pay by card or cash; to the third something is let go for less."""
    sold = []
    for place in range(receipts):
        device.wait(ground.chance.randint(4, 20) if receipts > TODAY else 12)
        wishes = ground.basket()
        if place == 2:
            wishes[0] = replace(wishes[0], percent=Decimal(10))
        card = place % 3 != 0
        sold.append(device.sell(*wishes, tender="card" if card else "cash", reference=f"A {40200 + device.number}" if card else ""))
    return sold


async def _leave_work(tenant: Tenant, device: Device, ground: Ground) -> None:
    """A stall whose session is open: one receipt was paid too little, one is of goods that nobody knows, one gives more back than came."""
    began = tenant.now() - timedelta(minutes=90)
    device.open(tenant.today(), began, ground.operator("Femi Grey"), Decimal("60.00"))
    device.wait(6)
    sale = device.sell(*ground.basket(2))
    device.wait(9)
    paid = Decimal(sale["receipt"]["total"]) - Decimal("1.00")
    device.wrong(sale, tenders=[{"type": "cash", "amount": f"{paid:f}"}])
    device.wait(12)
    strange = [line | {"item": str(new_id()), "sku": "", "name": "Quince jelly, from the farm gate"} for line in sale["receipt"]["lines"]]
    device.wrong(sale, lines=strange)
    device.wait(7)
    device.take_back(sale, 1, "Broken")
    device.wait(3)
    device.take_back(sale, 1, "Broken")
    device.sell(*ground.basket(3), tender="card", reference="S 118")
    await device.send(tenant)
