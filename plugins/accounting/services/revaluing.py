"""Foreign balances valued at the closing rate at the end of a period, and the reversal on the day after."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from uuid import UUID

from weft import Conflict, Invalid, Scope, Tenant
from weft.contracts import NewEntry, NewLine, PostedEntry, Source

from ..domain.accounts import Account
from ..domain.amounts import ZERO
from ..domain.currency.gains import Position, Revaluation, revalue
from ..domain.currency.rates import RateBook
from ..queries import accounts, balances, entries
from ..queries import taxes as rates
from . import posting
from .taxes import MAX_AGE, PIVOT
from .years import ensure_year

# Money, and what is paid in a fixed amount of it (IAS 21, paragraph 16). Of other accounts, which may hold stock or tax of documents in a
# foreign currency without owing any of it, only those that are kept in a foreign currency themselves.
MONETARY = frozenset({"bank", "receivable", "payable", "credit_card"})
BY_CURRENCY = frozenset({"current_asset", "noncurrent_asset", "current_liability", "noncurrent_liability"})
KIND = "accounting.revaluation"


@dataclass(frozen=True, slots=True)
class Valued:
    """The foreign balances of a day with what they are worth, and the entries that were posted for it, if they were."""

    day: date
    lines: Sequence[tuple[Account, Revaluation]]
    entry: PostedEntry | None = None
    reversal: PostedEntry | None = None

    @property
    def difference(self) -> Decimal:
        """The gain (loss, when negative) of all of them."""
        return sum((each.difference for _, each in self.lines), ZERO)


async def value(tenant: Tenant, day: date) -> Valued:
    """Return what foreign balances are worth on a day, and write nothing; raises `NoRate`."""
    async with tenant.transaction() as db:
        return await _value(tenant, db, day)


async def _value(tenant: Tenant, db: Scope, day: date) -> Valued:
    base = tenant.currency
    chart = {each.id: each for each in await accounts.all_accounts(db) if each.posting and _is_monetary(each, base)}
    found = [each for each in await balances.held(db, day, list(chart)) if each.currency != base and (each.amount or each.base)]
    positions = [Position(f"{each.account}", each.currency, each.amount, each.base) for each in found]
    codes = sorted({each.currency for each in positions} | {base, PIVOT})
    book = RateBook(await rates.rates(db, codes, day - timedelta(days=MAX_AGE), day), MAX_AGE)
    valued = revalue(positions, base, day, book)
    lines = [(chart[UUID(each.position.key)], each) for each in valued]
    entry = await entries.by_source(db, Source(KIND, f"{day}"))
    reversal = await entries.by_source(db, Source(KIND, f"{day}/reversal"))
    return Valued(day, sorted(lines, key=lambda each: (each[0].code, each[1].position.currency)), entry, reversal)


def _is_monetary(account: Account, base: str) -> bool:
    return account.type in MONETARY or (account.type in BY_CURRENCY and account.currency not in ("", base))


async def post(tenant: Tenant, day: date) -> Valued:
    """Post the revaluation of a day and its reversal on the day after, both or neither.

    Raises `NoRate`, `PeriodLocked`, `Conflict` when that day is valued already, and `Invalid` when there is nothing to value.
    """
    async with tenant.transaction() as db:
        found = await _value(tenant, db, day)
        if found.entry is not None:
            raise Conflict(f"The balances of {day} are valued already, by {found.entry.reference}.")
        moved = [(account, each) for account, each in found.lines if each.difference]
        if not moved:
            raise Invalid("No balance in a foreign currency is worth anything else than the books say: there is nothing to post.")
        await ensure_year(tenant, day + timedelta(days=1))
        entry = await posting.post(tenant, _entry(day, moved))
        reason = f"Unrealised differences of {day} do not stay in the books"
        reversal = await posting.reverse(
            tenant, entry.id, day + timedelta(days=1), reason, Source(KIND, f"{day}/reversal", entry.reference)
        )
    return Valued(day, found.lines, entry, reversal)


def _entry(day: date, moved: Sequence[tuple[Account, Revaluation]]) -> NewEntry:
    """Return the entry: each balance is brought to its worth in base currency alone, against unrealised differences."""
    lines = []
    for account, each in moved:
        words = f"{each.position.amount:f} {each.position.currency} at {each.rate:f}"
        lines.append(NewLine(account_id=account.id, currency=each.position.currency, base=each.difference, description=words))
        lines.append(NewLine(event="unrealised_exchange", currency=each.position.currency, base=-each.difference, description=words))
    return NewEntry(
        journal="general",
        date=day,
        description=f"Revaluation of {day}",
        source=Source(KIND, f"{day}", f"Revaluation {day}"),
        lines=tuple(lines),
    )
