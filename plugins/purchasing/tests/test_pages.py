"""The pages: an order is written by scanning, agreed to, received, billed and sent back by their buttons, and closed to who may not."""

import re
from typing import Any

from plugins.purchasing.permissions import APPROVE, BILL, EDIT, PRICES, READ, RECEIVE, RELEASE
from plugins.purchasing.services import landing
from weft import new_id
from weft.testing import Client, Mailbox, Visitors

from .conftest import D, Shop

PEN = "4006381333931"


def field(page: str, name: str) -> str:
    """Return the value of a field of a page."""
    found = re.search(rf'name="{re.escape(name)}"[^>]*?value="([^"]*)"', page)
    assert found, name
    return found[1]


def main(page: str) -> str:
    return page[page.index("<main") : page.index("</main>")]


async def by_form(client: Client, supplier: Any, code: str, quantity: str, **more: str) -> str:
    """Write an order by its form: scan a code, set a quantity; returns the address of the order."""
    page = (await client.get(f"/purchasing/orders/new?supplier={supplier}")).text
    head = {"id": field(page, "id"), "version": "0", "supplier": str(supplier), "ordered": "2026-03-10", "location": "main"}
    scanned = (await client.submit("/purchasing/orders/new", {**head, "code": code, "do": "enter"})).text
    row = {name: field(scanned, f"lines.0.{name}") for name in ("item", "description", "unit_price")}
    line = {f"lines.0.{name}": value for name, value in {**row, "quantity": quantity, **more}.items()}
    answer = await client.submit("/purchasing/orders/new", {**head, **line, "do": "submit"})
    assert answer.status_code == 303, main(answer.text)
    return answer.headers["location"]


async def test_an_order_is_scanned_agreed_to_mailed_counted_and_billed(shop: Shop, visitors: Visitors, mailbox: Mailbox) -> None:
    pen = await shop.item("Ballpoint pen", variants=[{"barcodes": [{"code": PEN}]}])
    supplier = await shop.party("Pens & Co", email="orders@pens.example")
    async with shop.tenant.transaction(unaudited="a test") as db:
        await db.execute("UPDATE contacts_party SET language = 'de' WHERE id = $1", supplier)
    await shop.price(supplier, pen, "30", pack=D(10), supplier_code="KU-1")
    buyer = await visitors.sign_in(shop.tenant, READ, EDIT, APPROVE, name="Bea")
    path = await by_form(buyer, supplier, PEN, "50")
    assert "You asked for this order: somebody else has to approve it." in (await buyer.get(path)).text
    version = field((await shop.client.get(path)).text, "version")
    assert (await shop.client.submit(f"{path}/approve", {"version": version})).status_code == 303
    assert (await buyer.submit(f"{path}/send", {"to": "orders@pens.example"})).status_code == 303
    await shop.hear()
    [letter] = await mailbox.to("orders@pens.example")
    assert "Bestellung PO-2026-0001" in letter.subject
    page = (await shop.client.get(f"{path}/receive")).text
    scan = {"id": field(page, "id"), "day": "2026-03-12", "location": "main", "code": PEN}
    twice = (await shop.client.submit(f"{path}/receive", {**scan, "lines.0.quantity": "1"})).text
    assert field(twice, "lines.0.quantity") == "2"
    assert "48 less" in twice
    counted = {**scan, "code": "", "lines.0.quantity": "60", "do": "receive"}
    more = await shop.client.submit(f"{path}/receive", counted)
    assert more.status_code == 409
    assert "60 instead of 50" in more.text
    taken = await shop.client.submit(f"{path}/receive", {**counted, "more_is_right": "yes"})
    assert taken.status_code == 303
    assert await shop.held(pen) == (60, 1800)
    bill = {"id": str(new_id()), "reference": "R-77", "issued": "2026-03-13", "lines.0.quantity": "60", "lines.0.unit_price": "33"}
    beside = (await shop.client.submit(f"{path}/bill/match", bill)).text
    assert "the price is 33 instead of 30" in beside
    answer = await shop.client.submit(f"{path}/bill", bill)
    blocked = answer.headers["location"]
    shown = (await shop.client.get(blocked)).text
    assert "180.00 more (10.0 %)" in shown
    assert (await shop.client.submit(f"{blocked}/release", {"version": field(shown, "version"), "reason": ""})).status_code == 422
    done = await shop.client.submit(f"{blocked}/release", {"version": field(shown, "version"), "reason": "Agreed by phone"})
    assert done.status_code == 303
    assert "Agreed by phone" in (await shop.client.get(blocked)).text
    again = await shop.client.submit(f"{path}/bill", {**bill, "id": str(new_id())})
    assert again.status_code == 409, "the same number of the supplier twice"
    receipt = taken.headers["location"]
    back = await shop.client.submit(f"{receipt}/return", {"id": str(new_id()), "lines.0.quantity": "70", "reason": "Dry"})
    assert back.status_code == 422
    assert "no more than the 60" in back.text
    back = await shop.client.submit(f"{receipt}/return", {"id": str(new_id()), "lines.0.quantity": "5", "reason": "Dry"})
    assert "Dry" in (await shop.client.get(back.headers["location"])).text
    assert (await shop.client.get(f"{path}/pdf")).content.startswith(b"%PDF")


async def test_what_is_wrong_is_said_beside_its_field_and_nothing_is_kept(shop: Shop) -> None:
    supplier = await shop.party()
    tea = await shop.item("Tea")
    page = (await shop.client.get("/purchasing/orders/new")).text
    head = {"id": field(page, "id"), "version": "0", "supplier": str(supplier)}
    unknown = await shop.client.submit("/purchasing/orders/new", {**head, "code": "no such thing", "do": "enter"})
    assert unknown.status_code == 422
    assert "Nothing in the catalogue is called “no such thing”" in unknown.text
    line = {"lines.0.item": str(tea), "lines.0.quantity": "3", "lines.0.unit_price": "-1"}
    wrong = await shop.client.submit("/purchasing/orders/new", {**head, **line, "do": "save"})
    assert wrong.status_code == 422
    assert "A price is zero or more." in wrong.text
    empty = await shop.client.submit("/purchasing/orders/new", {**head, "do": "save"})
    assert "Add a line: say what to buy." in empty.text
    foreign = {**line, "lines.0.unit_price": "4", "currency": "USD"}
    assert "Enter what one USD is worth" in (await shop.client.submit("/purchasing/orders/new", {**head, **foreign, "do": "save"})).text
    totals = (await shop.client.submit("/purchasing/orders/totals", {**head, **line, "lines.0.unit_price": "4"})).text
    assert "12.00" in totals
    assert await shop.ask("SELECT o.id FROM purchasing_order o") == []


async def test_the_second_who_changes_an_order_sees_both(shop: Shop) -> None:
    supplier, tea = await shop.party(), await shop.item("Tea")
    page = (await shop.client.get("/purchasing/orders/new")).text
    head = {"id": field(page, "id"), "version": "0", "supplier": str(supplier)}
    line = {"lines.0.item": str(tea), "lines.0.description": "Tea", "lines.0.quantity": "3", "lines.0.unit_price": "4"}
    path = (await shop.client.submit("/purchasing/orders/new", {**head, **line, "do": "save"})).headers["location"]
    assert (await shop.client.submit(f"{path}/edit", {**head, **line, "version": "1", "note": "first"})).status_code == 303
    second = await shop.client.submit(f"{path}/edit", {**head, **line, "version": "1", "note": "second", "lines.0.quantity": "9"})
    assert second.status_code == 409
    assert "Somebody else changed this order" in second.text
    assert "first" in second.text
    assert "9 × Tea × 4" in second.text


async def test_lists_cards_and_reports_show_what_there_is(shop: Shop) -> None:
    coffee, supplier = await shop.item(), await shop.party()
    await shop.price(supplier, coffee, "8", supplier_code="X-9")
    order = await shop.order(supplier, (coffee, 10, None))
    receipt = await shop.receive(order, 4)
    draft = landing.LandedDraft(id=new_id(), title="Freight", amount=D("3"), receipts=(receipt.id,))
    made = await landing.land(shop.tenant, draft)
    back = await shop.back(receipt, 1)
    bill = await shop.bill(order, (3, "8"))
    for path in (
        *("orders", "receipts", "bills", "suppliers", "suppliers/new", "approvals", "receive", "landed-costs", "landed-costs/new"),
        *(f"suppliers/{supplier}", f"suppliers/{supplier}/edit", f"suppliers/{supplier}/prices/new", f"orders/{order.id}"),
        *(f"receipts/{receipt.id}", f"returns/{back.id}", f"bills/{bill.id}", f"landed-costs/{made.id}", f"orders/{order.id}/bill"),
        f"orders/{order.id}/receive",
    ):
        answer = await shop.client.get(f"/purchasing/{path}")
        assert answer.status_code == 200, path
    reports = {
        "open_orders": ("PO-2026-0001", "48.00"),
        "not_billed?day=2026-03-31": ("GR-2026-0001", "24.00"),
        "price_variance": ("Variance",),
        "supplier_performance": ("Bean Importers", "100"),
    }
    for name, expected in reports.items():
        page = (await shop.client.get(f"/reports/purchasing.{name}")).text
        assert all(each in page for each in expected), name
    assert (await shop.client.get("/search?q=PO-2026-0001")).headers["location"] == f"/purchasing/orders/{order.id}"
    stock = (await shop.client.get(f"/inventory/items/{coffee}")).text
    assert "6 to come" in stock
    assert f"/purchasing/suppliers/{supplier}" in stock
    assert "Open orders" in (await shop.client.get(f"/contacts/{supplier}")).text
    at_once = await shop.client.get("/purchasing/receive?code=PO-2026-0001")
    assert at_once.headers["location"] == f"/purchasing/orders/{order.id}/receive"


async def test_buttons_and_pages_belong_to_roles(shop: Shop, visitors: Visitors) -> None:
    coffee, supplier = await shop.item(), await shop.party()
    order = await shop.order(supplier, (coffee, 10, "8"))
    receipt = await shop.receive(order, 4)
    reader = await visitors.sign_in(shop.tenant, READ)
    for path in (f"orders/{order.id}", f"receipts/{receipt.id}", f"suppliers/{supplier}", "landed-costs"):
        shown = main((await reader.get(f"/purchasing/{path}")).text)
        assert 'method="post"' not in shown.lower(), path
    closed = {
        "orders/new": EDIT,
        "approvals": APPROVE,
        "receive": RECEIVE,
        f"orders/{order.id}/bill": BILL,
        "landed-costs/new": BILL,
        f"suppliers/{supplier}/edit": PRICES,
    }
    for path, permission in closed.items():
        assert (await reader.get(f"/purchasing/{path}")).status_code == 403, path
        able = await visitors.sign_in(shop.tenant, READ, permission)
        assert (await able.get(f"/purchasing/{path}")).status_code == 200, path
    bill = await shop.bill(order, (9, "8"))
    assert (await reader.submit(f"/purchasing/bills/{bill.id}/release", {"reason": "x"})).status_code == 403
    assert (await (await visitors.sign_in(shop.tenant, READ, RELEASE)).get(f"/purchasing/bills/{bill.id}")).status_code == 200


async def test_prices_are_kept_by_their_form_and_two_that_clash_are_refused(shop: Shop) -> None:
    coffee, supplier = await shop.item(), await shop.party()
    path = f"/purchasing/suppliers/{supplier}/prices/new"
    price = {"item": str(coffee), "price": "8", "currency": "", "min_quantity": "", "pack": "6", "rank": "1", "version": "1"}
    assert (await shop.client.submit(path, {**price, "id": str(new_id())})).status_code == 303
    clash = await shop.client.submit(path, {**price, "id": str(new_id()), "valid_from": "2026-01-01"})
    assert clash.status_code == 422
    assert "end that one first" in clash.text
    kept = (await shop.ask("SELECT p.id FROM purchasing_supplier_item p"))[0]["id"]
    edit = f"/purchasing/suppliers/{supplier}/prices/{kept}"
    assert (await shop.client.submit(edit, {**price, "price": "9"})).status_code == 303
    stale = await shop.client.submit(edit, {**price, "price": "7"})
    assert stale.status_code == 409
    assert "Theirs: 9" in stale.text
    terms = {"account": "C-1", "email": "no", "currency": "EUR", "lead_days": "3", "least_order": "100", "active": "yes", "version": "1"}
    assert "is not one e-mail address" in (await shop.client.submit(f"/purchasing/suppliers/{supplier}/edit", terms)).text
    assert (await shop.client.submit(f"/purchasing/suppliers/{supplier}/edit", {**terms, "email": ""})).status_code == 303
