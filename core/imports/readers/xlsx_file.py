"""Reads spreadsheets of the kind .xlsx, with the types their cells have."""

import re
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from html import unescape
from typing import BinaryIO, TypeAlias
from zipfile import ZipFile

import structlog
from python_calamine import CalamineError, CalamineSheet, CalamineWorkbook, SheetTypeEnum, SheetVisibleEnum

from core.imports.cells import Broken, Cell, Line
from core.imports.readers.zip_guard import Damaged, Extent, inspect
from weft.errors import Invalid

Log = structlog.get_logger("weft.imports")
Raw: TypeAlias = int | float | str | bool | time | date | datetime | timedelta

_SHEET = re.compile(r'<(?:\w+:)?sheet\s[^>]*?\bname="([^"]*)"[^>]*?\b\w+:id="([^"]*)"')
_RELATION = re.compile(r"<(?:\w+:)?Relationship\s([^>]*)>")
_ATTRIBUTE = re.compile(r'\b(Id|Target)="([^"]*)"')


def visible_sheets(file: BinaryIO) -> tuple[str, ...]:
    """Return the names of the sheets that hold something and are not hidden; raises `Invalid` for a damaged or dangerous file."""
    extents = inspect(file)
    parts = _parts_of_sheets(file)
    with _workbook(file) as book:
        shown = [
            each.name for each in book.sheets_metadata if each.typ == SheetTypeEnum.WorkSheet and each.visible == SheetVisibleEnum.Visible
        ]
    return tuple(name for name in shown if extents.get(parts.get(name, ""), Extent()).rows)


def xlsx_lines(file: BinaryIO, sheet: str) -> Iterator[Line]:
    """Yield every row of a sheet from its first, headings included; a cell that is merged downwards has its value in each row.

    Raises `Invalid`, also when the sheet is not there.
    """
    extents = inspect(file)
    errors = extents.get(_parts_of_sheets(file).get(sheet, ""), Extent()).errors
    with _workbook(file) as book:
        if sheet not in book.sheet_names:
            raise Invalid.field("sheet", f"There is no sheet “{sheet}” in this file.")
        try:
            found = book.get_sheet_by_name(sheet)
        except CalamineError as why:
            raise Damaged from why
        left = found.start[1] if found.start else 0
        merged = _Merged(found)
        for number, raw in enumerate(found.iter_rows()):
            cells: list[Cell] = [""] * left
            cells += [_cell(each) for each in raw]
            merged.fill(number, cells)
            for place in range(left, len(cells)) if errors else ():
                if (number, place) in errors:
                    cells[place] = Broken("an error of a formula")
            yield Line(number + 1, cells)


def _workbook(file: BinaryIO) -> CalamineWorkbook:
    file.seek(0)
    try:
        return CalamineWorkbook.from_filelike(file)
    except CalamineError as why:
        Log.info("a spreadsheet cannot be opened", why=str(why))
        raise Damaged from why


def _cell(raw: Raw) -> Cell:
    """Return a cell as it is kept: a number with the 15 digits that a spreadsheet keeps of it, a duration as text."""
    if isinstance(raw, float):
        return int(raw) if raw.is_integer() and abs(raw) < 1e15 else Decimal(f"{raw:.15g}")
    return str(raw) if isinstance(raw, timedelta) else raw


def _parts_of_sheets(file: BinaryIO) -> dict[str, str]:
    """Return the name of the part that each sheet is in."""
    with ZipFile(file) as archive:
        names = set(archive.namelist())
        if not {"xl/workbook.xml", "xl/_rels/workbook.xml.rels"} <= names:
            raise Damaged
        book = archive.read("xl/workbook.xml").decode("utf-8", "replace")
        relations = archive.read("xl/_rels/workbook.xml.rels").decode("utf-8", "replace")
    targets = {}
    for relation in _RELATION.finditer(relations):
        facts = dict(_ATTRIBUTE.findall(relation[1]))
        target = facts.get("Target", "")
        targets[facts.get("Id", "")] = target.removeprefix("/") if target.startswith("/") else f"xl/{target}"
    return {unescape(found[1]): targets.get(found[2], "") for found in _SHEET.finditer(book)}


class _Merged:
    """Cells that are merged over several rows: people read their value in each of these rows."""

    def __init__(self, sheet: CalamineSheet) -> None:
        ranges = sheet.merged_cell_ranges or []
        self._tall = {(top, left): bottom for (top, left), (bottom, _) in ranges if bottom > top}
        self._open: dict[int, tuple[int, Cell]] = {}  # column → last row, value

    def fill(self, number: int, cells: list[Cell]) -> None:
        """Put the values of cells that began above into a row, and take note of those that begin in it."""
        if not self._tall:
            return
        for column, (last, value) in list(self._open.items()):
            if number > last:
                del self._open[column]
            elif column < len(cells) and cells[column] == "":
                cells[column] = value
        for column in range(len(cells)):
            if (number, column) in self._tall:
                self._open[column] = (self._tall[number, column], cells[column])
