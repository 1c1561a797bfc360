"""Rules of reconciliation: made, changed, put in order, tried on what came before."""

from collections.abc import Sequence
from typing import NamedTuple
from uuid import UUID

import msgspec
from msgspec.structs import replace

from weft import Change, Conflict, Invalid, Missing, RecordRef, Secret, Tenant, new_id
from weft.sealed import DOTS

from ..domain.bank.learning import propose_rules
from ..domain.bank.rules import Rule, checked, first_rule
from ..domain.bank.stored import StoredBankLine
from ..queries import bank_lines as stored
from ..records import BANK_ACCOUNT
from .bank_matching import as_line

LOOKED_AT = 2000  # past lines that a rule is tried on


class RuleChanged(Conflict):
    """Somebody else changed the rule; `current` is how it is now."""

    def __init__(self, current: Rule) -> None:
        super().__init__(f"The rule “{current.name}” was changed by somebody else meanwhile: this is how it is now.")
        self.current = current


async def all_rules(tenant: Tenant) -> list[Rule]:
    """Return the rules of the tenant in their order."""
    async with tenant.transaction() as db:
        return await stored.rules(db)


async def proposed_rules(tenant: Tenant) -> list[Rule]:
    """Return rules that would have booked what people booked three times alike by hand."""
    async with tenant.transaction() as db:
        return propose_rules(await stored.bookings(db), await stored.rules(db))


async def save_rule(tenant: Tenant, rule: Rule) -> Rule:
    """Make a rule, or change one; raises `Invalid` by field, `Missing`, `RuleChanged`."""
    rule = await _typed(tenant, rule)
    checked(rule)
    async with tenant.transaction() as db:
        there = await stored.rules(db)
        before = next((each for each in there if each.id == rule.id), None) if rule.id else None
        if rule.id and before is None:
            raise Missing("There is no such rule.")
        if before and before.version != rule.version:
            raise RuleChanged(before)
        if any(each.name.lower() == rule.name.strip().lower() and each.id != rule.id for each in there):
            raise Invalid.field("name", "There is a rule of this name already.")
        place = before.order if before else max((each.order for each in there), default=0) + 10
        made = replace(rule, id=rule.id or new_id(), name=rule.name.strip(), order=place)
        assert made.id is not None
        await stored.put_rule(db, made.id, made)
        about = RecordRef(BANK_ACCOUNT, made.id, f"Rule {made.name}")
        await tenant.record(Change.between(about, "changed" if before else "created", _plain(before), _plain(made)))
    return made


async def _typed(tenant: Tenant, rule: Rule) -> Rule:
    """Return a rule whose account number came back masked, with the number that it had, or that was proposed."""
    if DOTS not in rule.account:
        return rule
    known = await all_rules(tenant) if rule.id else await proposed_rules(tenant)
    for each in known:
        if each.account and Secret(each.account).masked == rule.account.strip() and (each.id == rule.id if rule.id else _alike(each, rule)):
            return replace(rule, account=each.account)
    raise Invalid.field("account", "Type the whole number: what is shown is only its end.")


def _alike(one: Rule, other: Rule) -> bool:
    return (one.name, one.direction, one.to_account) == (other.name, other.direction, other.to_account)


async def remove_rule(tenant: Tenant, rule_id: UUID) -> None:
    """Forget a rule; raises `Missing`."""
    async with tenant.transaction() as db:
        found = next((each for each in await stored.rules(db) if each.id == rule_id), None)
        if found is None:
            raise Missing("There is no such rule.")
        await stored.remove_rule(db, rule_id)
        await tenant.record(Change(RecordRef(BANK_ACCOUNT, rule_id, f"Rule {found.name}"), "deleted", _plain(found), {}))


def _plain(rule: Rule | None) -> dict[str, object]:
    return {} if rule is None else {**msgspec.to_builtins(replace(rule, id=None, version=1)), "account": Secret(rule.account)}


async def find_rule(tenant: Tenant, rule_id: UUID) -> Rule:
    """Return a rule; raises `Missing`."""
    found = next((each for each in await all_rules(tenant) if each.id == rule_id), None)
    if found is None:
        raise Missing("There is no such rule.")
    return found


async def move_rule(tenant: Tenant, rule_id: UUID, *, up: bool) -> None:
    """Put a rule before the one above it, or after the one below it; the first that takes a line counts. Raises `Missing`."""
    async with tenant.transaction() as db:
        rules = await stored.rules(db)
        at = next((place for place, each in enumerate(rules) if each.id == rule_id), None)
        if at is None:
            raise Missing("There is no such rule.")
        to = at - 1 if up else at + 1
        if not 0 <= to < len(rules):
            return
        moved = rules[at]
        rules[at], rules[to] = rules[to], rules[at]
        await stored.place_rules(db, [each.id for each in rules if each.id])
        about = RecordRef(BANK_ACCOUNT, rule_id, f"Rule {moved.name}")
        await tenant.record(Change(about, "moved", {"place": at + 1}, {"place": to + 1}))


class Tried(NamedTuple):
    """A line that a rule takes, what it was reconciled as, and the rule that takes it first, if another does."""

    line: StoredBankLine
    booked: str
    before: str


class Trial(NamedTuple):
    """What a rule takes of the lines that came before."""

    looked_at: int
    taken: Sequence[Tried]


async def try_rule(tenant: Tenant, rule: Rule) -> Trial:
    """Return which of the latest lines a rule takes, and what they were; writes nothing. Raises `Invalid` by field."""
    rule = await _typed(tenant, rule)
    checked(rule)
    async with tenant.transaction() as db:
        lines = await stored.latest(db, LOOKED_AT)
        others = [each for each in await stored.rules(db) if each.id != rule.id]
        taken = [each for each in lines if rule.takes(as_line(each))]
        matches = await stored.matches(db, [each.id for each in taken])
    order = rule.order if rule.id else max((each.order for each in others), default=0) + 10
    ahead = [each for each in others if each.order < order]
    booked = {each.id: ", ".join(match.title for match in matches if match.line == each.id) for each in taken}
    told = []
    for each in taken:
        first = first_rule(as_line(each), ahead)
        told.append(Tried(each, booked[each.id], first.name if first else ""))
    return Trial(len(lines), told)
