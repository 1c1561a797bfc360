"""Goods that are told apart by lot: a sale takes them from several, and its figures, its return and its void know of all of them."""

from .conftest import Shop, Till, back, goods


async def test_a_sale_from_two_lots_costs_what_both_cost_and_comes_back_whole(shop: Shop, till: Till) -> None:
    item = await shop.item()
    await shop.restock(item, 1, "1.00")
    till.sell(goods(item))
    await till.send()
    chosen = await shop.person.submit(f"/inventory/items/{item}/method", {"method": "fifo", "tracking": "lot"})
    assert chosen.status_code == 303, chosen.text
    await shop.restock(item, 2, "4.00", lot="A")
    await shop.restock(item, 5, "6.00", lot="B")
    sale = till.sell(goods(item, 6))
    await till.send()
    cost = "SELECT sum(l.cost) AS cost FROM retail_pos_receipt_line l"
    assert (await shop.ask(cost))[0]["cost"] == await shop.balance("cost_of_sales") == 1 + 2 * 4 + 4 * 6
    till.sell(back(sale, quantity=1))
    till.sell(back(sale, quantity=3))
    await till.send()
    assert (await shop.ask(cost))[0]["cost"] == await shop.balance("cost_of_sales") == 1 + 2 * 6
    till.sell(back(sale, quantity=2))
    await till.send()
    assert await shop.problems() == []
    assert await shop.balance("cost_of_sales") == 1
    lots = "SELECT b.on_hand FROM inventory_lot_balance b JOIN inventory_lot o ON o.id = b.lot ORDER BY o.number"
    assert [row["on_hand"] for row in await shop.ask(lots)] == [2, 5]
    again = till.sell(goods(item, 4))
    till.sell(goods(item, -4), kind="void", voids=again["id"])
    await till.send()
    assert await shop.on_hand(item) == 7
    assert await shop.balance("cost_of_sales") == 1
