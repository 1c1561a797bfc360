"""Stock as people see and move it, through the pages."""

import re

from weft.testing import Client, Jobs

from .conftest import D, Shop


async def form_of(client: Client, kind: str) -> dict[str, str]:
    page = (await client.get(f"/inventory/move?kind={kind}")).text
    return {name: page.partition(f'name="{name}" value="')[2].partition('"')[0] for name in ("id", "kind")} | {
        "location": "main",
        "date": "2026-03-31",
    }


async def test_goods_are_received_and_show_in_every_list(shop: Shop, client: Client) -> None:
    item = await shop.item("Blue mug", variants=[{"sku": "MUG-1"}])
    head = await form_of(client, "receipt")
    line = {"line.0.code": "mug-1", "line.0.quantity": "12", "line.0.cost": "2.50"}
    done = await client.submit("/inventory/move", {**head, **line, "reference": "Note 77"})
    assert done.status_code == 303
    document = (await client.get(done.headers["location"])).text
    assert "Note 77" in document
    assert "GEN/2026/00001" in document
    again = await client.submit("/inventory/move", {**head, **line, "reference": "Note 77"})
    assert again.headers["location"] == done.headers["location"]
    assert await shop.held(item) == (D(12), D(30))
    for path in ("/inventory/stock", "/inventory/items", "/inventory/moves"):
        page = (await client.get(path)).text
        assert "Blue mug" in page, path
    card = (await client.get(f"/inventory/items/{item}")).text
    assert "Main warehouse" in card
    assert "£30.00" in card
    row = re.search(r'href="(/inventory/stock/[0-9a-f-]{36})"', (await client.get("/inventory/stock")).text)
    assert row
    assert (await client.get(row[1])).headers["location"] == f"/inventory/items/{item}"


async def test_a_wrong_line_is_told_where_it_is_and_nothing_moves(shop: Shop, client: Client) -> None:
    item = await shop.item("Blue mug", variants=[{"sku": "MUG-1"}])
    head = await form_of(client, "receipt")
    lines = {"line.0.code": "MUG-1", "line.0.quantity": "x", "line.1.code": "none such", "line.1.quantity": "1"}
    refused = await client.submit("/inventory/move", {**head, **lines})
    assert refused.status_code == 422
    assert "Line 1: “x” is not a number." in refused.text
    lines["line.0.quantity"] = "3"
    refused = await client.submit("/inventory/move", {**head, **lines})
    assert "No product has the code “none such”." in refused.text
    assert 'value="MUG-1"' in refused.text
    assert await shop.on_hand(item) == 0


async def test_a_transfer_on_the_way_is_taken_in_with_what_arrived(shop: Shop, client: Client) -> None:
    item = await shop.item("Blue mug", variants=[{"sku": "MUG-1"}])
    await shop.receive(item, 10, 3)
    made = await client.submit("/inventory/locations", {"parent": "main", "code": "shop", "title": "Shop floor"})
    assert made.status_code == 303
    head = await form_of(client, "transfer")
    line = {"line.0.code": "MUG-1", "line.0.quantity": "4", "to": "main/shop", "on_the_way": "on"}
    sent = await client.submit("/inventory/move", {**head, **line})
    assert sent.status_code == 303, sent.text
    assert await shop.on_hand(item) == 6
    assert "Transfer of" in (await client.get("/inventory/transit")).text
    page = (await client.get(sent.headers["location"])).text
    field = re.search(r'name="(arrived\.[0-9a-f-]{36})"', page)
    assert field
    path = sent.headers["location"]
    assert (await client.submit(f"{path}/arrived", {field[1]: "5"})).status_code == 422
    assert (await client.submit(f"{path}/arrived", {field[1]: "3"})).status_code == 303
    assert await shop.on_hand(item, "main/shop") == 3
    assert await shop.held(item) == (D(9), D(27))
    assert await shop.balance("5400") == 3
    assert "Nothing is on its way" in (await client.get("/inventory/transit")).text


async def test_a_document_is_undone_with_a_reason(shop: Shop, client: Client) -> None:
    item = await shop.item("Blue mug", variants=[{"sku": "MUG-1"}])
    head = await form_of(client, "receipt")
    done = await client.submit("/inventory/move", {**head, "line.0.code": "MUG-1", "line.0.quantity": "2", "line.0.cost": "5"})
    path = done.headers["location"]
    assert (await client.submit(f"{path}/undo", {"reason": ""})).status_code == 422
    assert (await client.submit(f"{path}/undo", {"reason": "Twice"})).status_code == 303
    assert await shop.held(item) == (D(0), D(0))
    assert "Undone" in (await client.get(path)).text
    assert (await client.submit(f"{path}/undo", {"reason": "Twice"})).status_code == 409


async def test_a_location_with_goods_stays_open(shop: Shop, client: Client) -> None:
    item = await shop.item()
    await shop.receive(item, 1, 1)
    main = (await shop.ask("SELECT l.id, l.version FROM inventory_location l WHERE l.code = 'main'"))[0]
    refused = await client.submit(f"/inventory/locations/{main['id']}", {"title": "Main", "version": str(main["version"])})
    assert refused.status_code == 422
    assert "There are goods here" in refused.text
    late = await client.submit(f"/inventory/locations/{main['id']}", {"title": "Main", "active": "yes", "version": "99"})
    assert late.status_code == 409


async def test_a_lot_is_traced_up_and_down(shop: Shop, client: Client) -> None:
    await shop.keep("", tracking="lot")
    item = await shop.item("Milk")
    await shop.receive(item, 5, 1, lot="L-42")
    await shop.deliver(item, 2, title="Sale to Ada")
    found = await client.get("/search?q=l-42")
    assert found.headers["location"].startswith("/inventory/lots/")
    page = (await client.get(found.headers["location"])).text
    assert "Sale to Ada" in page
    assert "Suppliers → Main warehouse" in page


async def test_method_and_cost_are_chosen_before_goods_come(shop: Shop, client: Client) -> None:
    item = await shop.item("Rope")
    await shop.know(item)
    page = f"/inventory/items/{item}"
    assert (await client.submit(f"{page}/method", {"method": "standard", "tracking": "none"})).status_code == 303
    assert (await client.submit(f"{page}/cost", {"cost": "4", "day": "2026-03-01"})).status_code == 303
    await shop.receive(item, 10, 5)
    assert await shop.held(item) == (D(10), D(40))
    late = await client.submit(f"{page}/method", {"method": "fifo", "tracking": "none"})
    assert late.status_code == 409
    assert "There is stock of Rope" in late.text
    assert (await client.submit(f"{page}/cost", {"cost": "6", "day": "2026-03-20"})).status_code == 303
    assert await shop.held(item) == (D(10), D(60))
    assert await shop.balance("1200") == 60


async def test_a_new_name_shows_in_lists_and_the_unit_stays_that_of_the_quantities(shop: Shop, client: Client, jobs: Jobs) -> None:
    item = await shop.item("Rice", unit="kg", variants=[{"sku": "RICE"}])
    await shop.receive(item, 5, 2)
    row = (await shop.ask("SELECT v.product FROM catalogue_variant v WHERE v.id = $1", item))[0]
    path = f"/api/v1/catalogue/products/{row['product']}"
    variants = [{"id": str(item), "sku": "RICE"}]
    body = {"name": "Basmati rice", "unit": "g", "variants": variants, "version": 1}
    changed = await shop.program.request("PUT", path, json=body)
    assert changed.status_code == 200, changed.text
    await jobs.run_all(shop.tenant)
    page = (await client.get("/inventory/stock?q=basmati")).text
    assert "Basmati rice" in page
    found = (await shop.ask("SELECT i.unit FROM inventory_item i WHERE i.item = $1", item))[0]
    assert found["unit"] == "kg"
    await shop.deliver(item, 500, unit="g")
    assert await shop.on_hand(item) == D("4.5")
