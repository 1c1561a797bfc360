"""What inventory says before books are closed, and what it looks at every night beside its sums: what is left lying."""

from collections.abc import Mapping
from datetime import date, timedelta

from weft import Check, Checked, ClosingCheck, Finding, Tenant

from ..domain.picking import amount
from ..domain.policies import policy_for
from ..permissions import READ
from ..queries import cards, pending, setup
from ..records import COUNT, DOCUMENT, ITEM, MOVEMENT
from ..settings import InventorySettings
from . import proving


async def held(tenant: Tenant) -> Checked:
    """Add up what documents hold, ask for and bring, and lots, again."""
    async with tenant.transaction() as db:
        rows, lots = await pending.unequal_held(db), await pending.unequal_lots(db)
    found = [
        Finding(
            f"{row['name']} at {row['code']}: reserved {row['reserved']:f} of {row['held']:f}, promised {row['promised']:f} of "
            f"{row['asked']:f}, expected {row['expected']:f} of {row['coming']:f}.",
            ITEM.url(row["item"]),
        )
        for row in rows
    ]
    found += [
        Finding(
            f"{row['name']} {row['number']} at {row['code']}: {row['kept']:f} are kept, moves come to {row['scanned']:f}.",
            ITEM.url(row["item"]),
        )
        for row in lots
    ]
    return Checked(tuple(found))


async def below(tenant: Tenant) -> Checked:
    """Name what is below zero where the business does not allow it."""
    async with tenant.transaction() as db:
        rows, rules = await pending.below_zero(db), await setup.category_rules(db)
    default = tenant.settings(InventorySettings).below_zero
    found = []
    for row in rows:
        policy = policy_for(row["category"], rules, default)
        if policy != "allow":
            sentence = f"{row['name']} at {row['code']}: {amount(row['on_hand'])}. Receive what is missing, or count it."
            found.append(Finding(sentence, ITEM.url(row["item"]), "error" if policy == "forbid" else "warning"))
    return Checked(tuple(found), f"{len(rows)} below zero")


async def in_transit(tenant: Tenant) -> Checked:
    """Name transfers that have been on their way for long."""
    days = tenant.settings(InventorySettings).transit_days
    return await _transit_until(tenant, tenant.today() - timedelta(days=days), f"for more than {days} days")


async def _transit_until(tenant: Tenant, shipped: date, words: str) -> Checked:
    async with tenant.transaction() as db:
        rows = await cards.transit(db)
    found = [
        Finding(f"“{row['title']}”, shipped {row['date']}, is on its way {words}: take it in.", DOCUMENT.url(row["id"]), "warning")
        for row in rows
        if row["date"] <= shipped
    ]
    return Checked(tuple(found), f"{len(rows)} on their way")


async def left_lying(tenant: Tenant, first: date, last: date) -> Checked:
    """Name counts and planned movements of the days before the end that nobody finished, and goods still on their way."""
    async with tenant.transaction() as db:
        counts, movements = await pending.counts_open(db, last), await pending.movements_open(db, last)
    states: Mapping[str, str] = {"counting": "is not handed in", "review": "waits for approval"}
    found = [Finding(f"“{row['title']}” {states[row['state']]}.", COUNT.url(row["id"]), "warning") for row in counts]
    found += [
        Finding(f"“{row['title']}”, planned for {row['date']}, was not carried out.", MOVEMENT.url(row["id"]), "warning")
        for row in movements
    ]
    return Checked((*found, *(await _transit_until(tenant, last, "still")).findings))


async def below_at_close(tenant: Tenant, first: date, last: date) -> Checked:
    """Name what is below zero against the policy; it was valued at the last known cost."""
    return await below(tenant)


async def ledger_at_close(tenant: Tenant, first: date, last: date) -> Checked:
    """Compare what stock was worth at the end with the accounts for stock."""
    return await proving.ledger_on(tenant, last)


CHECKS = (
    Check(
        name="inventory.held",
        title="Reserved and expected",
        question="Is what is held, asked for and expected of each item, and of each lot there, what documents and moves add up to?",
        permission=READ,
        run=held,
    ),
    Check(
        name="inventory.below",
        title="Below zero",
        question="Is nothing below zero that the business does not allow?",
        permission=READ,
        run=below,
    ),
    Check(
        name="inventory.transit",
        title="On the way",
        question="Did everything that was shipped arrive in time?",
        permission=READ,
        run=in_transit,
    ),
)
CLOSING = (
    ClosingCheck(
        name="inventory.open",
        title="Stock left lying",
        question="Are counts, planned movements and transfers of these days finished?",
        run=left_lying,
        order=60,
    ),
    ClosingCheck(
        name="inventory.below",
        title="Stock below zero",
        question="Is nothing below zero that the business does not allow?",
        run=below_at_close,
        order=61,
    ),
    ClosingCheck(
        name="inventory.ledger",
        title="Stock and ledger",
        question="Did the accounts for stock hold what stock was worth?",
        run=ledger_at_close,
        order=62,
    ),
)
