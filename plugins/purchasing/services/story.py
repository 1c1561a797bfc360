"""The demo shop's buying: suppliers with prices, orders at every step, a bill that does not match, freight."""

import random
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from uuid import UUID

import msgspec

from weft import Tenant, new_id
from weft.contracts import Items, Parties, Stock

from ..domain.kept import Receipt
from ..domain.landing import Basis
from ..domain.matching import BillLine
from ..domain.orders import Order, State
from ..domain.prices import SupplierPrice
from ..queries import orders as stored
from . import approving, billing, landing, orders, receiving, sending, suppliers
from .orders import DraftLine, OrderDraft

SUPPLIERS = {  # with words of the categories they sell of; what is left over fills the rest of their lists
    "Sable & Sons Confectioners": ("confection", "chocolate", "sweet", "candies"),
    "Downland Dairy Co-operative": ("dair", "cheese", "yogurt", "milk"),
    "Marlpit Bakehouse": ("bread", "bak", "cookie", "biscuit", "cake"),
    "Quayside Fish & Larder": ("fish", "sea", "meal", "canned"),
}
EACH = 14  # items that a supplier has a price for
CENT = Decimal("0.01")


async def on_demo(tenant: Tenant) -> None:
    """Fill the business with buying, where it has the suppliers and the stock for it."""
    async with tenant.transaction():
        parties = tenant.service(Parties)
        found = [next((each.id for each in await parties.find(name, 3) if each.name == name), None) for name in SUPPLIERS]
        offered = await tenant.service(Items).offered(tenant.today())
        costs = await tenant.service(Stock).cost([each.id for each in offered.items if each.for_sale][:800])
    known = [each for each in found if each]
    items = {item: cost.quantize(CENT, ROUND_HALF_UP) for item, cost in costs.items() if cost > 0}
    if len(known) < len(SUPPLIERS) or len(items) < EACH * len(SUPPLIERS):
        return
    chance = random.Random(25)  # noqa: S311  # the same shop every time
    categories = {each.id: each.category.casefold() for each in offered.items}
    catalogue = {}
    for supplier, words in zip(known, SUPPLIERS.values(), strict=True):
        ranked = sorted(items, key=lambda item: not any(word in categories[item] for word in words))
        catalogue[supplier] = [(item, items.pop(item)) for item in ranked[:EACH]]
    for place, (supplier, sold) in enumerate(catalogue.items()):
        await _prices(tenant, supplier, sold, place)
    await _trade(tenant, catalogue, chance)


async def _prices(tenant: Tenant, supplier: UUID, sold: list[tuple[UUID, Decimal]], place: int) -> None:
    async with tenant.transaction():
        kept = (await suppliers.card(tenant, supplier)).supplier
        await suppliers.save(tenant, msgspec.structs.replace(kept, account=f"HV-{4410 + place}", lead_days=2 + 2 * place))
        for number, (item, cost) in enumerate(sold, 1):
            price = SupplierPrice(
                id=new_id(),
                supplier=supplier,
                item=item,
                price=cost,
                currency=tenant.currency,
                pack=Decimal(6 if number % 3 == 0 else 1),
                supplier_code=f"{'SDMQ'[place]}{1000 + number}",
            )
            await suppliers.save_price(tenant, price, new=True)


async def _trade(tenant: Tenant, catalogue: dict[UUID, list[tuple[UUID, Decimal]]], chance: random.Random) -> None:
    sweets, dairy, bakery, fish = catalogue
    today = tenant.today()
    first = await _ordered(tenant, sweets, catalogue[sweets], today - timedelta(days=24), chance)
    came = await _received(tenant, first, today - timedelta(days=20), Decimal(1))
    cost = landing.LandedDraft(
        id=new_id(), title="Pallet from Brighton", amount=Decimal("38.50"), receipts=(came.id,), basis=Basis.VALUE, day=came.day
    )
    await landing.land(tenant, cost)
    await _billed(tenant, first, "SS-20418", Decimal(1), came.day + timedelta(days=2))
    late = await _ordered(tenant, dairy, catalogue[dairy], today - timedelta(days=14), chance)
    await _received(tenant, late, today - timedelta(days=10), Decimal("0.5"))
    dear = await _ordered(tenant, bakery, catalogue[bakery], today - timedelta(days=12), chance)
    await _received(tenant, dear, today - timedelta(days=6), Decimal(1))
    await _billed(tenant, dear, "MB/771", Decimal("1.08"), today - timedelta(days=4))
    await _ordered(tenant, fish, catalogue[fish], today - timedelta(days=2), chance)
    big = await _drafted(tenant, sweets, catalogue[sweets], today, chance, times=24)
    await _asked_by_a_buyer(tenant, await approving.submit(tenant, big.id, big.version))
    await _drafted(tenant, dairy, catalogue[dairy], today, chance)


async def _drafted(
    tenant: Tenant, supplier: UUID, sold: list[tuple[UUID, Decimal]], day: date, chance: random.Random, times: int = 1
) -> Order:
    lines = tuple(DraftLine(item=item, quantity=Decimal(6 * chance.randint(1, 3) * times)) for item, _ in chance.sample(sold, 5))
    return await orders.save(tenant, OrderDraft(supplier=supplier, lines=lines, ordered=day), new_id())


async def _ordered(tenant: Tenant, supplier: UUID, sold: list[tuple[UUID, Decimal]], day: date, chance: random.Random) -> Order:
    """Write an order that is small enough for nobody to be asked, and mark it as sent."""
    made = await _drafted(tenant, supplier, sold, day, chance)
    made = await approving.submit(tenant, made.id, made.version)
    return await sending.send(tenant, made.id, "") if made.state is State.APPROVED else made


async def _received(tenant: Tenant, order: Order, day: date, share: Decimal) -> Receipt:
    counted = tuple(
        receiving.Counted(order_line=line.id, quantity=max((line.quantity * share).to_integral_value(), Decimal(1))) for line in order.lines
    )
    delivery = receiving.Delivery(id=new_id(), order=order.id, counted=counted, day=day, delivery_note=f"DN-{day:%m%d}")
    return await receiving.receive(tenant, delivery)


async def _billed(tenant: Tenant, order: Order, reference: str, factor: Decimal, day: date) -> None:
    lines = tuple(
        BillLine(order_line=line.id, quantity=line.quantity, unit_price=(line.price * factor).quantize(CENT, ROUND_HALF_UP))
        for line in order.lines
    )
    draft = billing.BillDraft(id=new_id(), order=order.id, reference=reference, issued=day, lines=lines)
    await billing.enter(tenant, draft)


async def _asked_by_a_buyer(tenant: Tenant, order: Order) -> None:
    """Let somebody else have asked for an order, so that the owner, who tells this story, can approve it."""
    buyer = next((each for each in await tenant.people() if tenant.person is None or each.id != tenant.person.id), None)
    if buyer and order.state is State.WAITING:
        async with tenant.transaction(unaudited="made up: the demo's buyer asked") as db:
            await stored.put_approval(db, msgspec.structs.replace(order, asked_by=buyer.id, asked_name=buyer.name))
