"""Many tills, and the same till many times, at the same moment."""

import asyncio
from random import Random

from weft.testing import Client

from .conftest import Shop, Till, back, goods


async def test_one_till_that_sends_the_same_many_times_at_once_is_heard_once(shop: Shop, till: Till) -> None:
    item = await shop.item(stock=100)
    for _ in range(20):
        till.sell(goods(item))
    random = Random(7)
    await asyncio.gather(*(till.send(*random.sample(till.records, 15)) for _ in range(8)))
    answer = await till.send()
    assert answer["seq"] == 21
    assert len(await shop.receipts()) == 20
    assert await shop.on_hand(item) == 80
    assert await shop.balance("cash") == 220
    assert await shop.problems() == []


async def test_tills_that_sell_the_same_goods_at_once_do_not_stop_each_other(shop: Shop, till: Till) -> None:
    items = [await shop.item(f"Goods {n}", stock=100) for n in range(4)]
    tills = [till, await shop.till("T2"), await shop.till("T3")]
    card = goods(None, price="50.00", taxes=[], stored_value="GC1")
    till.sell(card)
    await till.send()
    for place, each in enumerate(tills):
        if place:
            each.open()
        for n in range(12):
            order = [items[(n + place + k * (1 if place % 2 else -1)) % 4] for k in range(3)]
            paid = [{"type": "gift_card", "amount": "1.00", "reference": "GC1"}, {"type": "cash", "amount": "32.00"}] if n % 4 == 0 else []
            each.sell(*(goods(item) for item in order), tenders=paid)
    await asyncio.gather(*(each.send() for each in tills))
    assert await shop.problems() == []
    assert len(await shop.receipts()) == 37
    assert [await shop.on_hand(item) for item in items] == [100 - 27] * 4
    [row] = await shop.ask("SELECT balance FROM retail_pos_stored_value")
    assert row["balance"] == 41


async def test_of_two_tills_that_take_the_same_goods_back_at_once_one_waits_for_a_person(shop: Shop, till: Till) -> None:
    item = await shop.item(stock=5)
    sale = till.sell(goods(item))
    await till.send()
    others = [await shop.till("T2"), await shop.till("T3")]
    for each in others:
        each.open()
        each.sell(back(sale))
    await asyncio.gather(*(each.send() for each in others))
    assert await shop.problems() == [("parked", "returned")]
    assert await shop.on_hand(item) == 5


async def test_two_people_who_decide_at_once_decide_once(shop: Shop, till: Till) -> None:
    item = await shop.item(stock=5)
    till.sell(goods(item), tenders=[{"type": "gift_card", "amount": "11.00", "reference": "NONE"}])
    await till.send()
    [row] = await shop.ask("SELECT id FROM retail_pos_problem WHERE state = 'open'")
    person: Client = shop.person
    path = f"/retail_pos/parked/{row['id']}"
    answers = await asyncio.gather(*(person.submit(path, {"do": "accept", "why": "Yes"}) for _ in range(3)))
    assert sorted(each.status_code for each in answers) == [303, 409, 409]
    assert await shop.on_hand(item) == 4
