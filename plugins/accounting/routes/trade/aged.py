"""Statements of account: on the screen, as PDF, and sent."""

from datetime import date
from typing import Annotated, Any
from urllib.parse import quote
from uuid import UUID

import msgspec
from litestar import get, post
from litestar.params import FromPath, QueryParameter
from litestar.response import Response

from weft import Conflict, Form, Invalid, Tenant, TheForm, TheTenant, TheUi, Ui, needs

from ...permissions import ISSUE, READ
from ...records import STATEMENT
from ...services import aged, statement_letters

PAGE = "accounting/statement.html"


@get("/statements/{party_id:uuid}", guards=[needs(READ)])
async def show_statement(
    tenant: TheTenant,
    ui: TheUi,
    party_id: FromPath[UUID],
    first: Annotated[date | None, QueryParameter()] = None,
    last: Annotated[date | None, QueryParameter()] = None,
) -> Response[str]:
    """Show the statement of account of a party, this year's unless told."""
    return await _page(tenant, ui, party_id, _days(tenant, first, last))


def _days(tenant: Tenant, first: date | None, last: date | None) -> tuple[date, date]:
    """Return the days that are asked for, this year's unless told; raises `Invalid`."""
    today = tenant.today()
    found = first or today.replace(month=1, day=1), last or today
    if found[1] < found[0]:
        raise Invalid.field("last", "The last day comes before the first.")
    return found


async def _page(
    tenant: Tenant, ui: Ui, party_id: UUID, days: tuple[date, date], wrong: Invalid | Conflict | None = None, form: Form | None = None
) -> Response[str]:
    party, found = await aged.statements(tenant, party_id, *days)
    context: dict[str, Any] = {"party": party, "statements": found, "first": days[0], "last": days[1], "typed": form or Form({})}
    context |= {"history": await ui.history(STATEMENT.name, party.id)}
    if wrong is not None:
        return await ui.rejected(PAGE, wrong, **context)
    return await ui.page(PAGE, **context, errors={}, problem="")


@get("/statements/{party_id:uuid}/pdf", guards=[needs(READ)])
async def statement_file(
    tenant: TheTenant,
    party_id: FromPath[UUID],
    first: Annotated[date | None, QueryParameter()] = None,
    last: Annotated[date | None, QueryParameter()] = None,
) -> Response[bytes]:
    """Return a statement of account as PDF, in the language of the party."""
    printed = await statement_letters.statement_pdf(tenant, party_id, *_days(tenant, first, last))
    headers = {"Content-Disposition": f"inline; filename*=UTF-8''{quote(printed.name)}"}
    return Response(printed.content, media_type="application/pdf", headers=headers)


class Letter(msgspec.Struct, frozen=True, kw_only=True):
    """To whom a statement goes, of which days."""

    to: str = ""
    text: str = ""
    first: date | None = None
    last: date | None = None


@post("/statements/{party_id:uuid}/send", guards=[needs(ISSUE)])
async def send_statement(tenant: TheTenant, ui: TheUi, form: TheForm, party_id: FromPath[UUID]) -> Response[Any]:
    """Send a statement of account by mail."""
    days = _days(tenant, None, None)
    try:
        read = form.read(Letter)
        days = _days(tenant, read.first, read.last)
        party = await statement_letters.send_statement(tenant, party_id, *days, read.to, read.text)
    except (Invalid, Conflict) as wrong:
        return await _page(tenant, ui, party_id, days, wrong, form)
    address = f"{STATEMENT.url(party.id)}?first={days[0]}&last={days[1]}"
    return ui.redirect(address, toast=f"The statement of {party.name} is on its way to {read.to}.")


aged_routes = [show_statement, statement_file, send_statement]
