"""Aged receivables and payables, and statements of account."""

import csv
import io
from datetime import date
from typing import Annotated, Any, Literal
from uuid import UUID

from litestar import get
from litestar.params import FromPath, QueryParameter
from litestar.response import Response

from weft import Invalid, TheTenant, TheUi, needs

from ...domain.documents.ageing import AgeBy
from ...permissions import READ
from ...services import aged


@get("/aged", guards=[needs(READ)])
async def show_aged(
    tenant: TheTenant,
    ui: TheUi,
    side: Annotated[Literal["receivable", "payable"], QueryParameter()] = "receivable",
    day: Annotated[date | None, QueryParameter()] = None,
    by: Annotated[AgeBy, QueryParameter()] = AgeBy.DUE,
    format_: Annotated[str, QueryParameter(name="format", max_length=5)] = "",
) -> Response[Any]:
    """Show what customers owe, or what is owed to vendors, by how long it is overdue."""
    found = await aged.aged_report(tenant, day or tenant.today(), receivable=side == "receivable", by=by)
    if format_ == "csv":
        return _csv(found, f"aged-{side}-{found.day}.csv")
    return await ui.page("accounting/aged.html", found=found, side=side, by=by.value, base=tenant.currency)


def _csv(found: aged.Aged, name: str) -> Response[str]:
    out = io.StringIO()
    rows = csv.writer(out)
    titles = [bucket.title for bucket in found.rows[0].buckets] if found.rows else []
    rows.writerow(["Party", "Currency", *titles, "Total"])
    for row in found.rows:
        name_ = f"'{row.name}" if row.name[:1] in "=+-@\t" else row.name  # a spreadsheet must not compute it
        rows.writerow([name_, row.currency, *(f"{bucket.total:f}" for bucket in row.buckets), f"{row.total:f}"])
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response("\ufeff" + out.getvalue(), media_type="text/csv; charset=utf-8", headers=headers)


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


aged_routes = [show_aged, show_statement]
