"""Writes a report as CSV or XLSX: all its rows, streamed, in constant memory."""

import asyncio
import csv
import io
import tempfile
from collections.abc import AsyncIterator, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from core.listing.export import XLSX_ROWS, neutral, workbook
from core.reports.running import Totals, currency_of, run, shown_columns
from core.reports.wish import Wish
from core.reports.words import heading_of
from weft.reports import CellKind, ReportColumn, ReportRow, RowKind
from weft.tenant import Tenant

BATCH = 1000
LARGEST = 10**15  # a spreadsheet keeps 15 digits; longer numbers are written as text
BOLD = (RowKind.GROUP, RowKind.SUBTOTAL, RowKind.TOTAL)


def with_currencies(columns: Sequence[ReportColumn]) -> list[ReportColumn]:
    """Return the columns that a file has: those shown, and beside amounts of many currencies which each is in."""
    told = list(columns)
    keys = {column.key for column in columns}
    for column in columns:
        if column.currency and column.currency not in keys:
            keys.add(column.currency)
            told.append(ReportColumn(key=column.currency, title="Currency"))
    return told


def csv_cell(value: Any) -> Any:
    """Return a value as a CSV file has it; a text that a spreadsheet would take for a formula gets an apostrophe (OWASP, CSV injection)."""
    if isinstance(value, Decimal):
        return f"{value:f}"
    if isinstance(value, str):
        return neutral(value)
    if value is None:
        return ""
    return value if isinstance(value, (int, date)) else neutral(str(value))


async def csv_bytes(tenant: Tenant, wish: Wish) -> AsyncIterator[bytes]:
    """Yield a CSV file (RFC 4180, UTF-8 with a byte order mark): the rows of the page, without the sums at its foot."""
    columns = with_currencies(shown_columns(wish))
    keys = [column.key for column in columns]
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow([neutral(column.title) for column in columns])
    yield b"\xef\xbb\xbf"
    count = 0
    async for row in run(tenant, wish):
        get = row.cells.get
        writer.writerow([csv_cell(get(key)) for key in keys])
        count += 1
        if count % BATCH == 0:
            yield text.getvalue().encode()
            text.seek(0)
            text.truncate()
            await asyncio.sleep(0)
    yield text.getvalue().encode()


async def xlsx_bytes(tenant: Tenant, wish: Wish) -> AsyncIterator[bytes]:
    """Yield an XLSX file with typed cells, headings that stay, and the sums below; what a sheet does not hold goes to further ones."""
    columns = with_currencies(shown_columns(wish))
    totals = Totals(columns)
    with tempfile.TemporaryFile() as file, workbook(file, strings_to_numbers=False) as book:
        sheets = _Sheets(book, wish.report.title, await heading_of(tenant, wish), columns, tenant.currency)
        count = 0
        async for row in run(tenant, wish):
            sheets.add(row)
            totals.add(row)
            count += 1
            if count % BATCH == 0:
                await asyncio.sleep(0)
        if sums := totals.cells():
            text = next((column.key for column in columns if column.kind is CellKind.TEXT), "")
            sheets.add(ReportRow({text: "Total", **sums}, RowKind.TOTAL))
        await asyncio.to_thread(sheets.book.close)
        file.seek(0)
        while part := await asyncio.to_thread(file.read, 1 << 18):
            yield part


class _Sheets:
    """Sheets of one workbook, filled from top to bottom."""

    def __init__(self, book: Any, title: str, heading: str, columns: Sequence[ReportColumn], base: str) -> None:
        self.book, self.columns, self.base = book, columns, base
        self.header = f"&L&B{title.replace('&', '&&')}&B  {heading.replace('&', '&&')}"[:250]
        self.formats: dict[tuple[str, bool, int], Any] = {}
        self.sheet: Any = None
        self.line = 0
        self._open()

    def _open(self) -> None:
        self.sheet, self.line = self.book.add_worksheet(), 0
        self.sheet.set_header(self.header)
        self.sheet.freeze_panes(1, 1)
        self.sheet.repeat_rows(0)
        for place, column in enumerate(self.columns):
            self.sheet.set_column(place, place, 34 if place == 0 else 24 if column.kind is CellKind.TEXT else 15)
            self.sheet.write_string(0, place, column.title, self._format("", bold=True))

    def add(self, row: ReportRow) -> None:
        """Write one row."""
        if self.line >= XLSX_ROWS:
            self._open()
        self.line += 1
        bold, cells = row.kind in BOLD, row.cells
        for place, column in enumerate(self.columns):
            value = cells.get(column.key)
            if value is not None and value != "":
                self._write(place, column, value, bold, row.level if place == 0 else 0, cells)

    def _write(self, place: int, column: ReportColumn, value: Any, bold: bool, level: int, cells: Mapping[str, Any]) -> None:
        if isinstance(value, (Decimal, int)) and not isinstance(value, bool) and -LARGEST < value < LARGEST:
            self.sheet.write_number(self.line, place, float(value), self._format(self._pattern(column, cells), bold=bold))
        elif isinstance(value, date):
            moment = datetime(value.year, value.month, value.day)  # noqa: DTZ001  # a spreadsheet has no zones
            self.sheet.write_datetime(self.line, place, moment, self._format("yyyy-mm-dd", bold=bold))
        else:
            self.sheet.write_string(self.line, place, str(value)[:32767], self._format("", bold=bold, level=level))

    def _pattern(self, column: ReportColumn, cells: Mapping[str, Any]) -> str:
        if column.kind is CellKind.MONEY:
            return "#,##0" if currency_of(column, cells, self.base) in ("JPY", "KRW", "VND", "ISK", "CLP") else "#,##0.00"
        return "0.0%" if column.kind is CellKind.PERCENT else "General"

    def _format(self, pattern: str, *, bold: bool = False, level: int = 0) -> Any:
        key = (pattern, bold, level)
        if key not in self.formats:
            facts = {"bold": bold, "indent": level, **({"num_format": pattern} if pattern else {})}
            self.formats[key] = self.book.add_format(facts)
        return self.formats[key]
