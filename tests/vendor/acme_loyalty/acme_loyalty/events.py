"""What this plugin tells, and how it reacts to what contacts tell: through classes of its own, with the fields it needs."""

from typing import Any
from uuid import UUID

from weft import Event, Subscription, Tenant


class PointsGiven(Event, frozen=True, kw_only=True):
    """Points came or went on a card."""

    member_id: UUID
    party_id: UUID
    points: int
    balance: int


class PartiesMerged(Event, frozen=True, kw_only=True):
    """Two contacts became one."""

    heard_as = "contacts.PartiesMerged"
    kept: UUID
    merged: UUID


class PartyUpdated(Event, frozen=True, kw_only=True):
    """Something of a contact was changed."""

    heard_as = "contacts.PartyUpdated"
    party: UUID
    fields: tuple[str, ...]


async def on_merged(tenant: Tenant, event: PartiesMerged) -> None:
    """Bring the points along."""
    from .services import follow_merge  # the services tell events, and this reacts to them

    await follow_merge(tenant, event.kept, event.merged)


async def on_updated(tenant: Tenant, event: PartyUpdated) -> None:
    """Keep the name on the card."""
    from .services import follow_name  # as above

    if "name" in event.fields or not event.fields:
        await follow_name(tenant, event.party)


SUBSCRIPTIONS: tuple[Subscription[Any], ...] = (
    Subscription(PartiesMerged, on_merged, "follow_merge"),
    Subscription(PartyUpdated, on_updated, "follow_name"),
)
