"""The proof of the tills, every night: each receipt applied once and in the books as it stands, Z reports the sum of their receipts."""

from collections import Counter
from collections.abc import Sequence
from datetime import timedelta
from decimal import Decimal
from uuid import UUID

from weft import Check, Checked, Finding, Tenant
from weft.contracts import Ledger

from ..domain.sessions import Period, Totals
from ..permissions import READ
from ..queries import proving, sessions, values
from ..queries.proving import Told
from ..records import RECEIPT, SESSION, TILL
from .applying import source_of

DAYS = 8  # of Z reports that are held against the books each night


async def present(tenant: Tenant) -> Checked:
    """Look for receipts without a record, and for records without their receipt."""
    async with tenant.transaction() as db:
        found = [
            Finding(f"Receipt {name} has no record of a till behind it.", RECEIPT.url(each)) for each, name in await proving.strangers(db)
        ]
        found += [
            Finding(f"Record {name} counts as applied, but its receipt is not there.", TILL.url(each))
            for each, name in await proving.missing(db)
        ]
    return Checked(tuple(found))


async def closings(tenant: Tenant) -> Checked:
    """Sum the receipts of the latest Z reports again, and hold each receipt against its entry."""
    found: list[Finding] = []
    receipts = 0
    async with tenant.transaction() as db:
        periods = await sessions.days_since(db, tenant.today() - timedelta(days=DAYS))
    for period in periods:
        async with tenant.transaction() as db:
            totals = await sessions.closed_totals(db, period.id, period.session or period.id)
        found += _same(period, totals)
        after: UUID | None = None
        while True:
            async with tenant.transaction() as db:
                part = await proving.of_period(db, period.id, after)
                told = await proving.told(db, [each for each, _, _ in part])
                for receipt, reference, entry in part:
                    found += await _posted(tenant, (receipt, reference, entry), told.get(receipt, []))
            if not part:
                break
            receipts, after = receipts + len(part), part[-1][0]
    return Checked(tuple(found), f"{len(periods)} Z reports of {DAYS} days with {receipts} receipts")


def _same(period: Period, now: Totals) -> list[Finding]:
    was = period.totals
    differ = [
        name
        for name in ("receipts", "gross", "net", "tax", "total", "rounding", "discounts", "tenders", "taxes")
        if getattr(was, name) != getattr(now, name)
    ]
    link = SESSION.url(period.session) if period.session else ""
    return [Finding(f"Z report {period.number} is not the sum of its receipts: {', '.join(differ)}.", link)] if differ else []


async def _posted(tenant: Tenant, receipt: tuple[UUID, str, UUID | None], told: Sequence[Told]) -> list[Finding]:
    """Find each sum of a receipt among the lines of its entry, whichever accounts they went to."""
    receipt_id, reference, entry_id = receipt
    wanted = Counter(amounts(told))
    if not wanted and entry_id is None:
        return []
    entry = await tenant.service(Ledger).find(source_of(receipt_id, reference))
    if entry is None or entry.id != entry_id:
        return [Finding(f"Receipt {reference} has no entry in the books.", RECEIPT.url(receipt_id))]
    missing = wanted - Counter(line.base for line in entry.lines)
    if missing:
        sums = ", ".join(f"{amount:f}" for amount in sorted(missing))
        return [
            Finding(f"Entry {entry.reference} is not what receipt {reference} says: there is no line of {sums}.", RECEIPT.url(receipt_id))
        ]
    return []


def amounts(told: Sequence[Told]) -> list[Decimal]:
    """Return the lines that a receipt's entry has, debits positive: gift cards sold and paid with are one line."""
    cards = sum((each.amount for each in told if each.kind == "stored" or (each.kind, each.detail) == ("tender", "gift_card")), Decimal(0))
    others = [each.amount for each in told if each.kind != "stored" and (each.kind, each.detail) != ("tender", "gift_card")]
    return [each for each in (*others, cards) if each]


async def balances(tenant: Tenant) -> Checked:
    """Sum up the ledgers of gift cards, store credit and points."""
    async with tenant.transaction() as db:
        uneven = await values.uneven(db)
    found = [Finding(f"The balance of {name} is not the sum of its entries.") for name in uneven["values"]]
    found += [Finding(f"The points of customer {name} are not the sum of their entries.") for name in uneven["points"]]
    return Checked(tuple(found))


SALES_CHECKS = (
    Check(
        name="retail_pos.present",
        title="Receipts and records",
        question="Has every record of a sale its receipt, and every receipt its record?",
        permission=READ,
        run=present,
        order=10,
    ),
    Check(
        name="retail_pos.posted",
        title="Z reports and books",
        question="Is every Z report the sum of its receipts, and does each receipt stand in the books with the same sums?",
        permission=READ,
        run=closings,
        order=20,
    ),
    Check(
        name="retail_pos.values",
        title="Gift cards, store credit and points",
        question="Is every balance the sum of its entries?",
        permission=READ,
        run=balances,
        order=30,
    ),
)
