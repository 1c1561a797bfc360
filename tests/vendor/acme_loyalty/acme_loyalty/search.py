"""What the search box finds; a card's number, scanned, opens it at once."""

from collections.abc import Sequence

from weft import Hit, Invalid, SearchSource, Tenant

from . import domain, queries
from .permissions import READ
from .records import MEMBER


async def find(tenant: Tenant, text: str, limit: int) -> Sequence[Hit]:
    """Return cards by number or by the holder's name."""
    try:
        number = domain.card_number(text)
    except Invalid:
        number = ""
    async with tenant.transaction() as db:
        members = await queries.search(db, text, limit)
    return [Hit(each.name, f"{each.card}, {each.points} points", MEMBER.url(each.id), exact=each.card == number) for each in members]


MEMBERS = SearchSource(title="Loyalty cards", icon="gift", permission=READ, find=find)
