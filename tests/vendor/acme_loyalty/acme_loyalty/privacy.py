"""What is kept about one natural person (GDPR articles 15 and 17)."""

from collections.abc import Mapping
from typing import Any

from weft import Change, PersonalData, Tenant
from weft.contracts import Parties

from . import queries
from .records import ref


async def collect(tenant: Tenant, email: str) -> Mapping[str, Any]:
    """Return the cards of the person with an e-mail address."""
    async with tenant.transaction() as db:
        parties = [party for party in await tenant.service(Parties).find(email) if party.email.lower() == email.lower()]
        members = [member for party in parties if (member := await queries.of_party(db, party.id))]
        return {member.card: {"points": member.points, "name": member.name} for member in members}


async def erase(tenant: Tenant, email: str) -> int:
    """Delete the cards of the person with an e-mail address; returns how many."""
    async with tenant.transaction() as db:
        parties = [party for party in await tenant.service(Parties).find(email) if party.email.lower() == email.lower()]
        members = [member for party in parties if (member := await queries.of_party(db, party.id))]
        for member in members:
            await queries.remove(db, member.id)
            await tenant.record(Change(ref(member), "erased", before={"card": "•••"}))
    return len(members)


POINTS = PersonalData(title="Loyalty cards", collect=collect, erase=erase)
