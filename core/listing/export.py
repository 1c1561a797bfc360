"""Writes a listing as CSV or XLSX: what the page shows, all of it, streamed."""

import asyncio
import csv
import io
import tempfile
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any, BinaryIO
from uuid import UUID

import xlsxwriter

from core.listing.page import export_columns, read_all
from core.listing.query import Query
from weft.listing import Column, ColumnKind, Listing
from weft.tenant import Tenant

XLSX_ROWS = 1_048_575  # a sheet's rows, without the headings
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def plain(value: Any, tenant: Tenant, column: Column) -> str:
    """Return a value as text that a spreadsheet reads as text or number, and never as a formula.

    A cell of text that begins with one of ``= + - @`` is given a leading apostrophe, as spreadsheets do themselves (OWASP, CSV injection).
    """
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, datetime):
        return value.astimezone(tenant.timezone).isoformat(sep=" ", timespec="seconds")
    if isinstance(value, (Decimal, int, date, UUID)):
        return f"{value:f}" if isinstance(value, Decimal) else str(value)
    text = ", ".join(value) if isinstance(value, (list, tuple)) else str(value)
    if column.kind is ColumnKind.CHOICE:
        text = next((choice.title for choice in column.choices if choice.value == text), text)
    return neutral(text)


def neutral(text: str) -> str:
    """Return a text that a spreadsheet does not take for a formula: with an apostrophe before it where it would."""
    return f"'{text}" if text.startswith(_FORMULA) else text


async def csv_bytes(tenant: Tenant, listing: Listing, query: Query) -> AsyncIterator[bytes]:
    """Yield a CSV file (RFC 4180, UTF-8 with a byte order mark, which spreadsheets need to see that it is UTF-8)."""
    columns = export_columns(listing, query)
    yield b"\xef\xbb\xbf" + _csv([[column.title for column in columns]])
    async for rows in read_all(tenant, listing, query):
        yield _csv([[plain(row[column.key], tenant, column) for column in columns] for row in rows])


def _csv(rows: list[list[str]]) -> bytes:
    text = io.StringIO()
    csv.writer(text, lineterminator="\r\n").writerows(rows)
    return text.getvalue().encode()


@contextmanager
def workbook(file: BinaryIO, **more: bool) -> Iterator[Any]:
    """Yield a workbook that is written to a file when it is closed; where it is not, nothing of it is left lying about."""
    book = xlsxwriter.Workbook(file, {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False, **more})
    try:
        yield book
    except BaseException:
        for sheet in book.worksheets():
            if sheet.row_data_fh and not sheet.row_data_fh.closed:
                sheet.row_data_fh.close()
                Path(sheet.row_data_filename).unlink(missing_ok=True)
        raise


async def xlsx_bytes(tenant: Tenant, listing: Listing, query: Query) -> AsyncIterator[bytes]:
    """Yield an XLSX file with typed cells; rows beyond what a sheet holds go to further sheets."""
    columns = export_columns(listing, query)
    with tempfile.TemporaryFile() as file, workbook(file) as book:
        formats = {
            ColumnKind.DATE: book.add_format({"num_format": "yyyy-mm-dd"}),
            ColumnKind.DATETIME: book.add_format({"num_format": "yyyy-mm-dd hh:mm"}),
            ColumnKind.MONEY: book.add_format({"num_format": "#,##0.00"}),
        }
        bold = book.add_format({"bold": True})
        sheet: Any = None
        line = XLSX_ROWS
        async for rows in read_all(tenant, listing, query):
            for row in rows:
                if line >= XLSX_ROWS or sheet is None:
                    sheet, line = _new_sheet(book, columns, bold), 0
                line += 1
                for place, column in enumerate(columns):
                    _write(sheet, line, place, row[column.key], column, formats.get(column.kind), tenant)
            await asyncio.sleep(0)
        if sheet is None:
            _new_sheet(book, columns, bold)
        await asyncio.to_thread(book.close)
        file.seek(0)
        while part := await asyncio.to_thread(file.read, 1 << 18):
            yield part


def _new_sheet(book: Any, columns: list[Column], bold: Any) -> Any:
    sheet = book.add_worksheet()
    sheet.freeze_panes(1, 0)
    for place, column in enumerate(columns):
        sheet.write_string(0, place, column.title, bold)
        sheet.set_column(place, place, 18)
    return sheet


def _write(sheet: Any, line: int, place: int, value: Any, column: Column, style: Any, tenant: Tenant) -> None:
    if isinstance(value, bool) or value is None or isinstance(value, (str, list, tuple, UUID)):
        text = plain(value, tenant, column)
        sheet.write_string(line, place, text.removeprefix("'") if text[1:2] in _FORMULA else text)
    elif isinstance(value, datetime):
        sheet.write_datetime(line, place, value.astimezone(tenant.timezone).replace(tzinfo=None), style)
    elif isinstance(value, date):
        sheet.write_datetime(line, place, datetime(value.year, value.month, value.day), style)  # noqa: DTZ001  # a spreadsheet has no zones
    elif isinstance(value, (Decimal, int)) and abs(float(value)) < 1e15:
        sheet.write_number(line, place, float(value), style)
    else:
        sheet.write_string(line, place, str(value))
