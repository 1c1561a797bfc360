"""Sums of days: whatever arrives, is brought in, taken out or voided, the figures read from them are those of a look at every line."""

from datetime import timedelta

from plugins.retail_pos.domain.kpis import Days
from plugins.retail_pos.queries import daily, kpis
from plugins.retail_pos.services import history, summing
from plugins.retail_pos.tests.server.conftest import Shop, Till, back, goods, shop, till
from weft.testing import Clock

__all__ = ["shop", "till"]


async def same(shop: Shop, days: Days, live: int) -> None:
    """Compare figures read from the sums with those of all lines; `live` is how many spans of days are not read from the sums."""
    async with shop.tenant.transaction() as db:
        assert len(await daily.live(db, days)) == live
        assert await daily.by_all(db, days) == await kpis.by_all(db, days)
        assert await daily.sums(db, days) == await kpis.sums(db, days)
        assert await daily.tenders(db, days) == await kpis.tenders(db, days)
        found, wanted = await daily.items(db, days, limit=5000), await kpis.items(db, days, limit=5000)
        assert [(each.sku, each.item, each.sums) for each in found] == [(each.sku, each.item, each.sums) for each in wanted]
        assert await daily.units_sold(db, days) == await kpis.units_sold(db, days)


async def test_figures_from_sums_are_those_of_every_line_whatever_comes_later(shop: Shop, till: Till, clock: Clock) -> None:
    today = shop.tenant.today()
    item = await shop.item(stock=50, variants=[{"sku": "C-1"}])
    brought = await history.tell(shop.tenant, last=today - timedelta(1))
    sale = till.sell(goods(item, 2, sku="C-1", category="Food"), goods(item, category="Food > Coffee"), goods(item, category="Food"))
    till.sell(back(sale), goods(item))
    await till.send()
    year = Days(today - timedelta(300), today + timedelta(30))
    await same(shop, year, 1)
    clock.forward(timedelta(days=10))
    assert await summing.sum_up(shop.tenant) == (today - brought.first).days + 9
    await same(shop, Days(brought.first, today), 0)
    await same(shop, year, 1)
    assert (await summing.proven(shop.tenant)).findings == ()
    till.sell(goods(item, 3))  # it is ten days late
    line = goods(item, -1, original=None, category="Food")
    coming = till.sell(goods(item, category="Food"))
    await till.send()
    till.sell(line, kind="void", voids=coming["id"])
    assert (await till.states())[-1] == "applied"
    await same(shop, Days(today - timedelta(3), today + timedelta(3)), 1)
    assert "not those of their receipts" not in str((await summing.proven(shop.tenant)).findings)
    assert await summing.sum_up(shop.tenant) == 1
    await same(shop, Days(today - timedelta(3), today + timedelta(3)), 0)
    async with shop.tenant.transaction(unaudited="spoils a sum") as db:
        await db.execute("UPDATE retail_pos_daily SET net = net + 1 WHERE dimension = 'hour' AND day = $1", today)
    [finding] = (await summing.proven(shop.tenant)).findings
    assert "are not those of their receipts: by hour." in finding.sentence
    assert (await shop.person.get("/retail_pos/figures", params={"first": str(year.first), "last": str(today)})).status_code == 200
