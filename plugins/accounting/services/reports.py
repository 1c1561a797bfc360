"""Reports: trial balance, general ledger, journal, balance sheet, profit and loss, numbers."""

from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from uuid import UUID

from weft import Tenant
from weft.contracts import Parties, PostedEntry

from ..domain.accounts import Account, AccountClass, tree
from ..domain.balances import NOTHING, ZERO, Moved, StatementSection, Sums, TrialLine, rolled_up, sections, year_start
from ..domain.calendar import add_months
from ..domain.numbering import Gap, gaps
from ..queries import accounts, balances, calendar, entries, proof
from ..queries.entries import LedgerLine

PAGE = 200
STREAM = 2000
BALANCE_SHEET = (AccountClass.ASSET, AccountClass.LIABILITY, AccountClass.EQUITY)
PROFIT_OR_LOSS = (AccountClass.INCOME, AccountClass.EXPENSE)


@dataclass(frozen=True, slots=True)
class TrialBalance:
    """A trial balance from a day to a day, in base currency."""

    first: date
    last: date
    compared: date | None
    lines: tuple[TrialLine, ...]
    total: Sums
    debit_balances: Decimal
    credit_balances: Decimal


async def default_days(tenant: Tenant) -> tuple[date, date]:
    """Return the days reports are about unless told: the fiscal year around today, until today."""
    async with tenant.transaction() as db:
        years = await calendar.years(db)
    today = tenant.today()
    return year_start([(each.first, each.last) for each in years], today), today


async def trial_balance(
    tenant: Tenant, first: date, last: date, compared: date | None = None, value: UUID | None = None, *, everything: bool = False
) -> TrialBalance:
    """Return what every account held before `first`, what moved until `last`, and what it holds then.

    Accounts without any of it are left out unless `everything` is wanted; `value` narrows it to a dimension's value.
    """
    async with tenant.transaction() as db:
        chart = await accounts.all_accounts(db)
        before = await balances.moved(db, date.min, first - timedelta(days=1), value)
        after = await balances.moved(db, date.min, last, value)
        other = await balances.moved(db, date.min, compared, value) if compared else {}
    sums = {
        each.id: Sums(
            before.get(each.id, Moved()).net,
            after.get(each.id, Moved()).debit - before.get(each.id, Moved()).debit,
            after.get(each.id, Moved()).credit - before.get(each.id, Moved()).credit,
        )
        for each in chart
    }
    lines = [
        TrialLine(node, sums[node.account.id], other.get(node.account.id, Moved()).net if compared else None)
        for node in tree(chart)
        if node.account.posting and (everything or sums[node.account.id] != NOTHING or other.get(node.account.id, Moved()).net)
    ]
    closing = [each.sums.closing for each in lines]
    return TrialBalance(
        first,
        last,
        compared,
        tuple(lines),
        Sums(*(sum((each.sums[place] for each in lines), ZERO) for place in range(3))),
        sum((each for each in closing if each > 0), ZERO),
        -sum((each for each in closing if each < 0), ZERO),
    )


async def chart_balances(tenant: Tenant, at: date) -> tuple[list[Account], dict[UUID, Decimal]]:
    """Return the chart, and what each account holds on a day together with all below it, in base currency."""
    async with tenant.transaction() as db:
        chart = await accounts.all_accounts(db)
        moved = await balances.moved(db, date.min, at)
    return chart, rolled_up(tree(chart), {account: each.net for account, each in moved.items()})


@dataclass(frozen=True, slots=True)
class Statement:
    """A balance sheet or a profit and loss account; `result` is the profit, negative for a loss."""

    sections: tuple[StatementSection, ...]
    result: Decimal
    compared_result: Decimal | None
    assets: Decimal = ZERO
    claims: Decimal = ZERO  # liabilities and equity, the result included
    compared_assets: Decimal | None = None
    compared_claims: Decimal | None = None


async def profit_and_loss(tenant: Tenant, first: date, last: date, compared: tuple[date, date] | None = None) -> Statement:
    """Return income and expenses from a day to a day; what a year close moved is left out."""
    async with tenant.transaction() as db:
        chart = await accounts.all_accounts(db)
    held = await _result(tenant, first, last)
    other = await _result(tenant, *compared) if compared else None
    found = sections(chart, PROFIT_OR_LOSS, held, other)
    kinds = {each.id: each.in_profit_or_loss for each in chart}

    def result(of: Mapping[UUID, Decimal]) -> Decimal:
        return -sum((net for account, net in of.items() if kinds.get(account)), ZERO)

    return Statement(tuple(found), result(held), result(other) if other is not None else None)


async def _result(tenant: Tenant, first: date, last: date) -> dict[UUID, Decimal]:
    async with tenant.transaction() as db:
        moved = await balances.moved(db, first, last)
        closed = await balances.closed_out(db, first, last)
    return {account: each.net - closed.get(account, Moved()).net for account, each in moved.items()} | {
        account: -each.net for account, each in closed.items() if account not in moved
    }


async def balance_sheet(tenant: Tenant, at: date, compared: date | None = None) -> Statement:
    """Return assets, liabilities and equity on a day; the result that no year close has moved yet stands with equity."""
    async with tenant.transaction() as db:
        chart = await accounts.all_accounts(db)
        held = {account: each.net for account, each in (await balances.moved(db, date.min, at)).items()}
        other = {account: each.net for account, each in (await balances.moved(db, date.min, compared)).items()} if compared else None
    found = sections(chart, BALANCE_SHEET, held, other)
    kinds = {each.id: each for each in chart}

    def sums(of: Mapping[UUID, Decimal]) -> tuple[Decimal, Decimal, Decimal]:
        assets = sum((net for account, net in of.items() if kinds[account].kind.of == AccountClass.ASSET), ZERO)
        claims = -sum((net for account, net in of.items() if kinds[account].kind.of in (AccountClass.LIABILITY, AccountClass.EQUITY)), ZERO)
        result = -sum((net for account, net in of.items() if kinds[account].in_profit_or_loss), ZERO)
        return assets, claims + result, result

    assets, claims, result = sums(held)
    before = sums(other) if other is not None else (None, None, None)
    return Statement(tuple(found), result, before[2], assets, claims, before[0], before[1])


@dataclass(frozen=True, slots=True)
class LedgerPage:
    """Lines of one account with its running balance, in base currency; `opening` is what it held before the first line."""

    opening: Decimal
    lines: tuple[tuple[LedgerLine, Decimal], ...]
    parties: Mapping[UUID, str]
    closing: Decimal | None  # none while there are more pages
    next: str = ""


async def general_ledger(tenant: Tenant, account: UUID, first: date, last: date, after: str = "") -> LedgerPage:
    """Return a page of an account's lines; `after` is the `next` of the page before."""
    place, brought = _place(after)
    async with tenant.transaction() as db:
        opening = brought
        if opening is None:
            opening = (await balances.moved(db, date.min, first - timedelta(days=1))).get(account, Moved()).net
        lines = await entries.ledger_page(db, account, first, last, place, PAGE + 1)
    shown, running = [], opening
    for line in lines[:PAGE]:
        running += line.base
        shown.append((line, running))
    more = len(lines) > PAGE
    parties = await party_names(tenant, {line.party for line, _ in shown if line.party})
    end = shown[-1][0] if shown else None
    following = f"{end.date}_{end.entry}_{end.position}_{running}" if more and end else ""
    return LedgerPage(opening, tuple(shown), parties, None if more else running, following)


def _place(after: str) -> tuple[tuple[date, UUID, int] | None, Decimal | None]:
    try:
        day, entry, position, brought = after.split("_")
        return (date.fromisoformat(day), UUID(entry), int(position)), Decimal(brought)
    except (ValueError, ArithmeticError):
        return None, None


async def party_names(tenant: Tenant, ids: set[UUID]) -> dict[UUID, str]:
    """Return the names of parties by id."""
    if not ids or not tenant.has("contacts"):
        return {}
    async with tenant.transaction():
        return {party: found.name for party, found in (await tenant.service(Parties).many(list(ids))).items()}


async def stream_ledger(
    tenant: Tenant, chosen: list[Account], first: date, last: date
) -> AsyncIterator[tuple[Account, LedgerLine | None, Decimal]]:
    """Yield the lines of accounts, each account after what it held before (a line of none), with the running balance."""
    async with tenant.transaction() as db:
        before = await balances.moved(db, date.min, first - timedelta(days=1))
    for account in chosen:
        running = before.get(account.id, Moved()).net
        after: tuple[date, UUID, int] | None = None
        begun = False
        while True:
            async with tenant.transaction() as db:
                lines = await entries.ledger_page(db, account.id, first, last, after, STREAM)
            if not begun and (lines or running):
                yield account, None, running
                begun = True
            for line in lines:
                running += line.base
                yield account, line, running
            if len(lines) < STREAM:
                break
            after = (lines[-1].date, lines[-1].entry, lines[-1].position)


async def journal_page(tenant: Tenant, first: date, last: date, journal: UUID | None, after: str = "") -> tuple[list[PostedEntry], str]:
    """Return entries with their lines by date, and where the next page begins."""
    place: tuple[date, UUID] | None = None
    if "_" in after:
        day, _, entry = after.partition("_")
        try:
            place = (date.fromisoformat(day), UUID(entry))
        except ValueError:
            place = None
    async with tenant.transaction() as db:
        found = await entries.journal_page(db, first, last, [journal] if journal else [], place, PAGE // 4 + 1)
    shown = found[: PAGE // 4]
    return shown, f"{shown[-1].date}_{shown[-1].id}" if len(found) > len(shown) else ""


@dataclass(frozen=True, slots=True)
class Series:
    """The numbers of one journal in one year."""

    journal: str
    name: str
    year: str
    count: int
    counter: int
    gaps: tuple[Gap, ...]
    backdated: int  # entries whose date lies before that of an earlier number
    link: str = ""  # its entries

    def missing(self, most: int = 10) -> list[str]:
        """Return what is missing in words, the first gaps of them."""
        told = [
            f"{self.journal} {self.year}: {gap.first}" + (f" to {gap.last}" if gap.last > gap.first else "") for gap in self.gaps[:most]
        ]
        return told + ([f"{self.journal} {self.year}: {len(self.gaps) - most} more gaps"] if len(self.gaps) > most else [])


async def numbers(tenant: Tenant) -> list[Series]:
    """Return how complete the numbers of each journal and year are."""
    async with tenant.transaction() as db:
        found = await proof.series(db)
        suspect = [
            each for each in found if each.entries != each.counter or (each.entries and (each.lowest, each.highest) != (1, each.entries))
        ]
        taken = {(each.journal, each.fiscal_year): await proof.numbers_taken(db, each.journal, each.fiscal_year) for each in suspect}
    return [
        Series(
            each.code,
            each.name,
            each.year,
            each.entries,
            each.counter,
            tuple(gaps(taken.get((each.journal, each.fiscal_year), ()), max(each.counter, each.highest)))
            if (each.journal, each.fiscal_year) in taken
            else (),
            each.backdated,
            f"/reports/accounting.journal?journal={each.journal}&first={each.first}&last={each.last}",
        )
        for each in found
    ]


def same_days_last_year(first: date, last: date) -> tuple[date, date]:
    """Return the same days a year before."""
    return add_months(first, -12), add_months(last, -12) if last != _month_end(last) else _month_end(add_months(last, -12))


def _month_end(day: date) -> date:
    return add_months(day.replace(day=1), 1) - timedelta(days=1)
