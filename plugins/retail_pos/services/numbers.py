"""The figures an owner looks at in the morning, against the same weekdays of last week and last year."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Literal

from weft import Tenant, round_to
from weft.contracts import Stock

from ..domain.kpis import HUNDREDTH, NOTHING, ZERO, Days, Sums, change, gmroi, last_week, last_year, total
from ..queries import daily, kpis
from ..queries.kpis import ALL, Conduct, ItemSold, Narrowed, ReceiptRow
from . import stocked

Span = Literal["", "today", "yesterday", "week", "month", "four_weeks"]
LONGEST = 366  # days


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One hour, day, category or cashier: what was sold now and a week before."""

    key: str
    now: Sums
    before: Sums
    day: date | None = None

    @property
    def grew(self) -> Decimal | None:
        """By which share its turnover grew."""
        return change(self.now.net, self.before.net)


@dataclass(frozen=True, slots=True, kw_only=True)
class Overview:
    """Everything the page shows for some days.

    `now_is` is the shop's clock where the last of the days is not over. Then what is over is compared with the same of before: whole days
    up to yesterday, or of one day its hours, and `year_before` has no more than that either.
    """

    days: Days
    week: Days
    year: Days
    now: Sums
    before: Sums
    year_before: Sums
    hours: Sequence[Part]
    by_day: Sequence[Part]
    categories: Sequence[Part]
    cashiers: Sequence[Part]
    items: Sequence[ItemSold]
    receipts: Sequence[ReceiptRow]
    tenders: Mapping[str, Decimal] = field(default_factory=dict)
    conduct: Mapping[str, Conduct] = field(default_factory=dict)

    hours_worked: Decimal = ZERO
    stock: Decimal | None = None
    now_is: datetime | None = None

    @property
    def per_labour_hour(self) -> Decimal | None:
        """Turnover for each hour that a till was open with somebody at it: there is no time sheet here."""
        return round_to(self.now.net / self.hours_worked, HUNDREDTH) if self.hours_worked else None

    @property
    def gmroi(self) -> Decimal | None:
        """Margin of a year at this pace for each unit of money that lies in stock now."""
        return None if self.stock is None or not self.now.costed else gmroi(self.now.margin, self.stock, self.days.count)

    @property
    def over(self) -> Sequence[Part] | None:
        """The hours or days that are over, where not all are."""
        if self.now_is is None:
            return None
        if self.days.count == 1:
            return [each for each in self.hours if int(each.key) < self.now_is.hour]
        return [each for each in self.by_day if each.day and each.day < self.now_is.date()]

    def grew(self, name: str) -> Decimal | None:
        """Return by which share a figure grew over the week before, as far as the days are over."""
        over = self.over
        if over is None:
            return change(getattr(self.now, name), getattr(self.before, name))
        return change(getattr(total(each.now for each in over), name), getattr(total(each.before for each in over), name))

    def grew_in_a_year(self, name: str) -> Decimal | None:
        """Return by which share a figure grew over the year before; of one day that is not over, nothing: its hours are not read."""
        over = self.over
        if over is not None and self.days.count == 1:
            return None
        now = self.now if over is None else total(each.now for each in over)
        return change(getattr(now, name), getattr(self.year_before, name))


def days_of(span: Span, today: date) -> Days:
    """Return the days that a word stands for, up to today."""
    if span == "yesterday":
        return Days(today - timedelta(1), today - timedelta(1))
    if span == "week":
        return Days(today - timedelta(6), today)
    if span == "four_weeks":
        return Days(today - timedelta(27), today)
    return Days(today.replace(day=1) if span == "month" else today, today)


async def usual_days(tenant: Tenant) -> Days:
    """Return the last day on which something was sold, or today."""
    async with tenant.transaction() as db:
        day = await kpis.latest_day(db, tenant.today()) or tenant.today()
    return Days(day, day)


async def overview(tenant: Tenant, days: Days, narrowed: Narrowed = ALL) -> Overview:
    """Return the figures of some days, of all that was sold or of a part of it."""
    week, year, clock = last_week(days), last_year(days), tenant.now().astimezone(tenant.timezone)
    unfinished = days.first <= clock.date() <= days.last
    if unfinished and days.count > 1:
        year = Days(year.first, year.first + (clock.date() - days.first) - timedelta(1))
    async with tenant.transaction() as db:
        everything = narrowed == ALL
        whole, now = await (daily.by_all(db, days) if everything else kpis.by_all(db, days, narrowed))
        whole_before, before = await (daily.by_all(db, week) if everything else kpis.by_all(db, week, narrowed))
        return Overview(
            days=days,
            week=week,
            year=year,
            now=whole,
            before=whole_before,
            year_before=await (daily.sums(db, year) if everything else kpis.sums(db, year, narrowed)),
            hours=_hours(now["hour"], before["hour"]),
            by_day=_by_day(days, week, now["day"], before["day"]) if days.count > 1 else (),
            categories=_parts(now["category"], before["category"]),
            cashiers=_parts(now["cashier"], before["cashier"]),
            items=await (daily.items(db, days, limit=15) if everything else kpis.items(db, days, narrowed, limit=15)),
            receipts=await kpis.receipts(db, days, narrowed, limit=20),
            hours_worked=await kpis.till_hours(db, days) if everything else ZERO,
            stock=await tenant.service(Stock).worth() if everything and stocked.keeps_stock(tenant) else None,
            tenders=await daily.tenders(db, days) if everything else {},
            conduct={each.cashier: each for each in await kpis.conduct(db, days)} if everything else {},
            now_is=clock if unfinished else None,
        )


def _hours(now: Mapping[kpis.Key, Sums], before: Mapping[kpis.Key, Sums]) -> list[Part]:
    """Return every hour from the first to the last in which something was sold, those between too."""
    hours = [int(str(each)) for each in {**now, **before}]
    if not hours:
        return []
    return [Part(key=str(each), now=now.get(each, NOTHING), before=before.get(each, NOTHING)) for each in range(min(hours), max(hours) + 1)]


def _by_day(days: Days, week: Days, now: Mapping[kpis.Key, Sums], before: Mapping[kpis.Key, Sums]) -> list[Part]:
    back = days.first - week.first
    all_days = [days.first + timedelta(place) for place in range(days.count)]
    return [Part(key=day.isoformat(), now=now.get(day, NOTHING), before=before.get(day - back, NOTHING), day=day) for day in all_days]


def _parts(now: Mapping[kpis.Key, Sums], before: Mapping[kpis.Key, Sums]) -> list[Part]:
    """Return parts by their turnover, the largest first; those that sold nothing now come last."""
    found = [Part(key=str(key), now=now.get(key, NOTHING), before=before.get(key, NOTHING)) for key in {**now, **before}]
    return sorted(found, key=lambda part: (-part.now.net, -part.before.net, part.key))
