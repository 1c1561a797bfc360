"""What a till gave away is held against the book it sold by: what does not hold is parked in plain words, what changed meanwhile is not."""

from datetime import timedelta
from typing import Any
from uuid import UUID

from weft.testing import Clock

from .conftest import API, Shop, Till, back, goods
from .test_parked import decide, problem

NONE = dict.fromkeys(("percent", "amount", "minimum", "priority"), "0") | {"n": "3", "m": "2", "active": "yes"}
TENTH = {"source": "promotion", "amount": "1.10", "code": "TEA10", "title": "Tea week"}


async def parked(shop: Shop, till: Till, record: dict[str, Any], reason: str) -> str:
    """Send what a till wrote, of which the last record is parked for a reason; returns the sentence that the till is told."""
    answer = (await till.send())["results"][-1]
    assert (answer["id"], answer["state"]) == (record["id"], "parked"), answer
    assert (await problem(shop))["reason"] == reason
    told: str = answer["reason"]
    return told


async def promote(shop: Shop, **facts: str) -> str:
    """Make a promotion by its page; returns its address."""
    told = {**NONE, "code": "TEA10", "title": "Tea week", "kind": "percent_off", "percent": "10", **facts}
    made = await shop.person.submit("/retail_pos/promotions/new", told)
    assert made.status_code == 303, made.text
    [row] = await shop.ask("SELECT id::text FROM retail_pos_promotion")
    return f"/retail_pos/promotions/{row['id']}"


async def fetch(till: Till) -> dict[str, Any]:
    """Fetch what a till sells by."""
    answer = await till.device.request("GET", f"{API}/settings", headers=till.keyed)
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


async def priced(shop: Shop, amount: str = "11.00", **facts: Any) -> UUID:
    """Make a product with a price."""
    return await shop.item("Tea", stock=50, variants=[{"sku": "TEA-1", "prices": [{"amount": amount}]}], **facts)


async def operator(shop: Shop, name: str, role: str) -> str:
    """Make somebody who works at tills; returns their id."""
    made = await shop.person.submit("/retail_pos/operators/new", {"name": name, "role": role, "pin": "2580", "active": "yes"})
    assert made.status_code == 303, made.text
    [row] = await shop.ask("SELECT id::text FROM retail_pos_operator WHERE name = $1", name)
    found: str = row["id"]
    return found


async def test_a_promotion_is_held_against_the_book_that_the_till_sold_by(shop: Shop, till: Till, clock: Clock) -> None:
    item = await priced(shop)
    path = await promote(shop)
    book = (await fetch(till))["now"]
    clock.forward(timedelta(minutes=5))
    page = (await shop.person.get(path)).text  # while the till is offline, the promotion ends
    version = page.split('name="version" value="')[1].split('"')[0]
    ended = await shop.person.submit(path, {**NONE, "code": "TEA10", "title": "Tea week", "percent": "5", "version": version})
    assert ended.status_code == 303, ended.text
    given = goods(item, amount="9.90", discounts=[TENTH])
    till.sell(given, book=book)
    too_much = till.sell(goods(item, amount="8.80", discounts=[{**TENTH, "amount": "2.20"}]), book=book)
    assert await parked(shop, till, too_much, "promotion") == "“Tea week” gives 1.10 off “Coffee”, and 2.20 was taken off."
    assert (await decide(shop, "accept", "The shelf said so")).status_code == 303
    forgotten = till.sell(goods(item), book=book)
    assert await parked(shop, till, forgotten, "promotion") == "“Tea week” gives 1.10 off “Coffee”, and nothing was taken off."
    assert (await decide(shop, "reject")).status_code == 303
    late = till.sell(given, book=(await fetch(till))["now"])
    assert "gives 0.55 off “Coffee”, and 1.10" in await parked(shop, till, late, "promotion")
    assert (await decide(shop, "retry")).status_code == 409
    assert await shop.on_hand(item) == 48


async def test_a_promotion_that_is_made_afterwards_lets_a_person_take_the_sale_in(shop: Shop, till: Till) -> None:
    item = await priced(shop)
    sale = till.sell(goods(item, amount="9.90", discounts=[TENTH]), book=(await fetch(till))["now"])
    told = await parked(shop, till, sale, "promotion")
    assert told == "“Tea week” took 1.10 off “Coffee”; it did not hold for it on 31 March 2026 at 11:02."
    assert "A promotion that does not hold" in (await shop.person.get("/retail_pos/parked")).text
    await promote(shop)
    assert (await decide(shop, "retry")).status_code == 303
    assert await shop.problems() == []
    assert await shop.on_hand(item) == 49


async def test_more_than_a_cashier_may_give_needs_a_manager(shop: Shop, till: Till) -> None:
    item = await priced(shop)
    cashier, manager = await operator(shop, "Kim", "cashier"), await operator(shop, "Mo", "manager")
    told = await fetch(till)
    assert told["manual_discount_limit"] == "20"
    facts = {"operator": cashier}
    free = {"source": "manual", "amount": "2.20", "percent": "20", "by": cashier}
    till.write("receipt", till.receipt(goods(item, amount="8.80", discounts=[free]), book=told["now"]), **facts)
    third = {"source": "manual", "amount": "3.30", "percent": "30", "by": manager}
    till.write("receipt", till.receipt(goods(item, amount="7.70", discounts=[third]), book=told["now"]), **facts)
    bold = till.write("receipt", till.receipt(goods(item, amount="7.70", discounts=[{**third, "by": cashier}]), book=told["now"]), **facts)
    sentence = await parked(shop, till, bold, "discount")
    assert sentence == "30 % were taken off “Coffee” by hand; more than 20 % needs a manager’s PIN, and none is on it."
    assert (await decide(shop, "accept", "I was there")).status_code == 303
    whole = {"source": "manual", "amount": "5.00", "order": True, "by": cashier}
    lines = [goods(item, amount="6.00", discounts=[whole]), goods(item, price="5.00", amount="5.00", list_price="11.00")]
    both = till.write("receipt", till.receipt(*lines, book=told["now"]), **facts)
    assert await till.states(both) == ["parked"]
    sentence = (await problem(shop))["sentence"]
    assert "“Coffee” was sold for 5.00 instead of 11.00, which needs a manager’s PIN; none is on record." in sentence
    assert "31.25 % were taken off the receipt by hand" in sentence


async def test_a_price_is_held_against_what_the_item_cost_since_the_till_learned_of_it(shop: Shop, till: Till, clock: Clock) -> None:
    item = await priced(shop)
    clock.forward(timedelta(hours=1))
    book = (await fetch(till))["now"]
    manager = await operator(shop, "Mo", "manager")
    wrong = till.sell(goods(item, price="9.00"), book=book)
    assert await parked(shop, till, wrong, "price") == "“Coffee” was sold for 9.00; its price was 11.00."
    assert (await decide(shop, "reject")).status_code == 303
    clock.forward(timedelta(minutes=1))
    word = till.write("event", {"kind": "override", "about": "Tea at 5.00", "by": manager})
    by_hand = till.sell(goods(item, price="5.00", list_price="11.00"), book=(await fetch(till))["now"])
    answer = await till.send(by_hand)  # the manager's word is still on its way
    assert answer["results"][0]["state"] == "parked"
    assert ("parked", "price") in await shop.problems()
    assert await till.states(word) == ["applied"]
    assert await shop.problems() == []
    changed = await shop.program.request("POST", "/api/v1/catalogue/prices", json={"variant_id": str(item), "amount": "12.00"})
    assert changed.status_code == 201, changed.text
    till.sell(goods(item), book=book)  # the till has not heard of the new price
    answer = await till.send()
    assert answer["results"][-1]["state"] == "applied", answer["results"][-1]
    assert (await till.send(till.sell(back(by_hand, list_price=None))))["results"][0]["state"] == "applied"


async def test_points_pay_what_they_are_worth(shop: Shop, till: Till) -> None:
    item = await shop.item(stock=5)
    made = await shop.program.request("POST", "/api/v1/contacts/parties", json={"kind": "person", "name": "Ada"})
    page = (await shop.person.get("/settings/retail_pos")).text
    seen = page.split('name="seen" value="')[1].split('"')[0]
    answer = await shop.person.submit(
        "/settings/retail_pos", {"points_unit": "1", "points_value": "0.05", "journal": "sales", "seen": seen}
    )
    assert answer.status_code == 303, answer.text
    facts = {"customer": made.json()["id"], "book": (await fetch(till))["now"]}
    till.sell(*(goods(item) for _ in range(10)), points={"earned": 110, "spent": 0}, **facts)
    tenders = [{"type": "loyalty", "amount": "5.00", "reference": facts["customer"]}, {"type": "cash", "amount": "6.00"}]
    cheap = till.sell(goods(item), points={"earned": 11, "spent": 10}, tenders=tenders, **facts)
    assert await parked(shop, till, cheap, "points") == "5.00 was paid with 10 points; at 0.05 a point that takes 100."
    assert (await problem(shop))["kind"] == "parked"
    assert (await decide(shop, "reject")).status_code == 303
    till.sell(goods(item), points={"earned": 11, "spent": 100}, tenders=tenders, **facts)
    assert (await till.states())[-1] == "applied"
