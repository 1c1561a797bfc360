"""What a shop assistant does at the till, in a real browser."""

from .conftest import BISCUITS, COFFEE, Counter


async def test_a_sale_is_scanned_paid_and_arrives(counter: Counter) -> None:
    await counter.scan(COFFEE)
    await counter.scan(BISCUITS)
    await counter.scan(BISCUITS)
    assert await counter.total() == "£17.20"
    assert await counter.pay_cash() == "£17.20"
    await counter.sent()
    assert await counter.shop.receipts() == ["T1-000001"]
    assert await counter.shop.problems() == []
