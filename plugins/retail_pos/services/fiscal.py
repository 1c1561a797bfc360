"""Closings of months and years, and the proof that chains and closings hold."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Literal
from uuid import UUID

import msgspec

from weft import Change, Check, Checked, Finding, Job, RecordRef, Schedule, Scope, Tenant, new_id

from ..domain.fiscal import NO_HASH, ChainReport, add_up, check_periods, hash_of, ready
from ..domain.sessions import Period
from ..permissions import READ
from ..queries import fiscal
from ..queries.fiscal import ArchiveRow, TillChain
from ..records import TILL

TOGETHER = 500  # records read at once
GRACE = timedelta(2)  # days that tills without a connection have to send a month's last receipts
PAGE = "/retail_pos/fiscal"
PLUGIN = "retail_pos"


class Nothing(msgspec.Struct, frozen=True):
    """The job needs to be told nothing."""


class State(msgspec.Struct, frozen=True):
    """What the page shows."""

    tills: Sequence[TillChain]
    closings: Sequence[tuple[str, Period]]
    archives: Sequence[ArchiveRow]


async def state(tenant: Tenant) -> State:
    """Return tills, closings and archives as they are."""
    async with tenant.transaction() as db:
        return State(await fiscal.tills(db), await fiscal.latest(db, 40), await fiscal.archives(db))


async def close_due(tenant: Tenant) -> list[Period]:
    """Close the months and years that are over, of every till that has closed a day in them; returns what was closed."""
    made: list[Period] = []
    async with tenant.transaction() as db:
        for till in await fiscal.tills(db):
            made += await _close(tenant, db, till, "month", "day")
            made += await _close(tenant, db, till, "year", "month")
    return made


async def _close(tenant: Tenant, db: Scope, till: TillChain, kind: Literal["month", "year"], of: str) -> list[Period]:
    made: list[Period] = []
    over = tenant.today() - GRACE
    waiting = await fiscal.uncovered(db, till.id, of)
    while waiting and (last := _end(kind, waiting[0].last)) < over:
        parts = ready(waiting, last)
        before = next(iter(reversed(await fiscal.periods(db, till.id, kind))), None)
        closed = _closing(tenant, till, kind, parts, before)
        await fiscal.add_period(db, closed, parts)
        about = {"number": closed.number, "total": closed.grand_total, "perpetual": closed.perpetual_total, "hash": closed.hash}
        await tenant.record(Change(RecordRef(TILL, till.id, till.title), f"closed the {kind}", {}, {**about, "last": closed.last}))
        made.append(closed)
        waiting = waiting[len(parts) :]
    return made


def _end(kind: Literal["month", "year"], day: date) -> date:
    """Return the last day of a day's month or year."""
    if kind == "year":
        return date(day.year, 12, 31)
    return date(day.year + day.month // 12, day.month % 12 + 1, 1) - timedelta(1)


def _closing(tenant: Tenant, till: TillChain, kind: Literal["month", "year"], parts: Sequence[Period], before: Period | None) -> Period:
    totals = add_up(part.totals for part in parts)
    grand = sum((part.grand_total for part in parts[1:]), parts[0].grand_total)
    draft = Period(
        id=new_id(),
        till=till.id,
        kind=kind,
        number=before.number + 1 if before else 1,
        first=min(part.first for part in parts),
        last=max(part.last for part in parts),
        session=None,
        receipts=sum(part.receipts for part in parts),
        grand_total=grand,
        perpetual_total=(before.perpetual_total + grand) if before else grand,
        totals=totals,
        previous=before.hash if before else NO_HASH,
        hash="",
        made_at=tenant.now(),
        made_by=tenant.person.id if tenant.person else None,
    )
    return msgspec.structs.replace(draft, hash=hash_of(draft, till.code, [part.number for part in parts]))


async def chain_of(tenant: Tenant, till: UUID, code: str, *, after: int = 0, last: int = 1 << 62) -> ChainReport:
    """Look at every record of a till that is here."""
    report = ChainReport(code)
    while True:
        async with tenant.transaction() as db:
            part = await fiscal.records(db, till, after, last, TOGETHER)
        for each in part:
            report.take(each)
        if len(part) < TOGETHER:
            return report
        after = report.seq


async def _chains(tenant: Tenant) -> Checked:
    async with tenant.transaction() as db:
        tills = await fiscal.tills(db)
    reports = [await chain_of(tenant, till.id, till.code) for till in tills]
    found = [Finding(each.sentence, PAGE) for report in reports for each in report.breaks]
    count, receipts = sum(report.count for report in reports), sum(report.receipts for report in reports)
    return Checked(tuple(found), f"{count} records of {len(reports)} tills, {receipts} of them receipts")


async def _closings(tenant: Tenant) -> Checked:
    found: list[str] = []
    count = 0
    async with tenant.transaction() as db:
        for till in await fiscal.tills(db):
            parts = await fiscal.parts(db, till.id)
            for kind in ("day", "month", "year"):
                periods = await fiscal.periods(db, till.id, kind)
                count += len(periods)
                found += check_periods(till.code, periods, parts)
    return Checked(tuple(Finding(each, PAGE) for each in found), f"{count} closings")


async def _close_periods(tenant: Tenant, _: Nothing) -> None:
    await close_due(tenant)


CLOSE = Job(name="retail_pos.close_periods", title="Close months and years of the tills", payload=Nothing, run=_close_periods)
SCHEDULES = (Schedule(job=CLOSE, cron="40 4 * * *", payload=Nothing()),)
CHECKS = (
    Check(
        name="retail_pos.chains",
        title="Chains of the tills",
        question="Does every record of every till follow from the one before, as it was sent, with no number missing?",
        permission=READ,
        run=_chains,
        order=60,
    ),
    Check(
        name="retail_pos.closings",
        title="Closings of the tills",
        question="Is every closing as it was made, follows from the one before, and is what it sums up?",
        permission=READ,
        run=_closings,
        order=61,
    ),
)
