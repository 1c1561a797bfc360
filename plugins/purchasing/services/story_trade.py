"""What the demo shop bought: weeks that are over, and the cases that somebody has to look at today."""

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from uuid import UUID

import msgspec

from weft import Tenant, new_id
from weft.contracts import Documents, Parties, Tracking

from ..domain.kept import Bill, Receipt
from ..domain.landing import Basis
from ..domain.matching import BillLine
from ..domain.orders import Order, State
from ..events import BilledLine, DocumentPosted
from ..queries import orders as stored
from . import approving, billing, hearing, landing, orders, receiving, returning, sending
from .orders import DraftLine, OrderDraft

WEEKS_UNTIL = 27  # days ago: before that only orders that went as they should
CARRIER = "Northcote Cold Store"
CENT = Decimal("0.01")
Prices = Sequence[tuple[UUID, Decimal]]


@dataclass(slots=True)
class Trade:
    """A shop that buys: the same in every demo, however often it is made."""

    tenant: Tenant
    tracking: Mapping[UUID, Tracking]
    chance: random.Random
    bills: int = 0

    def day(self, ago: int) -> date:
        """Return the day so many days ago."""
        return self.tenant.today() - timedelta(days=ago)

    async def draft(self, supplier: UUID, sold: Prices, ago: int, times: int = 1) -> Order:
        """Write an order."""
        lines = tuple(
            DraftLine(item=item, quantity=Decimal(6 * self.chance.randint(2, 6) * times)) for item, _ in self.chance.sample(sold, 5)
        )
        return await orders.save(self.tenant, OrderDraft(supplier=supplier, lines=lines, ordered=self.day(ago)), new_id())

    async def order(self, supplier: UUID, sold: Prices, ago: int) -> Order:
        """Write an order that is small enough for nobody to be asked, and mark it as sent."""
        made = await self.draft(supplier, sold, ago)
        made = await approving.submit(self.tenant, made.id, made.version)
        return await sending.send(self.tenant, made.id, "") if made.state is State.APPROVED else made

    async def receive(self, order: Order, ago: int, share: Decimal = Decimal(1), more: int = 0) -> Receipt:
        """Take goods of an order in: a share of each line, and some more of the first one."""
        day = self.day(ago)
        counted = tuple(
            receiving.Counted(
                order_line=line.id,
                quantity=max((line.quantity * share).to_integral_value(), Decimal(1)) + (more if place == 0 else 0),
                lot=f"{day:%y%m%d}" if line.item and self.tracking.get(line.item) == "lot" else "",
                expires=day + timedelta(days=35) if line.item and self.tracking.get(line.item) == "lot" else None,
            )
            for place, line in enumerate(order.lines)
        )
        note = f"DN-{day:%m%d}"
        delivery = receiving.Delivery(id=new_id(), order=order.id, counted=counted, day=day, delivery_note=note, more_is_right=more > 0)
        return await receiving.receive(self.tenant, delivery)

    async def bill(self, order: Order, ago: int, factor: Decimal = Decimal(1), *, stands: bool = True) -> Bill:
        """Enter the bill for what came of an order; one that matches is posted."""
        now = await orders.get(self.tenant, order.id)
        lines = tuple(
            BillLine(order_line=each.id, quantity=each.to_bill, unit_price=(each.price * factor).quantize(CENT, ROUND_HALF_UP))
            for each in now.lines
            if each.to_bill > 0
        )
        self.bills += 1
        initials = "".join(word[0] for word in now.supplier_name.split() if word[0].isalpha())
        reference = f"{initials}-{20400 + 9 * self.bills}"
        made = await billing.enter(
            self.tenant, billing.BillDraft(id=new_id(), order=order.id, reference=reference, issued=self.day(ago), lines=lines)
        )
        if made.document and stands:
            await post(self.tenant, made.document)
        return made

    async def send_back(self, receipt: Receipt, quantity: int, ago: int, reason: str) -> UUID | None:
        """Send some of the first line of a receipt back; returns the vendor credit that was drafted, if any."""
        lines = (await receiving.page(self.tenant, receipt.id)).lines
        back = (returning.Back(receipt_line=lines[0][0].id, quantity=Decimal(quantity)),)
        draft = returning.ReturnDraft(id=new_id(), receipt=receipt.id, lines=back, reason=reason, day=self.day(ago))
        return (await returning.send_back(self.tenant, draft)).document


async def post(tenant: Tenant, document: UUID) -> None:
    """Post a document in accounting, and hear of it at once: no worker need run yet, and one that does hears nothing new."""
    async with tenant.transaction():
        made = await tenant.service(Documents).post(document)
    lines = tuple(BilledLine(source_line=each.source_line, quantity=each.quantity, net=each.net) for each in made.lines)
    await hearing.document_posted(
        tenant,
        DocumentPosted(
            document_id=made.id,
            number=made.number,
            issued=made.issued,
            currency=made.currency,
            net=made.net,
            source=made.source,
            lines=lines,
        ),
    )


async def trade(tenant: Tenant, catalogue: Mapping[UUID, Prices], tracking: Mapping[UUID, Tracking], first: int) -> None:
    """Buy since so many days ago, and leave an order at every step: see the names of what is called."""
    made = Trade(tenant, tracking, random.Random(25))  # noqa: S311  # the same shop every time
    sweets, dairy, bakery, fish = catalogue.items()
    for week, ago in enumerate(range(first - 2, WEEKS_UNTIL, -7)):
        for supplier, sold in (sweets, fish) if week % 2 else (dairy, bakery):
            order = await made.order(supplier, sold, ago)
            await made.receive(order, ago - 2)
            await made.bill(order, ago - 4)
    await _freight_and_return(made, *sweets)
    await _half_of_it(made, *dairy)
    await _dearer_than_ordered(made, *bakery)
    await _a_little_dearer(made, *fish)
    await _today(made, sweets, dairy, bakery, fish)


async def _freight_and_return(made: Trade, supplier: UUID, sold: Prices) -> None:
    """Goods with freight on them, billed and posted; two were broken and went back, and the supplier's credit stands."""
    order = await made.order(supplier, sold, 24)
    came = await made.receive(order, 20)
    async with made.tenant.transaction():
        carrier = next((each.id for each in await made.tenant.service(Parties).find(CARRIER, 3) if each.name == CARRIER), None)
    cost = landing.LandedDraft(
        id=new_id(),
        title="Pallet from Brighton",
        amount=Decimal("38.50"),
        receipts=(came.id,),
        basis=Basis.VALUE,
        day=came.day,
        supplier=carrier,
        reference="NC-90377",
    )
    landed = await landing.land(made.tenant, cost)
    if landed.document:
        await post(made.tenant, landed.document)
    await made.bill(order, 18)
    if credit := await made.send_back(came, 2, 16, "Broken in the box"):
        await post(made.tenant, credit)


async def _half_of_it(made: Trade, supplier: UUID, sold: Prices) -> None:
    """Half came and is not billed, the rest is late; and of an order before, nothing came yet."""
    order = await made.order(supplier, sold, 14)
    await made.receive(order, 10, Decimal("0.5"))
    await made.order(supplier, sold, 11)


async def _dearer_than_ordered(made: Trade, supplier: UUID, sold: Prices) -> None:
    """All came, and the bill asks eight per cent more than was agreed: it is blocked, and waits for somebody."""
    order = await made.order(supplier, sold, 12)
    await made.receive(order, 6)
    await made.bill(order, 4, Decimal("1.08"))


async def _a_little_dearer(made: Trade, supplier: UUID, sold: Prices) -> None:
    """One more came than was ordered, and the bill is a little dearer: within what is let pass, so the goods cost what it says.

    The bill of the next order matches, and is a draft in accounting; one that was not billed at all went back in part.
    """
    order = await made.order(supplier, sold, 13)
    await made.receive(order, 9, more=1)
    await made.bill(order, 7, Decimal("1.012"))
    second = await made.order(supplier, sold, 8)
    await made.receive(second, 5)
    await made.bill(second, 3, stands=False)
    third = await made.order(supplier, sold, 6)
    await made.send_back(await made.receive(third, 3), 1, 2, "Past its date when it came")


async def _today(
    made: Trade, sweets: tuple[UUID, Prices], dairy: tuple[UUID, Prices], bakery: tuple[UUID, Prices], fish: tuple[UUID, Prices]
) -> None:
    """What lies on the desks: an order on its way, one that is approved, one to approve, one cancelled, and a draft."""
    await made.order(*fish, 2)
    small = await made.draft(*bakery, 1)
    await approving.submit(made.tenant, small.id, small.version)
    big = await made.draft(*sweets, 0, times=12)
    await _asked_by_a_buyer(made.tenant, await approving.submit(made.tenant, big.id, big.version))
    twice = await made.draft(*bakery, 1)
    await approving.cancel(made.tenant, twice.id, "Written twice")
    await made.draft(*dairy, 0)


async def _asked_by_a_buyer(tenant: Tenant, order: Order) -> None:
    """Let somebody else have asked for an order, so that the owner, who tells this story, can approve it."""
    buyer = next((each for each in await tenant.people() if tenant.person is None or each.id != tenant.person.id), None)
    if buyer and order.state is State.WAITING:
        async with tenant.transaction(unaudited="made up: the demo's buyer asked") as db:
            await stored.put_approval(db, msgspec.structs.replace(order, asked_by=buyer.id, asked_name=buyer.name))
