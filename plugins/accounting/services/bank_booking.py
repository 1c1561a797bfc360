"""Parts of a bank's line as entries of the books: to accounts, and against what is open on them."""

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from fractions import Fraction
from uuid import UUID

from msgspec.structs import replace

from weft import Tenant, new_id
from weft.contracts import Ledger, NewEntry, NewLine, PostedLine, Source
from weft.money import minor_unit

from ..domain.amounts import ZERO, rounded
from ..domain.bank.items import OpenItem, Suggestion
from ..domain.bank.splits import Split
from ..domain.bank.stored import StoredBankAccount, StoredBankLine, StoredMatch
from ..queries import payments as stored
from ..queries.payments import Allocated
from ..records import BANK_LINE
from . import taxes
from .posting import by_whom

JOURNAL = "bank"


async def book(
    tenant: Tenant,
    line: StoredBankLine,
    account: StoredBankAccount,
    splits: Sequence[Split],
    items: Mapping[UUID, OpenItem],
    chosen: Suggestion | None,
) -> StoredMatch:
    """Post parts of a line in one entry, and set those that are open lines of the ledger against them; in the open transaction."""
    match_id, db = new_id(), tenant.scope()
    total = sum((each.amount for each in splits), ZERO)
    words = next((each.description for each in splits if each.description), "") or line.told.remittance or line.title
    currency = "" if line.currency == tenant.currency else line.currency
    own = [_signed(NewLine(account_id=account.account, description=words[:500]), total)] if total else []
    others = [_other(each, items.get(each.line) if each.line else None, words) for each in splits]
    lines = [*own, *others]
    if currency and any(each.line for each in splits):
        lines = await _in_base(tenant, line, lines, [items.get(each.line) if each.line else None for each in splits])
    entry = NewEntry(
        journal=JOURNAL,
        date=line.booked,
        currency=currency,
        description=f"{line.title}: {words}"[:500] if words != line.title else line.title[:500],
        source=Source(BANK_LINE.name, str(match_id), line.title),
        lines=tuple(lines),
    )
    posted = await tenant.service(Ledger).post(entry)
    told = posted.lines[len(own) : len(own) + len(splits)]
    settled = [
        Allocated(split.line, made.id, abs(split.amount)) if split.amount > 0 else Allocated(made.id, split.line, abs(split.amount))
        for split, made in zip(splits, told, strict=True)
        if split.line
    ]
    for split, made in zip(splits, told, strict=True):
        if not split.line and made.residual and made.party is None:
            settled += await _with_oldest(tenant, made, line.booked)
    await stored.allocate_many(db, settled, tenant.now(), by_whom(tenant))
    return match_of(
        tenant, line, chosen, amount=total, entry=posted.id, title=_title(splits, items, told[0].code, told[0].name), match_id=match_id
    )


async def _with_oldest(tenant: Tenant, made: PostedLine, until: date) -> list[Allocated]:
    """Return what a line settles that was booked to an account of open lines without saying which: the oldest, as far as it reaches."""
    left, found = abs(made.amount), []
    for open_line, residual in await stored.oldest_open(tenant.scope(), made.account_id, made.currency, until, debits=made.amount < 0):
        used = min(left, abs(residual))
        found.append(Allocated(open_line, made.id, used) if made.amount < 0 else Allocated(made.id, open_line, used))
        left -= used
        if not left:
            break
    return found


def _title(splits: Sequence[Split], items: Mapping[UUID, OpenItem], code: str, name: str) -> str:
    numbers = [items[each.line].number for each in splits if each.line]
    if not numbers:
        return f"{code} {name}"
    return f"{code} {name}: {', '.join(numbers[:3])}" + (f" and {len(numbers) - 3} more" if len(numbers) > 3 else "")


def _signed(line: NewLine, amount: Decimal) -> NewLine:
    """Return a line with an amount, debits positive."""
    return replace(line, debit=max(amount, ZERO), credit=max(-amount, ZERO))


def _other(split: Split, item: OpenItem | None, words: str) -> NewLine:
    """Return the line of the books for one part, on the side that is not the bank's."""
    if item is not None:
        made = NewLine(code=item.account, party=item.party, description=f"{item.number} {words}"[:500])
    else:
        event = "" if split.code else split.event
        made = NewLine(code=split.code, event=event, party=split.party, description=(split.description or words)[:500])
    return _signed(made, -split.amount)


async def _in_base(tenant: Tenant, line: StoredBankLine, lines: Sequence[NewLine], items: Sequence[OpenItem | None]) -> list[NewLine]:
    """Return lines in a foreign currency with what they are in base currency: open lines leave with what they came with, the rest by rate.

    What is left between them is a gain or a loss on exchange.
    """
    rate = await taxes.rate_for(tenant, line.currency, line.booked, None)
    unit = minor_unit(tenant.currency)
    told = []
    for each, item in zip(lines, [*([None] * (len(lines) - len(items))), *items], strict=True):
        amount = each.debit - each.credit
        worth = Fraction(item.base) * Fraction(amount) / Fraction(item.amount) if item else Fraction(amount) * Fraction(rate.factor)
        told.append(replace(each, base=rounded(worth, unit)))
    left = sum((each.base or ZERO for each in told), ZERO)
    if left:
        event = "exchange_gain" if left > 0 else "exchange_loss"
        told.append(NewLine(event=event, currency=line.currency, base=-left, description="Exchange difference"))
    return told


async def take_back(tenant: Tenant, match: StoredMatch, day: date, reason: str) -> None:
    """Reverse what a match booked, and open what it settled; in the open transaction. Raises what `Ledger.reverse` does."""
    await stored.undo_entry_allocations(tenant.scope(), match.entry)
    await tenant.service(Ledger).reverse(match.entry, day, reason, Source(BANK_LINE.name, f"{match.id}/undone", match.title))


def match_of(
    tenant: Tenant,
    line: StoredBankLine,
    chosen: Suggestion | None,
    *,
    amount: Decimal,
    entry: UUID,
    title: str,
    payment: UUID | None = None,
    match_id: UUID | None = None,
) -> StoredMatch:
    """Return what a line, or a part of it, turned out to be."""
    return StoredMatch(
        id=match_id or new_id(),
        line=line.id,
        kind=chosen.kind if chosen else "manual",
        amount=amount,
        entry=entry,
        payment=payment,
        title=title[:500],
        explanation=chosen.reasons if chosen else ("By hand.",),
        score=chosen.score if chosen else 0.0,
        at=tenant.now(),
        by=by_whom(tenant),
    )
