"""What the search box finds of the tills: receipts by what is printed on them."""

from collections.abc import Sequence

from babel.numbers import format_currency

from weft import Hit, SearchSource, Tenant

from .permissions import READ
from .queries import showing
from .records import RECEIPT


async def find(tenant: Tenant, text: str, limit: int) -> Sequence[Hit]:
    """Return receipts, the latest first."""
    async with tenant.transaction() as db:
        found = await showing.by_reference(db, text.strip(), limit)
    return [
        Hit(
            each.reference,
            " · ".join((each.kind.capitalize(), format_currency(each.total, tenant.currency, locale=tenant.locale))),
            RECEIPT.url(each.id),
            exact=each.reference.casefold() == text.strip().casefold(),
        )
        for each in found
    ]


SEARCH = (SearchSource(title="Receipts", icon="receipt", permission=READ, find=find),)
