"""Reads the euro foreign exchange reference rates as the European Central Bank publishes them: XML and CSV, one day or many."""

import csv
import io
import re
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from xml.parsers import expat

from weft.errors import Invalid

from .rates import Rate

SOURCE = "ECB"
_DATE_FORMS = ("%Y-%m-%d", "%d %B %Y", "%d %b %Y", "%d.%m.%Y", "%d/%m/%Y")
_CODE = re.compile(r"[A-Z]{3}")
_ABSENT = frozenset({"", "N/A", "NA", "-"})


def read_reference_rates(content: bytes) -> list[Rate]:
    """Read reference rates, units of each currency for one euro, oldest day first; the layout is found from the content.

    Raises `Invalid` with line and reason for a file that is neither, is cut off, or holds a value that is no rate: nothing of it is taken.
    """
    is_xml = content.lstrip(b"\xef\xbb\xbf\xff\xfe\x00 \t\r\n").startswith(b"<")
    rates = _from_xml(content) if is_xml else _from_csv(content)
    if not rates:
        raise Invalid("This file holds no exchange rates: choose the XML or CSV file of the ECB's reference rates.")
    return sorted(rates, key=lambda each: (each.day, each.quote))


def _from_xml(content: bytes) -> list[Rate]:
    parser = expat.ParserCreate()
    rates: list[Rate] = []
    days: list[date] = []

    def declared(*_: object) -> None:
        raise Invalid("This XML declares a document type or entities, which reference rates never do: the file was not read.")

    def opened(_: str, attributes: dict[str, str]) -> None:
        where = f"Line {parser.CurrentLineNumber}"
        if "time" in attributes:
            days.append(_day(attributes["time"], where))
        if "currency" in attributes:
            if not days:
                raise Invalid(f"{where}: a rate stands before its day.")
            rates.append(_rate(days[-1], attributes["currency"], attributes.get("rate", ""), where))

    parser.StartDoctypeDeclHandler = declared
    parser.EntityDeclHandler = declared
    parser.StartElementHandler = opened
    try:
        parser.Parse(content, True)
    except expat.ExpatError as wrong:
        raise Invalid(f"Line {wrong.lineno}: the XML is damaged or cut off ({expat.errors.messages[wrong.code]}).") from wrong
    return rates


def _from_csv(content: bytes) -> list[Rate]:
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as wrong:
        raise Invalid(f"Byte {wrong.start} is no UTF-8 text: choose the file as the ECB publishes it.") from wrong
    delimiter = ";" if text.split("\n", 1)[0].count(";") > 1 else ","
    rows = list(csv.reader(io.StringIO(text), delimiter=delimiter))
    if not rows or rows[0][0].strip().lower() != "date":
        raise Invalid("Line 1: the first column of reference rates is “Date”: choose the ECB's file.")
    codes = [each.strip().upper() for each in rows[0][1:]]
    rates: list[Rate] = []
    for number, row in enumerate(rows[1:], start=2):
        cells = [each.strip() for each in row]
        if not any(cells):
            continue
        where = f"Line {number}"
        if len(cells) < len([code for code in codes if code]) + 1:
            raise Invalid(f"{where}: {len(cells)} columns where the first line has {len(codes) + 1}: the file is cut off.")
        day = _day(cells[0], where)
        for code, value in zip(codes, cells[1:], strict=False):
            if code and value.upper() not in _ABSENT:
                rates.append(_rate(day, code, value.replace(",", ".") if delimiter == ";" else value, where))
    return rates


def _day(text: str, where: str) -> date:
    for form in _DATE_FORMS:
        try:
            return datetime.strptime(text.strip(), form).date()  # noqa: DTZ007 - a day has no zone
        except ValueError:
            continue
    raise Invalid(f"{where}: “{text[:40]}” is no date such as 2026-03-31.")


def _rate(day: date, code: str, text: str, where: str) -> Rate:
    if not _CODE.fullmatch(code):
        raise Invalid(f"{where}: “{code[:20]}” is no currency code of three letters.")
    try:
        value = Decimal(text.strip())
    except InvalidOperation as wrong:
        raise Invalid(f"{where}: “{text[:40]}” is no rate for {code}.") from wrong
    if not value.is_finite() or value <= 0:
        raise Invalid(f"{where}: {text.strip()} is no rate for {code}: it has to be more than zero.")
    return Rate(day, "EUR", code, value, SOURCE)
