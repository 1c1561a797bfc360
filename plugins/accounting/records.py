"""The kinds of record that have pages."""

from uuid import UUID

from weft import RecordKind, RecordRef
from weft.contracts import Source

from .permissions import DRAFT, READ

ENTRY = RecordKind("accounting.entry", "Entry", "/accounting/entries/{id}", READ, icon="book-2")
DRAFT_ENTRY = RecordKind("accounting.draft", "Draft entry", "/accounting/drafts/{id}", DRAFT, icon="pencil")
ACCOUNT = RecordKind("accounting.account", "Account", "/accounting/accounts/{id}", READ, icon="list-tree")
JOURNAL = RecordKind("accounting.journal", "Journal", "/accounting/journals/{id}", READ, icon="notebook")
DIMENSION = RecordKind("accounting.dimension", "Dimension", "/accounting/dimensions/{id}", READ, icon="dimensions")
YEAR = RecordKind("accounting.fiscal_year", "Fiscal year", "/accounting/years/{id}", READ, icon="calendar")
TEMPLATE = RecordKind("accounting.template", "Entry template", "/accounting/templates/{id}", DRAFT, icon="template")
DOCUMENT = RecordKind("accounting.document", "Invoice or bill", "/accounting/documents/{id}", READ, icon="file-invoice")
PAYMENT = RecordKind("accounting.payment", "Payment", "/accounting/payments/{id}", READ, icon="cash")
BANK_ACCOUNT = RecordKind("accounting.bank_account", "Bank account", "/accounting/bank/{id}", READ, icon="building-bank")
BANK_STATEMENT = RecordKind("accounting.bank_statement", "Bank statement", "/accounting/bank/statements/{id}", READ, icon="receipt")
BANK_LINE = RecordKind("accounting.bank_line", "Bank line", "/accounting/bank/lines/{id}", READ, icon="arrows-exchange")
STATEMENT = RecordKind("accounting.statement", "Statement of account", "/accounting/statements/{id}", READ, icon="receipt-2")
BUNDLE = RecordKind("accounting.bundle", "Auditor's bundle", "/accounting/reports/bundles/{id}", READ, icon="package")

RECORDS = (
    ENTRY,
    DRAFT_ENTRY,
    ACCOUNT,
    JOURNAL,
    DIMENSION,
    YEAR,
    TEMPLATE,
    DOCUMENT,
    PAYMENT,
    BANK_ACCOUNT,
    BANK_STATEMENT,
    BANK_LINE,
    STATEMENT,
    BUNDLE,
)
BOOKS = UUID("00000000-0000-7000-8000-000000000001")  # stands for what is set of the books as a whole: locks, rules, the chart


# Documents of ours whose entries carry their id, perhaps with more behind a slash.
_SOURCES = {each.name: each for each in (DOCUMENT, PAYMENT, YEAR)}


def source_url(source: Source | None) -> str:
    """Return the address of the document that an entry was made from; empty for one of another module, or of none."""
    kind = _SOURCES.get(source.kind) if source else None
    if kind is None or source is None:
        return ""
    try:
        return kind.url(UUID(source.id.partition("/")[0]))
    except ValueError:
        return ""


def entry_ref(entry_id: UUID, reference: str) -> RecordRef:
    """Return a link to an entry."""
    return RecordRef(ENTRY, entry_id, reference)
