"""What open lines may be: suggestions with their reasons, and learned weights."""

import asyncio
from collections.abc import Mapping, Sequence
from typing import NamedTuple
from uuid import UUID

import msgspec
from msgspec.structs import replace

from weft import Change, Job, RecordRef, Schedule, Tenant

from ..domain.bank.items import BankLine, OpenItem, Suggestion, from_entry
from ..domain.bank.learning import accounts_of, train
from ..domain.bank.matching import suggest
from ..domain.bank.rules import Rule
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


LEARN = Job(name="accounting.learn_matching", title="Learn from reconciliation", payload=Nothing, run=learn, timeout=300)
NIGHTLY = Schedule(job=LEARN, cron="50 3 * * *", payload=Nothing())
