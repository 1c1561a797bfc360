"""Entries from spreadsheets, and from books kept as plain text (beancount, hledger, ledger)."""

import time
from collections.abc import Callable, Iterable, Mapping

from weft import Importer, Invalid

from ..domain.books import beancount, ledger
from ..domain.books.model import Book
from ..domain.books.rows import rows_of
from ..permissions import IMPORT
from ..records import ENTRY
from ..services.importing import EntryOptions, EntryRow, undo, write


def _reader(read: Callable[[str, int], Book]) -> Callable[[bytes], Iterable[Mapping[str, str]]]:
    def rows(content: bytes) -> Iterable[Mapping[str, str]]:
        try:
            text = content.decode("utf-8-sig")
        except UnicodeDecodeError as wrong:
            raise Invalid(f"The file is not in UTF-8 (byte {wrong.start + 1}): save it as UTF-8 and try again.") from None
        return rows_of(read(text, time.localtime().tm_year))

    return rows


ENTRIES = Importer(
    name="accounting.entries",
    title="Entries",
    permission=IMPORT,
    row=EntryRow,
    write=write,
    undo=undo,
    aliases={
        "entry": ("Entry number", "Number", "Voucher", "Document", "Transaction", "Belegnummer", "EcritureNum"),
        "date": ("Posting date", "Booking date", "Day", "Buchungsdatum", "EcritureDate"),
        "account": ("Account code", "Account number", "Account name", "Konto", "CompteNum"),
        "debit": ("Dr", "Debit amount", "Soll", "Debet"),
        "credit": ("Cr", "Credit amount", "Haben", "Kredit"),
        "description": ("Narration", "Memo", "Buchungstext", "EcritureLib"),
        "text": ("Line description", "Note", "Line text"),
        "base": ("Base amount",),
        "due": ("Due date",),
    },
    readers={
        ".beancount": _reader(beancount.read),
        **{suffix: _reader(ledger.read) for suffix in (".ledger", ".journal", ".hledger", ".dat")},
    },
    group_by="entry",
    options=EntryOptions,
    record=ENTRY.name,
)
IMPORTERS = (ENTRIES,)
