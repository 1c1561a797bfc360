"""A sale that happened is never refused: what does not fit is kept, says why, and has a way out."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest

from plugins.retail_pos.domain.canonical import digest
from plugins.retail_pos.services import proving
from weft.testing import Client, Clock, Visitors

from .conftest import Shop, Till, back, goods


async def problem(shop: Shop) -> Any:
    """Return the one problem that waits."""
    [row] = await shop.ask("SELECT id, kind, reason, sentence FROM retail_pos_problem WHERE state = 'open'")
    return row


async def decide(
    shop: Shop, way: str, why: str = "The manager was there", client: Client | None = None, told: Mapping[str, str] | None = None
) -> Any:
    """Decide on the one problem that waits, by its page."""
    found = await problem(shop)
    return await (client or shop.person).submit(f"/retail_pos/parked/{found['id']}", {"do": way, "why": why, **(told or {})})


async def parked(shop: Shop, till: Till, record: Mapping[str, Any], reason: str) -> str:
    """Send all that a till wrote, of which one record is parked for a reason; returns the sentence that the till is told."""
    answer = await till.send()
    states = {each["id"]: each["state"] for each in answer["results"]}
    assert states.pop(record["id"]) == "parked", answer
    assert set(states.values()) <= {"applied"}, answer
    assert await shop.problems() == [("parked", reason)]
    page = await shop.person.get(f"/retail_pos/parked/{(await problem(shop))['id']}")
    assert page.status_code == 200
    told: str = next(each["reason"] for each in answer["results"] if each["id"] == record["id"])
    return told


async def test_a_total_that_does_not_follow_is_parked_and_not_changed(shop: Shop, till: Till) -> None:
    item = await shop.item(stock=5)
    receipt = till.receipt(goods(item))
    sale = till.write("receipt", {**receipt, "total": "10.00", "tenders": [{"type": "cash", "amount": "10.00"}]})
    told = await parked(shop, till, sale, "figures")
    assert told == "The total is 10.00, but the lines add up to 11.00."
    assert await shop.on_hand(item) == 5
    assert await shop.balance("cash") == 0


async def test_a_tax_that_does_not_follow_is_parked(shop: Shop, till: Till) -> None:
    receipt = till.receipt(goods(await shop.item()))
    wrong = {**receipt["taxes"][0], "net": "10.50", "tax": "0.50"}
    sale = till.write("receipt", {**receipt, "taxes": [wrong]})
    assert "The taxes are sale_standard 0.50; the rules give sale_standard 1.00." in await parked(shop, till, sale, "figures")


async def test_tenders_that_do_not_cover_are_parked_and_taken_in_when_a_person_says_so(shop: Shop, till: Till) -> None:
    item = await shop.item(stock=5)
    sale = till.sell(goods(item), tenders=[{"type": "cash", "amount": "10.00"}])
    assert await parked(shop, till, sale, "tenders") == "10.00 was paid for 11.00."
    assert (await decide(shop, "accept", "The customer had no more with her")).status_code == 303
    assert await shop.problems() == []
    assert [await shop.balance(*each) for each in (("cash", ""), ("cash_short", "T1"), ("sales_revenue", ""))] == [10, 1, -10]
    till.write("count", {"counted": "110.00", "expected": "110.00"})
    await till.send()
    [row] = await shop.ask("SELECT state, over_short FROM retail_pos_session")
    assert (row["state"], row["over_short"]) == ("closed", 0)
    assert (await proving.closings(shop.tenant)).findings == ()


async def test_an_unknown_item_is_corrected_by_its_sku(shop: Shop, till: Till) -> None:
    item = await shop.item("Tea", stock=5, variants=[{"sku": "TEA-1"}])
    sale = till.sell(goods(uuid4()))
    told = await parked(shop, till, sale, "item")
    assert told == "Line 1, “Coffee”, is of an item that is not in the catalogue."
    nothing = await decide(shop, "item", told={"item-1": "NO-SUCH"})
    assert nothing.status_code == 422
    assert "There is no item with the SKU or barcode “NO-SUCH”." in nothing.text
    assert (await decide(shop, "item", told={"item-1": "tea-1"})).status_code == 303
    assert await shop.problems() == []
    assert await shop.on_hand(item) == 4
    page = (await shop.person.get(f"/retail_pos/receipts/{sale['id']}")).text
    assert "T1-000001" in page
    told = (await shop.person.get(f"/api/v1/retail_pos/receipts/{sale['id']}")).json()
    assert (told["id"], told["reference"], told["tenders"][0]["amount"]) == (sale["id"], "T1-000001", told["total"])
    assert (told["lines"][0]["item"], told["lines"][0]["quantity"]) == (str(item), "1")
    assert "cost" not in told["lines"][0]


async def test_an_unknown_item_is_taken_in_as_a_sale_by_amount(shop: Shop, till: Till) -> None:
    sale = till.sell(goods(uuid4()))
    await parked(shop, till, sale, "item")
    without = await decide(shop, "accept", why="")
    assert without.status_code == 422
    assert "Say why" in without.text
    assert (await decide(shop, "accept")).status_code == 303
    assert await shop.balance("cash") == 11
    [row] = await shop.ask("SELECT accepted FROM retail_pos_receipt")
    assert row["accepted"] == "The manager was there"
    assert "The manager was there" in (await shop.person.get("/audit")).text
    page = (await shop.person.get(f"/retail_pos/receipts/{sale['id']}")).text
    assert "Somebody let it pass although it did not fit" in page


async def test_a_rejected_receipt_is_seen_with_its_counter_entry_and_moves_nothing(shop: Shop, till: Till) -> None:
    item = await shop.item(stock=5)
    sale = till.sell(goods(item), goods(uuid4(), price="5.50"))
    await parked(shop, till, sale, "item")
    assert (await decide(shop, "reject")).status_code == 303
    assert await shop.receipts() == ["T1-000001", "T1-000001-X"]
    assert await shop.on_hand(item) == 5
    for event in ("cash", "sales_revenue", "output_tax", "cost_of_sales"):
        assert await shop.balance(event) == 0
    answer = await till.send()
    assert [each["state"] for each in answer["results"]] == ["duplicate", "duplicate"]


async def test_a_customer_who_is_unknown_is_chosen_anew(shop: Shop, till: Till) -> None:
    sale = till.sell(goods(await shop.item()), customer=str(uuid4()))
    await parked(shop, till, sale, "customer")
    made = await shop.program.request("POST", "/api/v1/contacts/parties", json={"kind": "person", "name": "Ada"})
    assert made.status_code == 201, made.text
    assert (await decide(shop, "customer", told={"customer": made.json()["id"]})).status_code == 303
    assert "Ada" in (await shop.person.get(f"/retail_pos/receipts/{sale['id']}")).text


async def test_a_card_that_holds_less_than_was_paid_with_it_is_parked_until_it_is_let_pass(shop: Shop, till: Till) -> None:
    card = goods(None, price="20.00", taxes=[], stored_value="GC7", name="Gift card")
    till.sell(card)
    till.sell(goods(await shop.item(), 2), tenders=[{"type": "gift_card", "amount": "22.00", "reference": "GC7"}])
    assert await parked(shop, till, till.records[2], "value") == "The gift card GC7 holds 20.00, and 22.00 was paid with it."
    assert await shop.balance("gift_cards") == -20
    assert (await decide(shop, "accept")).status_code == 303
    [row] = await shop.ask("SELECT balance FROM retail_pos_stored_value")
    assert row["balance"] == -2
    assert await shop.balance("gift_cards") == 2


async def test_an_unknown_card_is_parked_and_found_again_when_its_sale_arrives(shop: Shop, till: Till) -> None:
    other = await shop.till("T2")
    other.open()
    other.sell(goods(await shop.item()), tenders=[{"type": "gift_card", "amount": "11.00", "reference": "GC8"}])
    assert "is not known here" in await parked(shop, other, other.records[1], "value")
    till.sell(goods(None, price="20.00", taxes=[], stored_value="GC8"))
    await till.send()
    assert (await decide(shop, "retry", why="")).status_code == 303
    [row] = await shop.ask("SELECT balance FROM retail_pos_stored_value")
    assert row["balance"] == 9


async def test_a_refund_larger_than_its_sale_is_parked(shop: Shop, till: Till) -> None:
    item = await shop.item(stock=5)
    sale = till.sell(goods(item, 2))
    till.sell(back(sale, quantity=1))
    till.sell(back(sale, quantity=2))
    told = await parked(shop, till, till.records[3], "returned")
    assert told == "2 of “Coffee” come back; 1 of what was sold are left to return."
    assert await shop.on_hand(item) == 4
    assert await shop.balance("cash") == 11


async def test_a_return_that_comes_before_its_sale_waits_for_it(shop: Shop, till: Till) -> None:
    item = await shop.item(stock=5)
    other = await shop.till("T2")
    other.open()
    sale = till.sell(goods(item))
    refund = other.sell(back(sale))
    await parked(shop, other, refund, "original")
    await till.send()
    assert await shop.problems() == []
    assert await shop.receipts() == ["T1-000001", "T2-000001"]
    assert await shop.on_hand(item) == 5
    assert await shop.balance("cost_of_sales") == 0


async def test_goods_come_back_at_what_they_went_out_for(shop: Shop, till: Till) -> None:
    item = await shop.item(stock=5, cost="4.00")
    sale = till.sell(goods(item, 3))
    await till.send()
    await shop.restock(item, 10, "9.00")
    till.sell(back(sale, quantity=2))
    await till.send()
    assert await shop.balance("cost_of_sales") == 4
    assert await shop.on_hand(item) == 14


async def test_a_void_takes_all_back_once(shop: Shop, till: Till) -> None:
    item = await shop.item(stock=5)
    sale = till.sell(goods(item, 2))
    line = goods(item, -2)
    till.sell(line, kind="void", voids=sale["id"])
    till.sell(line, kind="void", voids=sale["id"])
    assert await parked(shop, till, till.records[3], "voided") == "T1-000001 is void already."
    assert await shop.on_hand(item) == 5
    assert await shop.balance("cash") == 0


async def test_training_counts_in_no_figure_but_has_its_place(shop: Shop, till: Till) -> None:
    item = await shop.item(stock=5)
    till.sell(goods(item), kind="training")
    till.sell(goods(item))
    answer = await till.send()
    assert answer["seq"] == 3
    assert await shop.on_hand(item) == 4
    assert await shop.balance("cash") == 11


async def test_points_that_the_rules_do_not_give_are_parked(shop: Shop, till: Till) -> None:
    made = await shop.program.request("POST", "/api/v1/contacts/parties", json={"kind": "person", "name": "Ada"})
    sale = till.sell(goods(await shop.item()), customer=made.json()["id"], points={"earned": 500, "spent": 0})
    assert await parked(shop, till, sale, "points") == "It earns 500 points; the rules give 0."


async def test_another_currency_is_parked(shop: Shop, till: Till) -> None:
    sale = till.sell(goods(await shop.item()), currency="JPY")
    assert await parked(shop, till, sale, "currency") == "It is in JPY, and this business counts in GBP."


async def test_a_day_that_is_locked_parks_and_is_posted_when_it_is_opened_again(shop: Shop, till: Till) -> None:
    sale = till.sell(goods(await shop.item()), note="")
    early = {"business_date": "2024-03-31"}
    late = till.write("receipt", till.receipt(goods(None)), **early)
    told = await parked(shop, till, late, "period")
    assert "lies in no fiscal year" in told
    assert sale["receipt"]["reference"] in await shop.receipts()


async def test_a_conflict_is_taken_in_beside_the_chain(shop: Shop, till: Till) -> None:
    item = await shop.item(stock=5)
    sale = till.sell(goods(item))
    await till.send()
    other = {**sale, "id": str(uuid4()), "receipt": {**sale["receipt"], "reference": "T1-000001b"}}
    other["hash"] = digest(other)
    assert await till.states(other) == ["conflict"]
    assert (await decide(shop, "accept", "Two devices were the same till")).status_code == 303
    assert await shop.receipts() == ["T1-000001", "T1-000001b"]
    assert await shop.on_hand(item) == 3
    assert (await till.send())["seq"] == 2
    assert await till.states(other) == ["duplicate"]


async def test_a_dismissed_conflict_stays_dismissed(shop: Shop, till: Till) -> None:
    sale = till.sell(goods(await shop.item()))
    await till.send()
    changed = {**sale, "receipt": {**sale["receipt"], "note": "x"}}
    changed["hash"] = digest(changed)
    await till.send(changed)
    assert (await decide(shop, "dismiss", "A test")).status_code == 303
    assert await till.states(changed) == ["conflict"]
    assert await shop.problems() == []


async def test_a_decision_is_made_once_and_by_those_who_may(shop: Shop, till: Till, visitors: Visitors) -> None:
    till.sell(goods(uuid4()))
    await till.send()
    found = await problem(shop)
    reader = await visitors.sign_in(shop.tenant, "retail_pos.sales.read")
    assert (await decide(shop, "accept", client=reader)).status_code == 403
    path = f"/retail_pos/parked/{found['id']}"
    assert (await shop.person.submit(path, {"do": "accept", "why": "Yes"})).status_code == 303
    again = await shop.person.submit(path, {"do": "reject", "why": "No"})
    assert again.status_code == 409
    assert "Somebody has decided on it already." in again.text


async def test_the_queue_is_listed_and_its_people_are_told(shop: Shop, till: Till) -> None:
    till.sell(goods(uuid4()))
    await till.send()
    assert "Unknown item" in (await shop.person.get("/retail_pos/parked")).text
    assert "Till T1: Unknown item" in (await shop.person.get("/notifications")).text


@pytest.mark.parametrize(("minutes", "status"), [(14, 200), (15, 403)])
async def test_a_pairing_code_works_for_a_quarter_of_an_hour(shop: Shop, till: Till, clock: Clock, minutes: int, status: int) -> None:
    shown = await shop.person.submit(f"{till.path}/pairing")
    code = shown.text.split("data-pairing-code>")[1].split("<")[0]
    clock.forward(timedelta(minutes=minutes))
    answer = await till.device.request("POST", "/public/retail_pos/api/pair", json={"code": code})
    assert answer.status_code == status


async def test_a_serial_number_that_is_not_in_stock_parks_its_receipt(shop: Shop, till: Till) -> None:
    item = await shop.item("Phone", stock=1)
    till.sell(goods(item))
    await till.send()
    chosen = await shop.person.submit(f"/inventory/items/{item}/method", {"method": "fifo", "tracking": "serial"})
    assert chosen.status_code == 303, chosen.text
    await shop.restock(item, 1, "100.00", lot="SN-1")
    till.sell(goods(item, lot="SN-1"))
    till.sell(goods(item, lot="SN-1"))
    assert (await till.states())[2:] == ["applied", "parked"]
    assert await shop.problems() == [("parked", "stock")]
    assert "SN-1 is not at main" in (await problem(shop))["sentence"]
    assert (await decide(shop, "accept", "It was the other phone")).status_code == 303
    assert await shop.on_hand(item) == -1
