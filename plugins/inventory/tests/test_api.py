"""Stock for programs."""

from .conftest import Shop


async def test_a_program_moves_goods_once_and_takes_them_back(shop: Shop) -> None:
    item = str(await shop.item("Mug", variants=[{"sku": "MUG"}]))
    body = {
        "id": "DN-77",
        "day": "2026-03-10",
        "moves": [{"sku": "mug", "quantity": "12", "origin": ":supplier", "destination": "main", "unit_cost": "2.50"}],
    }
    made = await shop.program.request("POST", "/api/v1/inventory/documents", json=body)
    assert made.status_code == 201, made.text
    assert made.json()["moves"][0]["cost"] == "30.00"
    assert (await shop.program.request("POST", "/api/v1/inventory/documents", json=body)).json() == made.json()
    other = body | {"moves": [body["moves"][0] | {"quantity": "13"}]}  # type: ignore[operator]
    assert (await shop.program.request("POST", "/api/v1/inventory/documents", json=other)).status_code == 409
    [there] = (await shop.program.request("GET", f"/api/v1/inventory/availability?item={item}")).json()
    assert (there["on_hand"], there["available"]) == ("12", "12")
    assert (await shop.program.get(f"/api/v1/inventory/documents/{made.json()['id']}")).json() == made.json()
    path = f"/api/v1/inventory/documents/{made.json()['id']}/undo"
    back = await shop.program.request("POST", path, json={"reason": "Sent twice"})
    assert back.status_code == 201, back.text
    [there] = (await shop.program.request("GET", f"/api/v1/inventory/availability?item={item}&location=main")).json()
    assert there["on_hand"] == "0"
    codes = [each["code"] for each in (await shop.program.request("GET", "/api/v1/inventory/locations")).json()]
    assert codes == ["main"]


async def test_wrong_moves_are_answered_by_field(shop: Shop) -> None:
    await shop.item("Mug", variants=[{"sku": "MUG"}])
    moves = [{"sku": "MUG", "quantity": "0", "origin": "nowhere", "destination": "main"}]
    answer = await shop.program.request("POST", "/api/v1/inventory/documents", json={"id": "1", "moves": moves})
    assert answer.status_code == 422
    assert "nowhere" in answer.text
    assert "moves.0.quantity" in answer.text
