"""Opening balances on one page: every account of the balance sheet in a row."""

from typing import Any

from litestar import get, post
from litestar.response import Response

from weft import Conflict, Form, Invalid, Tenant, TheForm, TheTenant, TheUi, Ui, needs

from ..domain.drafts import DraftLine
from ..permissions import POST
from ..records import ENTRY
from ..services import opening, setup
from .view import OpeningHead, at_rows, read_lines, shown_rows, typed_rows


@get("/opening", guards=[needs(POST)])
async def ask(tenant: TheTenant, ui: TheUi) -> Response[str]:
    """Show a row for each account of the balance sheet."""
    if not await setup.is_set_up(tenant):
        return await ui.page("accounting/unopened.html")
    found, first = await opening.offered(tenant)
    rows = shown_rows([DraftLine(code=each.code) for each in found], {each.code: each.name for each in found}, len(found))
    return await _page(tenant, ui, Form.of(date=first.isoformat()), rows[: len(found)])


@post("/opening", guards=[needs(POST)])
async def take(tenant: TheTenant, ui: TheUi, form: TheForm) -> Response[Any]:
    """Post the balances, or show the page again."""
    rows = typed_rows(form, [])
    lines, places, wrong = read_lines(form, [])
    try:
        if wrong:
            raise Invalid(fields=wrong)
        given = {line: place for place, line in enumerate(line for line in range(len(lines)) if lines[line].debit or lines[line].credit)}
        places = {given[line]: place for line, place in places.items() if line in given}
        made = await opening.post(tenant, form.read(OpeningHead).date, lines)
    except Invalid as refused:
        errors = refused.fields if wrong else at_rows(refused.fields, places)
        return await _page(tenant, ui, form, rows, errors, "" if errors else refused.message, 422)
    except Conflict as refused:
        return await _page(tenant, ui, form, rows, {}, refused.message, 409)
    return ui.redirect(ENTRY.url(made.id), toast=f"{made.reference} opens the books.")


async def _page(
    tenant: Tenant,
    ui: Ui,
    form: Form,
    rows: list[dict[str, Any]],
    errors: dict[str, str] | None = None,
    problem: str = "",
    status: int = 200,
) -> Response[str]:
    found, _ = await opening.offered(tenant)
    return await ui.page(
        "accounting/opening.html",
        status=status,
        form=form,
        rows=rows,
        accounts=found,
        dimensions=[],
        foreign=False,
        base=tenant.currency,
        errors=errors or {},
        problem=problem,
    )


opening_routes = [ask, take]
