"""How much each person may approve: set on a page, held when they approve, and told to who may not."""

import re
from uuid import UUID

from plugins.purchasing.permissions import APPROVE, APPROVE_HIGH, EDIT, LIMITS, READ
from plugins.purchasing.services import approving, orders
from weft import new_id
from weft.testing import Client, Visitors

from .conftest import Shop

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
