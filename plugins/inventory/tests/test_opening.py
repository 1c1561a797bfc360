"""Opening stock from a file, and the demo shop's story."""

from datetime import date
from uuid import UUID

from plugins.inventory.imports import OPENING_STOCK
from plugins.inventory.services import proving, story
from plugins.inventory.services.importing import OpeningRow
from weft import Numbered

from .conftest import D, Shop

OPTIONS = {"day": "2026-03-01", "location": "main"}


async def test_opening_stock_comes_in_row_by_row_and_goes_back(shop: Shop) -> None:
    mug = await shop.item("Mug", variants=[{"sku": "MUG"}])
    await shop.item("Advice", kind="service", variants=[{"sku": "TALK"}])
    rows = [
        Numbered(2, OpeningRow(code="mug", quantity=D(10), cost=D("2.50"))),
        Numbered(3, OpeningRow(code="none", quantity=D(1), cost=D(1))),
        Numbered(4, OpeningRow(code="TALK", quantity=D(1), cost=D(1))),
        Numbered(5, OpeningRow(code="MUG", quantity=D(1), cost=D(1), location="moon")),
        Numbered(6, OpeningRow(code="MUG", quantity=D(1), cost=D(1), unit="kg")),
        Numbered(7, OpeningRow(code="MUG", quantity=D(4), cost=D(3))),
    ]
    async with shop.tenant.transaction():
        outcome = await OPENING_STOCK.write(shop.tenant, rows, OPTIONS)
    assert [each.row for each in outcome.written] == [2, 7]
    assert {each.row: each.field for each in outcome.problems} == {3: "code", 4: "code", 5: "location", 6: "unit"}
    assert await shop.held(mug) == (D(14), D(37))
    assert (await shop.balance("1200"), await shop.balance("3900")) == (D(37), D(-37))
    async with shop.tenant.transaction():
        assert await OPENING_STOCK.undo(shop.tenant, list(reversed(outcome.written))) == []
    assert await shop.held(mug) == (D(0), D(0))
    assert await shop.balance("1200") == 0


async def test_the_demo_shop_has_stock_that_agrees_with_its_books(shop: Shop) -> None:
    items: list[UUID] = []
    for number in range(30):
        prices = [{"amount": f"{number + 2}.90", "valid_from": "2026-01-01"}]
        items.append(await shop.item(f"Item {number}", variants=[{"prices": prices}]))
    await story.on_demo(shop.tenant)
    for run in (proving.balances, proving.values, proving.ledger):
        assert (await run(shop.tenant)).findings == ()
    assert await shop.balance("1200", date(2026, 2, 1)) > 0
    assert await shop.on_hand(items[0], "floor") > 0
