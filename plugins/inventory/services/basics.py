"""What stock begins with: a warehouse, the places outside, and items as the catalogue knows them."""

from collections.abc import Collection
from uuid import UUID

from weft import Change, RecordRef, Tenant, minor_unit
from weft.contracts import Items, Tracking

from ..domain.plan import Policy
from ..domain.policies import rule_for
from ..queries import items, setup
from ..records import LOCATION
from ..settings import InventorySettings

FIRST = ("main", "Main warehouse")


def policy_of(tenant: Tenant) -> Policy:
    """Return how a business keeps stock."""
    chosen = tenant.settings(InventorySettings)
    return Policy(chosen.posting, chosen.below_zero, minor_unit(tenant.currency))


async def on_enable(tenant: Tenant) -> None:
    """Run when the module is switched on; again it changes nothing."""
    async with tenant.transaction() as db:
        await setup.add_outside(db)
        if not await setup.has_warehouse(db):
            made = await setup.add_warehouse(db, *FIRST)
            await tenant.record(Change(RecordRef(LOCATION, made, FIRST[1]), "created", {}, {"code": FIRST[0]}))


async def make_known(tenant: Tenant, item_ids: Collection[UUID]) -> None:
    """Take items over from the catalogue, in the open transaction; those that do not exist are left out."""
    db = tenant.scope()
    found = await tenant.service(Items).many(list(item_ids))
    rules = await setup.category_rules(db)
    default = tenant.settings(InventorySettings).method
    rows = []
    for item in found.values():
        rule = rule_for(item.category, rules)
        rows.append((item, rule.method or default, rule.tracking or "none"))
    await items.put(db, rows)
    if rules:
        await setup.follow_rules(db, list(found))


async def unmet(tenant: Tenant, item_ids: Collection[UUID], met: Collection[UUID]) -> dict[UUID, Tracking]:
    """Return how goods will be told apart that inventory never met; nothing is written, since reading may not write."""
    asked = [each for each in item_ids if each not in met]
    if not asked:
        return {}
    db = tenant.scope()
    strange = set(asked) - await items.known(db, asked)
    if not strange:
        return {}
    rules = await setup.category_rules(db)
    found = await tenant.service(Items).many(list(strange))
    return {item.id: _tracking(rule_for(item.category, rules).tracking) for item in found.values() if item.kind == "goods"}


def _tracking(text: str) -> Tracking:
    return "lot" if text == "lot" else "serial" if text == "serial" else "none"
