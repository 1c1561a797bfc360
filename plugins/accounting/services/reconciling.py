"""Reconciling: a line of the bank becomes payments of documents and entries in the books, and can be taken back."""

from collections.abc import Sequence
from datetime import date
from uuid import UUID

import msgspec

from weft import Change, Conflict, Invalid, Missing, RecordRef, Scope, Stale, Tenant
from weft.contracts import PeriodLocked

from ..domain.bank.items import OpenItem, Suggestion
from ..domain.bank.splits import PaymentGroup, Split, as_splits, booked_together, check_splits, payments_of
from ..domain.bank.stored import StoredBankAccount, StoredBankLine, StoredMatch, StoredStatement
from ..queries import bank, bank_items
from ..queries import bank_lines as stored
from ..queries.bank_lines import Decision
from ..records import BANK_LINE
from . import bank_booking, bank_matching, payments
from .planning import PaymentDraft, Wish

JOURNAL = "bank"


class LineChanged(Stale):
    """Somebody else dealt with the line; `current` is how it is now."""

    def __init__(self, current: StoredBankLine) -> None:
        super().__init__(f"“{current.title}” of {current.amount:,} was dealt with by somebody else meanwhile: look again.")
        self.current = current


def ref(line: StoredBankLine) -> RecordRef:
    """Return a link to a line."""
    return RecordRef(BANK_LINE, line.id, f"{line.title} {line.amount:,} {line.currency}")


class Reconciled(msgspec.Struct, frozen=True, kw_only=True):
    """A line that was reconciled, and what became of it; `next` is the next open one of its account."""

    line: StoredBankLine
    matches: tuple[StoredMatch, ...]
    next: UUID | None = None


async def accept(tenant: Tenant, line_id: UUID, version: int, choice: int = 0) -> list[Reconciled]:
    """Accept the suggestion at a place of a line's ranking, the first unless told; one of several lines settles them all.

    Raises `Missing`, `LineChanged`, `Conflict` when there is no such suggestion any more, and what `settle` raises.
    """
    async with tenant.transaction() as db:
        line = await _open_line(db, line_id, version)
        known = await bank_matching.knowledge(tenant)
        siblings = await stored.open_lines(db, line.bank_account, bank_matching.SHOWN)
        lines = [*siblings, *([] if any(each.id == line_id for each in siblings) else [line])]
        ranked = bank_matching.suggestions(lines, known)[line_id]
        if choice >= len(ranked):
            raise Conflict("What was suggested is not open any more: look at the line again.")
        chosen = ranked[choice]
        items = {each.id: each for each in known.items}
        for passed in ranked[:choice]:
            await _decide(tenant, db, line, passed, accepted=False)
        by_id = {each.id: each for each in lines}
        done = []
        for each in chosen.lines:
            splits = _own_part(chosen, items, by_id[each])
            done.append(await _settle(tenant, db, by_id[each], splits, chosen))
        await _decide(tenant, db, line, chosen, accepted=True)
    return done


def _own_part(chosen: Suggestion, items: dict[UUID, OpenItem], line: StoredBankLine) -> tuple[Split, ...]:
    """Return what a line is by a suggestion, or what it pays of the one item that several lines pay together."""
    if len(chosen.lines) == 1:
        return as_splits(chosen, items, line.amount, line.currency, line.booked)
    item = items[chosen.parts[0].item]
    if item.entry:
        return (Split(amount=line.amount, line=item.id, title=item.number),)
    return (Split(amount=line.amount, document=item.id, title=item.number),)


async def settle(tenant: Tenant, line_id: UUID, version: int, splits: Sequence[Split]) -> Reconciled:
    """Settle a line as a person wants it: documents, accounts of the books, on account of a party; all of it or nothing.

    Raises `Missing`, `LineChanged`, `Invalid` by split (``splits.1.amount``), and what payments and the ledger raise.
    """
    async with tenant.transaction() as db:
        line = await _open_line(db, line_id, version)
        known = await bank_matching.knowledge(tenant)
        ranked = bank_matching.suggestions([line], known)[line_id]
        done = await _settle(tenant, db, line, splits, None)
        for passed in ranked[:1]:
            if {each.document or each.line for each in splits if each.document or each.line} != {part.item for part in passed.parts}:
                await _decide(tenant, db, line, passed, accepted=False)
        whole = splits[0].code if len(splits) == 1 else ""  # a fee beside what was paid says nothing of where such lines go
        for party in {each.party for each in splits} if not whole else {splits[0].party}:
            await stored.decide(db, line.id, Decision("manual", True, party=party, to_account=whole), tenant.now())
    return done


async def accept_certain(tenant: Tenant, bank_account: UUID) -> tuple[int, list[str]]:
    """Accept every suggestion that is certain; returns how many lines that settled, and why others stayed.

    Each is a transaction of its own, so that one that is refused leaves the others as they are.
    """
    found = await bank_matching.proposals(tenant, bank_account)
    done: set[UUID] = set()
    refused: list[str] = []
    for line in found.lines:
        ranked = found.found[line.id]
        if line.id in done or not ranked or not ranked[0].certain:
            continue
        try:
            done |= {each.line.id for each in await accept(tenant, line.id, line.version)}
        except (Invalid, Conflict) as problem:
            refused.append(f"{line.title}: {problem.message}")
    return len(done), refused


async def undo(tenant: Tenant, line_id: UUID, version: int, reason: str = "Reconciled wrongly") -> StoredBankLine:
    """Take back what a line turned out to be: its payments and entries are reversed, what they settled is open again.

    Raises `Missing`, `LineChanged`, `Conflict`, `PeriodLocked`.
    """
    async with tenant.transaction() as db:
        line = await _find(db, line_id, lock=True)
        if line.version != version:
            raise LineChanged(line)
        if line.state != "matched":
            raise Conflict(f"“{line.title}” is not reconciled.")
        for match in await stored.matches(db, [line_id]):
            if not await stored.is_reversed(db, match.entry):  # somebody may have done that on the payment's own page
                await _take_back(tenant, match, line.booked, reason)
        await stored.undo_matches(db, line_id, tenant.now())
        await stored.undecide(db, line_id)
        await stored.set_state(db, line_id, "open")
        statement = await bank.statement(db, line.statement, lock=True)
        if statement and statement.state == "reconciled":
            await bank.set_state(db, statement.id, _before(statement))
        await tenant.record(Change(ref(line), "reconciliation undone", {"state": "matched"}, {"state": "open", "reason": reason}))
        return await _find(db, line_id)


def _before(statement: StoredStatement) -> str:
    """Return the state a statement was in before it was reconciled."""
    return "verified" if statement.proof.verdict == "verified" else "imported"


async def _take_back(tenant: Tenant, match: StoredMatch, day: date, reason: str) -> None:
    """Reverse what a match posted, on its own day or, where that is locked, today."""
    for on in (day, tenant.today()):
        try:
            async with tenant.transaction():
                if match.payment:
                    await payments.take_back(tenant, match.payment, on, reason)
                else:
                    await bank_booking.take_back(tenant, match, on, reason)
        except PeriodLocked:
            if on == tenant.today():
                raise
            continue
        return


async def _find(db: Scope, line_id: UUID, *, lock: bool = False) -> StoredBankLine:
    found = await stored.line(db, line_id, lock=lock)
    if found is None:
        raise Missing("There is no such line.")
    return found


async def _open_line(db: Scope, line_id: UUID, version: int) -> StoredBankLine:
    """Return a line that can be reconciled, locked."""
    line = await _find(db, line_id, lock=True)
    if line.version != version:
        raise LineChanged(line)
    if line.state == "parked":
        raise Conflict("The statement of this line does not tie out: let it pass first, or discard it.")
    if line.state == "matched":
        raise Conflict(f"“{line.title}” is reconciled already: undo that first.")
    return line


async def _settle(tenant: Tenant, db: Scope, line: StoredBankLine, splits: Sequence[Split], chosen: Suggestion | None) -> Reconciled:
    """Post what a line is, in the open transaction."""
    account = await bank.account(db, line.bank_account)
    assert account is not None
    items = {each.id: each for each in await bank_items.chosen_items(db, splits)}
    check_splits(line.amount, line.currency, splits, items)
    matches = [await _pay(tenant, line, account, draft, chosen) for draft in payments_of(splits, items)]
    lines, alone = booked_together(splits)
    together = [lines, *alone] if lines else alone
    matches += [await bank_booking.book(tenant, line, account, some, items, chosen) for some in together]
    for match in matches:
        await stored.add_match(db, match)
    await stored.set_state(db, line.id, "matched")
    statement = await bank.statement(db, line.statement, lock=True)
    if statement and not await stored.unmatched(db, line.statement):
        await bank.set_state(db, line.statement, "reconciled")
    told = {"as": [match.title for match in matches], "why": list(chosen.reasons) if chosen else ["By hand."]}
    await tenant.record(Change(ref(line), "reconciled", {"state": "open"}, {"state": "matched"} | told))
    following = [each.id for each in await stored.open_lines(db, line.bank_account, 1)]
    return Reconciled(line=await _find(db, line.id), matches=tuple(matches), next=following[0] if following else None)


async def _pay(
    tenant: Tenant, line: StoredBankLine, account: StoredBankAccount, group: PaymentGroup, chosen: Suggestion | None
) -> StoredMatch:
    """Register a payment of documents of one party, or on account."""
    currency = group.currency or account.currency
    foreign = currency != account.currency
    if foreign and not await _keeps_currency(tenant, account):
        own = f"{account.code} {account.account_name}"
        raise Invalid(f"{own} has no currency of its own: set it to {account.currency} before paying documents in {currency}.")
    draft = PaymentDraft(
        incoming=group.incoming,
        day=line.booked,
        amount=group.amount,
        bank=account.code,
        party=group.party,
        currency=currency,
        bank_amount=abs(group.paid) if foreign else None,
        reference=line.told.remittance[:200] or line.title[:200],
        wishes=tuple(Wish(document=each.document, amount=each.amount, early=each.early) for each in group.wishes),
    )
    made = await payments.register(tenant, draft)
    return bank_booking.match_of(
        tenant, line, chosen, amount=group.paid, entry=made.entry, payment=made.id, title=f"{made.party_name}: {group.title}"
    )


async def _keeps_currency(tenant: Tenant, account: StoredBankAccount) -> bool:
    held = await tenant.scope().fetchval("SELECT a.currency FROM accounting_account a WHERE a.id = $1", account.account)
    return bool(held == account.currency)


async def _decide(tenant: Tenant, db: Scope, line: StoredBankLine, suggestion: Suggestion, *, accepted: bool) -> None:
    decision = Decision(suggestion.kind, accepted, suggestion.features, suggestion.party, suggestion.account)
    await stored.decide(db, line.id, decision, tenant.now())
