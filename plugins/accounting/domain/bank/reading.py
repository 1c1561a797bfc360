"""One door for bank files: which format a file is, by its content, and what it holds."""

import re

import msgspec

from .bai2 import read_bai2
from .camt import read_camt
from .csv_file import read_csv
from .csv_mapping import CsvMapping
from .mt940 import read_mt940
from .ofx import read_ofx
from .qif import read_qif
from .statement import StatementFile, Unreadable
from .xml_nodes import root_of

# What people send instead of a statement, by the first bytes of it.
_OTHERS = (
    (b"%PDF", "This is a PDF. Banks offer statements as camt.053, MT940, OFX, BAI2 or CSV too: export one of these."),
    (b"PK\x03\x04", "This is a ZIP archive or a spreadsheet. Unpack it, or save the sheet as CSV."),
    (b"\xd0\xcf\x11\xe0", "This is an old Excel file. Save it as CSV."),
    (b"\x1f\x8b", "This file is compressed. Unpack it first."),
    (b"\x89PNG", "This is a picture, not a statement."),
    (b"\xff\xd8\xff", "This is a picture, not a statement."),
)
_MT_TAG = re.compile(rb"^:(20|25|28C?|34F|60[FM]|61|62[FM]|86|940|942):", re.MULTILINE)
_BAI2 = re.compile(rb"\s*01,[^,\r\n]*,[^,\r\n]*,\d{6},")
_QIF = re.compile(rb"^\s*!(Type:|Account|Option:|Clear:)", re.MULTILINE | re.IGNORECASE)
_SAMPLE = 65536


class ReadOptions(msgspec.Struct, frozen=True, kw_only=True):
    """What a person or an earlier import told of files that do not say it themselves."""

    currency: str = ""  # of the account: CSV and QIF often name none
    mapping: CsvMapping | None = None  # of a CSV
    day_order: str = ""  # of a QIF: "dmy", "mdy"


def sniff(content: bytes) -> str:
    """Return "camt", "mt940", "ofx", "qif", "bai2" or "csv" by what a file holds; raises `Unreadable` for what is none of them."""
    if not content.strip():
        raise Unreadable("The file is empty.")
    for magic, sentence in _OTHERS:
        if content.startswith(magic):
            raise Unreadable(sentence)
    head = _plain(content[:_SAMPLE])
    start = head.lstrip()[:4096]
    if b"OFXHEADER" in start or b"<OFX>" in head.upper():
        return "ofx"
    if start.startswith(b"<"):
        return _xml(content)
    if _QIF.match(start):
        return "qif"
    if _BAI2.match(start):
        return "bai2"
    if _MT_TAG.search(head.replace(b"\r", b"\n")) or start.startswith(b"{1:"):
        return "mt940"
    if b"\x00" in head:
        raise Unreadable("This is no text file, and no statement in a format that is read here.", line=1)
    if not re.search(rb"[,;\t|]", head):
        raise Unreadable("This is neither camt, MT940, OFX, QIF, BAI2 nor a table.", line=1)
    return "csv"


def _plain(head: bytes) -> bytes:
    """Return the beginning of a file as one-byte text, so that UTF-16 is recognised too."""
    if head[:2] in {b"\xff\xfe", b"\xfe\xff"}:
        return head[: len(head) // 2 * 2].decode("utf-16", "replace").encode("utf-8")
    return head.removeprefix(b"\xef\xbb\xbf")


def _xml(content: bytes) -> str:
    """Tell that XML is a statement, or what it is instead."""
    namespace, root = root_of(content)
    if named := re.search(r"pain\.[\d.]*\d", namespace):
        raise Unreadable(f"This is a payment order or its status ({named[0]}), not a statement.", line=1)
    if "camt." in namespace or root in {"Document", "BkToCstmrStmt", "BkToCstmrAcctRpt", "BkToCstmrDbtCdtNtfctn"}:
        return "camt"
    raise Unreadable(f"This XML is no bank statement: its root is “{root}”.", line=1)


def read_statements(content: bytes, options: ReadOptions | None = None) -> StatementFile:
    """Return what a bank file holds, whatever its format; raises `Unreadable` with line, part and reason."""
    options = options or ReadOptions()
    kind = sniff(content)
    if kind == "camt":
        return read_camt(content)
    if kind == "mt940":
        return read_mt940(content)
    if kind == "ofx":
        return read_ofx(content)
    if kind == "qif":
        return read_qif(content, options.currency, options.day_order)
    if kind == "bai2":
        return read_bai2(content)
    return read_csv(content, options.mapping, options.currency)
