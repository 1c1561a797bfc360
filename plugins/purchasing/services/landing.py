"""Landed cost: freight and the like join what goods cost in stock, and wait for the carrier's bill on an account of their own."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Annotated
from uuid import UUID

import msgspec
from msgspec import Meta

from weft import Change, Invalid, Missing, Money, Scope, Tenant, new_id
from weft.contracts import Documents, Item, Items, Ledger, NewDocument, NewDocumentLine, NewEntry, NewLine, Parties, Source, Stock

from ..domain.kept import LandedCost, LandedPart, ReceiptLine
from ..domain.landing import Basis, Landed, spread
from ..domain.orders import OrderLine
from ..queries import goods
from ..queries import orders as stored
from ..records import LANDED, ref
from . import orders

ZERO = Decimal(0)


class LandedDraft(msgspec.Struct, frozen=True, kw_only=True):
    """A cost to spread over all goods of some receipts, in base currency without tax; `id` is chosen by who asks.

    With `supplier` the bill of who carried is drafted as well, under `reference`.
    """

    id: UUID
    title: Annotated[str, Meta(max_length=200)]
    amount: Decimal
    receipts: tuple[UUID, ...]
    basis: Basis = Basis.VALUE
    day: date | None = None
    supplier: UUID | None = None
    reference: Annotated[str, Meta(max_length=100)] = ""
    tax_category: str = ""


@dataclass(frozen=True, slots=True)
class Share:
    """What one line of a receipt bears."""

    line: ReceiptLine
    ordered: OrderLine
    amount: Decimal


@dataclass(frozen=True, slots=True)
class LandedPage:
    """A landed cost, and how it was spread."""

    made: LandedCost
    shares: Sequence[Share]


async def page(tenant: Tenant, landed_id: UUID) -> LandedPage:
    """Return a landed cost with how it was spread; raises `Missing`."""
    async with tenant.transaction() as db:
        made = await goods.landed(db, landed_id)
        if made is None:
            raise Missing("There is no such landed cost.")
        parts = {each.receipt_line: each.amount for each in await goods.landed_parts(db, made.id)}
        lines = await goods.lines(db, list(parts))
        ordered = await stored.lines(db, [each.order_line for each in lines])
        return LandedPage(made, [Share(each, ordered[each.order_line], parts[each.id]) for each in lines])


async def everything(tenant: Tenant) -> Sequence[LandedCost]:
    """Return landed costs, the latest first."""
    async with tenant.transaction() as db:
        return await goods.landed_all(db)


async def preview(tenant: Tenant, draft: LandedDraft) -> Sequence[Share]:
    """Return what a cost would add to which goods; raises `Invalid` by field."""
    async with tenant.transaction() as db:
        return await _shares(tenant, db, draft)


async def _shares(tenant: Tenant, db: Scope, draft: LandedDraft) -> list[Share]:
    lines = [each for each in await goods.lines_of_receipts(db, draft.receipts) if each.move]
    if not lines:
        raise Invalid.field("receipts", "Choose a receipt whose goods are kept in stock.")
    ordered = await stored.lines(db, [each.order_line for each in lines])
    ids = [each.item for each in ordered.values() if each.item]
    items = await tenant.service(Items).many(ids)
    goods_of = [_landed(each, ordered[each.order_line], items) for each in lines]
    parts = spread(Money(draft.amount, tenant.currency), goods_of, draft.basis)
    return [Share(line, ordered[line.order_line], part) for line, part in zip(lines, parts, strict=True)]


def _landed(line: ReceiptLine, ordered: OrderLine, items: Mapping[UUID, Item]) -> Landed:
    item = items.get(ordered.item) if ordered.item else None
    weight = item.weight_kg if item else None
    volume = item.volume_l if item else None
    return Landed(
        receipt_line=line.id,
        description=ordered.description,
        quantity=line.quantity,
        value=line.cost,
        weight=None if weight is None else weight * line.quantity,
        volume=None if volume is None else volume * line.quantity,
    )


async def land(tenant: Tenant, draft: LandedDraft) -> LandedCost:
    """Spread a cost over goods; what of them went out since is corrected, and the bill of who carried clears it.

    Raises `Invalid` by field, `Missing`, and what `Stock.revalue` and `Ledger.post` raise; then nothing is changed.
    """
    async with tenant.transaction() as db:
        if before := await goods.landed(db, draft.id):
            return before
        if not draft.title.strip():
            raise Invalid.field("title", "Say what was paid for, such as freight from Bordeaux.")
        shares = await _shares(tenant, db, draft)
        day = draft.day or tenant.today()
        party = await tenant.service(Parties).get(draft.supplier) if draft.supplier else None
        made = LandedCost(
            id=draft.id,
            number=await orders.number(tenant, db, "landed", "LC", day),
            title=" ".join(draft.title.split()),
            day=day,
            amount=draft.amount,
            basis=draft.basis,
            supplier=party.id if party else None,
            supplier_name=party.name if party else "",
            reference=" ".join(draft.reference.split()),
            made_at=tenant.now(),
        )
        parts = [
            LandedPart(id=new_id(), landed_cost=made.id, receipt_line=each.line.id, amount=each.amount) for each in shares if each.amount
        ]
        await goods.put_landed(db, made, parts)
        for share in shares:
            await _bear(tenant, db, made, share)
        await _wait(tenant, made, shares)
        if party:
            made = await _draft_bill(tenant, db, made, draft, waits=any(each.line.waits for each in shares))
        told = {
            "amount": made.amount,
            "basis": made.basis.value,
            "lines": [f"{each.ordered.description}: {each.amount:f}" for each in shares],
        }
        await tenant.record(Change(ref(LANDED, made.id, made.title), "spread", {}, told))
    return made


async def _bear(tenant: Tenant, db: Scope, made: LandedCost, share: Share) -> None:
    if not share.amount or share.line.move is None:
        return
    after = msgspec.structs.replace(share.line, landed=share.line.landed + share.amount)
    source = Source(LANDED.name, f"{made.id}/{share.line.id}", made.title)
    await tenant.service(Stock).revalue(share.line.move, (after.cost + after.landed) / after.quantity, made.day, source)
    await goods.put_lines(db, [after])


async def _wait(tenant: Tenant, made: LandedCost, shares: Sequence[Share]) -> None:
    """Take what stock posted off goods received and onto landed costs, until the carrier's bill comes."""
    amount = sum((each.amount for each in shares if each.line.waits), ZERO)
    if not amount:
        return
    await tenant.service(Ledger).post(
        NewEntry(
            journal="general",
            date=made.day,
            description=f"Landed cost {made.number}: {made.title}",
            source=Source(LANDED.name, str(made.id), made.title),
            lines=(NewLine(event="goods_received", debit=amount), NewLine(event="landed_costs", credit=amount)),
        )
    )


async def _draft_bill(tenant: Tenant, db: Scope, made: LandedCost, draft: LandedDraft, *, waits: bool) -> LandedCost:
    assert made.supplier
    drafted = await tenant.service(Documents).draft(
        NewDocument(
            type="bill",
            party=made.supplier,
            issued=made.day,
            reference=made.reference,
            source=Source(LANDED.name, str(made.id), made.title),
            lines=(
                NewDocumentLine(
                    description=made.title,
                    unit_price=made.amount,
                    event="landed_costs" if waits else "purchases",
                    tax_category=draft.tax_category,
                    source_line=str(made.id),
                ),
            ),
        )
    )
    billed = msgspec.structs.replace(made, document=drafted.id, address=drafted.address)
    await goods.put_landed(db, billed, ())
    return billed
