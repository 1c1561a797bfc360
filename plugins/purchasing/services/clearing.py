"""Bills find the goods they are for: what stood on goods received is cleared, and the stock costs what the bill says."""

from datetime import date
from decimal import Decimal
from uuid import UUID

import msgspec

from weft import Scope, Tenant
from weft.contracts import Ledger, NewEntry, NewLine, Source, Stock

from ..domain.clearing import Came, Part, take
from ..domain.kept import KeptBillLine, ReceiptLine
from ..queries import bills, goods
from ..records import BILL
from ..settings import PurchasingSettings

ZERO = Decimal(0)


def came_of(line: ReceiptLine) -> Came:
    """Return a line of a receipt as the rules take it."""
    return Came(line.id, line.quantity, line.billed, line.returned_unbilled, line.value)


async def settle(tenant: Tenant, db: Scope, order_line: UUID, day: date) -> None:
    """Let posted bills of a line of an order and what came of it find each other; nothing is left to do when it is asked again.

    Runs when a bill is posted, and when goods come that were billed before.
    """
    for line in await bills.uncleared(db, order_line):
        await _clear(tenant, db, line, day)


async def _clear(tenant: Tenant, db: Scope, line: KeptBillLine, day: date) -> None:
    came = await goods.lines_of_order_line(db, line.order_line)
    left, worth = line.quantity - line.cleared, line.base - line.cleared_base
    parts, after = take([came_of(each) for each in came], left, worth, tenant.currency)
    if not parts:
        return
    by_id = {each.id: each for each in came}
    now = {each.id: each for each in after}
    taken = {part.receipt_line: part for part in parts}
    kept = []
    for receipt_line, part in taken.items():
        before, state = by_id[receipt_line], now[receipt_line]
        priced = await _priced(tenant, before, part, line, day)
        kept.append(msgspec.structs.replace(priced, billed=state.billed, value=state.value))
    await goods.put_lines(db, kept)
    cleared = msgspec.structs.replace(
        line,
        cleared=line.cleared + sum((each.quantity for each in parts), ZERO),
        cleared_base=line.cleared_base + sum((each.billed for each in parts), ZERO),
        variance=line.variance + sum((each.variance for each in parts), ZERO),
    )
    found = await bills.bill(db, line.bill, lock=True)
    assert found is not None
    whole = msgspec.structs.replace(found, variance=found.variance + cleared.variance - line.variance)
    await bills.put(db, whole, [cleared])


async def _priced(tenant: Tenant, line: ReceiptLine, part: Part, bill: KeptBillLine, day: date) -> ReceiptLine:
    """Return a line of a receipt at what the bill says of it; the stock is told, and posts the difference against goods received.

    Where bills do not set what goods cost, stock keeps the order's price, and the difference leaves goods received as one of price.
    """
    source = Source(BILL.name, f"{bill.id}/{line.id}/{bill.cleared:f}", "Price of a bill")
    if line.move and not tenant.settings(PurchasingSettings).bill_sets_cost:
        await correct(tenant, part.variance if line.waits else ZERO, day, source, source.title)
        return line
    after = msgspec.structs.replace(line, cost=line.cost + part.variance)
    if not part.variance or line.move is None:
        return after
    await tenant.service(Stock).revalue(line.move, (after.cost + after.landed) / after.quantity, day, source)
    return after


async def correct(tenant: Tenant, amount: Decimal, day: date, source: Source, about: str) -> None:
    """Move what is left over on goods received to price differences of purchases.

    `amount` in base currency is debited there: above zero when goods cost more than stood for them.
    """
    if not amount:
        return
    dearer = max(amount, ZERO)
    cheaper = max(-amount, ZERO)
    await tenant.service(Ledger).post(
        NewEntry(
            journal="general",
            date=day,
            description=about,
            source=source,
            lines=(
                NewLine(event="purchase_price_difference", debit=dearer, credit=cheaper),
                NewLine(event="goods_received", debit=cheaper, credit=dearer),
            ),
        )
    )
