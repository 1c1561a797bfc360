"""Rules of categories: how new items are valued and told apart, what happens below zero, and which lots leave first."""

from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from weft import Change, Conflict, Form, Invalid, Missing, RecordRef, Tenant

from ..domain.naming import with_those_above
from ..domain.policies import CategoryRule
from ..queries import auditing, setup
from ..records import CATEGORY

ALL = "All categories"


class RuleForm(msgspec.Struct, frozen=True, kw_only=True):
    """A rule as somebody typed it; empty means as the business does, `version` zero that it is new."""

    category: Annotated[str, Meta(max_length=300)] = ""
    method: Literal["", "fifo", "average", "standard"] = ""
    tracking: Literal["", "none", "lot", "serial"] = ""
    below_zero: Literal["", "forbid", "warn", "allow"] = ""
    removal: Literal["", "fefo", "fifo"] = ""
    version: int = 0


async def rules(tenant: Tenant) -> tuple[list[CategoryRule], list[str]]:
    """Return all rules, and the categories of items that have none of their own."""
    async with tenant.transaction() as db:
        found = await setup.category_rules(db)
        names = with_those_above(await auditing.categories(db))
    return list(found.values()), [name for name in ("", *names) if name not in found]


async def put(tenant: Tenant, form: Form) -> str:
    """Set a rule; returns the category's name. Items follow what it says of zero and of lots at once.

    Raises `Invalid` by field, and `Conflict` when somebody else set it meanwhile.
    """
    typed = form.read(RuleForm)
    rule = CategoryRule(typed.category.strip(), typed.method, typed.tracking, typed.below_zero, typed.removal, typed.version)
    if not any((rule.method, rule.tracking, rule.below_zero, rule.removal)):
        raise Invalid("A rule says something: choose how it differs, or remove it.")
    title = rule.category or ALL
    async with tenant.transaction() as db:
        before = (await setup.category_rules(db)).get(rule.category)
        if not await setup.put_category_rule(db, rule):
            raise Conflict(f"Somebody else set the rule of “{title}” meanwhile: look at it again, then save.")
        await setup.follow_rules(db)
        was = _told(before) if before else {}
        await tenant.record(Change.between(RecordRef(CATEGORY, tenant.id, title), "rule set", was, _told(rule)))
    return title


async def remove(tenant: Tenant, category: str) -> None:
    """Forget a rule; raises `Missing`."""
    async with tenant.transaction() as db:
        before = (await setup.category_rules(db)).get(category)
        if before is None or not await setup.remove_category_rule(db, category):
            raise Missing("There is no such rule.")
        await setup.follow_rules(db)
        await tenant.record(Change(RecordRef(CATEGORY, tenant.id, category or ALL), "rule removed", _told(before), {}))


def _told(rule: CategoryRule) -> dict[str, object]:
    return {name: getattr(rule, name) for name in ("method", "tracking", "below_zero", "removal")}
