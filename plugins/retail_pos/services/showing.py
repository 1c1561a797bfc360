"""What the pages of receipts and sessions show."""

from dataclasses import dataclass
from uuid import UUID

from weft import Missing, Tenant
from weft.contracts import Ledger, Moved, Parties, PostedEntry, Stock

from ..domain.inbox import Problem
from ..domain.sessions import Drawer, Period, Session, Totals
from ..domain.setup import Operator
from ..domain.showing import Related, ShownReceipt
from ..queries import inbox, setup, showing
from .applying import source_of
from .closing import x_report


@dataclass(frozen=True, slots=True)
class ReceiptPage:
    """A receipt, its entry, what it moved, its customer's name, and what is still open about it."""

    receipt: ShownReceipt
    entry: PostedEntry | None
    moved: Moved | None
    customer: str
    problems: tuple[Problem, ...]


async def receipt_page(tenant: Tenant, receipt_id: UUID) -> ReceiptPage:
    """Return what the page of a receipt shows; raises `Missing`."""
    async with tenant.transaction() as db:
        receipt = await showing.receipt(db, receipt_id)
        if receipt is None:
            raise Missing("There is no such receipt. It may wait among the parked records.")
        source = source_of(receipt.id, receipt.reference)
        entry = await tenant.service(Ledger).find(source) if receipt.entry else None
        moved = await tenant.service(Stock).moved(source) if tenant.has("inventory") else None
        party = (await tenant.service(Parties).many([receipt.customer])).get(receipt.customer) if receipt.customer else None
        problems = await inbox.problems_of(db, [receipt_id])
    return ReceiptPage(receipt, entry, moved, party.name if party else "", tuple(problems))


@dataclass(frozen=True, slots=True)
class SessionPage:
    """A session with its X or Z report, and receipts that came after it was closed."""

    session: Session
    totals: Totals
    drawer: Drawer
    period: Period | None
    late: tuple[Related, ...]
    operators: dict[UUID, Operator]
    waiting: bool


async def session_page(tenant: Tenant, session_id: UUID) -> SessionPage:
    """Return what the page of a session shows; raises `Missing`."""
    async with tenant.transaction() as db:
        session, totals, drawer, period = await x_report(tenant, session_id)
        operators = {each.id: each for each in await setup.operators(db)}
        late = await showing.late_receipts(db, session_id)
        return SessionPage(session, totals, drawer, period, late, operators, await inbox.waiting(db, session_id))
