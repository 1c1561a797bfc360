"""What accounting does when contacts are merged: what names one of them is found under the one that was kept."""

from weft import Subscription, Tenant

from ..events import MergeUndone, PartiesMerged
from ..queries import aliases

_WHY = "a copy of what contacts tell, who keep the history of it"


async def merged(tenant: Tenant, event: PartiesMerged) -> None:
    """Remember that a contact became part of another."""
    async with tenant.transaction(unaudited=_WHY) as db:
        await aliases.put(db, event.merged, event.kept)


async def undone(tenant: Tenant, event: MergeUndone) -> None:
    """Forget it again."""
    async with tenant.transaction(unaudited=_WHY) as db:
        await aliases.forget(db, event.merged)


SUBSCRIPTIONS = (
    Subscription(PartiesMerged, merged, "accounting.follow_merge", atomic=False),
    Subscription(MergeUndone, undone, "accounting.forget_merge", atomic=False),
)
