"""General ledger and journal: every line, streamed."""

from collections.abc import AsyncIterator, Mapping, Sequence
from decimal import Decimal
from uuid import UUID

from weft import CellKind, Report, ReportColumn, ReportRow, RowKind, Tenant

from ..domain.accounts import Account
from ..permissions import READ
from ..queries.entries import LedgerLine
from ..records import ENTRY
from ..services import accounts, reports
from .asked import JournalDays, LedgerDays, account_choices, journal_choices, refuse_unknown, usual_journal, usual_ledger

MONEY = CellKind.MONEY
BATCH = 1000
Item = tuple[Account, LedgerLine | None, Decimal]


async def ledger_rows(tenant: Tenant, asked: LedgerDays) -> AsyncIterator[ReportRow]:
    """Yield each account after what it held before, with its lines and the running balance."""
    await refuse_unknown(tenant, asked.account)
    chosen = [each for each in await accounts.chart(tenant) if each.posting and asked.account in (None, each.id)]
    items: list[Item] = []
    async for item in reports.stream_ledger(tenant, chosen, asked.first, asked.last):
        items.append(item)
        if len(items) == BATCH:
            for row in await _ledger_batch(tenant, items):
                yield row
            items = []
    for row in await _ledger_batch(tenant, items):
        yield row


async def _ledger_batch(tenant: Tenant, items: Sequence[Item]) -> list[ReportRow]:
    names = await reports.party_names(tenant, {line.party for _, line, _ in items if line and line.party})
    return [_ledger_row(account, line, balance, names) for account, line, balance in items]


def _ledger_row(account: Account, line: LedgerLine | None, balance: Decimal, names: Mapping[UUID, str]) -> ReportRow:
    if line is None:
        cells = {"entry": account.label, "account": account.label, "description": "Opening balance", "balance": balance}
        return ReportRow(cells, RowKind.GROUP, key=account.code)
    cells = {
        "entry": line.reference,
        "account": account.label,
        "date": line.date,
        "journal": line.journal,
        "description": line.description,
        "party": names.get(line.party, "") if line.party else "",
        "dimensions": line.dimensions,
        "amount": line.amount,
        "currency": line.currency,
        "debit": line.base if line.base > 0 else None,
        "credit": -line.base if line.base < 0 else None,
        "balance": balance,
    }
    return ReportRow(cells, level=1, link=f"/accounting/entries/{line.entry}")


async def journal_rows(tenant: Tenant, asked: JournalDays) -> AsyncIterator[ReportRow]:
    """Yield every entry by date, with its lines."""
    after, more = "", True
    while more:
        found, after = await reports.journal_page(tenant, asked.first, asked.last, asked.journal, after)
        for entry in found:
            head = {"entry": entry.reference, "date": entry.date, "text": entry.description}
            yield ReportRow(head, RowKind.GROUP, link=ENTRY.url(entry.id))
            for line in entry.lines:
                debit, credit = (line.base, None) if line.base > 0 else (None, -line.base)
                cells = {"entry": f"{line.code} {line.name}", "text": line.description, "debit": debit, "credit": credit}
                yield ReportRow({**cells, "dimensions": line.dimensions, "amount": line.amount, "currency": line.currency}, level=1)
        more = bool(after)


_SIDES = tuple(ReportColumn(key=key, title=key.capitalize(), kind=MONEY, total=True) for key in ("debit", "credit"))
_FOREIGN = ReportColumn(key="amount", title="In its currency", kind=MONEY, currency="currency", hidden=True)
_DIMENSIONS = ReportColumn(key="dimensions", title="Dimensions", hidden=True)
GENERAL_LEDGER = Report(
    name="accounting.general_ledger",
    title="General ledger",
    summary="Every line of every account, or of one, with its running balance.",
    permission=READ,
    parameters=LedgerDays,
    defaults=usual_ledger,
    choices={"account": account_choices},
    columns=(
        ReportColumn(key="entry", title="Entry"),
        ReportColumn(key="account", title="Account", hidden=True),
        ReportColumn(key="date", title="Date", kind=CellKind.DATE),
        ReportColumn(key="journal", title="Journal", hidden=True),
        ReportColumn(key="description", title="Description"),
        ReportColumn(key="party", title="Party"),
        *(_DIMENSIONS, _FOREIGN, *_SIDES),
        ReportColumn(key="balance", title="Balance", kind=MONEY),
    ),
    rows=ledger_rows,
    order=14,
)
JOURNAL = Report(
    name="accounting.journal",
    title="Journal",
    summary="Every entry with its lines, by date.",
    permission=READ,
    parameters=JournalDays,
    defaults=usual_journal,
    choices={"journal": journal_choices},
    columns=(
        ReportColumn(key="entry", title="Entry or account"),
        ReportColumn(key="date", title="Date", kind=CellKind.DATE),
        ReportColumn(key="text", title="Description"),
        *(_DIMENSIONS, _FOREIGN, *_SIDES),
    ),
    rows=journal_rows,
    order=15,
)
