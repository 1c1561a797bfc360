"""Sums of what was sold: by day, hour, category, cashier and item, of these tills and of the time before them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Literal, NamedTuple, TypeAlias
from uuid import UUID

from weft import Row, Scope

from ..domain.kpis import Days, Sums

Key: TypeAlias = str | int | date
Dimension = Literal["day", "hour", "category", "cashier", "till"]

# One row for each line sold. A voided receipt is in no figure, nor is the one that voids it; gift cards sold are no turnover.
LINES = """
WITH fact AS (
    SELECT r.business_date AS day, r.hour, r.id::text AS receipt, r.kind = 'return' AS back, coalesce(o.name, '') AS cashier,
        t.code AS till, l.category, l.sku, l.name, l.item, l.quantity, l.net, l.net + l.tax AS gross,
        CASE WHEN r.taxes_included OR l.amount = 0 THEN l.base - l.amount
             ELSE round((l.base - l.amount) * (l.net + l.tax) / l.amount, 2) END AS discount,
        CASE WHEN l.cost <> 0 THEN l.cost END AS cost
    FROM retail_pos_receipt r JOIN retail_pos_receipt_line l ON l.receipt = r.id JOIN retail_pos_till t ON t.id = r.till
    LEFT JOIN retail_pos_operator o ON o.id = r.operator
    WHERE r.business_date BETWEEN $1 AND $2 AND r.kind IN ('sale', 'return') AND l.stored_value = ''
        AND NOT EXISTS (SELECT FROM retail_pos_receipt v WHERE v.voids = r.id)
    UNION ALL
    SELECT h.day, h.hour, h.reference, h.returned, h.operator, '', h.category, h.sku, h.name, NULL::uuid, h.quantity, h.net, h.gross,
        h.discount, h.cost
    FROM retail_pos_history h WHERE h.day BETWEEN $1 AND $2
), chosen AS (
    SELECT day, hour, receipt, back, cashier, till, category, sku, name, item, quantity, net, gross, discount, cost FROM fact
    WHERE ($3::int IS NULL OR hour = $3) AND ($4::text IS NULL OR category = $4 OR starts_with(category, $4 || ' > '))
        AND ($5::text IS NULL OR cashier = $5) AND ($6::text IS NULL OR sku = $6)
)
"""
# Receipts are counted at the first of their lines, in a category at the first one in it: to count them apart would sort the lines anew for
# each figure. Text in the order of its bytes is sorted several times faster.
TOLD = """
, told AS (
    SELECT day, hour, back, cashier, till, category, quantity, net, gross, discount, cost,
        row_number() OVER (PARTITION BY day, receipt COLLATE "C") = 1 AS first,
        row_number() OVER (PARTITION BY day, receipt COLLATE "C", category COLLATE "C") = 1 AS first_here
    FROM chosen
)
"""
_COUNTS = """count(*) FILTER (WHERE {first} AND NOT back) AS receipts, count(*) FILTER (WHERE {first} AND back) AS returns"""
AMOUNTS = """coalesce(sum(quantity), 0) AS units, coalesce(sum(net), 0) AS net, coalesce(sum(gross), 0) AS gross,
    coalesce(sum(gross) FILTER (WHERE quantity > 0), 0) AS sold, coalesce(sum(discount) FILTER (WHERE quantity > 0), 0) AS discount,
    coalesce(-sum(net) FILTER (WHERE quantity < 0), 0) AS returned,
    coalesce(sum(net) FILTER (WHERE cost IS NOT NULL), 0) AS costed, coalesce(sum(cost), 0) AS cost"""
_COUNTED = ("receipts", "returns")
_SUMMED = ("units", "net", "gross", "sold", "discount", "returned", "costed", "cost")

TOGETHER: tuple[Dimension, ...] = ("day", "hour", "category", "cashier", "till")


@dataclass(frozen=True, slots=True, kw_only=True)
class Narrowed:
    """Which lines count: of one hour, of a category and those below it, of one cashier, of one item by its SKU."""

    hour: int | None = None
    category: str | None = None
    cashier: str | None = None
    sku: str | None = None

    @property
    def args(self) -> tuple[object, ...]:
        """The values, in the order of the query's parameters."""
        return self.hour, self.category, self.cashier, self.sku


ALL = Narrowed()


class ItemSold(NamedTuple):
    """An item, and what was sold of it."""

    sku: str
    name: str
    item: UUID | None
    sums: Sums


class ReceiptRow(NamedTuple):
    """A receipt, as a list of those behind a figure shows it."""

    id: UUID
    reference: str
    kind: str
    made_at: datetime
    cashier: str
    units: Decimal
    total: Decimal


class Conduct(NamedTuple):
    """What a cashier did besides selling: how often, and by how much the drawers they counted were over or short."""

    cashier: str
    voids: int
    voided: Decimal
    no_sales: int
    removed: int
    overrides: int
    over_short: Decimal


def _sums(row: Row, counted: Sequence[str] = _COUNTED) -> Sums:
    counts = {name: row[told] for name, told in zip(_COUNTED, counted, strict=True)} if counted else {}
    return Sums(**counts, **{name: row[name] for name in _SUMMED})


async def sums(db: Scope, days: Days, narrowed: Narrowed = ALL) -> Sums:
    """Return what was sold on some days."""
    counts = _COUNTS.format(first="first")
    row = await db.fetchrow(f"{LINES}{TOLD} SELECT {counts}, {AMOUNTS} FROM told", days.first, days.last, *narrowed.args)
    assert row is not None
    return _sums(row)


async def by_all(db: Scope, days: Days, narrowed: Narrowed = ALL) -> tuple[Sums, dict[Dimension, dict[Key, Sums]]]:
    """Return what was sold, in all and by each dimension of `TOGETHER`, in its order, from one look at the lines."""
    here = _COUNTS.format(first="first_here").replace(" AS receipts", " AS receipts_here").replace(" AS returns", " AS returns_here")
    levels = ", ".join(f"grouping({each}) AS no_{each}" for each in TOGETHER)
    sets = ", ".join(f"({each})" for each in TOGETHER)
    rows = await db.fetch(
        f"{LINES}{TOLD} SELECT {', '.join(TOGETHER)}, {levels}, {_COUNTS.format(first='first')}, {here}, {AMOUNTS} "
        f"FROM told GROUP BY GROUPING SETS ((), {sets})",
        *(days.first, days.last, *narrowed.args),
    )
    whole, found = Sums(), {each: dict[Key, Sums]() for each in TOGETHER}
    for row in rows:
        dimension = next((each for each in TOGETHER if not row[f"no_{each}"]), None)
        if dimension is None:
            whole = _sums(row)
        else:
            found[dimension][row[dimension]] = _sums(row, ("receipts_here", "returns_here") if dimension == "category" else _COUNTED)
    return whole, {each: dict(sorted(parts.items(), key=lambda part: part[0])) for each, parts in found.items()}


async def by(db: Scope, dimension: Dimension, days: Days, narrowed: Narrowed = ALL) -> dict[Key, Sums]:
    """Return what was sold by one dimension, in its order."""
    return (await by_all(db, days, narrowed))[1][dimension]


async def items(db: Scope, days: Days, narrowed: Narrowed = ALL, *, limit: int = 20) -> list[ItemSold]:
    """Return the items that brought the most turnover, the most first; the receipts they stand on are not counted."""
    rows = await db.fetch(
        f"{LINES} SELECT sku, coalesce(max(name) FILTER (WHERE net > 0), max(name)) AS name, item, {AMOUNTS} FROM chosen "
        "GROUP BY sku, item, CASE WHEN sku = '' THEN name END ORDER BY sum(net) DESC, sku LIMIT $7",
        *(days.first, days.last, *narrowed.args, limit),
    )
    return [ItemSold(row["sku"], row["name"], row["item"], _sums(row, ())) for row in rows]


async def units_sold(db: Scope, days: Days) -> dict[UUID, Decimal]:
    """Return how many units were sold of each item that the catalogue knows."""
    rows = await db.fetch(
        "SELECT l.item, sum(l.quantity) AS units FROM retail_pos_receipt r JOIN retail_pos_receipt_line l ON l.receipt = r.id "
        "WHERE r.business_date BETWEEN $1 AND $2 AND r.kind <> 'training' AND l.item IS NOT NULL GROUP BY 1",
        *(days.first, days.last),
    )
    return {row["item"]: row["units"] for row in rows}


async def receipts(db: Scope, days: Days, narrowed: Narrowed = ALL, *, limit: int = 50) -> list[ReceiptRow]:
    """Return the receipts of these tills behind a figure, the latest first."""
    if narrowed == ALL:
        rows = await db.fetch(
            "SELECT r.id, r.reference, r.kind, r.made_at, coalesce(o.name, '') AS cashier, r.units, r.total FROM retail_pos_receipt r "
            "LEFT JOIN retail_pos_operator o ON o.id = r.operator WHERE r.business_date BETWEEN $1 AND $2 AND r.kind IN ('sale', 'return') "
            "ORDER BY r.business_date DESC, r.made_at DESC, r.id DESC LIMIT $3",
            *(days.first, days.last, limit),
        )
        return [ReceiptRow(*(row[name] for name in ReceiptRow._fields)) for row in rows]
    rows = await db.fetch(
        f"{LINES} SELECT r.id, r.reference, r.kind, r.made_at, max(c.cashier) AS cashier, sum(c.quantity) AS units, r.total "
        "FROM chosen c JOIN retail_pos_receipt r ON r.id::text = c.receipt "
        "GROUP BY r.id ORDER BY r.made_at DESC, r.id LIMIT $7",
        *(days.first, days.last, *narrowed.args, limit),
    )
    return [ReceiptRow(*(row[name] for name in ReceiptRow._fields)) for row in rows]


async def tenders(db: Scope, days: Days) -> dict[str, Decimal]:
    """Return what was taken by each kind of tender, the most first."""
    rows = await db.fetch(
        "SELECT t.type, sum(t.amount) AS amount FROM retail_pos_receipt r JOIN retail_pos_tender t ON t.receipt = r.id "
        "WHERE r.business_date BETWEEN $1 AND $2 AND r.kind <> 'training' GROUP BY 1 ORDER BY 2 DESC, 1",
        *(days.first, days.last),
    )
    return {row["type"]: row["amount"] for row in rows}


_CONDUCT = """
SELECT coalesce(o.name, '') AS cashier, sum(voids)::int AS voids, sum(voided) AS voided, sum(no_sales)::int AS no_sales,
    sum(removed)::int AS removed, sum(overrides)::int AS overrides, sum(over_short) AS over_short
FROM (
    SELECT operator, 1 AS voids, -gross AS voided, 0 AS no_sales, 0 AS removed, 0 AS overrides, 0 AS over_short
    FROM retail_pos_receipt WHERE business_date BETWEEN $1 AND $2 AND kind = 'void'
    UNION ALL
    SELECT e.operator, 0, 0, (e.kind = 'no_sale')::int, (e.kind IN ('line_removed', 'abandoned'))::int, (e.kind = 'override')::int, 0
    FROM retail_pos_till_event e JOIN retail_pos_session s ON s.id = e.session
    WHERE s.business_date BETWEEN $1 AND $2 AND e.kind IN ('no_sale', 'line_removed', 'abandoned', 'override')
    UNION ALL
    SELECT counted_by, 0, 0, 0, 0, 0, coalesce(over_short, 0) FROM retail_pos_session
    WHERE business_date BETWEEN $1 AND $2 AND state = 'closed'
) each LEFT JOIN retail_pos_operator o ON o.id = each.operator GROUP BY 1 ORDER BY 1
"""


async def conduct(db: Scope, days: Days) -> list[Conduct]:
    """Return what cashiers did besides selling, by name."""
    rows = await db.fetch(_CONDUCT, days.first, days.last)
    return [Conduct(*(row[name] for name in Conduct._fields)) for row in rows]


async def till_hours(db: Scope, days: Days) -> Decimal:
    """Return for how many hours tills were open, to the hundredth: until they were counted, or else until their last receipt."""
    found: Decimal = await db.fetchval(
        "SELECT round(coalesce(sum(greatest(0, extract(epoch FROM coalesce(s.counted_at, "
        "(SELECT max(r.made_at) FROM retail_pos_receipt r WHERE r.session = s.id)) - s.opened_at))), 0)::numeric / 3600, 2) "
        "FROM retail_pos_session s WHERE s.business_date BETWEEN $1 AND $2 AND s.opened_at IS NOT NULL",
        *(days.first, days.last),
    )
    return found


async def latest_day(db: Scope, until: date) -> date | None:
    """Return the last day up to one on which something was sold."""
    found: date | None = await db.fetchval(
        "SELECT greatest((SELECT max(business_date) FROM retail_pos_receipt WHERE business_date <= $1 AND kind IN ('sale', 'return')), "
        "(SELECT max(day) FROM retail_pos_history WHERE day <= $1))",
        until,
    )
    return found


async def add_history(db: Scope, columns: Mapping[str, Sequence[object]]) -> int:
    """Keep lines that other tills sold, told by column; returns how many."""
    kinds = {"id": "uuid", "day": "date", "hour": "int", "returned": "boolean"} | dict.fromkeys(
        ("quantity", "net", "gross", "discount", "cost"), "numeric"
    )
    arrays = ", ".join(f"${place}::{kinds.get(name, 'text')}[]" for place, name in enumerate(columns, 1))
    names = ", ".join(columns)
    return await db.execute(
        f"INSERT INTO retail_pos_history ({names}) SELECT {names} FROM unnest({arrays}) AS u ({names})", *columns.values()
    )


async def known_receipts(db: Scope, wanted: set[tuple[str, date]]) -> set[tuple[str, date]]:
    """Return which receipts of earlier tills, told by number and day, are here already."""
    names, days = [name for name, _ in wanted], [day for _, day in wanted]
    rows = await db.fetch(
        "SELECT DISTINCT h.reference, h.day FROM retail_pos_history h JOIN unnest($1::text[], $2::date[]) AS u (reference, day) "
        "ON u.reference = h.reference AND u.day = h.day",
        *(names, days),
    )
    return {(row["reference"], row["day"]) for row in rows}


async def remove_history(db: Scope, ids: Sequence[UUID]) -> int:
    """Forget lines of earlier tills; returns how many there were."""
    return await db.execute("DELETE FROM retail_pos_history WHERE id = ANY ($1)", list(ids))
