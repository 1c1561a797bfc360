"""How much each person may approve: set on a page, held when they approve, and told to who may not."""

import re
from datetime import timedelta
from uuid import UUID

from plugins.purchasing.permissions import APPROVE, APPROVE_HIGH, EDIT, LIMITS, READ
from plugins.purchasing.services import approving, orders
from weft import new_id
from weft.testing import Client, Visitors

from .conftest import DAY, Shop

PAGE = "/purchasing/limits"


async def ids(client: Client) -> dict[str, str]:
    """Return whose fields the page has, by name."""
    page = (await client.get(PAGE)).text
    return {name: key for key, name in re.findall(r'for="[^"]*most-([0-9a-f-]{36})"[^>]*>\s*([A-Z]\w+)', page)}


async def test_nobody_approves_more_than_their_own_limit(shop: Shop, visitors: Visitors) -> None:
    chief = await visitors.sign_in(shop.tenant, READ, EDIT, LIMITS, name="Chief")
    fay = await visitors.sign_in(shop.tenant, READ, APPROVE, APPROVE_HIGH, name="Fay")
    coffee, supplier = await shop.item(), await shop.party()
    made = await orders.save(shop.tenant, shop.draft(supplier, (coffee, 200, "8")), new_id())
    assert (await approving.submit(shop.tenant, made.id, made.version)).state == "waiting"
    people = await ids(chief)
    key = people["Fay"]
    assert (await fay.get(PAGE)).status_code == 403
    wrong = await chief.submit(PAGE, {f"most-{key}": "much", f"seen-{key}": ""})
    assert wrong.status_code == 422
    assert 'value="much"' in wrong.text
    assert (await chief.submit(PAGE, {f"most-{key}": "1500", f"seen-{key}": ""})).status_code == 303
    stale = await chief.submit(PAGE, {f"most-{key}": "9000", f"seen-{key}": ""})
    assert stale.status_code == 409
    assert "Somebody else changed the limit of Fay" in stale.text
    page = (await fay.get("/purchasing/approvals")).text
    assert "You may approve orders up to 1500: somebody who may approve more has to agree." in page
    refused = await fay.submit(f"/purchasing/orders/{made.id}/approve", {"version": "2"})
    assert refused.status_code == 409
    assert (await shop.now(made)).state == "waiting"
    assert (await chief.submit(PAGE, {f"most-{key}": "1600", f"seen-{key}": "1500"})).status_code == 303
    assert (await fay.submit(f"/purchasing/orders/{made.id}/approve", {"version": "2"})).status_code == 303
    assert (await shop.now(made)).state == "approved"
    assert (await chief.submit(PAGE, {f"most-{key}": "", f"seen-{key}": "1600"})).status_code == 303
    assert await shop.ask("SELECT l.id FROM purchasing_limit l WHERE l.id = $1", UUID(key)) == []
    assert "Fay" in (await shop.client.get("/audit?kind=purchasing.limit")).text


async def test_an_order_is_found_at_the_dock_however_many_others_are_expected_before_it(shop: Shop) -> None:
    coffee, supplier = await shop.item(), await shop.party()
    first = await shop.order(supplier, (coffee, 1, "8"), expected=DAY)
    last = await shop.order(supplier, (coffee, 1, "8"), expected=DAY + timedelta(days=300))
    async with shop.tenant.transaction(unaudited="a test") as db:
        await db.execute(
            "INSERT INTO purchasing_order (id, number, state, supplier, supplier_name, currency, ordered, expected, made_at) "
            "SELECT gen_random_uuid(), 'PO-1999-' || n, CASE WHEN n % 2 = 0 THEN 'sent' ELSE 'waiting' END, $1, 'Other', 'EUR', $2, $2, $3 "
            "FROM generate_series(1, 240) n",
            *(supplier, DAY, shop.tenant.now()),
        )
    desk = (await shop.client.get("/purchasing/receive")).text
    assert first.number in desk
    assert last.number not in desk
    assert "These are expected first" in desk
    found = await shop.client.get(f"/purchasing/receive?code={last.number.lower()}")
    assert found.headers["location"] == f"/purchasing/orders/{last.id}/receive"
    assert "These are the oldest ones" in (await shop.client.get("/purchasing/approvals")).text
