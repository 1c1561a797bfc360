"""Counting, approval of differences, and what is ordered again."""

import re
from typing import Any

from plugins.inventory.permissions import COUNT, READ
from weft.testing import Client, Visitors

from .conftest import D, Shop


async def begun(client: Client) -> str:
    answer = await client.submit("/inventory/counts", {"location": "main"})
    assert answer.status_code == 303, answer.text
    return str(answer.headers["location"])


def field_of(page: str, name: str) -> str:
    found = re.search(rf'name="(counted\.[0-9a-f-]{{36}})"[^>]*aria-label="Counted: {name}', page)
    assert found, name
    return found[1]


def version_of(page: str) -> str:
    return page.partition('name="version" value="')[2].partition('"')[0]


async def test_who_counts_blind_does_not_see_what_should_be_there(shop: Shop, client: Client, visitors: Visitors) -> None:
    item = await shop.item("Mug", variants=[{"sku": "MUG"}])
    await shop.receive(item, 17, 2)
    counter = await visitors.sign_in(shop.tenant, READ, COUNT)
    path = await begun(counter)
    page = (await counter.get(path)).text
    assert "Should be" not in page
    rows = page.partition("<tbody>")[2].partition("</tbody>")[0]
    assert "17" not in re.sub(r"<[^>]*>", "", rows)
    assert 'value="17"' not in rows
    assert "Should be" in (await client.get(path)).text
    handed = await counter.submit(path, {field_of(page, "Mug"): "15", "do": "hand_in", "version": version_of(page)})
    assert handed.status_code == 303, handed.text
    page = (await counter.get(path)).text
    assert "Approve and post" not in page
    assert (await counter.submit(f"{path}/approve", {"do": "approve", "version": version_of(page)})).status_code == 403
    assert await shop.on_hand(item) == 17


async def test_approved_differences_are_posted_and_what_moved_meanwhile_stays(shop: Shop, client: Client) -> None:
    mug = await shop.item("Mug", variants=[{"sku": "MUG"}])
    cup = await shop.item("Cup", variants=[{"sku": "CUP"}])
    pot = await shop.item("Pot", variants=[{"sku": "POT"}])
    for item in (mug, cup, pot):
        await shop.receive(item, 10, 2)
    path = await begun(client)
    await shop.deliver(mug, 3)
    page = (await client.get(path)).text
    done = await client.submit(
        path, {field_of(page, "Mug"): "9", field_of(page, "Cup"): "12", field_of(page, "Pot"): "", "do": "hand_in", "version": "1"}
    )
    assert done.status_code == 303, done.text
    review = (await client.get(path)).text
    assert "Approve and post" in review
    late = await client.submit(f"{path}/approve", {"do": "approve", "version": "1"})
    assert late.status_code == 409
    assert (await client.submit(f"{path}/approve", {"do": "approve", "version": "2"})).status_code == 303
    assert [await shop.on_hand(item) for item in (mug, cup, pot)] == [6, 12, 10]
    assert await shop.balance("5400") == D(2) - D(4)
    assert await shop.balance("1200") == 56
    again = await client.submit(f"{path}/approve", {"do": "approve", "version": "3"})
    assert again.status_code == 409


async def test_scans_add_up_also_of_what_should_not_be_there(shop: Shop, client: Client) -> None:
    mug = await shop.item("Mug", variants=[{"sku": "MUG"}])
    cup = await shop.item("Cup", variants=[{"sku": "CUP"}])
    await shop.receive(mug, 2, 2)
    path = await begun(client)
    for code in ("MUG", "mug", "CUP"):
        assert (await client.submit(path, {"scan": code, "do": "save", "version": "1"})).status_code == 303
    wrong = await client.submit(path, {"scan": "NONE", "do": "save", "version": "1"})
    assert wrong.status_code == 422
    assert (await client.submit(path, {"do": "hand_in", "version": "1"})).status_code == 303
    assert (await client.submit(f"{path}/approve", {"do": "again", "version": "2"})).status_code == 303
    assert (await client.submit(path, {"do": "hand_in", "version": "3"})).status_code == 303
    assert (await client.submit(f"{path}/approve", {"do": "approve", "version": "4"})).status_code == 303
    assert [await shop.on_hand(item) for item in (mug, cup)] == [2, 1]


async def test_a_count_given_up_changes_nothing(shop: Shop, client: Client) -> None:
    item = await shop.item("Mug", variants=[{"sku": "MUG"}])
    await shop.receive(item, 2, 2)
    path = await begun(client)
    assert (await client.submit(path, {"do": "cancel", "version": "1"})).status_code == 303
    assert (await client.submit(path, {"scan": "MUG", "do": "save", "version": "2"})).status_code == 409
    assert await shop.on_hand(item) == 2


async def test_s28_a_shelf_that_runs_low_is_filled_from_the_store(shop: Shop, client: Client) -> None:
    item = await shop.item("Mug", variants=[{"sku": "MUG"}])
    await shop.receive(item, 40, 2)
    made = await client.submit("/inventory/locations", {"parent": "main", "code": "shelf", "title": "Shelf"})
    assert made.status_code == 303
    rule: dict[str, Any] = {"code": "MUG", "location": "main/shelf", "supply": "main", "minimum": "10", "target": "15"}
    assert (await client.submit("/inventory/reorder", rule | {"target": "5"})).status_code == 422
    assert (await client.submit("/inventory/reorder", rule)).status_code == 303
    page = (await client.get("/inventory/reorder")).text
    bring = re.search(r"/inventory/reorder/[0-9a-f-]{36}/bring", page)
    assert bring
    assert (await client.submit(bring[0])).status_code == 303
    assert await shop.on_hand(item, "main/shelf") == 15
    assert (await client.submit(bring[0])).status_code == 409


async def test_what_is_missing_without_a_rule_is_suggested_as_well(shop: Shop, client: Client) -> None:
    item = await shop.item("Mug", variants=[{"sku": "MUG"}])
    await shop.deliver(item, 2)
    page = (await client.get("/inventory/reorder")).text
    assert "no rule" in page
    assert "<strong>2 pcs</strong>" in page
