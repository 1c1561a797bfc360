"""Trial balance, balance sheet, profit and loss, and cash flows."""

from collections.abc import AsyncIterator, Iterator
from datetime import date

from weft import CellKind, Report, ReportChart, ReportColumn, ReportRow, RowKind, Tenant, shifted

from ..domain.balances import StatementSection
from ..permissions import READ
from ..services import cash_flow, reports
from .asked import Day, Days, TrialDays, ledger_link, usual_day, usual_days, usual_trial, value_choices

MONEY = CellKind.MONEY
_AMOUNTS = (ReportColumn(key="what", title="Account"), ReportColumn(key="amount", title="Amount", kind=MONEY, compared=True))


async def trial_rows(tenant: Tenant, asked: TrialDays) -> AsyncIterator[ReportRow]:
    """Yield every account that held or moved anything."""
    found = await reports.trial_balance(tenant, asked.first, asked.last, None, asked.value, everything=asked.everything)
    for each in found.lines:
        account, sums = each.node.account, each.sums
        cells = {
            "account": account.label,
            "code": account.code,
            "name": account.name,
            "type": account.kind.title,
            "opening": sums.opening,
            "debit": sums.debit,
            "credit": sums.credit,
            "closing": sums.closing,
        }
        yield ReportRow(cells, key=account.code, link=ledger_link(account.id, asked.first, asked.last))


def _section_rows(section: StatementSection, first: date | None, last: date) -> Iterator[ReportRow]:
    yield ReportRow({"what": section.title}, RowKind.GROUP, key=section.title)
    for line in section.lines:
        link = ledger_link(line.account.id, first, last) if line.account else ""
        key = line.account.code if line.account else line.title
        yield ReportRow({"what": line.title, "amount": line.amount}, level=1, key=key, link=link)
    yield ReportRow({"what": f"Total {section.title.lower()}", "amount": section.total}, RowKind.SUBTOTAL, key=section.title)


async def balance_rows(tenant: Tenant, asked: Day) -> AsyncIterator[ReportRow]:
    """Yield assets, then liabilities and equity with the result that no year close has moved yet."""
    found = await reports.balance_sheet(tenant, asked.day)
    assets = [each for each in found.sections if each.title.endswith("assets")]
    for section in assets:
        for row in _section_rows(section, None, asked.day):
            yield row
    yield ReportRow({"what": "Assets", "amount": found.assets}, RowKind.TOTAL, key="assets")
    for section in found.sections:
        if section not in assets:
            for row in _section_rows(section, None, asked.day):
                yield row
    yield ReportRow({"what": "Result not yet carried forward", "amount": found.result}, RowKind.SUBTOTAL, key="result")
    yield ReportRow({"what": "Liabilities and equity", "amount": found.claims}, RowKind.TOTAL, key="claims")


async def profit_rows(tenant: Tenant, asked: Days) -> AsyncIterator[ReportRow]:
    """Yield income and expenses, and what is left."""
    found = await reports.profit_and_loss(tenant, asked.first, asked.last)
    for section in found.sections:
        for row in _section_rows(section, asked.first, asked.last):
            yield row
    yield ReportRow({"what": "Profit or loss", "amount": found.result}, RowKind.TOTAL, key="result")


async def cash_rows(tenant: Tenant, asked: Days) -> AsyncIterator[ReportRow]:
    """Yield what came in and went out by activity, between what there was before and after."""
    found = await cash_flow.cash_flows(tenant, asked.first, asked.last)
    yield ReportRow({"what": "Cash at the beginning", "amount": found.opening}, RowKind.SUBTOTAL, key="opening")
    for title, flows in found.flows:
        yield ReportRow({"what": title}, RowKind.GROUP, key=title)
        for account, moved in flows:
            link = ledger_link(account.id, asked.first, asked.last)
            yield ReportRow({"what": account.label, "amount": moved}, level=1, key=account.code, link=link)
        yield ReportRow({"what": f"From {title.lower()}", "amount": sum(moved for _, moved in flows)}, RowKind.SUBTOTAL, key=title)
    yield ReportRow({"what": "Cash at the end", "amount": found.closing}, RowKind.TOTAL, key="closing")


TRIAL_BALANCE = Report(
    name="accounting.trial_balance",
    title="Trial balance",
    summary="What every account held, what moved, and what it holds.",
    permission=READ,
    parameters=TrialDays,
    defaults=usual_trial,
    choices={"value": value_choices},
    columns=(
        ReportColumn(key="account", title="Account"),
        *(ReportColumn(key=key, title=key.capitalize(), hidden=True) for key in ("code", "name", "type")),
        *(ReportColumn(key=key, title=key.capitalize(), kind=MONEY, total=True) for key in ("opening", "debit", "credit")),
        ReportColumn(key="closing", title="Closing", kind=MONEY, total=True, compared=True),
    ),
    rows=trial_rows,
    earlier=shifted,
    order=10,
)
BALANCE_SHEET = Report(
    name="accounting.balance_sheet",
    title="Balance sheet",
    summary="Assets, liabilities and equity at the end of any day.",
    permission=READ,
    parameters=Day,
    defaults=usual_day,
    columns=_AMOUNTS,
    rows=balance_rows,
    earlier=shifted,
    chart=ReportChart("what", ("amount",), of=RowKind.SUBTOTAL),
    order=11,
)
PROFIT_AND_LOSS = Report(
    name="accounting.profit_and_loss",
    title="Profit and loss",
    summary="Income and expenses of some days, and what is left.",
    permission=READ,
    parameters=Days,
    defaults=usual_days,
    columns=_AMOUNTS,
    rows=profit_rows,
    earlier=shifted,
    chart=ReportChart("what", ("amount",), of=RowKind.SUBTOTAL),
    order=12,
)
CASH_FLOW = Report(
    name="accounting.cash_flow",
    title="Cash flow",
    summary="What moved bank and cash accounts, by what it was for.",
    permission=READ,
    parameters=Days,
    defaults=usual_days,
    columns=_AMOUNTS,
    rows=cash_rows,
    earlier=shifted,
    order=13,
)
