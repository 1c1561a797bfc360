"""The nightly questions, and reports: they hold when all is well, and name what is not."""

from datetime import date

import pytest

from plugins.inventory.queries import valued
from plugins.inventory.services import proving
from weft.contracts import Ledger, NewEntry, NewLine
from weft.testing import Client

from .conftest import D, Shop


async def busy(shop: Shop) -> object:
    item = await shop.item("Coffee", variants=[{"sku": "C-1"}])
    await shop.receive(item, 10, 3, day=date(2026, 1, 10))
    await shop.deliver(item, 4, day=date(2026, 2, 10))
    await shop.receive(item, 6, 5, day=date(2026, 2, 20))
    await shop.receive(item, 2, 1, day=date(2026, 1, 5))
    return item


async def test_all_holds_after_goods_came_late(shop: Shop) -> None:
    await busy(shop)
    for run in (proving.balances, proving.values, proving.ledger):
        assert (await run(shop.tenant)).findings == ()


@pytest.mark.parametrize(
    ("sql", "run"),
    [
        ("UPDATE inventory_balance SET on_hand = on_hand + 1", "balances"),
        ("UPDATE inventory_item SET value = value + 1", "values"),
        ("UPDATE inventory_month SET value = value + 1", "values"),
        ("UPDATE inventory_item SET layers = '[]'", "values"),
    ],
)
async def test_what_is_changed_past_the_rules_is_found(shop: Shop, sql: str, run: str) -> None:
    await busy(shop)
    async with shop.tenant.transaction(unaudited="a test") as db:
        await db.execute(sql)
    found = (await getattr(proving, run)(shop.tenant)).findings
    assert found
    assert all("Coffee" in each.sentence for each in found)


async def test_somebody_who_posts_to_the_account_of_stock_is_told(shop: Shop) -> None:
    await busy(shop)
    lines = (NewLine(code="1200", debit=D(5)), NewLine(code="1000", credit=D(5)))
    async with shop.tenant.transaction():
        await shop.tenant.service(Ledger).post(NewEntry(journal="GEN", date=date(2026, 3, 1), lines=lines))
    [finding] = (await proving.ledger(shop.tenant)).findings
    assert "something else was posted there" in finding.sentence


async def test_stock_at_a_date_is_what_the_ledger_had_then(shop: Shop, client: Client) -> None:
    item = await busy(shop)
    for day, quantity, value in (("2026-01-07", 2, 2), ("2026-01-31", 12, 32), ("2026-02-15", 8, 24), ("2026-03-31", 14, 54)):
        at = date.fromisoformat(day)
        async with shop.tenant.transaction() as db:
            [row] = await valued.value_at(db, at)
            assert (row["item"], row["quantity"], row["value"]) == (item, D(quantity), D(value))
            assert await valued.value_of_all(db, at) == value
        assert await shop.balance("1200", at) == value
    page = (await client.get("/reports/inventory.value?day=2026-01-31")).text
    assert "Coffee" in page
    assert "32.00" in page
    assert (await client.get("/reports/inventory.moved?first=2026-01-01&last=2026-03-31")).status_code == 200
    assert (await client.get("/reports/inventory.expiring")).status_code == 200
