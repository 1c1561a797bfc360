"""Sales of earlier tills through the import centre's doors: counted once, refused in a sentence, taken out again whole."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest

from plugins.retail_pos.domain.kpis import Days
from plugins.retail_pos.imports.history import SALES_HISTORY
from plugins.retail_pos.queries import kpis
from plugins.retail_pos.services.bringing import SoldRow, hour_of
from weft import Numbered, Outcome, Tenant

DAY = date(2026, 3, 2)


def rows(*given: dict[str, Any]) -> list[Numbered[SoldRow]]:
    """Return rows of a file."""
    return [
        Numbered(number, SoldRow(**{"receipt": "A1", "day": DAY, "amount": Decimal(10), **each})) for number, each in enumerate(given, 2)
    ]


async def bring(tenant: Tenant, given: list[Numbered[SoldRow]]) -> Outcome:
    """Bring rows in as the import centre does."""
    async with tenant.transaction():
        return await SALES_HISTORY.write(tenant, given, {})


async def test_sales_of_an_earlier_till_are_in_the_figures_until_they_are_taken_out(tenant: Tenant) -> None:
    outcome = await bring(
        tenant,
        rows(
            {"amount": Decimal("12.00"), "net": Decimal("10.00"), "cost": Decimal("4.00"), "sku": "T1", "cashier": "Ann"},
            {"amount": Decimal("6.00"), "net": Decimal("5.00"), "quantity": Decimal(3)},
            {"receipt": "A2", "amount": Decimal("-6.00"), "net": Decimal("-5.00"), "quantity": Decimal(-1)},
        ),
    )
    assert [each.action for each in outcome.written] == ["created"] * 3
    assert outcome.problems == []
    async with tenant.transaction() as db:
        found = await kpis.sums(db, Days(DAY, DAY))
    assert (found.receipts, found.returns, found.units) == (1, 1, Decimal(3))
    assert (found.net, found.gross, found.returned) == (Decimal(10), Decimal(12), Decimal(5))
    assert (found.margin, found.costed) == (Decimal(6), Decimal(10))
    async with tenant.transaction():
        assert await SALES_HISTORY.undo(tenant, outcome.written) == ()
    async with tenant.transaction() as db:
        assert (await kpis.sums(db, Days(DAY, DAY))).net == 0


async def test_a_file_brought_in_twice_counts_once(tenant: Tenant) -> None:
    given = rows({}, {"receipt": "A2"})
    await bring(tenant, given)
    again = await bring(tenant, given)
    assert again.written == []
    assert ["was brought in before" in each.sentence for each in again.problems] == [True, True]
    other_day = await bring(tenant, rows({"day": DAY + timedelta(1)}))
    assert len(other_day.written) == 1


async def test_what_cannot_be_is_refused_in_a_sentence_and_the_rest_is_kept(tenant: Tenant) -> None:
    outcome = await bring(
        tenant,
        rows(
            {"day": tenant.today() + timedelta(1)},
            {"amount": Decimal(-5)},
            {"amount": Decimal("1e15")},
            {"receipt": "A9", "amount": Decimal(0)},
        ),
    )
    assert [(each.row, each.field) for each in outcome.problems] == [(2, "day"), (3, "amount"), (4, "amount")]
    assert [each.row for each in outcome.written] == [5]


@pytest.mark.parametrize(
    ("text", "hour"),
    [("", 12), ("14:30", 14), ("2:30 pm", 14), ("12:05 AM", 0), ("2010-12-01 08:26:00", 8), ("2026-03-02T23:59:00.000Z", 23), ("9h15", 9)],
)
def test_times_are_read_as_people_write_them(text: str, hour: int) -> None:
    assert hour_of(text) == hour


@pytest.mark.parametrize("text", ["25:00", "13:00 pm", "noon", "≠", "99"])
def test_what_is_no_time_is_none(text: str) -> None:
    assert hour_of(text) is None
