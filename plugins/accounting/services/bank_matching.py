"""What open lines may be: suggestions with their reasons, learned weights, rules."""

import asyncio
from collections.abc import Mapping, Sequence
from typing import NamedTuple
from uuid import UUID

import msgspec
from msgspec.structs import replace

from weft import Change, Invalid, Job, Missing, RecordRef, Schedule, Tenant, new_id

from ..domain.bank.items import BankLine, OpenItem, Suggestion, from_entry
from ..domain.bank.learning import accounts_of, propose_rules, train
from ..domain.bank.matching import suggest
from ..domain.bank.rules import Rule, checked
from ..domain.bank.scoring import Weights, told
from ..domain.bank.stored import StoredBankLine
from ..queries import bank_items
from ..queries import bank_lines as stored
from ..records import BANK_ACCOUNT, BOOKS
from .reports import party_names

SHOWN = 200  # open lines of one page


class Knowledge(NamedTuple):
    """What suggestions are made from."""

    items: Sequence[OpenItem]
    rules: Sequence[Rule]
    accounts: Mapping[str, UUID]
    weights: Weights


class Nothing(msgspec.Struct, frozen=True):
    """This job needs to be told nothing."""


async def knowledge(tenant: Tenant) -> Knowledge:
    """Return everything that speaks for or against a suggestion, read in the open transaction."""
    db = tenant.scope()
    items = [*await bank_items.open_items(db), *await _named(tenant, await bank_items.open_lines(db))]
    return Knowledge(items, await stored.rules(db), accounts_of(await stored.payers(db)), await stored.weights(db))


async def _named(tenant: Tenant, lines: Sequence[OpenItem]) -> list[OpenItem]:
    """Return open lines of the ledger with the names of their parties."""
    names = await party_names(tenant, {each.party for each in lines if each.party})
    return [replace(each, party_name=names[each.party]) if each.party and each.party in names else each for each in lines]


def as_line(line: StoredBankLine) -> BankLine:
    """Return a stored line as matching takes it."""
    return replace(from_entry(line.id, line.told), currency=line.currency)


def suggestions(lines: Sequence[StoredBankLine], known: Knowledge) -> dict[UUID, list[Suggestion]]:
    """Return what lines may be, best first."""
    taken = [as_line(each) for each in lines]
    return suggest(taken, known.items, rules=known.rules, accounts=known.accounts, weights=known.weights)


class Proposals(NamedTuple):
    """The open lines of a bank account, what each may be, and everything that is open."""

    lines: Sequence[StoredBankLine]
    found: Mapping[UUID, Sequence[Suggestion]]
    items: Sequence[OpenItem]


async def proposals(tenant: Tenant, bank_account: UUID, limit: int = SHOWN) -> Proposals:
    """Return the oldest open lines of a bank account with their suggestions."""
    async with tenant.transaction() as db:
        lines = await stored.open_lines(db, bank_account, limit)
        known = await knowledge(tenant)
    return Proposals(lines, suggestions(lines, known), known.items)


async def learn(tenant: Tenant, _: Nothing) -> None:
    """Learn anew from what was accepted and what was not."""
    async with tenant.transaction() as db:
        examples = await stored.examples(db)
        before = await stored.weights(db)
    if len(examples) == before.examples:
        return
    learned = await asyncio.to_thread(train, examples)  # loading scikit-learn alone takes a second
    async with tenant.transaction() as db:
        await stored.put_weights(db, learned, tenant.now())
        about = {"decisions": learned.examples, "counts most": list(told(learned))}
        await tenant.record(Change(RecordRef(BANK_ACCOUNT, BOOKS, "Reconciliation"), "learned", {}, about))


async def learned(tenant: Tenant) -> Weights:
    """Return what was learned last."""
    async with tenant.transaction() as db:
        return await stored.weights(db)


async def all_rules(tenant: Tenant) -> list[Rule]:
    """Return the rules of the tenant in their order."""
    async with tenant.transaction() as db:
        return await stored.rules(db)


async def proposed_rules(tenant: Tenant) -> list[Rule]:
    """Return rules that would have booked what people booked three times alike by hand."""
    async with tenant.transaction() as db:
        return propose_rules(await stored.bookings(db), await stored.rules(db))


async def save_rule(tenant: Tenant, rule: Rule) -> Rule:
    """Make a rule, or change one; raises `Invalid` by field, `Missing`."""
    checked(rule)
    async with tenant.transaction() as db:
        there = await stored.rules(db)
        before = next((each for each in there if each.id == rule.id), None) if rule.id else None
        if rule.id and before is None:
            raise Missing("There is no such rule.")
        if any(each.name.lower() == rule.name.strip().lower() and each.id != rule.id for each in there):
            raise Invalid.field("name", "There is a rule of this name already.")
        made = replace(rule, id=rule.id or new_id(), name=rule.name.strip())
        assert made.id is not None
        await stored.put_rule(db, made.id, made)
        about = RecordRef(BANK_ACCOUNT, made.id, f"Rule {made.name}")
        await tenant.record(Change.between(about, "changed" if before else "created", _plain(before), _plain(made)))
    return made


async def remove_rule(tenant: Tenant, rule_id: UUID) -> None:
    """Forget a rule; raises `Missing`."""
    async with tenant.transaction() as db:
        found = next((each for each in await stored.rules(db) if each.id == rule_id), None)
        if found is None:
            raise Missing("There is no such rule.")
        await stored.remove_rule(db, rule_id)
        await tenant.record(Change(RecordRef(BANK_ACCOUNT, rule_id, f"Rule {found.name}"), "deleted", _plain(found), {}))


def _plain(rule: Rule | None) -> dict[str, object]:
    return {} if rule is None else msgspec.to_builtins(replace(rule, id=None))


LEARN = Job(name="accounting.learn_matching", title="Learn from reconciliation", payload=Nothing, run=learn, timeout=300)
NIGHTLY = Schedule(job=LEARN, cron="50 3 * * *", payload=Nothing())
