"""What the global search finds of the books: invoices, bills and payments, by number, party, reference or amount."""

from collections.abc import Sequence

from weft import Hit, SearchSource, Tenant

from .domain.documents.search import fold
from .permissions import READ
from .queries import finding
from .records import ACCOUNT, DOCUMENT, ENTRY, PAYMENT
from .services import lookup


async def find(tenant: Tenant, text: str, limit: int) -> Sequence[Hit]:
    """Return documents and payments, newest first; a number that matches whole is shown first."""
    words = fold(text).split()
    if not words:
        return ()
    async with tenant.transaction() as db:
        rows = await finding.by_words(db, words, limit)
    hits = []
    for row in rows:
        kind = DOCUMENT if row.is_document else PAYMENT
        exact = bool(row.number) and row.number.casefold() == text.strip().casefold()
        hits.append(Hit(f"{row.title} {row.number}".strip(), f"{row.party_name} · {row.day:%Y-%m-%d}", kind.url(row.id), exact=exact))
    return sorted(hits, key=lambda hit: not hit.exact)


async def find_entries(tenant: Tenant, text: str, limit: int) -> Sequence[Hit]:
    """Return entries, newest first; one whose number is typed whole is opened at once."""
    typed = text.strip().casefold()
    hits = []
    for each in await lookup.entries(tenant, text, limit):
        exact = each.reference.casefold() == typed
        hits.append(Hit(f"{each.reference} {each.description}".strip(), f"{each.date:%Y-%m-%d}", ENTRY.url(each.id), exact=exact))
    return hits


async def find_accounts(tenant: Tenant, text: str, limit: int) -> Sequence[Hit]:
    """Return accounts by code or name."""
    found = await lookup.chart(tenant, text, limit)
    return [Hit(each.label, each.kind.title, ACCOUNT.url(each.id), exact=each.code == text.strip()) for each in found]


SEARCH = (
    SearchSource(title="Invoices, bills and payments", icon="file-invoice", permission=READ, find=find),
    SearchSource(title="Accounts", icon="list-tree", permission=READ, find=find_accounts),
    SearchSource(title="Entries", icon="book-2", permission=READ, find=find_entries),
)
