"""One statement: what was proved, what was not, its lines."""

from typing import Any
from uuid import UUID

from litestar import get, post
from litestar.params import FromPath
from litestar.response import Response

from weft import Conflict, Invalid, Tenant, TheForm, TheTenant, TheUi, Ui, needs

from ...permissions import BANK, READ
from ...records import BANK_ACCOUNT, BANK_STATEMENT
from ...services import bank_desk, bank_statements


async def _page(tenant: Tenant, ui: Ui, statement_id: UUID, problem: str = "", status: int = 200) -> Response[str]:
    page = await bank_desk.statement_page(tenant, statement_id)
    history = await ui.history(BANK_STATEMENT.name, statement_id)
    return await ui.page("accounting/bank_statement.html", status=status, page=page, history=history, problem=problem)


@get("/bank/statements/{statement_id:uuid}", guards=[needs(READ)])
async def show_statement(tenant: TheTenant, ui: TheUi, statement_id: FromPath[UUID]) -> Response[str]:
    """Show a statement."""
    return await _page(tenant, ui, statement_id)


@post("/bank/statements/{statement_id:uuid}/pass", guards=[needs(BANK)])
async def let_pass(tenant: TheTenant, ui: TheUi, form: TheForm, statement_id: FromPath[UUID]) -> Response[Any]:
    """Take a statement that does not tie out, with a reason."""
    try:
        await bank_statements.let_pass(tenant, statement_id, _version(form.get("version")), form.get("reason"))
    except Invalid as wrong:
        return await _page(tenant, ui, statement_id, wrong.message, 422)
    except Conflict as changed:
        return await _page(tenant, ui, statement_id, changed.message, 409)
    return ui.redirect(BANK_STATEMENT.url(statement_id), toast="Its lines can be reconciled now.")


@post("/bank/statements/{statement_id:uuid}/discard", guards=[needs(BANK)])
async def discard(tenant: TheTenant, ui: TheUi, form: TheForm, statement_id: FromPath[UUID]) -> Response[Any]:
    """Forget a statement that does not tie out."""
    try:
        gone = await bank_statements.discard(tenant, statement_id, _version(form.get("version")))
    except Conflict as changed:
        return await _page(tenant, ui, statement_id, changed.message, 409)
    return ui.redirect(BANK_ACCOUNT.url(gone.bank_account), toast=f"{gone.name} is discarded.")


def _version(text: str) -> int:
    return int(text) if text.isdigit() else 0


statement_routes = [show_statement, let_pass, discard]
