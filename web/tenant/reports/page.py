"""What the page of a report shows: its form, its rows, its sums, its chart, and the links between them."""

from collections.abc import Mapping, Sequence
from contextlib import aclosing
from dataclasses import dataclass, field
from typing import Any

import msgspec

from core.auth.permissions import EXPORT
from core.listing.views import views_of
from core.reports.printing import at_end
from core.reports.running import THEN_TITLES, Totals, currency_of, is_zero, run, shown_columns
from core.reports.spans import Span
from core.reports.wish import Wish, comparisons, has_days, texts_of
from core.reports.words import choices, heading_of
from core.tenancy.tenant import LiveTenant
from web.tenant.settings import fields_of
from weft.forms import unwrap
from weft.reports import CellKind, Report, ReportChart, ReportColumn, ReportRow, RowKind

SIZE = 500  # rows of a page
MOST_ADDED = 10_000  # rows that a page adds up: beyond them the file tells the sums
LAYOUTS = "report:"  # what the name of a saved view of a report begins with


@dataclass(slots=True)
class Read:
    """A page of rows, whether there are more, and the sums of all where they were added up."""

    rows: list[ReportRow] = field(default_factory=list)
    count: int = 0
    more: bool = False  # than were added up
    totals: Mapping[str, Any] = field(default_factory=dict)


async def read_page(tenant: LiveTenant, wish: Wish) -> Read:
    """Read one page of a report, and the sums of all of it unless it is very long."""
    totals, found = Totals(shown_columns(wish)), Read()
    start = (wish.page - 1) * SIZE
    async with aclosing(run(tenant, wish)) as rows:
        async for row in rows:
            if found.count >= MOST_ADDED:
                found.more = True
                break
            if start <= found.count < start + SIZE:
                found.rows.append(row)
            totals.add(row)
            found.count += 1
    if not found.more:
        found.totals = totals.cells()
    return found


async def report_context(tenant: LiveTenant, wish: Wish) -> dict[str, Any]:
    """Return what the template needs; raises `Invalid` where the report refuses its parameters."""
    read, columns = await read_page(tenant, wish), shown_columns(wish)
    return {
        **await form_context(tenant, wish.report, texts_of(wish.parameters), wish),
        "heading": await heading_of(tenant, wish),
        "columns": headings(columns),
        "rows": [shown_row(number, row, columns) for number, row in enumerate(read.rows)],
        "totals": foot(read.totals, columns, tenant.currency),
        "chart": chart_of(wish.report.chart, read, columns, tenant.currency) if wish.report.chart and wish.page == 1 else None,
        "note": f"Only the first {MOST_ADDED:,} rows are on these pages, so nothing is added up here: a file has them all."
        if read.more
        else "",
        "pager": pager(wish, read),
        "cards": len(columns) <= 4,
    }


async def form_context(tenant: LiveTenant, report: Report[Any], texts: Mapping[str, list[str]], wish: Wish | None) -> dict[str, Any]:
    """Return what stands around the rows, whether they could be read or not; `texts` are the parameters as typed."""
    path, query = f"/reports/{report.name}", wish.encode(page=1) if wish else ""
    saved = await views_of(tenant, LAYOUTS + report.name)
    may_export = tenant.may(EXPORT) and wish is not None
    return {
        "report": report,
        "path": path,
        "query": query,
        "module": tenant.house.registry.plugins[tenant.house.registry.owner_of("reports", report)].title,
        "fields": [await _field(tenant, report, each, texts) for each in fields_of(report.parameters)],
        "compare": {"value": (wish.comparison or "") if wish else "", "options": compare_options(report)},
        "spans": [_span(wish, each) for each in Span] if wish and has_days(report) else [],
        "when": wish.when.words if wish and wish.when else "",
        "chooser": [
            {"key": each.key, "label": each.title, "shown": each in shown_columns(_without_comparison(wish)) if wish else not each.hidden}
            for each in report.columns
        ],
        "files": [
            {"label": label, "href": f"{path}/file.{suffix}?{query}"}
            for label, suffix in (("Spreadsheet (XLSX)", "xlsx"), ("Text (CSV)", "csv"), ("Print (PDF)", "pdf"))
        ]
        if may_export
        else [],
        "layouts": [
            {"label": each.title, "href": f"{path}?{each.query}", "active": each.query == query, "id": each.id, "shared": each.shared}
            for each in saved
        ],
        "may_export": may_export,
        "has_person": tenant.person is not None,
    }


def _without_comparison(wish: Wish) -> Wish:
    return Wish(wish.report, wish.parameters, wish.defaults, None, wish.columns)


def compare_options(report: Report[Any]) -> list[dict[str, str]]:
    """Return what the report can be laid beside, for a choice; nothing where it cannot."""
    offered = comparisons(report)
    return [{"value": "", "label": "Nothing"}, *({"value": each.value, "label": THEN_TITLES[each]} for each in offered)] if offered else []


def _span(wish: Wish, span: Span) -> dict[str, Any]:
    return {"label": span.words, "href": f"/reports/{wish.report.name}?{wish.encode(when=span, page=1)}", "current": wish.when is span}


async def _field(tenant: LiveTenant, report: Report[Any], told: dict[str, Any], texts: Mapping[str, list[str]]) -> dict[str, Any]:
    values, offered = texts.get(told["name"], []), report.choices.get(told["name"])
    value: Any = values if told["kind"] == "tags" else (values[-1] if values else "")
    if offered is None:
        return {**told, "value": value}
    options = [{"value": each.value, "label": each.title} for each in await choices(tenant, report, offered)]
    if told["kind"] == "tags":
        return {**told, "value": value, "options": options}
    optional = _is_optional(report, told["name"])
    return {**told, "kind": "select", "value": value, "options": [{"value": "", "label": "All"}, *options] if optional else options}


def _is_optional(report: Report[Any], name: str) -> bool:
    kinds = {each.encode_name: each for each in msgspec.structs.fields(report.parameters)}
    return unwrap(kinds[name].type)[0] is not kinds[name].type or kinds[name].default == ""


def headings(columns: Sequence[ReportColumn]) -> list[dict[str, Any]]:
    """Return columns as the table wants them: on a telephone the first is the title of its line, the first figure stands beside it."""
    aside = next((place for place, column in enumerate(columns) if place and at_end(column)), 1)
    return [_heading(column, "title" if place == 0 else "aside" if place == aside else "meta") for place, column in enumerate(columns)]


def _heading(column: ReportColumn, role: str) -> dict[str, Any]:
    kind = {CellKind.MONEY: "money" if column.currency else "amount", CellKind.TEXT: None}.get(column.kind, column.kind.value)
    wrap = column.kind is CellKind.TEXT and role != "title"
    return {"key": column.key, "label": column.title, "kind": kind, "align": "end" if at_end(column) else None, "role": role, "wrap": wrap}


def shown_row(number: int, row: ReportRow, columns: Sequence[ReportColumn]) -> dict[str, Any]:
    """Return a row as the table wants it."""
    return {
        "id": number,
        "href": row.link or None,
        "attrs": {"data-kind": row.kind.value, "data-level": str(min(row.level, 6))},
        "cells": {column.key: _cell(column, row.cells, row.kind) for column in columns},
    }


def _cell(column: ReportColumn, cells: Mapping[str, Any], kind: RowKind) -> Any:
    value = cells.get(column.key)
    if value is None or (is_zero(value) and kind is RowKind.LINE and column.kind is CellKind.MONEY):
        return None
    if column.kind is CellKind.MONEY and column.currency:
        return {"amount": value, "currency": cells.get(column.currency) or None}
    return value


def foot(totals: Mapping[str, Any], columns: Sequence[ReportColumn], base: str) -> dict[str, Any] | None:
    """Return the cells below the table; nothing without sums."""
    if not totals:
        return None
    told = {column.key: _cell(column, totals, RowKind.TOTAL) for column in columns if column.key in totals}
    text = next((column.key for column in columns if column.kind is CellKind.TEXT and column.key not in told), "")
    return {**({text: "Total"} if text else {}), **told}


def chart_of(chart: ReportChart, read: Read, columns: Sequence[ReportColumn], base: str) -> dict[str, Any] | None:
    """Return what the chart shows of a page; nothing where there is too little to compare."""
    if chart.of_sums:
        return _chart_of_sums(chart, read.totals, columns, base)
    of = [row for row in read.rows if row.kind is chart.of and any(row.cells.get(key) for key in chart.values)][: chart.limit]
    told = {column.key: column for column in columns}
    keys = [
        each.key for key in chart.values for each in columns if each.key == key or (each.key == f"{key}.then" and chart.kind != "donut")
    ]
    if len(of) < 2 or not keys:
        return None
    series = [{"name": told[key].title, "values": [float(row.cells.get(key) or 0) for row in of]} for key in keys]
    money = told[keys[0]].kind is CellKind.MONEY
    return {
        "kind": chart.kind,
        "labels": [_short(str(row.cells.get(chart.label, "")), row.kind) for row in of],
        "series": series,
        "format": "money" if money else "number",
        "currency": base if money else None,
    }


def _short(label: str, kind: RowKind) -> str:
    """Return a label as an axis has room for it: a sum is told by what it is of."""
    if kind is not RowKind.SUBTOTAL or not label.startswith("Total "):
        return label
    return label[len("Total ")].upper() + label[len("Total ") + 1 :]


def _chart_of_sums(chart: ReportChart, totals: Mapping[str, Any], columns: Sequence[ReportColumn], base: str) -> dict[str, Any] | None:
    summed = [column for column in columns if column.key in chart.values and column.key in totals]
    if len(summed) < 2:
        return None
    of = summed[0]
    return {
        "kind": chart.kind,
        "labels": [column.title for column in summed],
        "series": [{"name": "Total", "values": [float(totals[column.key] or 0) for column in summed]}],
        "format": "money" if of.kind is CellKind.MONEY else "number",
        "currency": currency_of(of, totals, base) if of.kind is CellKind.MONEY else None,
    }


def pager(wish: Wish, read: Read) -> dict[str, Any] | None:
    """Return links to the pages before and after, and how many rows there are."""
    path, last = f"/reports/{wish.report.name}?", min(read.count, wish.page * SIZE)
    if read.count <= SIZE:
        return None
    return {
        "previous": path + wish.encode(page=wish.page - 1) if wish.page > 1 else None,
        "next": path + wish.encode(page=wish.page + 1) if read.count > wish.page * SIZE else None,
        "text": f"Rows {(wish.page - 1) * SIZE + 1:,} to {last:,} of {'more than ' if read.more else ''}{read.count:,}",
    }
