"""Spreadsheets keep the types of their cells; dangerous and damaged ones are refused before they do any harm."""

import io
import struct
import zipfile
from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import pytest
import xlsxwriter

from core.imports.cells import Broken, Line
from core.imports.readers.table import changed, find_reading, open_table
from core.imports.readers.zip_guard import inspect
from weft.errors import Invalid


def book(write: Callable[[Any], None]) -> io.BytesIO:
    file = io.BytesIO()
    made = xlsxwriter.Workbook(file)
    write(made)
    made.close()
    file.seek(0)
    return file


def lines_of(file: io.BytesIO, **wanted: Any) -> tuple[tuple[str, ...], list[Line]]:
    reading = find_reading(file, "a.xlsx", {})
    if wanted:
        reading = changed(file, reading, {}, **{"encoding": "", "delimiter": "", "sheet": "", "heading": reading.heading, **wanted})
    table = open_table(file, reading, {})
    return table.headings, list(table.lines)


def typed(made: Any) -> None:
    sheet = made.add_worksheet("Members")
    sheet.write_row(0, 0, ["code", "credit", "born", "seen", "active", "sum"])
    day, moment = made.add_format({"num_format": "dd.mm.yyyy"}), made.add_format({"num_format": "yyyy-mm-dd hh:mm"})
    sheet.write_string(1, 0, "0012")
    sheet.write_number(1, 1, 0.1 + 0.2)
    sheet.write_datetime(1, 2, datetime(1990, 3, 31), day)  # noqa: DTZ001
    sheet.write_datetime(1, 3, datetime(2026, 3, 31, 14, 30), moment)  # noqa: DTZ001
    sheet.write_boolean(1, 4, True)
    sheet.write_formula(1, 5, "=1+1", None, 2)
    sheet.write_number(3, 0, 4006381333931)
    sheet.write_formula(3, 5, "=1/0", None, "#DIV/0!")


def test_cells_keep_their_types_and_formulas_give_their_values() -> None:
    headings, lines = lines_of(book(typed))
    assert headings == ("code", "credit", "born", "seen", "active", "sum")
    assert lines[0].cells == ["0012", Decimal("0.3"), date(1990, 3, 31), datetime(2026, 3, 31, 14, 30), True, 2]  # noqa: DTZ001


def test_rows_keep_the_numbers_the_spreadsheet_shows_and_empty_ones_are_left_out() -> None:
    assert [line.number for line in lines_of(book(typed))[1]] == [2, 4]


def test_a_barcode_kept_as_a_number_stays_whole() -> None:
    assert lines_of(book(typed))[1][1].cells[0] == 4006381333931


def test_a_formula_that_failed_is_not_taken_for_an_empty_cell() -> None:
    assert isinstance(lines_of(book(typed))[1][1].cells[5], Broken)


def test_the_first_sheet_with_something_in_it_is_read_unless_another_is_chosen() -> None:
    def write(made: Any) -> None:
        made.add_worksheet("Empty")
        made.add_worksheet("One").write_row(0, 0, ["name", "no"])
        hidden = made.add_worksheet("Hidden")
        hidden.write_row(0, 0, ["x", "y"])
        hidden.hide()
        second = made.add_worksheet("Two & <three>")
        second.write_row(0, 0, ["title", "count"])
        second.write_row(1, 0, ["a", 1])

    file = book(write)
    assert find_reading(file, "a.xlsx", {}).sheets == ("One", "Two & <three>")
    assert lines_of(file)[0] == ("name", "no")
    headings, lines = lines_of(file, sheet="Two & <three>")
    assert (headings, [list(line.cells) for line in lines]) == (("title", "count"), [["a", 1]])
    with pytest.raises(Invalid, match="no sheet “Hidden”"):
        lines_of(file, sheet="Hidden")


def test_a_title_above_the_table_is_left_out() -> None:
    def write(made: Any) -> None:
        sheet = made.add_worksheet()
        sheet.merge_range(0, 0, 0, 3, "Price list 2026")
        sheet.write_row(2, 1, ["code", "name", "price"])
        sheet.write_row(3, 1, ["A1", "Tea", 1.5])
        sheet.write_row(4, 1, ["B2", "Bread", 2])

    headings, lines = lines_of(book(write))
    assert headings == ("Column A", "code", "name", "price")
    assert [(line.number, list(line.cells)) for line in lines] == [(4, ["", "A1", "Tea", Decimal("1.5")]), (5, ["", "B2", "Bread", 2])]


def test_a_cell_merged_downwards_counts_for_each_of_its_rows() -> None:
    def write(made: Any) -> None:
        sheet = made.add_worksheet()
        sheet.write_row(0, 0, ["family", "name"])
        sheet.merge_range(1, 0, 3, 0, "Smith")
        for place, name in enumerate(["Ann", "Ben", "Cleo"], 1):
            sheet.write(place, 1, name)
        sheet.write_row(4, 0, ["King", "Dan"])

    assert [list(line.cells) for line in lines_of(book(write))[1]] == [
        ["Smith", "Ann"],
        ["Smith", "Ben"],
        ["Smith", "Cleo"],
        ["King", "Dan"],
    ]


def archive(**parts: bytes) -> io.BytesIO:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as made:
        for name, content in parts.items():
            made.writestr(name.replace("__", "/").replace("_xml", ".xml"), content)
    file.seek(0)
    return file


def test_an_archive_that_would_fill_the_memory_is_refused() -> None:
    with pytest.raises(Invalid, match="would grow"):
        find_reading(archive(xl__workbook_xml=b"<w/>", xl__sharedStrings_xml=b"<a/>" * 3_000_000), "a.xlsx", {})


def test_an_archive_that_lies_about_its_size_is_refused() -> None:
    file = archive(xl__workbook_xml=b"<w/>", xl__sharedStrings_xml=bytes(range(256)) * 5_000)
    raw = bytearray(file.getvalue())
    for signature, offset in ((b"PK\x01\x02", 24), (b"PK\x03\x04", 22)):
        place = raw.rindex(signature)
        raw[place + offset : place + offset + 4] = struct.pack("<I", 1000)
    with pytest.raises(Invalid, match="damaged"):
        find_reading(io.BytesIO(bytes(raw)), "a.xlsx", {})


def test_a_sheet_with_two_cells_far_apart_is_refused() -> None:
    def write(made: Any) -> None:
        sheet = made.add_worksheet()
        sheet.write(0, 0, "a")
        sheet.write(1_048_575, 16_383, "z")

    with pytest.raises(Invalid, match="reaches down to row 1,048,576 and across 16,384 columns"):
        find_reading(book(write), "a.xlsx", {})


@pytest.mark.parametrize("length", [60, 500, 3000])
def test_a_spreadsheet_that_was_cut_off_is_refused(length: int) -> None:
    with pytest.raises(Invalid, match="damaged"):
        find_reading(io.BytesIO(book(typed).getvalue()[:length]), "a.xlsx", {})


@pytest.mark.parametrize(
    ("part", "sentence"), [("content_xml", "OpenDocument"), ("xl__workbook.bin", "xlsb"), ("letter.txt", "unpack it first")]
)
def test_archives_of_other_programs_are_refused_with_what_to_save_them_as(part: str, sentence: str) -> None:
    with pytest.raises(Invalid, match=sentence):
        find_reading(archive(**{part: b"x", "mimetype": b"x"}), "a.xlsx", {})


def test_an_archive_of_parts_upon_parts_is_refused() -> None:
    with pytest.raises(Invalid, match="6,000 parts"):
        inspect(archive(**{f"part{number}": b"" for number in range(6_000)}))
