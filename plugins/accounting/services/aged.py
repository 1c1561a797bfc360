"""Aged receivables and payables of any day, and the statement of account of one party."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from uuid import UUID

from weft import Tenant
from weft.contracts import Parties, Party

from ..domain.amounts import ZERO
from ..domain.documents.ageing import USUAL, AgeBy, Bucket, age
from ..domain.documents.allocation import OpenItem
from ..queries import aged
from ..queries.aged import Moved, OpenLine


@dataclass(frozen=True, slots=True)
class AgedRow:
    """One party in one currency: what is open, by age."""

    party: UUID | None
    name: str
    currency: str
    buckets: Sequence[Bucket]

    @property
    def total(self) -> Decimal:
        """All that is open."""
        return sum((each.total for each in self.buckets), ZERO)


@dataclass(frozen=True, slots=True)
class Aged:
    """What is open on a day, by party and age, and the sums of each currency."""

    day: date
    rows: Sequence[AgedRow]
    sums: Sequence[AgedRow]


async def aged_report(tenant: Tenant, day: date, *, receivable: bool, by: AgeBy = AgeBy.DUE, ends: Sequence[int] = USUAL) -> Aged:
    """Return what was open on a day by age, as it was then; what the business owes is positive among payables. Raises `Invalid`."""
    async with tenant.transaction() as db:
        found = await aged.open_on(db, day, "receivable" if receivable else "payable")
        names = await tenant.service(Parties).many(list({each.party for each in found if each.party}))
    by_id: dict[UUID | None, Party] = {each.id: each for each in names.values()}
    sign = 1 if receivable else -1
    grouped: dict[tuple[str, UUID | None], list[OpenItem]] = {}
    for each in found:
        party = names[each.party].id if each.party in names else each.party
        grouped.setdefault((each.currency, party), []).append(_item(each, sign))
    rows = [
        AgedRow(party, by_id[party].name if party in by_id else "No party", currency, age(items, day, ends, by))
        for (currency, party), items in grouped.items()
    ]
    currencies = sorted({each.currency for each in rows})
    everything = {code: [item for (currency, _), items in grouped.items() if currency == code for item in items] for code in currencies}
    sums = [AgedRow(None, "", code, age(items, day, ends, by)) for code, items in everything.items()]
    return Aged(day, sorted(rows, key=lambda row: (row.currency, -row.total, row.name)), sums)


def _item(line: OpenLine, sign: int) -> OpenItem:
    return OpenItem(str(line.id), line.currency, line.open * sign, line.due, line.day, line.reference)


@dataclass(frozen=True, slots=True)
class StatementLine:
    """One line of a statement of account, with what is owed after it."""

    moved: Moved
    balance: Decimal


@dataclass(frozen=True, slots=True)
class Statement:
    """What moved between a party and the business in one currency; positive is what the party owes."""

    currency: str
    opening: Decimal
    lines: Sequence[StatementLine]

    @property
    def closing(self) -> Decimal:
        """What is owed at the end."""
        return self.lines[-1].balance if self.lines else self.opening


async def statements(tenant: Tenant, party_id: UUID, first: date, last: date) -> tuple[Party, Sequence[Statement]]:
    """Return a party and its statements of account for some days, one for each currency; raises `Missing`."""
    async with tenant.transaction() as db:
        party = await tenant.service(Parties).get(party_id)
        before, moved = await aged.moved(db, party.id, first, last)
    found = []
    for currency in sorted({*before, *(each.currency for each in moved)}):
        balance = before.get(currency, ZERO)
        statement = Statement(currency, balance, ())
        lines = []
        for each in moved:
            if each.currency == currency:
                balance += each.amount
                lines.append(StatementLine(each, balance))
        found.append(replace(statement, lines=tuple(lines)))
    return party, found
