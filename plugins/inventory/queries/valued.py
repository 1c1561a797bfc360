"""What stock was worth on a day: from the months that are over, or back from what there is now, and the days of one month."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from weft import Scope


@dataclass(frozen=True, slots=True)
class Way:
    """How quantities and values of a day are put together: months before or after the day's, and days of its month until it or after it."""

    from_now: bool
    until: bool

    @property
    def months(self) -> str:
        """Which months count; ``$1`` is the first of the day's."""
        return f"m.month {'>' if self.from_now else '<'}{'' if self.from_now != self.until else '='} $1"

    @property
    def days(self) -> str:
        """Which days count; ``$2`` is the day."""
        return "v.date >= $1 AND v.date <= $2" if self.until else "v.date > $2 AND v.date < ($1::date + interval '1 month')::date"

    def put_together(self, now: str, months: str, days: str) -> str:
        """Return what there was, as SQL, of three sums."""
        return f"{now if self.from_now else '0'} {'-' if self.from_now else '+'} {months} {'+' if self.until else '-'} {days}"


def way_to(day: date, first: date, last: date) -> Way:
    """Return the shorter way to a day between the first and the last on which something moved."""
    before = (day.year - first.year) * 12 + day.month - first.month
    after = (last.year - day.year) * 12 + last.month - day.month
    return Way(from_now=after < before, until=day.day <= 15)


async def _way(db: Scope, day: date) -> tuple[Way | None, tuple[date, ...]]:
    """Return the way to a day with its dates; none to the day of the last move or later, when what there is now was there."""
    row = await db.fetchrow(
        "SELECT (SELECT min(v.date) FROM inventory_valuation v) AS first, (SELECT max(v.date) FROM inventory_valuation v) AS last"
    )
    assert row is not None
    if row["last"] is None or day >= row["last"]:
        return None, ()
    return way_to(day, row["first"], row["last"]), (day.replace(day=1), day)


_NOW = """
SELECT i.item, i.sku, i.name, i.category, i.unit, i.quantity, i.value FROM inventory_item i
WHERE (i.quantity <> 0 OR i.value <> 0) AND ($1 = '' OR i.lineage @> ARRAY[$1::text]) ORDER BY i.sort_name, i.item
"""


async def value_at(db: Scope, day: date, *, category: str = "") -> Sequence[Any]:
    """Return quantity and value of each item at the end of a day, by name; items of which there was nothing are left out.

    A category means all below it too.
    """
    way, days = await _way(db, day)
    if way is None:
        return await db.fetch(_NOW, category)
    sums = {name: way.put_together(f"i.{name}", f"coalesce(m.{name}, 0)", f"coalesce(v.{name}, 0)") for name in ("quantity", "value")}
    return await db.fetch(
        f"""
        SELECT i.item, i.sku, i.name, i.category, i.unit, {sums["quantity"]} AS quantity, {sums["value"]} AS value FROM inventory_item i
        LEFT JOIN (SELECT m.item, sum(m.quantity) AS quantity, sum(m.value) AS value FROM inventory_month m
            WHERE {way.months} GROUP BY m.item) AS m ON m.item = i.item
        LEFT JOIN (SELECT v.item, sum(v.quantity) AS quantity, sum(v.value) AS value FROM inventory_valuation v
            WHERE {way.days} GROUP BY v.item) AS v ON v.item = i.item
        WHERE (({sums["quantity"]}) <> 0 OR ({sums["value"]}) <> 0) AND ($3 = '' OR i.lineage @> ARRAY[$3::text])
        ORDER BY i.sort_name, i.item
        """,
        *(*days, category),
    )


async def value_of_all(db: Scope, day: date) -> Decimal:
    """Return what all stock was worth at the end of a day."""
    way, days = await _way(db, day)
    now = "(SELECT coalesce(sum(i.value), 0) FROM inventory_item i)"
    found: Decimal
    if way is None:
        found = await db.fetchval(f"SELECT {now}")
        return found
    months = f"(SELECT coalesce(sum(m.value), 0) FROM inventory_month m WHERE {way.months})"
    moved = f"(SELECT coalesce(sum(v.value), 0) FROM inventory_valuation v WHERE {way.days})"
    found = await db.fetchval(f"SELECT {way.put_together(now, months, moved)}", *days)
    return found
