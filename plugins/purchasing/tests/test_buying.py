"""Suggestions, price lists from files, approvals, foreign currency, other ways of posting: what the stories do not tell."""

from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest

from plugins.purchasing.domain.landing import Basis
from plugins.purchasing.imports.price_lists import PRICE_LISTS, PriceRow
from plugins.purchasing.permissions import APPROVE, EDIT, READ
from plugins.purchasing.services import approving, billing, figures, landing, orders, receiving, suggesting, suppliers
from weft import Conflict, Invalid, Numbered, Written, new_id
from weft.contracts import Stock
from weft.testing import Visitors

from .conftest import Shop

D = Decimal


async def low(shop: Shop, sku: str, minimum: str = "10", target: str = "20") -> None:
    """Keep a reorder rule of an item in the main warehouse."""
    rule = {"code": sku, "location": "main", "minimum": minimum, "target": target}
    assert (await shop.client.submit("/inventory/reorder", rule)).status_code == 303


async def test_what_runs_low_becomes_one_order_for_each_supplier(shop: Shop) -> None:
    tea, coffee, mug = [await shop.item(name, variants=[{"sku": sku}]) for name, sku in (("Tea", "T"), ("Coffee", "C"), ("Mug", "M"))]
    dear, cheap, potter = await shop.party("Dear"), await shop.party("Cheap"), await shop.party("Potter")
    await shop.price(dear, tea, "9")
    await shop.price(cheap, tea, "7", pack=D(6))
    await shop.price(cheap, coffee, "8")
    await shop.price(potter, mug, "3", valid_to=date(2026, 1, 1))
    for sku in ("T", "C", "M"):
        await low(shop, sku)
    found, names = await suggesting.suggestions(shop.tenant)
    assert [(each.item.name, each.needed.quantity, [names[offer.price.supplier] for offer in each.offers]) for each in found] == [
        ("Coffee", D(20), ["Cheap"]),
        ("Mug", D(20), []),
        ("Tea", D(20), ["Cheap", "Dear"]),
    ]
    page = (await shop.client.get("/purchasing/suggestions")).text
    assert "nobody has a price" in page
    form = {f"supplier-{item}@main": str(cheap) for item in (tea, coffee)} | {f"quantity-{item}@main": "20" for item in (tea, coffee)}
    answer = await shop.client.submit("/purchasing/suggestions", {**form, "select": [f"{tea}@main", f"{coffee}@main"]})
    assert answer.status_code == 303
    made = await orders.get(shop.tenant, UUID(answer.headers["location"].rsplit("/", 1)[1]))
    assert {(each.description, each.quantity, each.unit_price) for each in made.lines} == {("Tea", D(24), D(7)), ("Coffee", D(20), D(8))}
    again, _ = await suggesting.suggestions(shop.tenant)
    assert [each.drafted for each in again] == [20, 0, 24]
    await approving.submit(shop.tenant, made.id, made.version)
    left, _ = await suggesting.suggestions(shop.tenant)
    assert [each.item.name for each in left] == ["Mug"], "what is on order is expected in stock"


async def test_what_is_on_order_is_expected_until_it_comes_or_nothing_more_is(shop: Shop) -> None:
    coffee, supplier = await shop.item(), await shop.party()
    order = await shop.order(supplier, (coffee, 10, "8"))

    async def expected() -> Any:
        async with shop.tenant.transaction():
            return (await shop.tenant.service(Stock).availability([coffee]))[coffee].expected

    assert await expected() == 10
    receipt = await shop.receive(order, 4)
    assert await expected() == 6
    await receiving.undo(shop.tenant, receipt.id, "Wrong order")
    assert (await expected(), await shop.on("goods_received"), await shop.waiting()) == (10, 0, 0)
    await shop.receive(order, 9)
    await approving.close(shop.tenant, order.id, "The last one is out of print")
    assert (await expected(), (await shop.now(order)).state) == (0, "closed")
    assert (await shop.billed(order, (9, "8"))).state == "posted"
    assert await shop.on("goods_received") == 0


async def test_two_have_to_agree_to_much_and_the_buyer_is_never_one_of_them(shop: Shop, visitors: Visitors) -> None:
    coffee, supplier = await shop.item(), await shop.party()
    draft = await orders.save(shop.tenant, shop.draft(supplier, (coffee, 2000, "8")), new_id())
    buyer = await visitors.sign_in(shop.tenant, READ, EDIT, APPROVE, name="Bea")
    first = await visitors.sign_in(shop.tenant, READ, APPROVE, name="Fay")
    other = await visitors.sign_in(shop.tenant, READ, APPROVE, name="Olaf")
    path = f"/purchasing/orders/{draft.id}"
    assert (await buyer.submit(f"{path}/submit", {"version": "1"})).status_code == 303
    for who, version, status in ((buyer, "2", 409), (first, "2", 303), (first, "3", 409), (other, "3", 409), (shop.client, "3", 303)):
        assert (await who.submit(f"{path}/approve", {"version": version})).status_code == status
    done = await shop.now(draft)
    assert (done.state, [each.name for each in done.approvals]) == ("approved", ["Fay", "Test Person"])


async def test_a_bill_in_a_foreign_currency_clears_at_its_own_rate(shop: Shop) -> None:
    coffee, supplier = await shop.item(), await shop.party()
    order = await shop.order(supplier, (coffee, 10, "8"), currency="USD", rate=D("0.8"))
    await shop.receive(order, 10)
    assert await shop.on("goods_received") == -64
    made = await shop.bill(order, (10, "8"))
    async with shop.tenant.transaction(unaudited="a test") as db:
        await db.execute(
            "INSERT INTO accounting_rate (id, day, base, quote, value, source) VALUES ($1, $2, $3, $4, $5, 'test')",
            *(new_id(), date(2026, 3, 10), "USD", shop.tenant.currency, D("0.85")),
        )
    await shop.post(made.document)
    assert (await shop.on("goods_received"), await shop.held(coffee)) == (0, (10, 68))


async def test_continental_books_hold_nothing_on_goods_received(shop: Shop) -> None:
    await shop.stock_posts("continental")
    coffee, supplier = await shop.item(), await shop.party()
    order = await shop.order(supplier, (coffee, 10, "8"))
    await shop.receive(order, 10)
    assert (await shop.on("inventory"), await shop.on("goods_received")) == (80, 0)
    await shop.settle(price_percent="50", price_amount="50")
    bill = await shop.billed(order, (10, "9"))
    assert (bill.variance, await shop.held(coffee)) == (10, (10, 90))
    assert (await shop.on("purchases"), await shop.on("inventory"), await shop.on("goods_received")) == (90, 90, 0)


async def test_a_bill_that_is_credited_whole_leaves_its_goods_waiting_for_another(shop: Shop) -> None:
    coffee, supplier = await shop.item(), await shop.party()
    order = await shop.order(supplier, (coffee, 10, "8"))
    await shop.receive(order, 10)
    bill = await shop.billed(order, (10, "8"))
    answer = await shop.client.submit(f"/accounting/documents/{bill.document}/credit")
    await shop.post(UUID(answer.headers["location"].split("/")[-2]))
    assert (await billing.page(shop.tenant, bill.id)).bill.state == "cancelled"
    assert (await shop.on("goods_received"), await shop.waiting()) == (-80, 80)
    await shop.billed(order, (10, "8"))
    assert (await shop.on("goods_received"), await shop.waiting()) == (0, 0)


async def test_goods_that_went_back_do_not_wait_again_when_their_bill_is_credited(shop: Shop) -> None:
    coffee, supplier = await shop.item(), await shop.party()
    order = await shop.order(supplier, (coffee, 10, "8"))
    receipt = await shop.receive(order, 10)
    bill = await shop.billed(order, (10, "8"))
    await shop.back(receipt, 3)
    answer = await shop.client.submit(f"/accounting/documents/{bill.document}/credit")
    await shop.post(UUID(answer.headers["location"].split("/")[-2]))
    line = (await shop.now(order)).lines[0]
    assert (line.received, line.returned, line.billed, line.to_bill) == (10, 3, 0, 7)
    assert await shop.waiting() == 56


async def test_what_is_sent_twice_is_done_once(shop: Shop) -> None:
    coffee, supplier = await shop.item(), await shop.party()
    order = await shop.order(supplier, (coffee, 10, "8"))
    receipt_id, bill_id, return_id = new_id(), new_id(), new_id()
    for _ in range(2):
        receipt = await shop.receive(order, 10, id=receipt_id)
        await shop.bill(order, (10, "8"), id=bill_id, reference="R-1")
        await shop.back(receipt, 1, id=return_id)
    assert await shop.held(coffee) == (9, 72)
    again = (await shop.now(order)).lines[0]
    assert (again.received, again.billed, again.returned) == (10, 10, 1)
    with pytest.raises(Conflict, match="entered already"):
        await shop.bill(order, (1, "8"), reference="r-1")


async def test_books_are_told_what_is_not_billed_before_they_close(shop: Shop) -> None:
    coffee, supplier = await shop.item(), await shop.party()
    order = await shop.order(supplier, (coffee, 10, "8"))
    await shop.receive(order, 4)
    await shop.bill(order, (4, "9"), reference="R-9")
    async with shop.tenant.transaction():
        answers = {each.name: each for each in await shop.tenant.ask_closing(date(2026, 3, 1), date(2026, 3, 31))}
    assert [each.sentence for each in answers["purchasing.not_billed"].findings] == [
        f"GR-2026-0001, Bean Importers: Coffee for 32.00 {shop.tenant.currency}"
    ]
    assert "the price is 9 instead of 8" in answers["purchasing.blocked"].findings[0].sentence
    assert [figures.age_of(date(2026, 1, 1), date(2026, month, 1)) for month in (1, 2, 3, 12)] == [0, 1, 1, 4]


async def test_a_price_list_comes_in_is_changed_and_goes_again(shop: Shop) -> None:
    await shop.item("Coffee", variants=[{"sku": "COF"}])
    supplier = await shop.party("Bean Importers")

    async def bring_in(*rows: PriceRow) -> tuple[list[Written], list[tuple[int, str, str]]]:
        async with shop.tenant.transaction():
            done = await PRICE_LISTS.write(shop.tenant, [Numbered(place, row) for place, row in enumerate(rows, 2)], {})
        return list(done.written), [(each.row, each.field, each.sentence) for each in done.problems]

    first, wrong = await bring_in(
        PriceRow(supplier="Bean Importers", sku="COF", price=D(8), supplier_code="K-1"),
        PriceRow(supplier="Nobody", sku="COF", price=D(8)),
        PriceRow(supplier="bean importers", sku="NO", price=D(8)),
        PriceRow(supplier="Bean Importers", supplier_code="k-1", price=D(7), min_quantity=D(100)),
    )
    assert [each.action for each in first] == ["created", "created"]
    assert wrong == [
        (3, "supplier", "No contact is called “Nobody”: add it first."),
        (4, "sku", "No item of the catalogue has the SKU “NO”."),
    ]
    second, _ = await bring_in(
        PriceRow(supplier="Bean Importers", sku="COF", price=D(9)),
        PriceRow(supplier="Bean Importers", sku="COF", price=D(7), min_quantity=D(100), supplier_code="k-1"),
    )
    assert [each.action for each in second] == ["updated", "unchanged"]

    async def asked() -> Any:
        return [price.price for price, _, _ in (await suppliers.card(shop.tenant, supplier)).prices]

    assert await asked() == [9, 7]
    async with shop.tenant.transaction():
        assert list(await PRICE_LISTS.undo(shop.tenant, second[:1])) == []
    assert await asked() == [8, 7]
    async with shop.tenant.transaction():
        left = await PRICE_LISTS.undo(shop.tenant, list(reversed(first)))
    assert [each.row for each in left] == [2], "it was changed since"


async def test_goods_are_refused_by_lines_and_nothing_of_them_is_kept(shop: Shop) -> None:
    coffee, supplier = await shop.item(), await shop.party()
    order = await shop.order(supplier, (coffee, 10, "8"))
    with pytest.raises(Invalid) as refused:
        await shop.receive(order, 2, day=date(2026, 4, 1))
    assert list(refused.value.fields) == ["day"]
    with pytest.raises(receiving.MoreThanOrdered, match="11 instead of 10"):
        await shop.receive(order, 11)
    with pytest.raises(Invalid):
        await shop.receive(order, 1, location="nowhere")
    assert await shop.ask("SELECT r.id FROM purchasing_receipt r") == []
    await shop.price(supplier, coffee, "1", pack=D(6))
    with pytest.raises(Invalid, match="packs of 6"):
        await shop.order(supplier, (coffee, 7, None))


async def test_freight_is_spread_by_the_space_that_goods_take(shop: Shop) -> None:
    size = {"length": "10", "width": "10", "size_unit": "cm"}
    small = await shop.item("Small", variants=[{**size, "height": "10"}])
    large, unknown, supplier = (
        await shop.item("Large", variants=[{**size, "height": "30"}]),
        await shop.item("Odd"),
        await shop.party(),
    )
    order = await shop.order(supplier, (small, 10, "8"), (large, 10, "1"))
    receipt = await shop.receive(order, 10, 10)
    facts: dict[str, Any] = {"title": "Freight", "amount": D(40), "basis": Basis.VOLUME}
    await landing.land(shop.tenant, landing.LandedDraft(id=new_id(), receipts=(receipt.id,), **facts))
    assert (await shop.held(small), await shop.held(large)) == ((10, 90), (10, 40))
    other = await shop.receive(await shop.order(supplier, (unknown, 1, "8")), 1)
    with pytest.raises(Invalid, match="Odd has no volume: enter its measures in the catalogue"):
        await landing.land(shop.tenant, landing.LandedDraft(id=new_id(), receipts=(receipt.id, other.id), **facts))
