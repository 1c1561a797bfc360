"""Reports: trial balance, general ledger, journal, balance sheet, profit and loss, numbers."""

import csv
import io
from collections.abc import AsyncIterator, Iterable
from typing import Any

from litestar import get
from litestar.response import Response, Stream

from weft import Missing, Tenant, TheTenant, TheUi, needs

from ..domain.accounts import Account
from ..permissions import READ
from ..services import accounts, journals, reports
from .view import Asked, Days, TheRequest, asked

CSV = "text/csv; charset=utf-8"


def _base_context(tenant: Tenant, wish: Asked, days: Days) -> dict[str, Any]:
    return {"wish": wish, "days": days, "base": tenant.currency, "today": tenant.today()}


def as_csv(rows: Iterable[Iterable[object]]) -> bytes:
    """Return rows as CSV; a text that a spreadsheet would take for a formula gets an apostrophe before it."""
    text = io.StringIO()
    csv.writer(text, lineterminator="\r\n").writerows([_cell(value) for value in row] for row in rows)
    return text.getvalue().encode()


def _cell(value: object) -> object:
    if isinstance(value, str) and value[:1] in ("=", "+", "-", "@", "\t", "\r"):
        return f"'{value}"
    return "" if value is None else f"{value:f}" if hasattr(value, "as_tuple") else value


def _file(content: bytes, name: str) -> Response[bytes]:
    return Response(b"\xef\xbb\xbf" + content, media_type=CSV, headers={"content-disposition": f'attachment; filename="{name}.csv"'})


@get("/reports", guards=[needs(READ)])
async def report_list(ui: TheUi) -> Response[str]:
    """Show which reports there are."""
    return await ui.page("accounting/reports.html")


@get("/reports/trial-balance", guards=[needs(READ)])
async def trial_balance(tenant: TheTenant, ui: TheUi, request: TheRequest) -> Response[Any]:
    """Show what every account held, what moved, and what it holds."""
    wish, days = await asked(tenant, request)
    compared = days.compared[1] if days.compared else None
    report = await reports.trial_balance(tenant, days.first, days.last, compared, wish.value, everything=wish.everything)
    if wish.format == "csv":
        head = ["Account", "Name", "Type", "Opening", "Debit", "Credit", "Closing", *([f"On {compared}"] if compared else [])]
        rows = [
            [
                *(each.node.account.code, each.node.account.name, each.node.account.kind.title),
                *(each.sums.opening, each.sums.debit, each.sums.credit, each.sums.closing),
                *([each.compared] if compared else []),
            ]
            for each in report.lines
        ]
        return _file(as_csv([head, *rows]), f"trial-balance-{days.last}")
    dimensions = [each for each in await journals.all_dimensions(tenant) if each.values]
    return await ui.page("accounting/trial_balance.html", report=report, dimensions=dimensions, **_base_context(tenant, wish, days))


@get("/reports/ledger", guards=[needs(READ)])
async def general_ledger(tenant: TheTenant, ui: TheUi, request: TheRequest) -> Response[Any]:
    """Show the lines of one account with its running balance; as CSV of all accounts or of one and all below it."""
    wish, days = await asked(tenant, request)
    chart = await accounts.chart(tenant)
    account = next((each for each in chart if each.id == wish.account), None)
    if wish.account and account is None:
        raise Missing("There is no such account.")
    if wish.format == "csv":
        chosen = [each for each in chart if each.posting and (account is None or each.id == account.id)]
        name = f"ledger-{account.code}-{days.last}" if account else f"ledger-{days.last}"
        headers = {"content-disposition": f'attachment; filename="{name}.csv"'}
        return Stream(_ledger_rows(tenant, chosen, days), media_type=CSV, headers=headers)
    page = await reports.general_ledger(tenant, account.id, days.first, days.last, wish.after) if account else None
    context = _base_context(tenant, wish, days)
    return await ui.page("accounting/ledger.html", account=account, accounts=[each for each in chart if each.posting], page=page, **context)


async def _ledger_rows(tenant: Tenant, chosen: list[Account], days: Days) -> AsyncIterator[bytes]:
    head = [
        "Account",
        "Name",
        "Date",
        "Entry",
        "Journal",
        "Description",
        "Party",
        "Dimensions",
        "Currency",
        "Amount",
        "Debit",
        "Credit",
        "Balance",
    ]
    yield b"\xef\xbb\xbf" + as_csv([head])
    rows: list[list[object]] = []
    async for account, line, running in reports.stream_ledger(tenant, chosen, days.first, days.last):
        if line is None:
            rows.append([account.code, account.name, days.first, "", "", "Opening balance", "", "", "", "", "", "", running])
        else:
            debit, credit = (line.base, "") if line.base > 0 else ("", -line.base)
            about = (line.date, line.reference, line.journal, line.description, str(line.party or ""), line.dimensions)
            rows.append([account.code, account.name, *about, line.currency, line.amount, debit, credit, running])
        if len(rows) >= 1000:
            yield as_csv(rows)
            rows = []
    yield as_csv(rows)


@get("/reports/journal", guards=[needs(READ)])
async def journal_report(tenant: TheTenant, ui: TheUi, request: TheRequest) -> Response[str]:
    """Show entries with their lines, by date."""
    wish, days = await asked(tenant, request)
    found, following = await reports.journal_page(tenant, days.first, days.last, wish.journal, wish.after)
    known = await journals.all_journals(tenant)
    return await ui.page("accounting/journal.html", entries=found, next=following, journals=known, **_base_context(tenant, wish, days))


@get("/reports/balance-sheet", guards=[needs(READ)])
async def balance_sheet(tenant: TheTenant, ui: TheUi, request: TheRequest) -> Response[Any]:
    """Show assets, liabilities and equity on a day."""
    wish, days = await asked(tenant, request)
    report = await reports.balance_sheet(tenant, days.last, days.compared[1] if days.compared else None)
    if wish.format == "csv":
        return _file(_statement_rows(report, [("Result", report.result)]), f"balance-sheet-{days.last}")
    return await ui.page("accounting/balance_sheet.html", report=report, **_base_context(tenant, wish, days))


@get("/reports/profit-and-loss", guards=[needs(READ)])
async def profit_and_loss(tenant: TheTenant, ui: TheUi, request: TheRequest) -> Response[Any]:
    """Show income and expenses from a day to a day."""
    wish, days = await asked(tenant, request)
    report = await reports.profit_and_loss(tenant, days.first, days.last, days.compared)
    if wish.format == "csv":
        return _file(_statement_rows(report, [("Result", report.result)]), f"profit-and-loss-{days.last}")
    return await ui.page("accounting/profit_and_loss.html", report=report, **_base_context(tenant, wish, days))


def _statement_rows(report: reports.Statement, last: list[tuple[str, object]]) -> bytes:
    rows: list[list[object]] = [["Section", "Account", "Amount", "Compared"]]
    for section in report.sections:
        rows += [[section.title, line.title, line.amount, line.compared] for line in section.lines]
        rows.append([section.title, "Total", section.total, section.compared])
    return as_csv([*rows, *(["", title, amount, report.compared_result] for title, amount in last)])


@get("/reports/numbers", guards=[needs(READ)])
async def number_report(tenant: TheTenant, ui: TheUi) -> Response[str]:
    """Show how complete the numbers of each journal are."""
    return await ui.page("accounting/numbers.html", series=await reports.numbers(tenant))


report_routes = [
    *(report_list, trial_balance, general_ledger, journal_report, balance_sheet, profit_and_loss),
    number_report,
]
