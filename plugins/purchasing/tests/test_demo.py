"""The demo shop's buying is made through the services people use."""

from datetime import date

from plugins.purchasing.services import proving, story

from .conftest import Shop


async def test_the_story_ends_with_work_at_every_step(shop: Shop) -> None:
    for name in story.SUPPLIERS:
        await shop.party(name)
    needed = story.EACH * len(story.SUPPLIERS)
    items = [await shop.item(f"Thing {number:03}", variants=[{"prices": [{"amount": "5"}]}]) for number in range(needed)]
    broker = await shop.party("Earlier supplier")
    await shop.settle(approval_from="100000")
    first = await shop.order(broker, *((item, 5, "3.10") for item in items), ordered=date(2026, 2, 1))
    await shop.receive(first, *(5 for _ in items), day=date(2026, 2, 1))
    await shop.settle(approval_from="1000")
    await story.on_demo(shop.tenant)
    rows = await shop.ask("SELECT o.state, count(*)::int AS n FROM purchasing_order o WHERE o.id <> $1 GROUP BY 1 ORDER BY 1", first.id)
    found = {row["state"]: row["n"] for row in rows}
    assert found.pop("billed") >= 3
    steps = {"approved": 1, "cancelled": 1, "draft": 1, "partly_received": 1, "received": 2, "sent": 2, "waiting": 1}
    assert found == steps
    rows = await shop.ask("SELECT b.state, count(*)::int AS n, sum(b.variance) > 0 AS dearer FROM purchasing_bill b GROUP BY 1")
    bills = {row["state"]: (row["n"], row["dearer"]) for row in rows}
    assert bills.pop("posted")[1]
    assert bills == {"blocked": (1, False), "drafted": (1, False)}
    assert -await shop.on("goods_received") == await shop.waiting()
    for run in (proving.goods_received, proving.lines, proving.expected):
        assert (await run(shop.tenant)).findings == ()
    await shop.hear()
    assert (await proving.goods_received(shop.tenant)).findings == (), "what was heard once is not heard twice"
