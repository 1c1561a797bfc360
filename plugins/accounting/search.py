"""What the global search finds of the books: invoices, bills and payments, by number, party, reference or amount."""

from collections.abc import Sequence

from weft import Hit, SearchSource, Tenant

from .domain.documents.search import fold
from .permissions import READ
from .queries import finding
from .records import DOCUMENT, PAYMENT


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


SEARCH = (SearchSource(title="Invoices, bills and payments", icon="file-invoice", permission=READ, find=find),)
