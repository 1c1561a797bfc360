"""What happens to bills and vendor credits in accounting, and what follows from it for orders, stock and goods received."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from uuid import UUID

import msgspec

from weft import Change, Money, Scope, Subscription, Tenant, allocate
from weft.contracts import Ledger, Source

from ..domain.clearing import put_back
from ..domain.kept import KeptBillLine
from ..events import BilledLine, DocumentCancelled, DocumentPosted
from ..queries import bills, goods
from ..records import BILL, LANDED, RETURN, ref
from . import billing, clearing, orders
from .receiving import keep_progress

ZERO = Decimal(0)
DOCUMENT = "accounting.document"  # how the ledger knows the entry of a document


async def document_posted(tenant: Tenant, event: DocumentPosted) -> None:
    """Clear goods received by what a bill says, or by what a vendor credit gives back."""
    if event.source is None:
        return
    if event.source.kind == BILL.name:
        await _bill_posted(tenant, event, event.source)
    elif event.source.kind == RETURN.name:
        await _credit_posted(tenant, event, event.source)
    elif event.source.kind == LANDED.name:
        await _freight_posted(tenant, event, event.source)


async def on_account(tenant: Tenant, document_id: UUID, rule: str) -> Decimal:
    """Return what the entry of a document put on the account of a posting rule, in base currency, debits positive."""
    ledger = tenant.service(Ledger)
    entry = await ledger.find(Source(DOCUMENT, str(document_id)))
    code = await ledger.account_for(rule)
    return sum((each.base for each in entry.lines if each.code == code), ZERO) if entry else ZERO


async def _bill_posted(tenant: Tenant, event: DocumentPosted, source: Source) -> None:
    async with tenant.transaction() as db:
        bill, order = await billing.find_both(db, UUID(source.id))
        if bill.state != "drafted":
            return
        kept = await bills.lines(db, bill.id)
        posted = {each.source_line: each for each in event.lines if each.source_line}
        waits = {line.id: await _waits(db, line.order_line) for line in kept}
        worth = await _worth(tenant, event, kept, posted, waits, order.rate)
        lines = [_as_posted(line, posted.get(str(line.id)), worth) for line in kept]
        stands = msgspec.structs.replace(
            bill, state="posted", document_number=event.number, net=event.net, issued=event.issued, version=bill.version + 1
        )
        await bills.put(db, stands, [line for line in lines if line.quantity > 0])
        changed = {
            line.order_line: (after.quantity if str(line.id) in posted else ZERO) - line.quantity
            for line, after in zip(kept, lines, strict=True)
        }
        after = await keep_progress(tenant, db, order, billed=changed)
        for line in lines:
            await clearing.settle(tenant, db, line.order_line, event.issued)
        await orders.tell_stock(tenant, after)
        found = await bills.bill(db, bill.id)
        about = {"number": event.number, "net": event.net, "variance": found.variance if found else ZERO}
        await tenant.record(Change(ref(BILL, bill.id, bill.title), "posted", {}, about))


def _as_posted(line: KeptBillLine, posted: BilledLine | None, worth: Mapping[UUID, Decimal]) -> KeptBillLine:
    """Return a line as accounting posted it, which may differ from what was drafted; one that was taken out clears nothing."""
    if posted is None:
        return msgspec.structs.replace(line, base=ZERO, cleared=line.quantity, cleared_base=ZERO)
    price = posted.net / posted.quantity if posted.quantity else line.unit_price
    return msgspec.structs.replace(line, quantity=posted.quantity, unit_price=price, base=worth.get(line.id, ZERO))


async def _waits(db: Scope, order_line: UUID) -> bool:
    return any(each.waits for each in await goods.lines_of_order_line(db, order_line))


async def _worth(
    tenant: Tenant,
    event: DocumentPosted,
    lines: Sequence[KeptBillLine],
    posted: Mapping[str, BilledLine],
    waits: Mapping[UUID, bool],
    rate: Decimal,
) -> dict[UUID, Decimal]:
    """Return what lines of a bill came to in base currency: of goods received exactly what the entry put there, tax that cannot be
    deducted included; of the others their net amount at the order's rate.
    """
    total = await on_account(tenant, event.document_id, "goods_received")
    cleared = [line for line in lines if str(line.id) in posted and (waits[line.id] or total)]
    shares: dict[UUID, Decimal] = {}
    nets = [posted[str(line.id)].net for line in cleared]
    if total and sum(nets, ZERO):
        parts = allocate(Money(total, tenant.currency), nets)
        shares = {line.id: part.amount for line, part in zip(cleared, parts, strict=True)}
    for line in lines:
        if line.id not in shares and str(line.id) in posted:
            shares[line.id] = Money(posted[str(line.id)].net * rate, tenant.currency).rounded().amount
    return shares


async def _credit_posted(tenant: Tenant, event: DocumentPosted, source: Source) -> None:
    """What a supplier credits for goods that went back, more or less than was owed, is a difference of price."""
    async with tenant.transaction() as db:
        found = await goods.goods_return(db, UUID(source.id), lock=True)
        if found is None or found.document_number:
            return
        lines = await goods.return_lines(db, found.id)
        owed = sum((each.owed for each in lines), ZERO)
        given = -await on_account(tenant, event.document_id, "goods_received")
        await goods.put_return(db, msgspec.structs.replace(found, document_number=event.number), ())
        if given:
            about = f"{found.title}: credit {event.number}"
            await clearing.correct(tenant, owed - given, event.issued, Source(RETURN.name, f"{found.id}/credit", found.title), about)
        told = {"number": event.number, "owed": owed, "given": given}
        await tenant.record(Change(ref(RETURN, found.id, found.title), "credited", {}, told))


async def _freight_posted(tenant: Tenant, event: DocumentPosted, source: Source) -> None:
    async with tenant.transaction() as db:
        found = await goods.landed(db, UUID(source.id), lock=True)
        if found is None or found.document_number:
            return
        await goods.put_landed(db, msgspec.structs.replace(found, document_number=event.number), ())
        await tenant.record(Change(ref(LANDED, found.id, found.title), "billed", {}, {"number": event.number, "net": event.net}))


async def document_cancelled(tenant: Tenant, event: DocumentCancelled) -> None:
    """A bill that was credited whole bills nothing: its goods wait for another one."""
    if event.source is None or event.source.kind != BILL.name:
        return
    async with tenant.transaction() as db:
        bill, order = await billing.find_both(db, UUID(event.source.id))
        if bill.state != "posted":
            return
        freed = {line.order_line: -await _wait_again(db, line) for line in await bills.lines(db, bill.id) if line.base}
        gone = msgspec.structs.replace(bill, state="cancelled", reason="Credited in accounting", version=bill.version + 1)
        await bills.put(db, gone, ())
        await keep_progress(tenant, db, order, billed=freed)
        await tenant.record(Change(ref(BILL, bill.id, bill.title), "cancelled", {"state": "posted"}, {"reason": gone.reason}))


async def _wait_again(db: Scope, line: KeptBillLine) -> Decimal:
    """Let the goods of a line of a bill wait again; returns how much of it is not billed any more: what went back since stays so."""
    lines = await goods.lines_of_order_line(db, line.order_line)
    came = [replace(clearing.came_of(each), billed=each.billed - each.returned_billed) for each in lines]
    after = put_back(came, line.cleared, line.cleared_base)
    kept, freed = [], line.quantity - line.cleared
    for each, before, now in zip(lines, came, after, strict=True):
        if now != before:
            freed += before.billed - now.billed
            kept.append(msgspec.structs.replace(each, billed=now.billed + each.returned_billed, value=now.value))
    await goods.put_lines(db, kept)
    return freed


SUBSCRIPTIONS = (
    Subscription(DocumentPosted, document_posted, "purchasing.clear_goods_received"),
    Subscription(DocumentCancelled, document_cancelled, "purchasing.bill_nothing"),
)
