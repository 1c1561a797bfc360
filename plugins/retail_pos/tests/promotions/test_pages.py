"""Promotions as a manager makes them, and how they reach the tills."""

import re
from typing import Any

import pytest
from litestar.status_codes import HTTP_303_SEE_OTHER as SEE_OTHER

from ..server.conftest import API, Shop, shop

__all__ = ["shop"]

NEW = "/retail_pos/promotions/new"
ZERO = dict.fromkeys(("percent", "amount", "minimum", "priority"), "0")
THREE = {**ZERO, "title": "3 for 2", "code": "three", "kind": "buy_n_pay_m", "n": "3", "m": "2", "active": "yes"}


async def sku_of(shop: Shop, name: str, price: str) -> str:
    """Add a product with a price, and return its SKU."""
    item = await shop.item(name, variants=[{"prices": [{"amount": price}]}])
    return str((await shop.ask("SELECT sku FROM catalogue_variant WHERE id = $1", item))[0]["sku"])


async def test_a_promotion_is_made_and_a_till_takes_it_along(shop: Shop) -> None:
    sku = await sku_of(shop, "Biscuits", "2.00")
    made = await shop.person.submit(NEW, {**THREE, "skus": sku.lower()})
    assert made.status_code == SEE_OTHER, made.text
    assert "3 for 2" in (await shop.person.get("/retail_pos/promotions")).text
    till = await shop.till()
    answer = await till.device.request("GET", f"{API}/settings", headers=till.keyed)
    (promotion,) = answer.json()["promotions"]
    item = (await shop.ask("SELECT id FROM catalogue_variant"))[0]["id"]
    assert (promotion["code"], promotion["n"], promotion["goods"]["items"]) == ("THREE", 3, [str(item)])


async def test_the_example_tells_what_a_basket_costs(shop: Shop) -> None:
    sku = await sku_of(shop, "Biscuits", "2.00")
    form = {**THREE, "skus": sku, "coupon": "ONLY", "valid_to": "2020-01-01"}
    shown = (await shop.person.submit("/retail_pos/promotions/example", {**form, "example": f"4 x {sku}"})).text
    assert [each for each in ("£8.00", "£2.00", "£6.00") if each not in shown] == []
    assert "no item with the SKU nope" in (await shop.person.submit("/retail_pos/promotions/example", {**form, "example": "nope"})).text
    assert (
        "No goods with a price"
        in (
            await shop.person.submit(
                "/retail_pos/promotions/example", {**ZERO, "kind": "order_amount", "amount": "1", "categories": "Nothing"}
            )
        ).text
    )
    usual = (await shop.person.submit("/retail_pos/promotions/example", {**form, "skus": "", "example": ""})).text
    assert "3 for 2 on Biscuits: 3 x 2.00 = 4.00 instead of 6.00" in usual
    fields = (await shop.person.submit("/retail_pos/promotions/fields", {**form, "kind": "bundle"})).text
    assert "The set costs" in fields
    assert 'type="hidden" name="n" value="3"' in fields
    assert "From a receipt of" not in fields


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"skus": "NOWHERE-1"}, "There is no item with the SKU NOWHERE-1."),
        ({"m": "3"}, "Fewer than 3"),
        ({"valid_from": "2026-03-02", "valid_to": "2026-03-01"}, "The last day is before the first."),
        ({"kind": "tiered", "tiers": "three"}, "is no tier"),
        ({"kind": "bundle", "parts": ""}, "Name what belongs into the set"),
        ({"kind": "order_amount", "amount": "0"}, "Enter an amount above zero."),
        ({"kind": "amount_off", "amount": "0.005"}, "at most 2 decimals"),
        ({"kind": "percent_off", "percent": "101"}, "100"),
        ({"hours_from": "25:00"}, "Some fields need another look"),
    ],
)
async def test_what_makes_no_sense_is_said_beside_its_field(shop: Shop, changes: dict[str, str], sentence: str) -> None:
    answer = await shop.person.submit(NEW, {**THREE, **changes})
    assert answer.status_code == 422
    assert sentence in answer.text
    assert await shop.ask("SELECT FROM retail_pos_promotion") == []


async def test_two_people_at_one_promotion_and_one_code_for_each(shop: Shop) -> None:
    await shop.person.submit(NEW, THREE)
    path = f"/retail_pos/promotions/{(await shop.ask('SELECT id FROM retail_pos_promotion'))[0]['id']}"
    version = re.search(r'name="version" value="(\d+)"', (await shop.person.get(path)).text)
    assert version
    first: Any = await shop.person.submit(path, {**THREE, "title": "Three", "version": version[1]})
    assert first.status_code == SEE_OTHER, first.text
    second = await shop.person.submit(path, {**THREE, "title": "Drei", "version": version[1]})
    assert (second.status_code, "changed by somebody else" in second.text) == (409, True)
    assert (await shop.person.submit(NEW, {**THREE, "code": "Three"})).status_code == 409
    assert "Three" in (await shop.person.get(path)).text
