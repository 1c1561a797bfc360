"""Sales of earlier tills, brought in for figures to be compared with: counted there, in neither stock nor books."""

import re
from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Annotated
from uuid import UUID

import msgspec
from msgspec import Meta

from weft import Change, Numbered, Outcome, RecordRef, RowProblem, Tenant, Written, new_id

from ..queries import daily, kpis
from ..records import HISTORY

_TIME = re.compile(
    r"(?:^|[T ])(?P<hour>\d{1,2})(?:[:.h]\d{2}){0,2}(?:[.,]\d+)?\s*(?P<half>[ap]\.?m\.?)?(?:Z|[+-]\d\d:?\d\d)?$", re.IGNORECASE
)
MOST = Decimal(10) ** 12


class SoldRow(msgspec.Struct, frozen=True, kw_only=True):
    """A line of a receipt as another system tells it; rows of one receipt stand together."""

    receipt: Annotated[
        str, Meta(title="Receipt", description="Its number; rows of one receipt stand together.", min_length=1, max_length=60)
    ]
    day: Annotated[date, Meta(title="Date")]
    at: Annotated[str, Meta(title="Time", description="Such as 14:30 or 2:30 pm; noon where it is not told.", max_length=40)] = ""
    sku: Annotated[str, Meta(title="SKU", max_length=60)] = ""
    name: Annotated[str, Meta(title="Item", max_length=200)] = ""
    category: Annotated[str, Meta(title="Category", max_length=200)] = ""
    cashier: Annotated[str, Meta(title="Cashier", max_length=120)] = ""
    quantity: Annotated[Decimal, Meta(title="Quantity", description="Below zero for what came back.")] = Decimal(1)
    amount: Annotated[Decimal, Meta(title="Amount", description="Of the line, with taxes, after discounts; below zero for what came back.")]
    net: Annotated[Decimal | None, Meta(title="Amount without tax", description="The same as the amount where it is not told.")] = None
    discount: Annotated[Decimal, Meta(title="Discount")] = Decimal(0)
    cost: Annotated[
        Decimal | None, Meta(title="Cost", description="Of the goods of the line; no margin is told where it is not known.")
    ] = None


def hour_of(text: str) -> int | None:
    """Return the hour in a time as people write it, noon in none; nothing for what is no time."""
    if not text.strip():
        return 12
    found = _TIME.search(text.strip())
    if found is None:
        return None
    hour, half = int(found["hour"]), (found["half"] or "").lower().replace(".", "")
    if half and not 1 <= hour <= 12:
        return None
    hour = hour % 12 + (12 if half == "pm" else 0) if half else hour
    return hour if hour < 24 else None


async def write(tenant: Tenant, rows: Sequence[Numbered[SoldRow]], _: Mapping[str, str]) -> Outcome:
    """Keep lines; refuses those of receipts that are here already, of days to come, and figures that cannot be."""
    db, written, problems = tenant.scope(), [], []
    here = await kpis.known_receipts(db, {(each.value.receipt, each.value.day) for each in rows})
    good: list[Numbered[SoldRow]] = []
    for each in rows:
        if wrong := _wrong(each.value, tenant.today(), here):
            problems.append(RowProblem(each.row, *wrong))
        else:
            good.append(each)
    if good:
        columns = _columns([each.value for each in good])
        await kpis.add_history(db, columns)
        await daily.mark(db, sorted({each.value.day for each in rows}))
        written = [Written(each.row, UUID(str(made)), "created") for each, made in zip(good, columns["id"], strict=True)]
        days = [each.value.day for each in good]
        about = {"lines": len(good), "first": min(days), "last": max(days)}
        await tenant.record(Change(RecordRef(HISTORY, new_id(), "Sales of the time before"), "brought in", {}, about))
    return Outcome(written, problems)


def _wrong(row: SoldRow, today: date, here: set[tuple[str, date]]) -> tuple[str, str, str] | None:
    """Return the field, a sentence and the value of what cannot be kept."""
    if (row.receipt, row.day) in here:
        return "receipt", f"Receipt {row.receipt} of {row.day.isoformat()} was brought in before: undo that import first.", row.receipt
    if row.day > today:
        return "day", "This day has not come yet.", row.day.isoformat()
    if hour_of(row.at) is None:
        return "at", f"“{row.at}” is not a time such as 14:30.", row.at
    for name in ("quantity", "amount", "net", "discount", "cost"):
        value = getattr(row, name)
        if value is not None and abs(value) >= MOST:
            return name, "This is more than any shop sells.", str(value)
    if row.quantity and row.amount and (row.quantity < 0) != (row.amount < 0):
        return "amount", "Quantity and amount point in opposite ways: what came back has both below zero.", str(row.amount)
    return None


def _columns(rows: Sequence[SoldRow]) -> dict[str, list[object]]:
    back: dict[tuple[str, date], bool] = {}
    for row in rows:
        key = (row.receipt, row.day)
        back[key] = back.get(key, True) and row.quantity < 0
    return {
        "id": [new_id() for _ in rows],
        "day": [row.day for row in rows],
        "hour": [hour_of(row.at) for row in rows],
        "reference": [row.receipt for row in rows],
        "returned": [back[row.receipt, row.day] for row in rows],
        "operator": [row.cashier for row in rows],
        "sku": [row.sku for row in rows],
        "name": [row.name or row.sku for row in rows],
        "category": [row.category for row in rows],
        "quantity": [row.quantity for row in rows],
        "net": [row.amount if row.net is None else row.net for row in rows],
        "gross": [row.amount for row in rows],
        "discount": [row.discount for row in rows],
        "cost": [row.cost for row in rows],
    }


async def undo(tenant: Tenant, written: Sequence[Written]) -> Sequence[RowProblem]:
    """Take the lines of an import out again."""
    await daily.mark_history(tenant.scope(), [each.id for each in written])
    count = await kpis.remove_history(tenant.scope(), [each.id for each in written])
    await tenant.record(Change(RecordRef(HISTORY, new_id(), "Sales of the time before"), "taken out", {}, {"lines": count}))
    return ()
