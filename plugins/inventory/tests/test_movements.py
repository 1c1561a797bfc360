"""Movements that are planned: drafts hold nothing, reserved ones hold what there is, done ones stand and can be undone."""

import re
from typing import Any

from plugins.inventory.services import proving
from weft.contracts import ExpectedLine, ReservedLine, Source, Stock
from weft.testing import Client

from .conftest import D, Shop
from .test_pages import form_of


async def drafted(client: Client, kind: str, **fields: str) -> str:
    answer = await client.submit("/inventory/move", {**await form_of(client, kind), "do": "draft", **fields})
    assert answer.status_code == 303, answer.text
    return answer.headers["location"]


async def turn(client: Client, path: str, do: str, version: int, **fields: str) -> Any:
    return await client.submit(path, {"do": do, "version": str(version), **fields})


async def there(shop: Shop, item: Any, location: str = "main") -> tuple[int, ...]:
    """Return what is on hand, reserved, promised, expected and forecast."""
    async with shop.tenant.transaction():
        found = (await shop.tenant.service(Stock).availability([item], location))[item]
    return tuple(int(each) for each in (found.on_hand, found.reserved, found.promised, found.expected, found.forecast))


async def test_a_delivery_is_drafted_held_in_part_carried_out_and_its_rest_follows(shop: Shop, client: Client) -> None:
    item = await shop.item("Blue mug", variants=[{"sku": "MUG-1"}])
    await shop.receive(item, 3, 2)
    path = await drafted(client, "delivery", **{"line.0.code": "MUG-1", "line.0.quantity": "5", "reference": "Order 7"})
    assert "/inventory/movements/" in path
    assert await there(shop, item) == (3, 0, 0, 0, 3)
    assert "Order 7" in (await client.get("/inventory/movements?segment=open")).text
    changed = {**await form_of(client, "delivery"), "line.0.code": "MUG-1", "line.0.quantity": "4", "reference": "Order 7", "version": "1"}
    assert (await client.submit(f"{path}/edit", changed)).status_code == 303
    assert (await client.submit(f"{path}/edit", changed)).status_code == 409
    assert (await turn(client, path, "reserve", 1)).status_code == 409
    assert (await turn(client, path, "reserve", 2)).status_code == 303
    assert await there(shop, item) == (3, 3, 4, 0, -1)
    page = (await client.get(path)).text
    assert "Reserved in part" in page
    async with shop.tenant.transaction(unaudited="a test"):
        assert [(each.item, each.quantity) for each in await shop.stock.needed()] == [(item, D(1))]
        held = await shop.stock.reserve(Source("shop.sale", "1"), [ReservedLine(key="1", item=item, quantity=D(1), location="main")])
        assert held == {"1": 0}
        await shop.stock.reserve(Source("shop.sale", "1"), [])
    assert (await client.get(f"{path}/edit")).status_code == 303
    field = re.search(r'name="(done\.[0-9a-f-]{36})"', page)
    assert field
    assert "between 0 and 4" in (await turn(client, path, "carry_out", 3, **{field[1]: "9"})).text
    done = await turn(client, path, "carry_out", 3, **{field[1]: "3", "rest": "on"})
    assert done.status_code == 303, done.text
    assert await there(shop, item) == (0, 0, 0, 0, 0)
    assert (await turn(client, path, "carry_out", 4)).status_code == 409
    assert "the next movement" in (await client.get(path)).text
    found = await shop.ask("SELECT m.id, m.title FROM inventory_movement m WHERE m.rest_of IS NOT NULL")
    assert [row["title"] for row in found] == ["Order 7, the rest"]
    await shop.receive(item, 1, 2)
    follow = f"/inventory/movements/{found[0]['id']}"
    assert (await turn(client, follow, "reserve", 1)).status_code == 303
    assert await there(shop, item) == (1, 1, 1, 0, 0)
    assert (await turn(client, follow, "let_go", 2)).status_code == 303
    assert (await turn(client, follow, "cancel", 3)).status_code == 303
    assert await there(shop, item) == (1, 0, 0, 0, 1)
    undone = await client.submit(f"{done.headers['location']}/undo", {"reason": "Came back"})
    assert undone.status_code == 303
    assert await there(shop, item) == (4, 0, 0, 0, 4)
    assert "Undone" in (await client.get(path)).text
    assert (await proving.balances(shop.tenant)).findings == ()


async def test_a_transfer_through_transit_is_expected_where_it_goes_until_it_is_taken_in(shop: Shop, client: Client) -> None:
    item = await shop.item("Blue mug", variants=[{"sku": "MUG-1"}])
    await shop.receive(item, 10, 3)
    assert (await client.submit("/inventory/locations", {"parent": "", "code": "shop", "title": "Shop"})).status_code == 303
    fields = {"line.0.code": "MUG-1", "line.0.quantity": "4", "to": "shop", "on_the_way": "on"}
    path = await drafted(client, "transfer", **fields)
    assert (await turn(client, path, "reserve", 1)).status_code == 303
    assert await there(shop, item) == (10, 4, 4, 0, 6)
    assert await there(shop, item, "shop") == (0, 0, 0, 4, 4)
    sent = await turn(client, path, "carry_out", 2)
    assert sent.status_code == 303, sent.text
    assert await there(shop, item) == (6, 0, 0, 0, 6)
    assert await there(shop, item, "shop") == (0, 0, 0, 4, 4)
    assert (await client.submit(f"{sent.headers['location']}/arrived", {})).status_code == 303
    assert await there(shop, item, "shop") == (4, 0, 0, 0, 4)
    direct = await client.submit("/inventory/move", {**await form_of(client, "transfer"), **fields, "line.0.quantity": "2"})
    assert await there(shop, item, "shop") == (4, 0, 0, 2, 6)
    assert (await client.submit(f"{direct.headers['location']}/undo", {"reason": "Wrong shop"})).status_code == 303
    assert await there(shop, item, "shop") == (4, 0, 0, 0, 4)
    assert await there(shop, item) == (6, 0, 0, 0, 6)


async def test_a_planned_receipt_and_an_order_are_expected(shop: Shop, client: Client) -> None:
    item = await shop.item("Blue mug", variants=[{"sku": "MUG-1"}])
    path = await drafted(client, "receipt", **{"line.0.code": "MUG-1", "line.0.quantity": "6", "line.0.cost": "2"})
    assert (await turn(client, path, "reserve", 1)).status_code == 303
    async with shop.tenant.transaction(unaudited="a test"):
        line = ExpectedLine(key="1", item=item, quantity=D(5), location="main", day=shop.tenant.today())
        await shop.stock.expect(Source("shop.order", "1"), [line])
    assert await there(shop, item) == (0, 0, 0, 11, 11)
    assert (await turn(client, path, "carry_out", 2)).status_code == 303
    assert await there(shop, item) == (6, 0, 0, 5, 11)
    assert await shop.held(item) == (D(6), D(12))
    lost = await drafted(client, "adjustment", **{"line.0.code": "MUG-1", "line.0.quantity": "-2"})
    assert (await turn(client, lost, "reserve", 1)).status_code == 303
    assert await there(shop, item) == (6, 2, 2, 5, 9)
    assert (await turn(client, lost, "carry_out", 2)).status_code == 303
    assert await there(shop, item) == (4, 0, 0, 5, 9)
    wrong = await client.submit(
        "/inventory/move", {**await form_of(client, "delivery"), "do": "draft", "line.0.code": "NONE", "line.0.quantity": "1"}
    )
    assert wrong.status_code == 422
