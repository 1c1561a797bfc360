"""What nobody will spend: cards, credits and points that expire by the rule of the business, every night; and what is owed, proven."""

from datetime import datetime, time

import msgspec

from weft import Change, Check, Checked, Finding, Invalid, Job, Schedule, Tenant, new_id
from weft.contracts import Ledger

from ..domain.figures import ZERO
from ..domain.values import EVENTS, KINDS, after_months
from ..permissions import READ
from ..queries import accounts
from ..records import value_ref
from ..settings import RetailPosSettings
from .accounts import loyalty_ref, post

TOGETHER = 100


class Nothing(msgspec.Struct, frozen=True):
    """The job needs to know nothing."""


def _since(tenant: Tenant, months: int) -> datetime | None:
    """Return the moment since which something must have been used, so many months ago; nothing where nothing expires."""
    if not months:
        return None
    return datetime.combine(after_months(tenant.today(), -months), time(), tenant.timezone)


async def expire(tenant: Tenant) -> int:
    """Take off what expired, gift cards and credits to the income that nobody will spend; returns how many accounts that were."""
    rule = tenant.settings(RetailPosSettings)
    count = 0
    while done := await _values(tenant, _since(tenant, rule.card_months)):
        count += done
    since = _since(tenant, rule.points_months)
    while since and (done := await _points(tenant, since)):
        count += done
    return count


async def _values(tenant: Tenant, since: datetime | None) -> int:
    async with tenant.transaction() as db:
        found = await accounts.expired_values(db, tenant.today(), since, TOGETHER)
        for each in found:
            entry = new_id()
            await accounts.book(db, entry, each.id, -each.balance, "Expired", tenant.now(), None)
            await post(tenant, each, -each.balance, "breakage", (entry, f"{each.title} expired"))
            await tenant.record(Change(value_ref(each.id, each.number), "expired", {}, {"amount": each.balance}))
    return len(found)


async def _points(tenant: Tenant, since: datetime) -> int:
    async with tenant.transaction() as db:
        found = await accounts.expired_points(db, since, TOGETHER)
        for each in found:
            await accounts.give(db, new_id(), each.id, -each.balance, ("expired", "Expired"), tenant.now(), None)
            await tenant.record(Change(loyalty_ref(each, ""), "expired", {}, {"points": each.balance}))
    return len(found)


async def liability(tenant: Tenant) -> Checked:
    """Hold what is on cards and credits against the accounts that say what is owed for them."""
    found: list[Finding] = []
    async with tenant.transaction() as db:
        owed, ledger = await accounts.owed(db), tenant.service(Ledger)
        sums: dict[str, list[str]] = {}
        for kind in EVENTS:
            try:
                sums.setdefault(await ledger.account_for(EVENTS[kind]), []).append(kind)
            except Invalid as wrong:
                if owed.get(kind):
                    found.append(Finding(wrong.message, "/accounting/rules"))
        for account, kinds in sums.items():
            held = -sum((each.base for each in await ledger.balance(account)), ZERO)
            on_cards = sum((owed.get(kind, ZERO) for kind in kinds), ZERO)
            if held != on_cards:
                names = " and ".join(f"{KINDS[kind].lower()}s" for kind in kinds)
                found.append(
                    Finding(f"On {names} there is {on_cards:f}; account {account} says that {held:f} is owed.", "/retail_pos/cards")
                )
    return Checked(tuple(found), ", ".join(f"{KINDS[kind].lower()}s {amount:f}" for kind, amount in owed.items()))


async def _expire(tenant: Tenant, _: Nothing) -> None:
    await expire(tenant)


EXPIRE = Job(name="retail_pos.expire", title="Expire gift cards, store credit and points", payload=Nothing, run=_expire)
EXPIRING = (Schedule(job=EXPIRE, cron="20 4 * * *", payload=Nothing()),)
VALUE_CHECKS = (
    Check(
        name="retail_pos.liability",
        title="Gift cards and store credit in the books",
        question="Do the books owe exactly what is on cards and credits?",
        permission=READ,
        run=liability,
        order=31,
    ),
)
