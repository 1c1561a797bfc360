"""The ECB's files: XML and CSV, of a day and of many, and what is refused of them."""

from datetime import date
from decimal import Decimal

import pytest

from plugins.accounting.domain.currency.ecb import read_reference_rates
from plugins.accounting.domain.currency.rates import RateBook
from weft import Invalid

XML = """<?xml version="1.0" encoding="UTF-8"?>
<g:Envelope xmlns:g="http://www.gesmes.org/xml/2002-08-01" xmlns="http://www.ecb.int/vocabulary/2002-08-01/eurofxref">
 <g:subject>Reference rates</g:subject>
 <Cube>
  <Cube time='2026-03-03'><Cube currency='USD' rate='1.0826'/><Cube currency='JPY' rate='161.05'/></Cube>
  <Cube time='2026-03-02'><Cube currency='USD' rate='1.0800'/></Cube>
 </Cube>
</g:Envelope>
"""


def told(content: str | bytes) -> list[tuple[str, str, str]]:
    found = read_reference_rates(content.encode() if isinstance(content, str) else content)
    assert {(each.base, each.source) for each in found} == {("EUR", "ECB")}
    return [(each.day.isoformat(), each.quote, str(each.value)) for each in found]


def test_xml_of_many_days_is_read_oldest_day_first() -> None:
    assert told(XML) == [("2026-03-02", "USD", "1.0800"), ("2026-03-03", "JPY", "161.05"), ("2026-03-03", "USD", "1.0826")]


def test_xml_in_utf_16_is_read_too() -> None:
    assert told(XML.replace("UTF-8", "UTF-16").encode("utf-16")) == told(XML)


def test_the_csv_of_a_day_writes_its_date_in_words_and_ends_its_lines_with_a_comma() -> None:
    assert told("Date, USD, JPY, \n02 March 2026, 1.0800, 161.05, \n") == [
        ("2026-03-02", "JPY", "161.05"),
        ("2026-03-02", "USD", "1.0800"),
    ]


def test_the_csv_of_all_days_leaves_out_what_was_not_told() -> None:
    text = "\ufeffDate,USD,CYP,\r\n2026-03-03,1.0826,N/A,\r\n\r\n1999-01-04,1.1789,0.58231,\r\n"
    assert told(text) == [("1999-01-04", "CYP", "0.58231"), ("1999-01-04", "USD", "1.1789"), ("2026-03-03", "USD", "1.0826")]


def test_a_csv_that_a_spreadsheet_saved_with_semicolons_and_commas_is_read() -> None:
    assert told("Date;USD;JPY\n02.03.2026;1,0800;161,05\n") == [("2026-03-02", "JPY", "161.05"), ("2026-03-02", "USD", "1.0800")]


def test_what_was_read_converts() -> None:
    book = RateBook(read_reference_rates(XML.encode()))
    assert book.convert(Decimal("108.26"), "USD", "EUR", date(2026, 3, 4)) == Decimal("100.00")


BOMB = '<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b "ha"><!ENTITY c "&b;&b;&b;">]><a>&c;</a>'


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (BOMB, "document type or entities"),
        (BOMB.replace('"1.0"?', '"1.0" encoding="UTF-16"?').encode("utf-16"), "document type or entities"),
        (XML[: len(XML) // 2], r"Line \d: the XML is damaged or cut off"),
        (XML.replace("1.0826", "1,0826"), "Line 5: “1,0826” is no rate for USD"),
        (XML.replace("1.0826", "0"), "Line 5: 0 is no rate for USD: it has to be more than zero"),
        (XML.replace("'2026-03-03'", "'yesterday'"), "Line 5: “yesterday” is no date"),
        ("<a><Cube currency='USD' rate='1'/></a>", "Line 1: a rate stands before its day"),
        ("<html><body>Service unavailable</body></html>", "holds no exchange rates"),
        ("Date,USD,JPY\n2026-03-03,1.08\n", "Line 2: 2 columns where the first line has 3"),
        ("Date,USD\n2026-03-03,abc\n", "Line 2: “abc” is no rate for USD"),
        ("Date,Dollar\n2026-03-03,1.08\n", "Line 2: “DOLLAR” is no currency code"),
        ("Date,USD\n31 February 2026,1.08\n", "Line 2: “31 February 2026” is no date"),
        ("Day,USD\n", "first column"),
        ("Date,USD\n", "holds no exchange rates"),
        (b"Date,USD\n\xff", "Byte 9 is no UTF-8 text"),
        (b"", "first column"),
    ],
)
def test_what_cannot_be_read_is_refused_whole_with_where_and_why(content: str | bytes, sentence: str) -> None:
    with pytest.raises(Invalid, match=sentence):
        read_reference_rates(content.encode() if isinstance(content, str) else content)
