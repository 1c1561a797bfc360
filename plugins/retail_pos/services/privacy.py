"""What receipts hold of one natural person: where they were mailed to (GDPR articles 15 and 17).

Sales themselves are kept for the tax office, under ids of customers whose names the contacts erase.
"""

from collections.abc import Mapping
from typing import Any

from weft import Change, PersonalData, Tenant

from ..queries import paper
from ..records import receipt_ref


async def collect(tenant: Tenant, email: str) -> Mapping[str, Any]:
    """Return which receipts were mailed to an address, and when."""
    async with tenant.transaction() as db:
        mailed = await paper.mailed_to(db, email.strip())
        names = await paper.references(db, [each.record for each in mailed])
    return {"receipts": [{"receipt": names.get(str(each.record), ""), "mailed": each.made_at.isoformat()} for each in mailed]}


async def erase(tenant: Tenant, email: str) -> int:
    """Forget that receipts were mailed to an address; returns how many."""
    async with tenant.transaction() as db:
        mailed = await paper.mailed_to(db, email.strip())
        if not mailed:
            return 0
        names = await paper.references(db, [each.record for each in mailed])
        await paper.forget_address(db, email.strip())
        refs = [receipt_ref(each.record, names.get(str(each.record), "")) for each in mailed]
        await tenant.record(*[Change(ref, "erased an e-mail address", {}, {}) for ref in refs])
    return len(mailed)


PERSONAL_DATA = PersonalData(title="Receipts by e-mail", collect=collect, erase=erase)
