"""What a business allows: who approves counts, what falls below zero, which lots leave first, and what is said before books are closed."""

from datetime import UTC, date, datetime

import pytest

from plugins.inventory.permissions import COUNT, READ
from plugins.inventory.services import closing, proving
from weft.contracts import ShortOfStock
from weft.testing import Client, Visitors

from .conftest import D, Shop
from .test_counts import begun, field_of
from .test_movements import drafted
from .test_pages import form_of


async def test_who_counted_may_not_approve_and_small_differences_need_nobody(shop: Shop, client: Client, visitors: Visitors) -> None:
    await shop.settle(second_person="on", count_limit="5")
    item = await shop.item("Mug", variants=[{"sku": "MUG"}])
    await shop.receive(item, 10, 3)
    path = await begun(client)
    page = (await client.get(path)).text
    assert "Should be" not in page, "blind for who may approve as well"
    assert (await client.submit(path, {field_of(page, "Mug"): "8", "do": "hand_in", "version": "1"})).status_code == 303
    assert "You counted here yourself" in (await client.get(path)).text
    own = await client.submit(f"{path}/approve", {"do": "approve", "version": "2"})
    assert own.status_code == 409
    assert await shop.on_hand(item) == 10
    other = await visitors.sign_in(shop.tenant)
    assert (await other.submit(f"{path}/approve", {"do": "approve", "version": "2"})).status_code == 303
    assert await shop.on_hand(item) == 8
    counter = await visitors.sign_in(shop.tenant, READ, COUNT)
    path = await begun(counter)
    field = field_of((await counter.get(path)).text, "Mug")
    assert (await counter.submit(path, {field: "7", "do": "hand_in", "version": "1"})).status_code == 303
    assert await shop.on_hand(item) == 7, "a difference of 3 is posted at once"
    assert await shop.balance("5400") == 9


async def test_a_category_refuses_what_others_allow_and_follows_its_nearest_rule(shop: Shop, client: Client) -> None:
    loose, locked = await shop.item("Loose"), await shop.item("Locked")
    await shop.receive(loose, 1, 1)
    await shop.receive(locked, 1, 1)
    async with shop.tenant.transaction(unaudited="a test") as db:
        await db.execute("UPDATE inventory_item SET category = 'Drugs > Strong' WHERE item = $1", locked)
    assert (await client.submit("/inventory/categories", {"category": "Drugs", "version": "0"})).status_code == 422
    rule = {"category": "Drugs", "below_zero": "forbid", "version": "0"}
    assert (await client.submit("/inventory/categories", rule)).status_code == 303
    assert (await client.submit("/inventory/categories", rule)).status_code == 409
    with pytest.raises(ShortOfStock):
        await shop.deliver(locked, 2)
    await shop.deliver(loose, 2)
    [warned] = (await closing.below(shop.tenant)).findings
    assert (warned.severity, "Loose" in warned.sentence) == ("warning", True)
    nearer = {"category": "Drugs > Strong", "below_zero": "allow", "version": "0"}
    assert (await client.submit("/inventory/categories", nearer)).status_code == 303
    await shop.deliver(locked, 2)
    assert len((await closing.below(shop.tenant)).findings) == 1
    assert "Refused" in (await client.get("/inventory/categories")).text
    assert (await client.submit("/inventory/categories", {"category": "Drugs > Strong", "do": "remove"})).status_code == 303
    severities = {each.severity for each in (await closing.below(shop.tenant)).findings}
    assert severities == {"warning", "error"}


async def test_lots_leave_as_the_category_says(shop: Shop, client: Client) -> None:
    await shop.keep("", tracking="lot")
    item = await shop.item("Milk")
    await shop.receive(item, 2, 1, lot="OLD", expires=date(2026, 9, 1))
    await shop.receive(item, 2, 1, lot="NEW", expires=date(2026, 6, 1))
    await shop.deliver(item, 1)

    async def there() -> dict[str, int]:
        rows = await shop.ask("SELECT l.number, b.on_hand FROM inventory_lot_balance b JOIN inventory_lot l ON l.id = b.lot")
        return {row["number"]: int(row["on_hand"]) for row in rows}

    assert await there() == {"OLD": 2, "NEW": 1}
    changed = {"category": "", "tracking": "lot", "removal": "fifo", "version": "1"}
    assert (await client.submit("/inventory/categories", changed)).status_code == 303
    await shop.deliver(item, 1)
    assert await there() == {"OLD": 1, "NEW": 1}


async def test_what_is_left_lying_is_said_before_books_are_closed(shop: Shop, client: Client) -> None:
    item = await shop.item("Mug", variants=[{"sku": "MUG"}])
    await shop.receive(item, 10, 3)
    assert (await client.submit("/inventory/locations", {"parent": "", "code": "shop", "title": "Shop"})).status_code == 303
    line = {"line.0.code": "MUG", "line.0.quantity": "4"}
    sent = await client.submit("/inventory/move", {**await form_of(client, "transfer"), **line, "to": "shop", "on_the_way": "on"})
    await drafted(client, "delivery", **line)
    count = await begun(client)
    shop.clock.set(datetime(2026, 4, 20, 10, tzinfo=UTC))

    async def answers() -> dict[str, int]:
        found = await shop.tenant.ask_closing(date(2026, 3, 1), date(2026, 3, 31))
        return {each.name: len(each.findings) for each in found if each.name.startswith("inventory.")}

    assert await answers() == {"inventory.open": 3, "inventory.below": 0, "inventory.ledger": 0}
    assert len((await closing.in_transit(shop.tenant)).findings) == 1
    path = sent.headers["location"]
    arrived = await client.submit(f"{path}/arrived", {})
    assert (await client.submit(f"{path}/undo", {"reason": "Wrong"})).status_code == 409
    assert (await client.submit(f"{arrived.headers['location']}/undo", {"reason": "Not there yet"})).status_code == 303
    assert await answers() == {"inventory.open": 3, "inventory.below": 0, "inventory.ledger": 0}
    assert (await client.submit(f"{path}/arrived", {})).status_code == 303
    assert await shop.on_hand(item, "shop") == 4
    assert (await client.submit(count, {"do": "cancel", "version": "1"})).status_code == 303
    assert (await answers())["inventory.open"] == 1


@pytest.mark.parametrize(
    ("sql", "run"),
    [
        ("UPDATE inventory_balance SET reserved = reserved + 1", "held"),
        ("UPDATE inventory_balance SET promised = promised + 1", "held"),
        ("UPDATE inventory_balance SET expected = expected + 1", "held"),
        ("UPDATE inventory_lot_balance SET on_hand = on_hand + 1", "held"),
    ],
)
async def test_what_is_held_or_lies_in_lots_past_the_rules_is_found(shop: Shop, sql: str, run: str) -> None:
    await shop.keep("", tracking="lot")
    item = await shop.item("Milk")
    await shop.receive(item, 5, 1, lot="L-1")
    assert (await getattr(closing, run)(shop.tenant)).findings == ()
    async with shop.tenant.transaction(unaudited="a test") as db:
        await db.execute(sql)
    [found] = (await getattr(closing, run)(shop.tenant)).findings
    assert "Milk" in found.sentence
    assert (await proving.ledger(shop.tenant)).findings == ()
    assert await shop.held(item) == (D(5), D(5))
