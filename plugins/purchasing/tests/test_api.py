"""Programs order, receive and bill; what they send twice is done once, and what is wrong is told by field."""

from weft import new_id

from .conftest import Shop

API = "/api/v1/purchasing/orders"


async def test_a_program_orders_receives_and_bills(shop: Shop) -> None:
    coffee, supplier = await shop.item(), await shop.party()
    order = {
        "id": str(new_id()),
        "supplier": str(supplier),
        "submit": True,
        "lines": [{"item": str(coffee), "quantity": "10", "unit_price": "8"}],
    }
    for _ in range(2):
        answer = await shop.program.request("POST", API, json=order)
        assert answer.status_code == 201, answer.text
    made = answer.json()
    assert (made["number"], made["state"], made["net"]) == ("PO-2026-0001", "approved", "80.00")
    line = made["lines"][0]["id"]
    path = f"{API}/{order['id']}"
    wrong = await shop.program.request(
        "POST", f"{path}/receipts", json={"id": str(new_id()), "lines": [{"order_line": line, "quantity": "0"}]}
    )
    assert wrong.status_code == 422
    assert [each["field"] for each in wrong.json()["errors"]] == ["lines.0.quantity"]
    receipt = {"id": str(new_id()), "day": "2026-03-12", "lines": [{"order_line": line, "quantity": "10"}]}
    for _ in range(2):
        came = await shop.program.request("POST", f"{path}/receipts", json=receipt)
        assert (came.status_code, came.json()["number"]) == (201, "GR-2026-0001")
    assert (await shop.program.get(f"/api/v1/purchasing/receipts/{receipt['id']}")).json() == came.json()
    assert await shop.held(coffee) == (10, 80)
    bill = {"id": str(new_id()), "reference": "R-1", "lines": [{"order_line": line, "quantity": "11", "unit_price": "8"}]}
    blocked = (await shop.program.request("POST", f"{path}/bills", json=bill)).json()
    assert (blocked["state"], blocked["reasons"]) == ("blocked", ["Coffee: 11 are billed, but 10 came and 0 were billed before."])
    fits = {**bill, "id": str(new_id()), "reference": "R-2", "lines": [{"order_line": line, "quantity": "10", "unit_price": "8"}]}
    assert (await shop.program.request("POST", f"{path}/bills", json=fits)).json()["state"] == "drafted"
    stands = (await shop.program.get(path)).json()
    assert (stands["state"], stands["lines"][0]["received"], stands["lines"][0]["billed"]) == ("billed", "10", "10")
    assert (await shop.program.get(f"{API}/{new_id()}")).status_code == 404
