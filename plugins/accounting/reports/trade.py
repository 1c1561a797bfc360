"""What is open by age, and the tax return."""

from collections.abc import AsyncIterator, Callable
from datetime import date
from decimal import Decimal
from typing import Any

from weft import CellKind, Report, ReportChart, ReportColumn, ReportRow, RowKind, Tenant

from ..permissions import READ
from ..services import aged, desk
from .asked import AgedDay, TaxDays, age_choices, usual_aged, usual_tax

MONEY = CellKind.MONEY
KEYS = ("not_due", "to_30", "to_60", "to_90", "older")  # as `USUAL` parts them
TITLES = ("Not due", "1 to 30 days", "31 to 60 days", "61 to 90 days", "Over 90 days")


def _aged_cells(row: aged.AgedRow) -> dict[str, Any]:
    amounts: dict[str, Decimal] = dict(zip(KEYS, (each.total for each in row.buckets), strict=True))
    return {"party": row.name, "currency": row.currency, **amounts, "total": row.total}


def aged_rows(*, receivable: bool) -> "Callable[[Tenant, AgedDay], AsyncIterator[ReportRow]]":
    """Return what yields each party with what is open by age, and the sums of each currency where there are several."""

    async def rows(tenant: Tenant, asked: AgedDay) -> AsyncIterator[ReportRow]:
        found = await aged.aged_report(tenant, asked.day, receivable=receivable, by=asked.by)
        for sums in found.sums:
            for row in found.rows:
                if row.currency == sums.currency:
                    link = f"/accounting/statements/{row.party}" if row.party else ""
                    yield ReportRow(_aged_cells(row), key=f"{row.currency} {row.party}", link=link)
            if len(found.sums) > 1:
                yield ReportRow({**_aged_cells(sums), "party": f"Total in {sums.currency}"}, RowKind.SUBTOTAL, key=sums.currency)

    return rows


async def tax_rows(tenant: Tenant, asked: TaxDays) -> AsyncIterator[ReportRow]:
    """Yield the boxes of the return, perhaps with the documents behind each; nothing while the business has no taxes."""
    found = await desk.tax_return(tenant, asked.first, asked.last)
    section = ""
    for each in found.boxes if found else ():
        if each.box.section and each.box.section != section:
            section = each.box.section
            yield ReportRow({"box": section}, RowKind.GROUP, key=section)
        cells = {"box": each.box.code, "what": each.box.title, "amount": each.reported, "exact": each.exact}
        kind = RowKind.SUBTOTAL if each.box.terms else RowKind.LINE
        yield ReportRow(cells, kind, key=each.box.code, link=_return_link(asked.first, asked.last) if each.entered else "")
        for one in each.entered if asked.documents else ():
            link, _, number = one.source.partition("|")
            yield ReportRow({"what": number, "amount": one.amount}, level=1, link=link)


def _return_link(first: date, last: date) -> str:
    return f"/accounting/tax-return?first={first}&last={last}"


def _aged(name: str, title: str, summary: str, order: int, *, receivable: bool) -> Report[AgedDay]:
    return Report(
        name=f"accounting.{name}",
        title=title,
        summary=summary,
        permission=READ,
        parameters=AgedDay,
        defaults=usual_aged,
        choices={"by": age_choices},
        columns=(
            ReportColumn(key="party", title="Party"),
            *(
                ReportColumn(key=key, title=heading, kind=MONEY, currency="currency", total=True)
                for key, heading in zip(KEYS, TITLES, strict=True)
            ),
            ReportColumn(key="total", title="Total", kind=MONEY, currency="currency", total=True),
        ),
        rows=aged_rows(receivable=receivable),
        chart=ReportChart("party", KEYS, of_sums=True),
        order=order,
    )


RECEIVABLES = _aged("aged_receivables", "Aged receivables", "What customers owed on any day, by how late it was.", 16, receivable=True)
PAYABLES = _aged("aged_payables", "Aged payables", "What the business owed on any day, by how late it was.", 17, receivable=False)
TAX_RETURN = Report(
    name="accounting.tax_return",
    title="Tax return",
    summary="The boxes of the return, with the documents behind each figure.",
    permission=READ,
    parameters=TaxDays,
    defaults=usual_tax,
    columns=(
        ReportColumn(key="box", title="Box"),
        ReportColumn(key="what", title="What"),
        ReportColumn(key="amount", title="Amount", kind=MONEY),
        ReportColumn(key="exact", title="Before rounding", kind=MONEY, hidden=True),
    ),
    rows=tax_rows,
    order=18,
)
