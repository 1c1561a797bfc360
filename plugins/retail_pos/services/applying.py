"""Receipts into stock, books, cards and points: each by itself, or many at once, all in the caller's transaction."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from weft import Change, Scope, Tenant, minor_unit, new_id
from weft.contracts import CUSTOMER, Ledger, Moved, NewEntry, NewMove, Source, Stock, StockDocument

from ..domain.entries import difference_entry, receipt_entry
from ..domain.figures import ZERO, Figures, figures
from ..domain.judging import value_number
from ..domain.records import Receipt, ReceiptKind, Record
from ..domain.rows import Place, Rows, collect
from ..domain.sessions import Session, fiscal_day
from ..domain.setup import Till
from ..events import ReceiptPosted
from ..queries import daily, receipts, sessions, values
from ..records import RECEIPT, SESSION, receipt_ref
from ..settings import RetailPosSettings

NOTHING = Moved(moves=())
UNSUMMED = timedelta(days=2)  # days that are not over long enough to be summed up


@dataclass(frozen=True, slots=True)
class Back:
    """Goods of one move of stock that are taken back; `quantity` in the unit of the line."""

    move: UUID
    quantity: Decimal
    lot: str = ""


@dataclass(frozen=True, slots=True)
class Ready:
    """A receipt to apply: `accepted` says why, where a person let it pass."""

    record: Record
    receipt: Receipt
    session: Session
    seq: int
    accepted: str = ""
    returns: Mapping[int, Sequence[Back]] = field(default_factory=dict)  # by position; several where goods of several lots were sold
    forced: bool = True  # whether stock may fall below zero; a serial number that is not there asks a person first


def digits_of(currency: str) -> int:
    """Return how many decimals a currency has."""
    exponent = minor_unit(currency).as_tuple().exponent
    return -exponent if isinstance(exponent, int) else 2


def source_of(record: UUID, reference: str) -> Source:
    """Return how stock and books know a receipt."""
    return Source(RECEIPT.name, str(record), reference)


async def apply(tenant: Tenant, till: Till, ready: Sequence[Ready], location: str) -> None:
    """Apply receipts: goods, entry, rows, cards, points, audit log, event. Raises what stock and books refuse; then nothing was applied."""
    db, digits = tenant.scope(), digits_of(tenant.currency)
    running = await sessions.running_day(db, till.id) if any(each.session.state == "closed" for each in ready) else None
    days = [_day(each, running) for each in ready]
    found = [figures(each.receipt, digits) for each in ready]
    moved = await _move(tenant, ready, days, location)
    entries = await _post(tenant, till, ready, list(zip(days, found, moved, strict=True)))
    rows: Rows = {name: [] for name in receipts.TABLES}
    for each, day, its, goods, entry in zip(ready, days, found, moved, entries, strict=True):
        place = Place(till.id, till.store, each.session.id, each.seq, day, entry, each.accepted)
        clock = (tenant.now(), each.record.made_at.astimezone(tenant.timezone).hour)
        collect(rows, each.record, each.receipt, place, its, costs_of(goods), clock)
    summed = tenant.today() - UNSUMMED
    rows["marks"] = [{"id": new_id(), "day": day} for day in {each.record.business_date for each in ready} if day <= summed]
    await receipts.write(db, rows)
    if voided := [each.receipt.voids for each in ready if each.receipt.voids]:
        await daily.mark_of(db, voided)
    await _values(tenant, db, ready)
    await tenant.record(*(Change(receipt_ref(each.record.id, each.receipt.reference), "posted", {}, _told(each)) for each in ready))
    for each in ready:
        if each.receipt.kind is not ReceiptKind.TRAINING:
            await tenant.emit(_event(till, each))
    await _late(tenant, till, ready, days)


def costs_of(goods: Moved) -> dict[str, Decimal]:
    """Return what the goods of each line were worth: those of several lots are moved in parts."""
    found: dict[str, Decimal] = {}
    for move in goods.moves:
        position = move.key.partition("/")[0]
        found[position] = found.get(position, ZERO) + move.cost
    return found


def _day(ready: Ready, running: date | None) -> date:
    closed = ready.session.business_date if ready.session.state == "closed" else None
    return fiscal_day(ready.record.business_date, closed, running)


def _told(ready: Ready) -> dict[str, object]:
    told: dict[str, object] = {"kind": ready.receipt.kind.value, "total": ready.receipt.total, "lines": len(ready.receipt.lines)}
    return told | ({"accepted": ready.accepted} if ready.accepted else {})


def _event(till: Till, ready: Ready) -> ReceiptPosted:
    return ReceiptPosted(
        receipt=ready.record.id,
        reference=ready.receipt.reference,
        kind=ready.receipt.kind.value,
        store=till.store,
        till=till.id,
        business_date=ready.record.business_date,
        made_at=ready.record.made_at,
        total=ready.receipt.total,
        currency=ready.receipt.currency,
        customer=ready.receipt.customer,
    )


async def _move(tenant: Tenant, ready: Sequence[Ready], days: Sequence[date], location: str) -> list[Moved]:
    documents = [_document(each, day, location) for each, day in zip(ready, days, strict=True)]
    wanted = [each for each in documents if each is not None]
    if not wanted or not location:
        return [NOTHING] * len(ready)
    stock = tenant.service(Stock)
    done = iter([await stock.move(wanted[0])] if len(wanted) == 1 else await stock.move_many(wanted))
    return [NOTHING if each is None else next(done) for each in documents]


def _document(ready: Ready, day: date, location: str) -> StockDocument | None:
    if ready.receipt.kind is ReceiptKind.TRAINING:
        return None
    moves = tuple(
        NewMove(
            key=f"{line.position}/{number}" if number else str(line.position),
            item=line.item,
            quantity=part.quantity if part else abs(line.quantity),
            origin=location if line.quantity > 0 else CUSTOMER,
            destination=CUSTOMER if line.quantity > 0 else location,
            unit=line.unit,
            lot=line.lot or (part.lot if part else ""),
            expires=line.expires,
            returns=part.move if part else None,
        )
        for line in ready.receipt.lines
        if line.item is not None and line.quantity and not line.stored_value
        for number, part in enumerate(ready.returns.get(line.position) or (None,))
    )
    if not moves:
        return None
    source = source_of(ready.record.id, ready.receipt.reference)
    return StockDocument(source=source, date=day, moves=moves, post="caller", forced=ready.forced, at=ready.record.made_at)


async def _post(tenant: Tenant, till: Till, ready: Sequence[Ready], told: Sequence[tuple[date, Figures, Moved]]) -> list[UUID | None]:
    journal, ledger = tenant.settings(RetailPosSettings).journal, tenant.service(Ledger)
    entries: list[NewEntry | None] = [
        None
        if each.receipt.kind is ReceiptKind.TRAINING
        else receipt_entry(
            *(each.receipt, its, day, source_of(each.record.id, each.receipt.reference), journal, goods.lines),
            passed_at=till.code if each.accepted else "",
        )
        for each, (day, its, goods) in zip(ready, told, strict=True)
    ]
    wanted = [each for each in entries if each is not None]
    if not wanted:
        return [None] * len(ready)
    done = iter([(await ledger.post(wanted[0])).id] if len(wanted) == 1 else await ledger.post_many(wanted))
    return [None if each is None else next(done) for each in entries]


async def _values(tenant: Tenant, db: Scope, ready: Sequence[Ready]) -> None:
    """Cards and credits that were sold, topped up, paid with or given back on; and points."""
    moves: list[tuple[values.Key, Any, UUID | None, UUID | None]] = []
    given: list[tuple[UUID, int, str, UUID | None]] = []
    for each in ready:
        receipt = each.receipt
        if receipt.kind is ReceiptKind.TRAINING:
            continue
        sold = [line for line in receipt.lines if line.stored_value and line.amount]
        moves += [(("gift_card", line.stored_value), line.amount, receipt.customer, each.record.id) for line in sold]
        for tender in receipt.tenders:
            number = value_number(tender.type, tender.reference, receipt.customer)
            if tender.type in ("gift_card", "store_credit") and tender.amount and number:
                moves.append(((tender.type, number), -tender.amount, receipt.customer, each.record.id))
        if receipt.points and receipt.customer:
            earned = "earned" if receipt.points.earned > 0 else "returned"
            given.append((receipt.customer, receipt.points.earned, earned, each.record.id))
            given.append((receipt.customer, -receipt.points.spent, "spent", each.record.id))
    by = tenant.person.id if tenant.person else None
    if moves:
        await values.move(db, moves, tenant.currency, "Till", tenant.now(), by)
    await values.give_points(db, given, "Till", tenant.now(), by)


async def _late(tenant: Tenant, till: Till, ready: Sequence[Ready], days: Sequence[date]) -> None:
    """Take the cash of receipts that arrived after their drawer was counted out of what was over: it was counted already."""
    for each, day in zip(ready, days, strict=True):
        cash = sum((tender.amount for tender in each.receipt.tenders if tender.type == "cash"), ZERO)
        if each.session.state == "closed" and cash and each.receipt.kind is not ReceiptKind.TRAINING:
            source = Source(SESSION.name, f"{each.session.id}/late/{each.record.id}", f"Session {till.code}-{each.session.number}")
            await tenant.service(Ledger).post(difference_entry(-cash, till.code, day, source))
