"""What kind of file somebody sent, told by its content; those that cannot be read get a sentence that says what to send instead."""

from collections.abc import Iterable
from pathlib import PurePath
from typing import BinaryIO
from zipfile import BadZipFile, ZipFile

from core.imports.reading import Kind
from weft.errors import Invalid

_COMPOUND = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"  # OLE2: Office files of before 2007, and later ones with a password
_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
_OTHERS = (
    (b"%PDF-", "a PDF, which has no rows and columns to read"),
    (b"\x1f\x8b", "compressed (gzip): unpack it first"),
    (b"7z\xbc\xaf", "compressed (7-Zip): unpack it first"),
    (b"Rar!", "compressed (RAR): unpack it first"),
    (b"\x89PNG", "a picture"),
    (b"\xff\xd8\xff", "a picture"),
    (b"GIF8", "a picture"),
    (b"SQLite format 3", "a database: export the table you need as CSV"),
    (b"PAR1", "a Parquet file: save it as CSV"),
)
_LOOKED_AT = 1 << 16


def kind_of(file: BinaryIO, name: str, own: Iterable[str]) -> Kind:
    """Return how a file is to be read; `own` are the suffixes that the importer reads itself. Raises `Invalid`."""
    file.seek(0)
    head = file.read(_LOOKED_AT)
    if not head.strip(b"\0 \t\r\n\xef\xbb\xbf\xff\xfe"):
        raise _not("empty")
    if PurePath(name).suffix.lower() in own:
        return "own"
    if head.startswith(b"PK\x03\x04"):
        return _archive(file)
    if head.startswith(_COMPOUND):
        raise _compound(head, file)
    for start, what in _OTHERS:
        if head.startswith(start):
            raise _not(what)
    text = head.lstrip(b"\xef\xbb\xbf \t\r\n")[:500].lower()
    if text.startswith((b"<!doctype html", b"<html")) or b"<table" in text:
        raise _not("a web page, whatever its name says: open it in a spreadsheet program, and save it as .xlsx or CSV")
    if text.startswith((b"<?xml", b"{", b"[{")):
        raise _not("XML or JSON, which is read by programs: export a table as CSV or .xlsx")
    return "csv"


def _archive(file: BinaryIO) -> Kind:
    try:
        with ZipFile(file) as archive:
            names = set(archive.namelist())
    except BadZipFile:
        raise _not("damaged: save or download it again") from None
    if "xl/workbook.xml" in names:
        return "xlsx"
    if "xl/workbook.bin" in names:
        raise _not("a binary Excel file (.xlsb): save it as .xlsx or CSV")
    if "content.xml" in names and "mimetype" in names:
        raise _not("an OpenDocument file (.ods): save it as .xlsx or CSV")
    if any(name.startswith("Index/") for name in names):
        raise _not("a file of Numbers: export it as .xlsx or CSV")
    raise _not("compressed (zip): unpack it first")


def _compound(head: bytes, file: BinaryIO) -> Invalid:
    if _ENCRYPTED in head or _ENCRYPTED in file.read(1 << 22):
        return _not("protected by a password: save it without one")
    return _not("an Excel file of before 2007 (.xls): save it as .xlsx or CSV")


def _not(what: str) -> Invalid:
    return Invalid.field("file", f"This file is {what}.")
