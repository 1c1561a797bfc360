"""Statements of account."""

from datetime import date
from typing import Annotated
from uuid import UUID

from litestar import get
from litestar.params import FromPath, QueryParameter
from litestar.response import Response

from weft import Invalid, TheTenant, TheUi, needs

from ...permissions import READ
from ...services import aged


@get("/statements/{party_id:uuid}", guards=[needs(READ)])
async def show_statement(
    tenant: TheTenant,
    ui: TheUi,
    party_id: FromPath[UUID],
    first: Annotated[date | None, QueryParameter()] = None,
    last: Annotated[date | None, QueryParameter()] = None,
) -> Response[str]:
    """Show the statement of account of a party, this year's unless told."""
    today = tenant.today()
    first, last = first or today.replace(month=1, day=1), last or today
    if last < first:
        raise Invalid.field("last", "The last day comes before the first.")
    party, found = await aged.statements(tenant, party_id, first, last)
    return await ui.page("accounting/statement.html", party=party, statements=found, first=first, last=last)


aged_routes = [show_statement]
