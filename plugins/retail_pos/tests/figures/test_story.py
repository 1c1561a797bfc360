"""The demo shop at its tills: made through the tills' own door, so that every nightly check holds, with work left to look at."""

from datetime import timedelta
from decimal import Decimal

from plugins.retail_pos.domain.kpis import Days
from plugins.retail_pos.queries import kpis
from plugins.retail_pos.services import fiscal, proving, story
from weft.contracts import ADJUSTMENT, NewMove, Source, Stock, StockDocument

from ..server.conftest import Shop, shop

__all__ = ["shop"]


async def test_three_days_are_closed_one_is_open_and_three_receipts_wait(shop: Shop) -> None:
    goods = [
        await shop.item(
            f"Thing {number}", variants=[{"prices": [{"amount": f"{2 + number % 7}.49"}]}], tax_category=("", "zero")[number % 2]
        )
        for number in range(48)
    ]
    moves = tuple(
        NewMove(key=str(each), item=each, quantity=Decimal(90), origin=ADJUSTMENT, destination="main", unit_cost=Decimal(1))
        for each in goods
    )
    async with shop.tenant.transaction():
        await shop.tenant.service(Stock).move(
            StockDocument(source=Source("shop.test", "1"), date=shop.tenant.today() - timedelta(9), moves=moves)
        )
    await story.on_demo(shop.tenant)
    rows = await shop.ask("SELECT s.state, s.over_short FROM retail_pos_session s ORDER BY s.business_date, s.state")
    assert [row["state"] for row in rows] == ["closed"] * 3 + ["open"] * 2
    assert sum(row["over_short"] for row in rows[:3]) == Decimal("-0.35")
    assert sorted(reason for _, reason in await shop.problems()) == ["item", "returned", "tenders"]
    for check in (*proving.SALES_CHECKS, *fiscal.CHECKS):
        assert (await check.run(shop.tenant)).findings == (), check.name
    yesterday = shop.tenant.today() - timedelta(1)
    async with shop.tenant.transaction() as db:
        found = await kpis.sums(db, Days(yesterday, yesterday))
        before = await kpis.sums(db, Days(yesterday - timedelta(7), yesterday - timedelta(7)))
    [z] = await shop.ask("SELECT (totals->>'net')::numeric AS net, receipts FROM retail_pos_fiscal_period WHERE number = 3")
    assert (found.net, found.receipts) == (z["net"], z["receipts"])
    assert 0 < before.net < 10_000, "what was sold before was sold over the counter as well"
