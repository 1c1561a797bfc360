"""The page that asks which column of a bank's CSV is what."""

from typing import Any, cast
from uuid import UUID

from litestar import get, post
from litestar.params import FromPath
from litestar.response import Response

from weft import Conflict, Form, Invalid, Tenant, TheForm, TheTenant, TheUi, Ui, needs

from ...domain.bank.amounts import Mark
from ...domain.bank.csv_mapping import CsvMapping
from ...domain.bank.dates import ORDERS
from ...permissions import BANK
from ...services import bank_columns

PAGE = "accounting/bank_columns.html"
ROLES = (
    ("date", "Booking date"),
    ("value_date", "Value date"),
    ("amount", "Amount"),
    ("debit", "Money out"),
    ("credit", "Money in"),
    ("sign", "Debit or credit (D, C)"),
    ("balance", "Balance after it"),
    ("text", "Text"),
    ("counterparty", "Name of the other side"),
    ("counterparty_account", "Account of the other side"),
    ("reference", "Reference of the bank"),
    ("end_to_end", "End-to-end reference"),
    ("kind", "Kind of transaction"),
    ("status", "Status (pending rows are left out)"),
    ("currency", "Currency"),
    ("account_amount", "Amount in the account's currency"),
    ("original_amount", "Original amount"),
    ("original_currency", "Original currency"),
    ("fee", "Fee"),
    ("opening", "Opening balance"),
    ("closing", "Closing balance"),
    ("account", "Own account number"),
)


async def _page(
    tenant: Tenant,
    ui: Ui,
    file_id: UUID,
    mapping: CsvMapping | None = None,
    account: UUID | None = None,
    problem: str = "",
    status: int = 200,
) -> Response[str]:
    asked = await bank_columns.ask(tenant, file_id, mapping, account)
    roles = {at: role for role, found in asked.mapping.columns.items() for at in found}
    return await ui.page(PAGE, status=status, asked=asked, roles=roles, choices=ROLES, problem=problem or asked.problem)


@get("/bank/files/{file_id:uuid}/columns", guards=[needs(BANK)])
async def ask_columns(tenant: TheTenant, ui: TheUi, file_id: FromPath[UUID]) -> Response[Any]:
    """Show what was guessed of a file's columns, and what it would come to."""
    try:
        return await _page(tenant, ui, file_id)
    except Conflict as done:
        return ui.redirect("/accounting/bank", toast=done.message)


@post("/bank/files/{file_id:uuid}/columns", guards=[needs(BANK)])
async def take_columns(tenant: TheTenant, ui: TheUi, form: TheForm, file_id: FromPath[UUID]) -> Response[Any]:
    """Show what the file comes to with these columns, or have it read so."""
    try:
        asked = await bank_columns.ask(tenant, file_id)
    except Conflict as done:
        return ui.redirect("/accounting/bank", toast=done.message)
    mapping = _mapping(form, asked.sheet.headings)
    account = _uuid(form.get("account"))
    if form.get("do") != "read":
        return await _page(tenant, ui, file_id, mapping, account)
    try:
        await bank_columns.read_as(tenant, file_id, mapping, account)
    except (Invalid, Conflict) as wrong:
        return await _page(tenant, ui, file_id, mapping, account, wrong.message, 422 if isinstance(wrong, Invalid) else 409)
    return ui.redirect("/accounting/bank", toast="The file is being read. Its columns are remembered.")


def _mapping(form: Form, headings: tuple[str, ...]) -> CsvMapping:
    """Return what was chosen for each column."""
    known = {role for role, _ in ROLES}
    columns: dict[str, tuple[int, ...]] = {}
    for at in range(len(headings)):
        role = form.get(f"column.{at}")
        if role in known and (role == "text" or role not in columns):
            columns[role] = (*columns.get(role, ()), at)
    order, mark = form.get("day_order"), form.get("mark")
    return CsvMapping(
        columns=columns,
        headings=headings,
        day_order=order if order in ORDERS else "",
        mark=cast("Mark", mark) if mark in (".", ",") else None,
        negated=form.get("negated") == "yes",
    )


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


column_routes = [ask_columns, take_columns]
