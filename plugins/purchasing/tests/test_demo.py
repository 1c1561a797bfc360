"""The demo shop's buying is made through the services people use."""

from plugins.purchasing.services import story

from .conftest import Shop


async def test_the_story_ends_with_work_at_every_step(shop: Shop) -> None:
    for name in story.SUPPLIERS:
        await shop.party(name)
    needed = story.EACH * len(story.SUPPLIERS)
    items = [await shop.item(f"Thing {number:03}", variants=[{"prices": [{"amount": "5"}]}]) for number in range(needed)]
    broker = await shop.party("Earlier supplier")
    await shop.settle(approval_from="100000")
    first = await shop.order(broker, *((item, 5, "3.10") for item in items))
    await shop.receive(first, *(5 for _ in items))
    await shop.settle(approval_from="1000")
    await story.on_demo(shop.tenant)
    rows = await shop.ask("SELECT o.state, count(*)::int AS n FROM purchasing_order o WHERE o.id <> $1 GROUP BY 1 ORDER BY 1", first.id)
    assert {row["state"]: row["n"] for row in rows} == {
        "billed": 1,
        "draft": 1,
        "partly_received": 1,
        "received": 1,
        "sent": 1,
        "waiting": 1,
    }
    assert [row["state"] for row in await shop.ask("SELECT b.state FROM purchasing_bill b ORDER BY b.number")] == ["drafted", "blocked"]
    assert -await shop.on("goods_received") == await shop.waiting()
