"""From a record to what it means: receipts judged and applied or parked; sessions opened, moved in, counted; events kept."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any
from uuid import UUID

import asyncpg
import structlog

from weft import Change, Conflict, Invalid, Missing, RecordRef, Scope, Tenant, WeftError
from weft.contracts import Ledger, PeriodLocked, Source

from ..domain.cash_reasons import account_for
from ..domain.entries import cash_entry
from ..domain.judging import Ground, judge
from ..domain.reasons import Reason
from ..domain.records import EventKind, Receipt, ReceiptKind, Record, RecordType
from ..domain.sessions import Session
from ..domain.setup import Till
from ..queries import sessions
from ..records import SESSION
from ..settings import RetailPosSettings
from .applying import Ready, apply
from .granting import Shelf
from .grounds import ground_for, is_simple, location_of, moves_taken_back, named, sells_serials

Log = structlog.get_logger("weft.retail_pos")
TRIES = 4  # when somebody else writes the same rows at the same moment


class Meanwhile(Exception):
    """Somebody else wrote the same rows at the same moment, again and again: the transaction is to be begun anew."""


@dataclass(slots=True)
class Batch:
    """Records of one till that are worked through together: `parked` says why those are that could not be applied."""

    tenant: Tenant
    db: Scope
    till: Till
    sessions: dict[UUID, Session]
    location: str | None = None
    parked: dict[UUID, tuple[Reason, ...]] = field(default_factory=dict)
    applied: list[UUID] = field(default_factory=list)  # receipts
    again: bool = False  # whether a person asks for another look: what holds by today's book is well then, too
    let_pass: bool = False  # whether a manager's word is among what came

    async def where(self) -> str:
        """Return where the store's goods lie."""
        if self.location is None:
            self.location = await location_of(self.tenant, self.till.location)
        return self.location


async def begin(tenant: Tenant, db: Scope, till: Till, records: Sequence[Record]) -> Batch:
    """Return a batch with the sessions that its records belong to; those that are not there yet are made."""
    ids = list(dict.fromkeys(each.session for each in records))
    found = await sessions.many(db, ids)
    for missing in [each for each in ids if each not in found]:
        first = next(each for each in records if each.session == missing)
        await sessions.ensure(db, missing, till.id, till.store, first.business_date, tenant.currency)
    if len(found) < len(ids):
        found = await sessions.many(db, ids)
    return Batch(tenant, db, till, found)


async def settle(batch: Batch, records: Sequence[Record]) -> None:
    """Work records through in the order of their numbers; what cannot be applied is told in `batch.parked`."""
    group: list[Record] = []
    for record in records:
        if record.type is RecordType.RECEIPT and record.receipt is not None and is_simple(record.receipt):
            group.append(record)
            continue
        if record.type is RecordType.EVENT:  # nothing follows from it: sales before and after it go together
            await _alone(batch, record)
            continue
        await _receipts(batch, group)
        group = []
        if record.type is RecordType.RECEIPT:
            await _receipts(batch, [record])
        else:
            await _alone(batch, record)
    await _receipts(batch, group)


async def _alone(batch: Batch, record: Record) -> None:
    async def work() -> None:
        if record.open is not None:
            await _open(batch, record)
        elif record.cash is not None:
            await _cash(batch, record)
        elif record.count is not None:
            await _count(batch, record)
        elif record.event is not None:
            await sessions.add_events(batch.db, [_event_row(batch.till, record)])
            batch.let_pass = batch.let_pass or record.event.kind is EventKind.OVERRIDE

    try:
        await _through(batch, work)
    except WeftError as wrong:
        batch.parked[record.id] = (refusal(wrong),)


async def _through(batch: Batch, work: Callable[[], Awaitable[None]]) -> None:
    """Do something in a savepoint, and once more where a row was taken at the same moment: nothing is parked for that.

    Raises what stock and books refuse, and `Meanwhile`.
    """
    for _ in range(TRIES):
        try:
            async with batch.tenant.transaction():
                return await work()
        except WeftError as wrong:
            if not isinstance(wrong.__cause__, asyncpg.UniqueViolationError):
                raise
    raise Meanwhile


def refusal(wrong: WeftError) -> Reason:
    """Return why stock or books refused something, in their words."""
    if isinstance(wrong, PeriodLocked):
        return Reason("period", wrong.message)
    fields = wrong.fields if isinstance(wrong, Invalid) else {}
    about_stock = any(name.startswith("moves.") for name in fields) or type(wrong).__name__ in ("ShortOfStock", "AlreadyMoved")
    return Reason("stock" if about_stock else "books", wrong.message)


async def _receipts(batch: Batch, records: Sequence[Record]) -> None:
    if not records:
        return
    told = [(record, record.receipt) for record in records if record.receipt is not None]
    days = [record.made_at.astimezone(batch.tenant.timezone).date() for record, _ in told]
    ground = await ground_for(batch.tenant, batch.db, [receipt for _, receipt in told], batch.till.price_list, days)
    shelf = Shelf(batch.tenant, batch.db, ground.items)
    ready = []
    for record, receipt in told:
        if reasons := await _judged(batch, record, receipt, ground, shelf):
            batch.parked[record.id] = reasons
        else:
            ready.append(await _ready(batch, record, receipt, record.seq))
    await _apply(batch, ready)


async def _judged(batch: Batch, record: Record, receipt: Receipt, ground: Ground, shelf: Shelf) -> tuple[Reason, ...]:
    if receipt.kind is ReceiptKind.TRAINING:
        return ()
    book = await shelf.book(receipt.book)
    its = replace(ground, cash_step=book.cash_step, points_unit=book.points_unit)
    given = await shelf.judge(record, receipt, ground.digits)
    if given and batch.again:
        given = await shelf.judge(record, receipt, ground.digits, by_today=True)
    return (*judge(receipt, its), *given)


async def _ready(batch: Batch, record: Record, receipt: Receipt, seq: int, accepted: str = "") -> Ready:
    returns = await moves_taken_back(batch.tenant, batch.db, receipt) if named(receipt) and await batch.where() else {}
    forced = bool(accepted) or not await sells_serials(batch.tenant, receipt)
    return Ready(record, receipt, batch.sessions[record.session], seq, accepted, returns, forced)


async def accept(batch: Batch, record: Record, receipt: Receipt, seq: int, why: str) -> None:
    """Apply a receipt although it was judged otherwise; raises what stock and books refuse."""
    await apply(batch.tenant, batch.till, [await _ready(batch, record, receipt, seq, why)], await batch.where())
    batch.applied.append(record.id)


async def _apply(batch: Batch, ready: Sequence[Ready]) -> None:
    """Apply receipts together; when one is refused, each by itself, so that only those are parked that are refused alone."""
    if not ready:
        return
    location = await batch.where()
    try:
        await _through(batch, lambda: apply(batch.tenant, batch.till, ready, location))
    except (WeftError, ArithmeticError, LookupError, TypeError, ValueError, AssertionError) as wrong:
        if len(ready) > 1:
            for each in ready:
                await _apply(batch, [each])
            return
        batch.parked[ready[0].record.id] = (_why(wrong, ready[0]),)
        return
    batch.applied += [each.record.id for each in ready]


def _why(wrong: Exception, ready: Ready) -> Reason:
    if isinstance(wrong, WeftError):
        return refusal(wrong)
    Log.error("a receipt could not be applied", record=str(ready.record.id), exc_info=wrong)
    return Reason("failed", "It could not be applied because of a mistake on our side; the team finds it by its number. Nothing is lost.")


async def _open(batch: Batch, record: Record) -> None:
    assert record.open is not None
    if record.open.currency != batch.tenant.currency:
        raise Invalid(f"The float is in {record.open.currency}, and this business counts in {batch.tenant.currency}.")
    values = {"float": record.open.float, "at": record.made_at, "by": record.operator, "day": record.business_date}
    await sessions.opened(batch.db, record.session, values)
    batch.sessions |= await sessions.many(batch.db, [record.session])
    await batch.tenant.record(Change(session_ref(batch.sessions[record.session]), "opened", {}, {"float": record.open.float}))


async def _cash(batch: Batch, record: Record) -> None:
    assert record.cash is not None
    session = batch.sessions[record.session]
    if session.state == "closed":
        raise Conflict("Its session is closed, and its drawer was counted: the money was counted then. Accept it to book it all the same.")
    await book_cash(batch, record, session)


async def book_cash(batch: Batch, record: Record, session: Session) -> None:
    """Book money that was put into a drawer or taken from it."""
    assert record.cash is not None
    told = record.cash
    source = Source("retail_pos.cash", str(record.id), f"{told.reason}"[:80])
    reasons = batch.tenant.settings(RetailPosSettings).cash_reasons
    account = account_for(reasons, (told.reason_code, told.reason), into=told.amount > 0)
    entry = await batch.tenant.service(Ledger).post(cash_entry(told, account, record.business_date, source))
    row: dict[str, Any] = {
        "id": record.id,
        "session": record.session,
        "kind": told.kind.value,
        "amount": told.amount,
        "reason": told.reason,
        "reason_code": told.reason_code,
        "made_at": record.made_at,
        "operator": record.operator,
        "entry": entry.id,
    }
    await sessions.add_movement(batch.db, row)
    what = {"kind": told.kind.value, "amount": told.amount, "reason": told.reason}
    await batch.tenant.record(Change(session_ref(session), "cash moved", {}, what))


async def _count(batch: Batch, record: Record) -> None:
    assert record.count is not None
    told, session = record.count, batch.sessions[record.session]
    if session.state != "open":
        raise Conflict("Its session was counted already.")
    values = {
        "counted": told.counted,
        "expected": told.expected,
        "at": record.made_at,
        "by": record.operator,
        "seq": record.seq,
        "denominations": told.denominations,
        "note": told.note,
    }
    await sessions.counted(batch.db, record.session, values)
    batch.sessions |= await sessions.many(batch.db, [record.session])
    await batch.tenant.record(Change(session_ref(session), "counted", {}, {"counted": told.counted}))


def session_ref(session: Session) -> RecordRef:
    """Return a link to a session."""
    return RecordRef(SESSION, session.id, f"Session {session.till_code}-{session.number}")


def _event_row(till: Till, record: Record) -> dict[str, Any]:
    assert record.event is not None
    return {
        "id": record.id,
        "till": till.id,
        "session": record.session,
        "kind": record.event.kind.value,
        "about": record.event.about,
        "made_at": record.made_at,
        "operator": record.operator,
        "by": record.event.by,
    }


async def session_of(db: Scope, session_id: UUID) -> Session:
    """Return a session; raises `Missing`."""
    found = (await sessions.many(db, [session_id])).get(session_id)
    if found is None:
        raise Missing("There is no such session.")
    return found
