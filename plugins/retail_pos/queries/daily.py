"""Sums of days that are over, kept by a job: what a page over a year is read from; days since, and those that changed, are looked at anew.

Everything that is counted is counted within one day, so days add up. Cashiers and tills are kept by id, and told by the name of today.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from decimal import Decimal
from uuid import UUID

from weft import Row, Scope, new_id

from ..domain.kpis import Days, Sums, total
from . import kpis
from .kpis import TOGETHER, Dimension, ItemSold, Key

ONLY, NEVER = UUID(int=1), date.min  # the one row of its table; before anything is summed up
RANGES = 12  # spans of days that are looked at one by one; where more changed, all are
MONTH = 31  # days that are summed up together
_AMOUNTS = ("units", "net", "gross", "sold", "discount", "returned", "costed", "cost")
_SUMS = ", ".join(f"sum({name}) AS {name}" for name in _AMOUNTS)
_NAMES = ", ".join(_AMOUNTS)
_BY_ID = kpis.LINES.replace("coalesce(o.name, '') AS cashier", "coalesce(r.operator::text, '') AS cashier").replace(
    "t.code AS till", "t.id::text AS till"
)
_HERE = "CASE WHEN grouping(category) = 0 THEN {here} ELSE {first} END"
_ADD_SUMS = f"""
{_BY_ID}{kpis.TOLD}
INSERT INTO retail_pos_daily (id, day, dimension, key, receipts, returns, {_NAMES})
SELECT uuidv7(), day,
    CASE WHEN grouping(hour) = 0 THEN 'hour' WHEN grouping(category) = 0 THEN 'category' WHEN grouping(cashier) = 0 THEN 'cashier'
         WHEN grouping(till) = 0 THEN 'till' ELSE 'all' END,
    coalesce(hour::text, category, cashier, till, ''),
    {_HERE.format(here="count(*) FILTER (WHERE first_here AND NOT back)", first="count(*) FILTER (WHERE first AND NOT back)")},
    {_HERE.format(here="count(*) FILTER (WHERE first_here AND back)", first="count(*) FILTER (WHERE first AND back)")},
    {kpis.AMOUNTS}
FROM told GROUP BY day, GROUPING SETS ((), (hour), (category), (cashier), (till))
"""
_ADD_ITEMS = f"""
{_BY_ID}
INSERT INTO retail_pos_daily_item (id, day, sku, name, item, {_NAMES})
SELECT uuidv7(), day, sku, coalesce(max(name) FILTER (WHERE net > 0), max(name)), item, {kpis.AMOUNTS}
FROM chosen GROUP BY day, sku, item, CASE WHEN sku = '' THEN name END
"""
_ADD_TENDERS = f"""
INSERT INTO retail_pos_daily (id, day, dimension, key, receipts, returns, {_NAMES})
SELECT uuidv7(), r.business_date, 'tender', t.type, 0, 0, 0, 0, sum(t.amount), 0, 0, 0, 0, 0
FROM retail_pos_receipt r JOIN retail_pos_tender t ON t.receipt = r.id
WHERE r.business_date BETWEEN $1 AND $2 AND r.kind <> 'training' GROUP BY r.business_date, t.type
"""


_ADD_MONTH = f"""
INSERT INTO retail_pos_month_item (id, month, sku, name, item, {_NAMES})
SELECT uuidv7(), $1, sku, max(name), item, {_SUMS} FROM retail_pos_daily_item WHERE day BETWEEN $1 AND $2
GROUP BY sku, item, CASE WHEN sku = '' THEN name END
"""
# The rows of items for some months $2, and days $7; and from their lines those of the days $1.
_OF_ITEMS = f"""
{kpis.LINES.replace("BETWEEN $1 AND $2", "= ANY ($1::date[])")}, of_days AS (
    SELECT sku, name, item, {_NAMES} FROM retail_pos_month_item WHERE month = ANY ($2::date[])
    UNION ALL SELECT sku, name, item, {_NAMES} FROM retail_pos_daily_item WHERE day = ANY ($7::date[])
    UNION ALL SELECT sku, coalesce(max(name) FILTER (WHERE net > 0), max(name)), item, {kpis.AMOUNTS} FROM chosen
        GROUP BY sku, item, CASE WHEN sku = '' THEN name END
)
"""


async def mark(db: Scope, days: Sequence[date]) -> None:
    """Say that something was added to days, or taken from them."""
    if days:
        ids = [new_id() for _ in days]
        await db.execute(
            "INSERT INTO retail_pos_day_mark (id, day) SELECT id, day FROM unnest($1::uuid[], $2::date[]) AS u (id, day)", ids, list(days)
        )


async def mark_of(db: Scope, receipts: Sequence[UUID]) -> None:
    """Say that the days of receipts changed, since they are void now."""
    rows = await db.fetch("SELECT DISTINCT business_date AS day FROM retail_pos_receipt WHERE id = ANY ($1)", list(receipts))
    await mark(db, [row["day"] for row in rows])


async def mark_history(db: Scope, lines: Sequence[UUID]) -> None:
    """Say that the days of lines of earlier tills change, since those go."""
    rows = await db.fetch("SELECT DISTINCT day FROM retail_pos_history WHERE id = ANY ($1)", list(lines))
    await mark(db, [row["day"] for row in rows])


async def to_sum(db: Scope, last: date) -> list[Days]:
    """Return the days up to one that are not summed up yet, and those that changed since, at most a month at a time.

    Nobody else sums up until the transaction ends.
    """
    through = await _hold(db)
    first = through + timedelta(1) if through else await _first(db)
    marked = await db.fetch("SELECT DISTINCT day FROM retail_pos_day_mark WHERE day <= $1 ORDER BY day", min(last, through or last))
    found = _spans([row["day"] for row in marked]) if through else []
    while first is not None and first <= last:
        until = min(first + timedelta(MONTH - 1), last)
        found.append(Days(first, until))
        first = until + timedelta(1)
    return found


async def summed(db: Scope) -> list[Days]:
    """Return the days whose sums stand, a month at a time."""
    through, first = await _through(db), await _first(db)
    if through is None or first is None:
        return []
    marked = {row["day"] for row in await db.fetch("SELECT DISTINCT day FROM retail_pos_day_mark")}
    return _spans([day for day in Days(first, through).every() if day not in marked])


async def _hold(db: Scope) -> date | None:
    """Return up to which day all are summed up, and let nobody else sum up until the transaction ends."""
    found: date = await db.fetchval(
        "INSERT INTO retail_pos_summed AS s (id, through) VALUES ($1, $2) "
        "ON CONFLICT (id) DO UPDATE SET through = s.through RETURNING through",
        *(ONLY, NEVER),
    )
    return None if found == NEVER else found


async def _through(db: Scope) -> date | None:
    found: date | None = await db.fetchval("SELECT through FROM retail_pos_summed WHERE through > $1", NEVER)
    return found


async def _first(db: Scope) -> date | None:
    found: date | None = await db.fetchval(
        "SELECT least((SELECT min(business_date) FROM retail_pos_receipt), (SELECT min(day) FROM retail_pos_history))"
    )
    return found


async def sum_up(db: Scope, days: Days) -> None:
    """Sum up days anew. Marks go first: what is added meanwhile leaves one that stays."""
    await _hold(db)
    for table in ("retail_pos_day_mark", "retail_pos_daily", "retail_pos_daily_item"):
        await db.execute(f"DELETE FROM {table} WHERE day BETWEEN $1 AND $2", days.first, days.last)
    await db.execute(_ADD_SUMS, days.first, days.last, *kpis.ALL.args)
    await db.execute(_ADD_ITEMS, days.first, days.last, *kpis.ALL.args)
    await db.execute(_ADD_TENDERS, days.first, days.last)
    for month in _months(Days(days.first.replace(day=1), _month_end(days.last))):
        await db.execute("DELETE FROM retail_pos_month_item WHERE month = $1", month)
        await db.execute(_ADD_MONTH, month, _month_end(month))
    await db.execute("UPDATE retail_pos_summed SET through = greatest(through, $2) WHERE id = $1", ONLY, days.last)


async def live(db: Scope, days: Days) -> list[Days]:
    """Return the spans among days that are not summed up, or changed since."""
    through = await _through(db)
    if through is None:
        return [days]
    rows = await db.fetch("SELECT DISTINCT day FROM retail_pos_day_mark WHERE day BETWEEN $1 AND $2 ORDER BY day", days.first, days.last)
    spans = _spans([row["day"] for row in rows if row["day"] <= through])
    if days.last > through:
        spans.append(Days(max(days.first, through + timedelta(1)), days.last))
    return spans if len(spans) <= RANGES else [days]


def _spans(ordered: Sequence[date]) -> list[Days]:
    """Return days that follow each other as spans of at most a month."""
    spans: list[Days] = []
    for day in ordered:
        if spans and spans[-1].last + timedelta(1) == day and spans[-1].count < MONTH:
            spans[-1] = Days(spans[-1].first, day)
        else:
            spans.append(Days(day, day))
    return spans


def _month_end(day: date) -> date:
    return (day.replace(day=1) + timedelta(MONTH)).replace(day=1) - timedelta(1)


def _months(days: Days) -> list[date]:
    """Return the first days of the months that lie within some days as a whole."""
    return [day for day in days.every() if day.day == 1 and _month_end(day) <= days.last]


def _items_of(days: Days, spans: Sequence[Days]) -> tuple[object, ...]:
    """Return the parameters of `_OF_ITEMS`, where some spans are looked at anew."""
    anew = {day for each in spans for day in each.every()}
    months = [month for month in _months(days) if anew.isdisjoint(Days(month, _month_end(month)).every())]
    whole = {(month.year, month.month) for month in months}
    others = [day for day in days.every() if day not in anew and (day.year, day.month) not in whole]
    return sorted(anew), months, *kpis.ALL.args, others


def _kept(spans: Sequence[Days]) -> tuple[str, list[date], list[date]]:
    """Return the condition that a day is in none of some spans, with its two parameters."""
    outside = "NOT EXISTS (SELECT FROM unnest($3::date[], $4::date[]) AS s (first, last) WHERE d.day BETWEEN s.first AND s.last)"
    return outside, [each.first for each in spans], [each.last for each in spans]


def _sums(row: Row) -> Sums:
    return Sums(receipts=int(row["receipts"]), returns=int(row["returns"]), **{name: row[name] for name in _AMOUNTS})


async def by_all(db: Scope, days: Days) -> tuple[Sums, dict[Dimension, dict[Key, Sums]]]:
    """Return what was sold, in all and by each dimension, as `kpis.by_all` does, from sums and what is newer than they are."""
    spans = await live(db, days)
    if spans == [days]:
        return await kpis.by_all(db, days)
    outside, *told = _kept(spans)
    rows = await db.fetch(
        "SELECT dimension, key, CASE WHEN dimension = 'all' THEN day END AS day, sum(receipts) AS receipts, sum(returns) AS returns, "
        f"{_SUMS} FROM retail_pos_daily d WHERE day BETWEEN $1 AND $2 AND {outside} GROUP BY 1, 2, 3",
        *(days.first, days.last, *told),
    )
    names = await _names(db)
    found: dict[Dimension, dict[Key, Sums]] = {each: defaultdict(Sums) for each in TOGETHER}
    for row in rows:
        if row["dimension"] == "all":
            found["day"][row["day"]] += _sums(row)
        elif row["dimension"] == "hour":
            found["hour"][int(row["key"])] += _sums(row)
        elif row["dimension"] != "tender":
            key = row["key"] if row["dimension"] == "category" else names.get(row["key"], row["key"])
            found[row["dimension"]][key] += _sums(row)
    for span in spans:
        for dimension, parts in (await kpis.by_all(db, span))[1].items():
            for key, sums in parts.items():
                found[dimension][key] += sums
    return total(found["day"].values()), {each: dict(sorted(parts.items(), key=lambda part: part[0])) for each, parts in found.items()}


async def _names(db: Scope) -> dict[str, str]:
    """Return what cashiers and tills are called, by their ids as text."""
    rows = await db.fetch("SELECT id::text AS id, name FROM retail_pos_operator UNION ALL SELECT id::text, code FROM retail_pos_till")
    return {row["id"]: row["name"] for row in rows}


async def sums(db: Scope, days: Days) -> Sums:
    """Return what was sold on some days."""
    spans = await live(db, days)
    if spans == [days]:
        return await kpis.sums(db, days)
    outside, *told = _kept(spans)
    row = await db.fetchrow(
        f"SELECT coalesce(sum(receipts), 0) AS receipts, coalesce(sum(returns), 0) AS returns, "
        f"{', '.join(f'coalesce(sum({name}), 0) AS {name}' for name in _AMOUNTS)} FROM retail_pos_daily d "
        f"WHERE day BETWEEN $1 AND $2 AND dimension = 'all' AND {outside}",
        *(days.first, days.last, *told),
    )
    assert row is not None
    return total([_sums(row), *[await kpis.sums(db, span) for span in spans]])


async def items(db: Scope, days: Days, *, limit: int) -> list[ItemSold]:
    """Return the items that brought the most turnover, the most first."""
    spans = await live(db, days)
    if spans == [days]:
        return await kpis.items(db, days, limit=limit)
    rows = await db.fetch(
        f"{_OF_ITEMS} SELECT sku, max(name) AS name, item, {_SUMS} FROM of_days GROUP BY sku, item, CASE WHEN sku = '' THEN name END "
        "ORDER BY sum(net) DESC, sku LIMIT $8",
        *(*_items_of(days, spans), limit),
    )
    return [ItemSold(row["sku"], row["name"], row["item"], Sums(**{name: row[name] for name in _AMOUNTS})) for row in rows]


async def units_sold(db: Scope, days: Days) -> dict[UUID, Decimal]:
    """Return how many units were sold of each item that the catalogue knows."""
    spans = await live(db, days)
    if spans == [days]:
        return await kpis.units_sold(db, days)
    rows = await db.fetch(
        f"{_OF_ITEMS} SELECT item, sum(units) AS units FROM of_days WHERE item IS NOT NULL GROUP BY 1", *_items_of(days, spans)
    )
    return {row["item"]: row["units"] for row in rows}


async def tenders(db: Scope, days: Days) -> Mapping[str, Decimal]:
    """Return what was taken by each kind of tender, the most first."""
    spans = await live(db, days)
    if spans == [days]:
        return await kpis.tenders(db, days)
    outside, *told = _kept(spans)
    rows = await db.fetch(
        "SELECT key, sum(gross) AS amount FROM retail_pos_daily d WHERE day BETWEEN $1 AND $2 AND dimension = 'tender' "
        f"AND {outside} GROUP BY 1",
        *(days.first, days.last, *told),
    )
    found: dict[str, Decimal] = defaultdict(Decimal, {row["key"]: row["amount"] for row in rows})
    for span in spans:
        for kind, amount in (await kpis.tenders(db, span)).items():
            found[kind] += amount
    return dict(sorted(found.items(), key=lambda part: (-part[1], part[0])))
