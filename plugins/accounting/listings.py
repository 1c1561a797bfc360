"""Entries and drafts as lists: declared once, for the pages, their exports and the API."""

from collections.abc import Sequence

from weft import Choice, Column, ColumnKind, Listing, Segment, Tenant

from .bank_listings import BANK_LISTINGS
from .document_listings import DOCUMENT_LISTINGS
from .permissions import DRAFT, READ
from .records import DRAFT_ENTRY, ENTRY
from .services.journals import all_journals

STATES = (Choice("posted", "Posted", "good"), Choice("reversed", "Reversed", "warn"), Choice("reversal", "Reversal", "info"))
_REVERSED = "EXISTS (SELECT FROM accounting_entry r WHERE r.reverses = e.id)"


async def journal_options(tenant: Tenant) -> Sequence[Choice]:
    """Return the journals."""
    return [Choice(each.code, f"{each.code} {each.name}", "") for each in await all_journals(tenant)]


ENTRIES = Listing(
    name="accounting.entries",
    title="Entries",
    path="/accounting/entries",
    source="accounting_entry e JOIN accounting_journal j ON j.id = e.journal",
    id_sql="e.id",
    columns=(
        Column(key="reference", title="Number", sql="e.reference", filterable=False, link=True),
        Column(key="date", title="Date", sql="e.date", kind=ColumnKind.DATE, sortable=True),
        Column(key="journal", title="Journal", sql="j.code", kind=ColumnKind.CHOICE, options=journal_options),
        Column(key="description", title="Description", sql="e.description", filterable=False),
        Column(key="document", title="Document", sql="e.source_title", filterable=False),
        Column(key="total", title="Total", sql="e.total", kind=ColumnKind.MONEY, currency="currency"),
        Column(key="currency", title="Currency", sql="e.currency", filterable=False, hidden=True),
        Column(
            key="state",
            title="State",
            sql=f"CASE WHEN e.reverses IS NOT NULL THEN 'reversal' WHEN {_REVERSED} THEN 'reversed' ELSE 'posted' END",
            kind=ColumnKind.CHOICE,
            choices=STATES,
            filterable=False,  # the segments do it by an index
        ),
        Column(key="lines", title="Lines", sql="e.lines", kind=ColumnKind.NUMBER, filterable=False, hidden=True),
        Column(key="posted", title="Posted", sql="e.posted_at", kind=ColumnKind.DATETIME, hidden=True),
    ),
    permission=READ,
    default_sort="-date",
    record=ENTRY,
    segments=(
        Segment("", "All", "true"),
        Segment("standing", "Standing", f"e.reverses IS NULL AND NOT {_REVERSED}"),
        Segment("by_hand", "By hand", "e.source_kind = ''"),
        Segment("reversed", "Reversed", "e.id IN (SELECT r.reverses FROM accounting_entry r WHERE r.reverses IS NOT NULL)"),
        Segment("reversals", "Reversals", "e.reverses IS NOT NULL"),
    ),
    search_sql="(e.reference || ' ' || e.description || ' ' || e.source_title)",
)
DRAFTS = Listing(
    name="accounting.drafts",
    title="Drafts",
    path="/accounting/drafts",
    source="accounting_draft d JOIN accounting_journal j ON j.id = d.journal",
    id_sql="d.id",
    columns=(
        Column(
            key="description",
            title="Description",
            sql="CASE WHEN d.description <> '' THEN d.description ELSE 'No description' END",
            filterable=False,
            link=True,
        ),
        Column(key="date", title="Date", sql="d.date", kind=ColumnKind.DATE, sortable=True),
        Column(key="journal", title="Journal", sql="j.code", kind=ColumnKind.CHOICE, options=journal_options),
        Column(key="total", title="Total", sql="d.total", kind=ColumnKind.MONEY, currency="currency"),
        Column(key="currency", title="Currency", sql="d.currency", filterable=False, hidden=True),
        Column(key="made", title="Made", sql="d.made_at", kind=ColumnKind.DATETIME, filterable=False, hidden=True),
    ),
    permission=DRAFT,
    default_sort="-date",
    record=DRAFT_ENTRY,
)
LISTINGS = (ENTRIES, DRAFTS, *DOCUMENT_LISTINGS, *BANK_LISTINGS)
