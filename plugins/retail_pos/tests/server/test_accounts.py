"""Gift cards, store credit and points at the back office: every figure in a ledger, in the books, and booked once."""

import re
from datetime import timedelta
from typing import Any
from uuid import UUID

from plugins.retail_pos.services import accounts, expiring
from weft.testing import Clock, Jobs

from .conftest import D, Shop, Till, goods

CARD = {"kind": "gift_card", "way": "safe", "reason": "A present", "amount": "50.00"}


async def key_of(shop: Shop, path: str) -> str:
    """Return the key that a form carries."""
    page = (await shop.person.get(path)).text
    found = re.search(r'name="key" value="([0-9a-f-]{36})"', page)
    assert found, page
    return found[1]


async def issue(shop: Shop, **facts: str) -> str:
    """Make a card by its form; returns its address."""
    told = {**CARD, "number": "GC-1", "key": await key_of(shop, "/retail_pos/cards/new"), **facts}
    made = await shop.person.submit("/retail_pos/cards/new", told)
    assert made.status_code == 303, made.text
    path: str = made.headers["location"]
    return path


async def settings(shop: Shop, **told: str) -> None:
    """Change the settings of the tills by their page."""
    page = (await shop.person.get("/settings/retail_pos")).text
    seen = page.split('name="seen" value="')[1].split('"')[0]
    answer = await shop.person.submit("/settings/retail_pos", {"journal": "sales", **told, "seen": seen})
    assert answer.status_code == 303, answer.text


async def overnight(shop: Shop, jobs: Jobs) -> None:
    """Let the night's job run."""
    async with shop.tenant.transaction(unaudited="asks for a job alone"):
        await shop.tenant.enqueue(expiring.EXPIRE, expiring.Nothing())
    await jobs.run_all(shop.tenant)


async def held(shop: Shop) -> dict[str, Any]:
    """Return what cards hold by number."""
    return {row["number"]: row["balance"] for row in await shop.ask("SELECT number, balance FROM retail_pos_stored_value")}


async def test_a_card_is_issued_booked_on_once_moved_and_blocked_with_the_books(shop: Shop, till: Till) -> None:
    path = await issue(shop)
    again = await shop.person.submit("/retail_pos/cards/new", {**CARD, "number": "GC-1", "key": await key_of(shop, path)})
    assert again.status_code == 422
    assert "Gift card GC-1 is there already" in again.text
    told = {"do": "book", "amount": "-20.00", "way": "kindness", "reason": "Typed too much", "key": await key_of(shop, path)}
    assert (await shop.person.submit(path, told)).status_code == 303
    twice = await shop.person.submit(path, told)
    assert (twice.status_code, "This was booked already" in twice.text) == (409, True)
    more = await shop.person.submit(path, {**told, "amount": "-30.01", "key": await key_of(shop, path)})
    assert (more.status_code, "It holds 30.00: no more can be taken off." in more.text) == (422, True)
    moved = await shop.person.submit(path, {"do": "transfer", "number": "GC-2", "reason": "Lost", "key": await key_of(shop, path)})
    assert moved.status_code == 303, moved.text
    assert await held(shop) == {"GC-1": D(0), "GC-2": D(30)}
    blocked = await shop.person.submit(path, {**told, "key": await key_of(shop, "/retail_pos/cards/new")})
    assert (blocked.status_code, "It is blocked" in blocked.text) == (409, True)
    other = moved.headers["location"]
    assert (await shop.person.submit(other, {"do": "block", "reason": "Stolen"})).status_code == 303
    sale = till.sell(goods(await shop.item()), tenders=[{"type": "gift_card", "amount": "11.00", "reference": "GC-2"}])
    assert (await till.states())[-1] == "parked"
    assert "GC-2 holds 0" in (await shop.ask("SELECT sentence FROM retail_pos_problem"))[0]["sentence"]
    assert (await shop.person.submit(other, {"do": "unblock", "reason": "Found"})).status_code == 303
    [row] = await shop.ask("SELECT id FROM retail_pos_problem WHERE state = 'open'")
    assert (await shop.person.submit(f"/retail_pos/parked/{row['id']}", {"do": "retry"})).status_code == 303
    assert sale["receipt"]["reference"] in (await shop.person.get(other)).text
    assert [await shop.balance(event) for event in ("gift_cards", "cash_in_safe", "sales_discount")] == [D(-19), D(50), D(-20)]
    assert "GC-2" in (await shop.person.get("/retail_pos/cards", params={"q": "gc-2"})).text
    assert (await expiring.liability(shop.tenant)).findings == ()
    await issue(shop, number="OLD-1", way="before", amount="5.00")
    [finding] = (await expiring.liability(shop.tenant)).findings
    assert finding.sentence == "On gift cards there is 24.00; account 2330 says that 19.00 is owed."


async def test_what_nobody_uses_expires_to_income_and_points_are_seen_at_their_customer(
    shop: Shop, till: Till, clock: Clock, jobs: Jobs
) -> None:
    made = await shop.program.request("POST", "/api/v1/contacts/parties", json={"kind": "person", "name": "Ada Byron"})
    customer = made.json()["id"]
    await settings(shop, points_unit="1", points_value="0.05", card_months="12", points_months="6")
    await issue(shop)
    await issue(shop, kind="store_credit", number="SC-1", amount="8.00", customer=customer, expires="2026-04-30")
    till.sell(goods(await shop.item()), customer=customer, points={"earned": 11, "spent": 0})
    await till.send()
    contact = (await shop.person.get(f"/contacts/{customer}")).text
    assert "Points and cards" in contact
    account = UUID(re.search(r"/retail_pos/loyalty/([0-9a-f-]{36})", contact)[1])  # type: ignore[index]
    assert "Ada Byron" in (await shop.person.get("/retail_pos/loyalty", params={"q": "byron"})).text
    path = f"/retail_pos/loyalty/{account}"
    told = {"points": "9", "reason": "She waited long", "key": await key_of(shop, path)}
    assert (await shop.person.submit(path, told)).status_code == 303
    assert (await shop.person.submit(path, told)).status_code == 409
    assert (await accounts.points(shop.tenant, account)).account.balance == 20
    clock.forward(timedelta(days=31))  # 1 May 2026
    await overnight(shop, jobs)
    assert await held(shop) == {"GC-1": D(50), "SC-1": D(0)}
    clock.forward(timedelta(days=154))  # 2 October 2026
    await overnight(shop, jobs)
    assert (await accounts.points(shop.tenant, account)).account.balance == 0
    assert "Expired" in (await shop.person.get(path)).text
    assert [await shop.balance(event) for event in ("breakage", "store_credit", "gift_cards")] == [D(-8), D(0), D(-50)]
    assert (await expiring.liability(shop.tenant)).findings == ()
