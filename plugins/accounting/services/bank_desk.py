"""What the pages of banks show."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import NamedTuple
from uuid import UUID

from weft import Invalid, Missing, Tenant
from weft.contracts import Ledger, Parties, Party

from ..domain.accounts import Account
from ..domain.bank.items import OpenItem, Suggestion
from ..domain.bank.splits import Split
from ..domain.bank.stored import StoredBankAccount, StoredBankLine, StoredFile, StoredMatch, StoredStatement
from ..queries import accounts as chart
from ..queries import bank, bank_items, bank_lines
from . import bank_accounts, bank_matching
from .bank_accounts import Standing

OFFERED = 40  # open items beside a line
TOGETHER = 200  # open items of which several can be ticked
UNDOABLE = 8
MONEY = ("bank", "credit_card")


class Overview(NamedTuple):
    """Every bank account, and the files that came last."""

    standings: Sequence[Standing]
    files: Sequence[StoredFile]


class Settled(NamedTuple):
    """A line and what it turned out to be."""

    line: StoredBankLine
    matches: Sequence[StoredMatch]


class Desk(NamedTuple):
    """The page on which a bank account is reconciled: open lines, and everything about the one that is looked at."""

    account: StoredBankAccount
    lines: Sequence[StoredBankLine]
    best: dict[UUID, Suggestion | None]
    items: dict[UUID, OpenItem]
    current: StoredBankLine | None
    suggestions: Sequence[Suggestion]
    offered: Sequence[OpenItem]
    together: Sequence[OpenItem]
    settled: Sequence[Settled]
    certain: int
    left: Decimal
    more: bool

    @property
    def place(self) -> int:
        """Where the line that is looked at stands among the open ones, from 1."""
        return next((at for at, each in enumerate(self.lines, 1) if self.current and each.id == self.current.id), 0)


async def overview(tenant: Tenant) -> Overview:
    """Return every bank account, and the files that came last."""
    standings = await bank_accounts.standings(tenant)
    async with tenant.transaction() as db:
        return Overview(standings, await bank.files(db))


async def desk(tenant: Tenant, account_id: UUID, line_id: UUID | None) -> Desk:
    """Return the page of a bank account, looking at a line or at the oldest one; raises `Missing`."""
    account = await bank_accounts.get(tenant, account_id)
    found = await bank_matching.proposals(tenant, account_id, bank_matching.SHOWN)
    lines = list(found.lines)
    current = next((each for each in lines if each.id == line_id), None) or (lines[0] if lines else None)
    meant = {part.item for each in (found.found[current.id] if current else ()) for part in each.parts}
    async with tenant.transaction() as db:
        latest = await bank_lines.latest_matched(db, account_id, UNDOABLE)
        matches = await bank_lines.matches(db, [each.id for each in latest])
    return Desk(
        account=account,
        lines=lines,
        best={each.id: next(iter(found.found[each.id]), None) for each in lines},
        items={each.id: each for each in found.items if each.id in meant},
        current=current,
        suggestions=found.found[current.id] if current else (),
        offered=_offered(current, found.items) if current else (),
        together=_together(current, found.items) if current else (),
        settled=[Settled(each, [match for match in matches if match.line == each.id]) for each in latest],
        certain=sum(1 for each in lines if (ranked := found.found[each.id]) and ranked[0].certain),
        left=sum((each.amount for each in lines), Decimal(0)),
        more=len(lines) == bank_matching.SHOWN,
    )


def _offered(line: StoredBankLine, items: Sequence[OpenItem]) -> list[OpenItem]:
    """Return the documents that a person is likeliest to mean: those of the line's side, nearest in amount."""
    fitting = [each for each in items if each.amount * line.amount > 0]
    return sorted(fitting, key=lambda each: (each.currency != line.currency, abs(each.amount - line.amount), each.due_on or line.booked))[
        :OFFERED
    ]


def _together(line: StoredBankLine, items: Sequence[OpenItem]) -> list[OpenItem]:
    """Return what one line may pay several of, in its currency: nearest in time, then by whose it is and when."""
    mine = sorted((each for each in items if each.currency == line.currency), key=lambda each: abs((line.booked - _when(each)).days))
    return sorted(mine[:TOGETHER], key=lambda each: (each.owner, _when(each), each.number))


def _when(item: OpenItem) -> date:
    return item.issued_on or item.due_on or date.max


class Sums(NamedTuple):
    """What some open items come to, and what is left of a line."""

    many: int
    total: Decimal
    left: Decimal
    currency: str


def sums(line: StoredBankLine, items: Sequence[OpenItem]) -> Sums:
    """Return what some open items come to."""
    total = sum((each.amount for each in items), Decimal(0))
    return Sums(len(items), total, line.amount - total, line.currency)


async def chosen(tenant: Tenant, splits: Sequence[Split]) -> list[OpenItem]:
    """Return the open items that some parts are of; what is not open any more is left out."""
    async with tenant.transaction() as db:
        return await bank_items.chosen_items(db, splits)


class StatementPage(NamedTuple):
    """A statement with its lines and what they turned out to be."""

    statement: StoredStatement
    account: StoredBankAccount
    lines: Sequence[Settled]


async def statement_page(tenant: Tenant, statement_id: UUID) -> StatementPage:
    """Return a statement's page; raises `Missing`."""
    async with tenant.transaction() as db:
        statement = await bank.statement(db, statement_id)
        if statement is None:
            raise Missing("There is no such statement.")
        account = await bank.account(db, statement.bank_account)
        assert account is not None
        lines = await bank_lines.of_statement(db, statement_id)
        matches = await bank_lines.matches(db, [each.id for each in lines])
    return StatementPage(statement, account, [Settled(each, [match for match in matches if match.line == each.id]) for each in lines])


async def statements(tenant: Tenant, account_id: UUID) -> list[StoredStatement]:
    """Return the latest statements of a bank account."""
    async with tenant.transaction() as db:
        return await bank.statements(db, account_id)


async def line(tenant: Tenant, line_id: UUID) -> StoredBankLine:
    """Return a line; raises `Missing`."""
    async with tenant.transaction() as db:
        found = await bank_lines.line(db, line_id)
    if found is None:
        raise Missing("There is no such line.")
    return found


async def file(tenant: Tenant, file_id: UUID) -> StoredFile:
    """Return a file that was brought; raises `Missing`."""
    async with tenant.transaction() as db:
        found = await bank.file(db, file_id)
    if found is None:
        raise Missing("There is no such file.")
    return found


class LineNow(NamedTuple):
    """A line as it is: what it may be while it is open, what it turned out to be after that."""

    line: StoredBankLine
    suggestions: Sequence[Suggestion]
    matches: Sequence[StoredMatch]


async def line_now(tenant: Tenant, line_id: UUID) -> LineNow:
    """Return a line with its suggestions, ranked as accepting them counts; raises `Missing`."""
    found = await line(tenant, line_id)
    async with tenant.transaction() as db:
        matches = await bank_lines.matches(db, [line_id])
        if found.state != "open":
            return LineNow(found, (), matches)
        siblings = await bank_lines.open_lines(db, found.bank_account, bank_matching.SHOWN)
        known = await bank_matching.knowledge(tenant)
    lines = [*siblings, *([] if any(each.id == line_id for each in siblings) else [found])]
    return LineNow(found, bank_matching.suggestions(lines, known)[line_id], matches)


async def money_accounts(tenant: Tenant) -> list[Account]:
    """Return the accounts of the books that may stand for a bank account."""
    async with tenant.transaction() as db:
        return [each for each in await chart.all_accounts(db) if each.posting and not each.closed and each.type in MONEY]


async def posting_accounts(tenant: Tenant) -> list[Account]:
    """Return the accounts of the books that lines may be booked to."""
    async with tenant.transaction() as db:
        return [each for each in await chart.all_accounts(db) if each.posting and not each.closed]


async def fee_account(tenant: Tenant) -> str:
    """Return the account that fees of banks and card companies go to; nothing where none is set."""
    async with tenant.transaction():
        try:
            return await tenant.service(Ledger).account_for("bank_fees")
        except Invalid:
            return ""


async def party(tenant: Tenant, party_id: UUID) -> Party:
    """Return a party; raises `Missing`."""
    async with tenant.transaction():
        return await tenant.service(Parties).get(party_id)
