"""The end of a session: what was counted against what should be there, over and short in the books, and the Z report."""

from uuid import UUID

import msgspec

from weft import Change, Conflict, Scope, Tenant, new_id
from weft.contracts import Ledger, Source

from ..domain.entries import difference_entry
from ..domain.figures import ZERO
from ..domain.sessions import Drawer, Period, Session, Totals, period_hash
from ..domain.setup import Till
from ..events import SessionClosed
from ..queries import inbox, sessions, setup
from ..records import SESSION
from .settling import session_of, session_ref

NO_HASH = "0" * 64


async def close_counted(tenant: Tenant, db: Scope, till: Till, chain_seq: int) -> None:
    """Close the sessions of a till that are counted, and of which every record is here and none waits for a decision."""
    for session in await sessions.counted_sessions(db, till.id):
        if session.count_seq is not None and session.count_seq <= chain_seq and not await inbox.waiting(db, session.id):
            await close(tenant, db, session)


async def close(tenant: Tenant, db: Scope, session: Session) -> Period:
    """Close a counted session: over and short are posted, and its Z report sums up what was posted since the one before."""
    if session.counted is None:
        raise Conflict("The drawer of this session has not been counted yet: count it at the till first.")
    drawer = await sessions.drawer(db, session.id)
    over_short = session.counted - drawer.expected
    entry: UUID | None = None
    if over_short:
        source = Source(SESSION.name, str(session.id), session_ref(session).title)
        entry = (await tenant.service(Ledger).post(difference_entry(over_short, session.till_code, session.business_date, source))).id
    made = await _period(tenant, db, session, await sessions.open_totals(db, session.till, session.id))
    await sessions.close(db, made, session.id, drawer.expected, over_short, entry)
    about = {"over_short": over_short, "z": made.number, "receipts": made.receipts, "total": made.grand_total}
    await tenant.record(Change(session_ref(session), "closed", {}, about))
    await tenant.emit(
        SessionClosed(
            session=session.id, till=session.till, business_date=session.business_date, over_short=over_short, currency=session.currency
        )
    )
    return made


async def _period(tenant: Tenant, db: Scope, session: Session, totals: Totals) -> Period:
    before = await sessions.last_period(db, session.till, "day")
    perpetual = (before.perpetual_total if before else ZERO) + totals.gross
    previous = before.hash if before else NO_HASH
    facts = {
        "till": session.till_code,
        "session": session.id,
        "number": before.number + 1 if before else 1,
        "day": session.business_date,
        "grand_total": totals.gross,
        "perpetual_total": perpetual,
        "totals": msgspec.to_builtins(totals),
    }
    return Period(
        id=new_id(),
        till=session.till,
        kind="day",
        number=before.number + 1 if before else 1,
        first=session.business_date,
        last=session.business_date,
        session=session.id,
        receipts=totals.receipts,
        grand_total=totals.gross,
        perpetual_total=perpetual,
        totals=totals,
        previous=previous,
        hash=period_hash(facts, previous),
        made_at=tenant.now(),
        made_by=tenant.person.id if tenant.person else None,
    )


async def close_now(tenant: Tenant, session_id: UUID) -> Period:
    """Close a counted session although records are missing or wait; what comes later goes to the next fiscal day."""
    async with tenant.transaction() as db:
        found = await session_of(db, session_id)
        await setup.till(db, found.till, lock=True)
        session = await session_of(db, session_id)
        if session.state == "closed":
            raise Conflict("This session is closed already.")
        return await close(tenant, db, session)


async def x_report(tenant: Tenant, session_id: UUID) -> tuple[Session, Totals, Drawer, Period | None]:
    """Return a session with what it comes to: up to now, or by its Z report when it is closed."""
    async with tenant.transaction() as db:
        session = await session_of(db, session_id)
        drawer = await sessions.drawer(db, session_id)
        if session.period is not None:
            closed = await sessions.period(db, session.period)
            assert closed is not None
            return session, closed.totals, drawer, closed
        return session, await sessions.open_totals(db, session.till, session_id), drawer, None
