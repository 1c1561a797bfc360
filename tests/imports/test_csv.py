"""Text files as people send them: whatever is odd about one is understood, or told with its row."""

import csv
import io
import itertools

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.imports.cells import Line
from core.imports.readers.table import Table, find_reading, open_table
from core.imports.reading import Reading, letters, unique_headings
from weft.errors import Invalid


def read(raw: str | bytes, name: str = "a.csv") -> tuple[Reading, tuple[str, ...], list[Line]]:
    file = io.BytesIO(raw.encode() if isinstance(raw, str) else raw)
    reading = find_reading(file, name, {})
    table: Table = open_table(file, reading, {})
    return reading, table.headings, list(table.lines)


def cells(lines: list[Line]) -> list[list[object]]:
    return [list(line.cells) for line in lines]


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_the_delimiter_is_found(delimiter: str) -> None:
    rows = [["no", "name", "price"], ["1", "Tea", "1.50"], ["2", "Bread", "2.20"]]
    reading, headings, lines = read("\n".join(delimiter.join(row) for row in rows))
    assert (reading.delimiter, headings, cells(lines)) == (delimiter, ("no", "name", "price"), rows[1:])


def test_commas_in_prices_do_not_hide_that_semicolons_separate() -> None:
    assert read("name;price\nTea;1,50\nBread;2,20\n")[0].delimiter == ";"


def test_a_file_of_one_column_may_have_commas_in_its_text() -> None:
    reading, headings, lines = read("name\nSmith, John\nMiller, Ann\nKing\n")
    assert (reading.delimiter, headings, cells(lines)) == ("", ("name",), [["Smith, John"], ["Miller, Ann"], ["King"]])


def test_a_line_that_names_the_delimiter_is_obeyed_and_is_no_row() -> None:
    reading, headings, lines = read("sep=|\r\nname|text\r\nTea|a,b;c\r\n")
    assert (reading.delimiter, headings) == ("|", ("name", "text"))
    assert [(line.number, list(line.cells)) for line in lines] == [(2, ["Tea", "a,b;c"])]


def test_quoted_cells_keep_delimiters_quotes_and_line_ends() -> None:
    lines = read('name,text\nTea,"one, ""two""\nthree"\nBread,x\n')[2]
    assert [(line.number, list(line.cells)) for line in lines] == [(2, ["Tea", 'one, "two"\nthree']), (3, ["Bread", "x"])]


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_lines_may_end_as_on_any_system(end: str) -> None:
    assert cells(read(end.join(["a,b", "1,2", "3,4"]))[2]) == [["1", "2"], ["3", "4"]]


def test_rows_are_numbered_as_a_spreadsheet_shows_them_with_empty_ones_counted() -> None:
    lines = read("a,b\n1,2\n\n,\n  , \n3,4\n")[2]
    assert [(line.number, list(line.cells)) for line in lines] == [(2, ["1", "2"]), (6, ["3", "4"])]


def test_a_row_with_too_many_cells_is_refused_with_both_numbers() -> None:
    lines = read("name,price\nTea,1\nMilk, fresh,2\nBread,3\n")[2]
    assert [line.number for line in lines if line.wrong] == [3]
    assert "This row has 3 cells, but there are 2 columns: nothing says what “2” is." in lines[1].wrong


def test_empty_cells_beyond_the_headings_do_not_matter() -> None:
    assert cells(read("name,price\nTea,1,,\nBread,2,\n")[2]) == [["Tea", "1"], ["Bread", "2"]]


def test_a_row_with_too_few_cells_is_filled_up_and_noted() -> None:
    lines = read("name,price,note\nTea,1\nBread,2,x\n")[2]
    assert [(list(line.cells), line.short) for line in lines] == [(["Tea", "1", ""], True), (["Bread", "2", "x"], False)]


def test_a_quotation_mark_that_is_never_closed_swallows_no_rows_in_silence() -> None:
    text = 'name,text\nTea,"unclosed\n' + "".join(f"Bread {number},x\n" for number in range(500))
    lines = read(text)[2]
    assert lines[0].wrong
    assert "A quotation mark is opened here and not closed" in lines[0].wrong


def test_a_stray_quotation_mark_refuses_its_own_row_and_no_other() -> None:
    lines = read('name,text\nTea,"5" wide",x\nBread,y\nMilk,z\n')[2]
    assert [(line.number, bool(line.wrong)) for line in lines] == [(2, True), (3, False), (4, False)]
    assert "middle of a cell" in lines[0].wrong


def test_a_quotation_mark_inside_an_unquoted_cell_is_text() -> None:
    assert cells(read('name,size\nScreen,27"\nPipe,1/2"\n')[2]) == [["Screen", '27"'], ["Pipe", '1/2"']]


def test_the_end_that_dos_programs_write_is_no_row() -> None:
    assert cells(read("a,b\n1,2\n\x1a")[2]) == [["1", "2"]]


def test_repeated_and_empty_headings_are_told_apart() -> None:
    assert read("name,,name,Price\na,b,c,d\n")[1] == ("name", "Column B", "name (2)", "Price")


def test_lines_above_the_headings_are_left_out() -> None:
    text = "Price list of Harbour & Vine\nas of 31 March\n\nno,name,price,unit\n1,Tea,1.5,kg\n2,Bread,2.2,piece\n"
    reading, headings, lines = read(text)
    assert (reading.heading, headings) == (4, ("no", "name", "price", "unit"))
    assert [line.number for line in lines] == [5, 6]


def test_a_file_without_headings_is_recognised_and_its_columns_are_called_after_their_letters() -> None:
    reading, headings, lines = read("1,Tea,1.50,2026-01-31\n2,Bread,2.20,2026-02-28\n")
    assert (reading.heading, headings) == (0, ("Column A", "Column B", "Column C", "Column D"))
    assert [line.number for line in lines] == [1, 2]


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "empty"),
        (b"\xef\xbb\xbf \n\n", "empty"),
        (b"%PDF-1.7 ...", "a PDF"),
        (b"<!DOCTYPE html><html><table><tr><td>1</td></tr></table></html>", "a web page"),
        (b"\x1f\x8b\x08rest", "gzip"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, r"before 2007 \(\.xls\)"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600 + "EncryptedPackage".encode("utf-16-le"), "protected by a password"),
        (b'[{"a": 1}]', "XML or JSON"),
        (b"\x89PNG\r\n\x1a\n", "a picture"),
    ],
)
def test_what_is_no_table_is_refused_with_what_it_is(content: bytes, sentence: str) -> None:
    with pytest.raises(Invalid, match=sentence):
        read(content)


def test_more_columns_than_any_table_has_are_refused() -> None:
    with pytest.raises(Invalid, match="600 columns"):
        read(",".join(f"c{number}" for number in range(600)) + "\n" + ",".join("x" * 600) + "\n")


def test_headings_only_is_a_table_without_rows() -> None:
    assert read("name,price\n")[1:] == (("name", "price"), [])


texts = st.text(st.characters(blacklist_categories=("Cs", "Cc")), max_size=12).map(lambda text: " ".join(text.split()))


@settings(max_examples=200, deadline=None)
@given(
    st.lists(st.lists(texts, min_size=3, max_size=3), min_size=1, max_size=20), st.sampled_from(",;\t|"), st.sampled_from(["\n", "\r\n"])
)
def test_whatever_a_spreadsheet_writes_is_read_back(rows: list[list[str]], delimiter: str, end: str) -> None:
    out = io.StringIO()
    csv.writer(out, delimiter=delimiter, lineterminator=end, quoting=csv.QUOTE_ALL).writerows([["one", "two", "three"], *rows])
    file = io.BytesIO(out.getvalue().encode())
    table = open_table(file, Reading(kind="csv", encoding="utf-8", delimiter=delimiter, heading=1), {})
    filled = [(number, row) for number, row in enumerate(rows, 2) if any(row)]
    assert [(line.number, list(line.cells)) for line in table.lines] == filled


@given(st.integers(0, 18_000))
def test_columns_have_the_letters_that_spreadsheets_give_them(place: int) -> None:
    alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
    names = itertools.chain.from_iterable(map("".join, itertools.product(alphabet, repeat=length)) for length in (1, 2, 3))
    assert letters(place) == next(itertools.islice(names, place, None))


@given(st.lists(st.sampled_from(["name", "Name", "name (2)", "", " ", "price"]), max_size=12))
def test_no_two_headings_are_the_same(cells: list[str]) -> None:
    found = unique_headings(cells)
    assert len(found) == len(set(found)) == len(cells)
    assert all(found)
