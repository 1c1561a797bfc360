"""How much each person may approve of one order."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID

from weft import Change, Conflict, Invalid, Person, Tenant

from ..domain.approval import Approver
from ..permissions import APPROVE, APPROVE_HIGH
from ..queries import limits
from ..records import LIMIT, ref
from .rules import who

MOST = Decimal(10) ** 12


@dataclass(frozen=True, slots=True)
class Limited:
    """A person, and the most they may approve, in base currency without tax; without one, whatever their roles let them."""

    person: Person
    most: Decimal | None


async def everyone(tenant: Tenant) -> Sequence[Limited]:
    """Return everybody with their limit, by name."""
    async with tenant.transaction() as db:
        found = await limits.everyone(db)
    return [Limited(each, found.get(each.id)) for each in await tenant.people()]


async def save(tenant: Tenant, wanted: Mapping[UUID, Decimal | None], seen: Mapping[UUID, Decimal | None]) -> int:
    """Set limits; `seen` is what who saves them has seen. Returns how many were changed. Raises `Invalid` by field and `Conflict`."""
    people = {each.id: each.name for each in await tenant.people()}
    wrong = {f"most-{key}": "A limit is zero or more." for key, most in wanted.items() if most is not None and not 0 <= most < MOST}
    if wrong:
        raise Invalid(fields=wrong)
    changed = 0
    async with tenant.transaction(unaudited="nothing changes when limits that stand are saved again") as db:
        now = await limits.everyone(db)
        for person, most in wanted.items():
            if person not in people or most == seen.get(person):
                continue
            if now.get(person) != seen.get(person):
                raise Conflict(f"Somebody else changed the limit of {people[person]} meanwhile: look at it again before you save.")
            await limits.put(db, person, most)
            about = Change.between(ref(LIMIT, person, people[person]), "changed", {"most": now.get(person)}, {"most": most})
            await tenant.record(about)
            changed += 1
    return changed


async def approver(tenant: Tenant) -> Approver:
    """Return who acts as approver, in the open transaction: what their roles let them, and how much."""
    person = who(tenant)
    most = await limits.of(tenant.scope(), person) if person else None
    return Approver(person=person, may_approve=tenant.may(APPROVE), may_approve_high=tenant.may(APPROVE_HIGH), most=most)
