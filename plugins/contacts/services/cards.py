"""Parties as vCards."""

from collections.abc import AsyncIterator, Sequence
from uuid import UUID

from weft import Missing, Tenant

from ..domain.vcard_out import Version, file_name, write_vcard
from ..queries import finding, loading
from .sealing import hand_out

BATCH = 500


async def card_file(tenant: Tenant, ids: Sequence[UUID], version: Version = "4.0") -> tuple[str, bytes]:
    """Return a file's name and content with the cards of parties, in their order; raises `Missing` when there is none."""
    async with tenant.transaction() as db:
        found = await loading.load_parties(db, ids)
        parties = await hand_out(tenant, [found[each] for each in dict.fromkeys(ids) if each in found])
    if not parties:
        raise Missing("There is no such contact: it may have been erased.")
    name = file_name(parties[0].details.name, parties[0].id) if len(parties) == 1 else "contacts.vcf"
    return name, "".join(write_vcard(party, version) for party in parties).encode()


async def all_cards(tenant: Tenant, version: Version) -> AsyncIterator[bytes]:
    """Yield the cards of all parties that are neither archived nor merged away, in batches of a transaction each."""
    after: UUID | None = None
    while True:
        async with tenant.transaction() as db:
            ids = await finding.next_ids(db, after, BATCH)
            found = await loading.load_parties(db, ids)
            parties = await hand_out(tenant, [found[each] for each in ids])
        if not ids:
            return
        yield "".join(write_vcard(each, version) for each in parties).encode()
        after = ids[-1]
