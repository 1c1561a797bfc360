"""A report as PDF, laid out by Typst."""

from functools import cache
from importlib.resources import files
from typing import Any

from core.papers.typesetting import typeset
from core.reports.files import BOLD
from core.reports.running import Totals, is_figure, run, shown_columns
from core.reports.wish import Wish
from core.reports.words import Written, heading_of
from weft.errors import Invalid
from weft.reports import CellKind, ReportColumn, ReportRow, RowKind
from weft.tenant import Tenant

MOST_ROWS = 5_000  # about a hundred pages, laid out in a second or two
LETTER_PAPER = frozenset({"US", "CA", "MX", "PH", "CL", "CO"})
PORTRAIT = 6  # columns; more of them are laid across


async def pdf_bytes(tenant: Tenant, wish: Wish) -> bytes:
    """Return the report as PDF; raises `Invalid` when it is longer than anybody would print, `Unavailable` when it cannot be laid out."""
    columns, write = shown_columns(wish), Written.of(tenant)
    totals = Totals(columns)
    rows: list[dict[str, Any]] = []
    async for row in run(tenant, wish):
        if len(rows) >= MOST_ROWS:
            raise Invalid(
                f"The report has more than {MOST_ROWS:,} rows, too many for paper: take it as a spreadsheet, or choose fewer days."
            )
        totals.add(row)
        rows.append(_row(row, columns, write))
    if sums := totals.cells():
        text = next((column.key for column in columns if column.kind is CellKind.TEXT), "")
        rows.append(_row(ReportRow({text: "Total", **sums}, RowKind.TOTAL), columns, write))
    told = {
        "title": wish.report.title,
        "heading": await heading_of(tenant, wish),
        "business": tenant.name,
        "printed": tenant.today().isoformat(),
        "language": write.locale.language,
        "paper": "us-letter" if tenant.country in LETTER_PAPER else "a4",
        "wide": len(columns) > PORTRAIT,
        "columns": [
            {"title": each.title, "end": at_end(each), "flexible": not is_figure(each) and each.kind is not CellKind.DATE}
            for each in columns
        ],
        "rows": rows,
    }
    return await typeset(_layout(), told, what=wish.report.name)


def at_end(column: ReportColumn) -> bool:
    """Tell whether a column's cells stand at their right."""
    return column.align == "end" or (not column.align and is_figure(column))


def _row(row: ReportRow, columns: tuple[ReportColumn, ...], write: Written) -> dict[str, Any]:
    return {
        "cells": [write.cell(column, row.cells) for column in columns],
        "bold": row.kind in BOLD,
        "ruled": row.kind in (RowKind.SUBTOTAL, RowKind.TOTAL),
        "level": row.level,
    }


@cache
def _layout() -> bytes:
    return files("core.reports").joinpath("layout.typ").read_bytes()
