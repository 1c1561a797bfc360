"""The figures of a day of two tills, sent through the real door: to the cent what its facts say, and what stock and books say."""

from decimal import Decimal
from random import Random

from plugins.retail_pos.domain.fiscal import check_chain
from plugins.retail_pos.domain.kpis import Days
from plugins.retail_pos.queries import kpis
from plugins.retail_pos.services import fiscal, stocked
from plugins.retail_pos.tests.server.conftest import D, Shop
from plugins.retail_pos.tests.server.test_till_day import EXPECTED, ITEMS, send_the_day, set_up, shop

__all__ = ["shop"]


async def test_the_figures_of_the_day_agree_with_its_facts_stock_and_books(shop: Shop) -> None:
    _, tills = await set_up(shop)
    quiet = await shop.item("Nobody wants this", stock=7, cost="3.00")
    await send_the_day(tills, Random(3))
    sessions = EXPECTED["sessions"].values()
    days = Days(shop.tenant.today(), shop.tenant.today())
    async with shop.tenant.transaction() as db:
        found = await kpis.sums(db, days)
        parts = {name: await kpis.by(db, name, days) for name in ("hour", "till", "cashier", "category")}
        tenders = await kpis.tenders(db, days)
    assert found.gross == sum((D(each["net_turnover"]) for each in sessions), D(0)) == D("3983.30")
    assert found.net == D("3621.06")
    assert found.discount == sum((D(each["discounts"]) for each in sessions), D(0))
    assert found.returns == 5
    assert found.receipts + found.returns == EXPECTED["distinct_receipts"]
    assert found.cost == D(EXPECTED["cogs"])
    assert tenders == {"card": D("2444.40"), "cash": D("1548.80"), "gift_card": D("75.00"), "store_credit": D("-84.96")}
    for each in parts.values():
        assert sum(part.net for part in each.values()) == found.net
        assert sum(part.gross for part in each.values()) == found.gross
    page = (await shop.person.get("/retail_pos/figures")).text
    assert "3,621.06" in page
    await the_stock_is_as_expected(shop, days)
    dead = [each async for each in stocked.dead(shop.tenant, 30)]
    assert [(each.id, each.stocked.on_hand, each.stocked.value) for each in dead if each.id == quiet] == [(quiet, D(7), D("21.00"))]
    for check in fiscal.CHECKS:
        assert (await check.run(shop.tenant)).findings == ()
    assert all(check_chain(till.code, till.records).holds for till in tills)


async def the_stock_is_as_expected(shop: Shop, days: Days) -> None:
    """Compare sell-through and cover with what was there in the morning and what is left."""
    opening = {row["name"]: D(row["opening_qty"]) for row in ITEMS.values()}
    found = [each async for each in stocked.covers(shop.tenant, days)]
    assert found
    for each in found:
        assert each.stocked.sold + each.stocked.on_hand == opening[each.name], each.name
        assert each.stocked.sell_through == each.stocked.sold / opening[each.name]
        assert each.stocked.cover is None or each.stocked.cover == each.stocked.on_hand / each.stocked.sold
    values = sum((each.stocked.value for each in found), Decimal(0))
    assert values > 0
