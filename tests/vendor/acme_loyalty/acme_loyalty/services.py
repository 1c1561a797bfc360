"""What a person can do with cards."""

from uuid import UUID

from weft import Change, Conflict, Tenant, new_id
from weft.contracts import Parties

from . import domain, queries
from .domain import Entry, Gift, Member
from .events import PointsGiven
from .records import ref
from .settings import LoyaltySettings


async def find_member(tenant: Tenant, member_id: UUID) -> tuple[Member, list[Entry]]:
    """Return a card with what came and went on it; raises `Missing`."""
    async with tenant.transaction() as db:
        return await queries.find(db, member_id), [*await queries.entries(db, member_id)]


async def join(tenant: Tenant, party_id: UUID, card: str) -> Member:
    """Give a contact a card, with the points of a welcome; raises `Invalid`, `Missing`, and `Conflict` for a second card."""
    number, welcome = domain.card_number(card), tenant.settings(LoyaltySettings).welcome
    async with tenant.transaction() as db:
        party = await tenant.service(Parties).get(party_id)
        if await queries.of_party(db, party.id):
            raise Conflict(f"{party.name} has a card already.")
        member = Member(new_id(), party.id, number, party.name, welcome)
        await queries.add(db, member)
        if welcome:
            await queries.book(db, member.id, tenant.today(), welcome, "Welcome")
        await tenant.record(Change(ref(member), "created", after={"card": number, "points": welcome}))
    return member


async def give(tenant: Tenant, member_id: UUID, gift: Gift) -> Member:
    """Add or take points; raises `Missing`, `Invalid`, and `Conflict` for more than there are."""
    async with tenant.transaction() as db:
        before = await queries.find(db, member_id)
        after = domain.given(before, gift.points)
        await queries.save(db, after)
        await queries.book(db, member_id, tenant.today(), gift.points, gift.reason)
        await tenant.record(Change.between(ref(after), "points given", {"points": before.points}, {"points": after.points}))
        await tenant.emit(PointsGiven(member_id=member_id, party_id=after.party, points=gift.points, balance=after.points))
    return after


async def follow_merge(tenant: Tenant, kept: UUID, merged: UUID) -> None:
    """Bring the card of a contact that was merged to the one that was kept, in the open transaction; run again it changes nothing."""
    db = tenant.scope()
    old, new = await queries.of_party(db, merged), await queries.of_party(db, kept)
    if old is None:
        return
    if new is None:
        party = await tenant.service(Parties).get(kept)
        moved = Member(old.id, kept, old.card, party.name, old.points, old.version + 1)
        await queries.save(db, moved)
        await tenant.record(Change(ref(moved), "moved to another contact", {"party": merged}, {"party": kept}))
        return
    await queries.move_entries(db, old.id, new.id)
    await queries.remove(db, old.id)
    joined = domain.given(new, old.points) if old.points else new
    await queries.save(db, joined)
    await tenant.record(Change(ref(joined), "cards joined", {"points": new.points}, {"points": joined.points}))


async def follow_name(tenant: Tenant, party_id: UUID) -> None:
    """Write a contact's new name on its card, in the open transaction."""
    member = await queries.of_party(tenant.scope(), party_id)
    if member is None:
        return
    party = await tenant.service(Parties).get(party_id)
    if party.name != member.name:
        renamed = Member(member.id, member.party, member.card, party.name, member.points, member.version + 1)
        await queries.save(tenant.scope(), renamed)
        await tenant.record(Change.between(ref(renamed), "renamed", {"name": member.name}, {"name": party.name}))
