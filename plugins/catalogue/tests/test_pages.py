"""Every other page: that it opens, does what its buttons say, and stays closed to those who may not."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from plugins.catalogue.domain.categories import CategoryDraft
from plugins.catalogue.domain.prices import PriceDraft
from plugins.catalogue.permissions import EDIT, PRICE, READ, SETUP
from plugins.catalogue.services import categories, prices, products
from plugins.catalogue.services.basics import basics
from weft import Tenant

from .conftest import PEN, SOAP, Make

OPEN_TO_READERS = (
    "/catalogue/products",
    "/catalogue/products/{product}",
    "/catalogue/products/{product}/prices",
    "/catalogue/scan",
    "/catalogue/scan?code=4006381333930",
    "/catalogue/categories",
    "/catalogue/categories/{category}",
    "/catalogue/units",
    "/catalogue/price-lists",
    "/catalogue/price-lists/{price_list}",
)
OPEN_TO_SOME = {
    "/catalogue/products/new": EDIT,
    "/catalogue/products/{product}/edit": EDIT,
    "/catalogue/products/{product}/delete": "catalogue.product.delete",
    "/catalogue/prices/change": PRICE,
    "/catalogue/units/new": SETUP,
    "/catalogue/units/{unit}": SETUP,
    "/catalogue/price-lists/new": SETUP,
}


async def places(tenant: Tenant, make: Make) -> dict[str, str]:
    food = await categories.add(tenant, CategoryDraft(name="Food"))
    pen, known = await make("Pen", barcode=PEN, category=food.id), await basics(tenant)
    return {"product": str(pen.id), "category": str(food.id), "unit": str(known.unit.id), "price_list": str(known.price_list.id)}


async def test_readers_see_pages_without_buttons_that_change(tenant: Tenant, visitors: Any, make: Make) -> None:
    known = await places(tenant, make)
    reader = await visitors.sign_in(tenant, READ)
    for path in OPEN_TO_READERS:
        answer = await reader.get(path.format(**known))
        assert answer.status_code == 200, path
        main = answer.text[answer.text.index("<main") : answer.text.index("</main>")]
        assert 'method="post"' not in main.lower(), path
    for path in OPEN_TO_SOME:
        assert (await reader.get(path.format(**known))).status_code == 403, path


async def test_pages_that_change_open_with_their_permission(tenant: Tenant, visitors: Any, make: Make) -> None:
    known = await places(tenant, make)
    for path, permission in OPEN_TO_SOME.items():
        person = await visitors.sign_in(tenant, READ, permission)
        assert (await person.get(path.format(**known))).status_code == 200, path


async def test_nothing_opens_without_permission_to_see_products(tenant: Tenant, visitors: Any, make: Make) -> None:
    known = await places(tenant, make)
    stranger = await visitors.sign_in(tenant, "core.audit")
    for path in (*OPEN_TO_READERS, *OPEN_TO_SOME, "/api/v1/catalogue/products", "/api/v1/lists/catalogue.products"):
        assert (await stranger.get(path.format(**known))).status_code == 403, path


async def test_what_is_not_there_is_not_found(client: Any) -> None:
    nobody = "01890000-0000-7000-8000-000000000000"
    for path in ("products/{}", "products/{}/edit", "products/{}/prices", "categories/{}", "units/{}", "price-lists/{}"):
        assert (await client.get(f"/catalogue/{path.format(nobody)}")).status_code == 404, path


async def test_the_list_finds_names_without_accents_and_codes_with_all_their_digits(tenant: Tenant, client: Any, make: Make) -> None:
    await make("Crème brûlée", barcode=PEN, brand="Bonne")
    await make("Soap", barcode="036000291452")
    for text, found, other in (
        ("creme", "Crème brûlée", "Soap"),
        ("CRÈME bonne", "Crème brûlée", "Soap"),
        ("4006381", "Crème brûlée", "Soap"),
        ("0036000291452", "Soap", "Crème brûlée"),
        ("p-00002", "Soap", "Crème brûlée"),
    ):
        page = (await client.get("/catalogue/products", params={"q": text})).text
        assert found in page, text
        assert other not in page, text


async def test_the_list_shows_the_price_of_the_tenants_day(tenant: Tenant, client: Any, make: Make, clock: Any) -> None:
    pen, today = await make("Pen"), tenant.today()
    await prices.set_price(tenant, pen.variants[0].id, PriceDraft(amount=Decimal(10)))
    await prices.set_price(tenant, pen.variants[0].id, PriceDraft(amount=Decimal(8), valid_from=today + timedelta(days=2)))
    assert "£10.00" in (await client.get("/catalogue/products")).text
    assert "Pen" not in (await client.get("/catalogue/products?segment=no_price")).text.split("<tbody>")[-1]
    clock.forward(timedelta(days=2))
    assert "£8.00" in (await client.get("/catalogue/products")).text
    assert "Pen" in (await client.get("/catalogue/products?price.min=8&price.max=8")).text.split("<tbody>")[-1]
    assert (await client.get("/api/v1/lists/catalogue.products?segment=no_price")).json()["items"] == []


async def test_a_category_in_the_list_means_all_below_it(tenant: Tenant, client: Any, make: Make) -> None:
    food = await categories.add(tenant, CategoryDraft(name="Food"))
    sweets = await categories.add(tenant, CategoryDraft(name="Sweets", parent=food.id))
    await make("Toffee", category=sweets.id)
    await make("Soap")
    found = await client.get("/api/v1/lists/catalogue.products", params={"within": "Food"})
    assert [each["name"] for each in found.json()["items"]] == ["Toffee"]


async def test_chosen_products_are_moved_tagged_archived_and_priced(tenant: Tenant, client: Any, make: Make) -> None:
    food = await categories.add(tenant, CategoryDraft(name="Food"))
    ids = [str((await make(f"Pen {number}")).id) for number in range(2)]
    for asked, path, fields in (
        ("category", "/catalogue/products/bulk/category", {"category": str(food.id)}),
        ("tag", "/catalogue/products/bulk/tag", {"add": "blue, new"}),
    ):
        page = await client.submit("/catalogue/products/bulk", {"do": asked, "ids": ids})
        assert page.status_code == 200
        assert "2 products chosen" in page.text
        assert (await client.submit(path, {"ids": ids, **fields})).status_code == 303
    answer = await client.submit("/catalogue/products/bulk", {"do": "price", "ids": ids})
    assert answer.headers["location"].startswith("/catalogue/prices/change?how=ids&values=")
    assert "2 chosen products" in (await client.get(answer.headers["location"])).text
    assert (await client.submit("/catalogue/products/bulk", {"do": "archived", "ids": ids})).status_code == 303
    stored = await products.page(tenant, None, 5)
    assert {(each.facts.category, each.facts.tags, each.facts.status) for each in stored} == {(food.id, ("blue", "new"), "archived")}
    for wrong in ({"do": "tag"}, {"do": "tag", "ids": ["x"]}, {"do": "explode", "ids": ids}):
        assert (await client.submit("/catalogue/products/bulk", wrong)).status_code == 422
    refused = await client.submit("/catalogue/products/bulk/tag", {"ids": ids, "add": " "})
    assert "at least one tag" in refused.text


async def test_many_prices_are_looked_at_then_changed(tenant: Tenant, client: Any, make: Make) -> None:
    pen = await make("Pen")
    await prices.set_price(tenant, pen.variants[0].id, PriceDraft(amount=Decimal("9.49"), valid_from=tenant.today() - timedelta(days=3)))
    asked = {"how": "all", "by": "percent", "value": "10", "rounding": "up", "step": "1", "less": "0.01"}
    looked = await client.submit("/catalogue/prices/change", {**asked, "do": "look"})
    assert "£10.99" in looked.text
    mark = looked.text.split('name="fingerprint" value="')[1].split('"')[0]
    stale = await client.submit("/catalogue/prices/change", {**asked, "do": "apply", "fingerprint": "0" * 64})
    assert stale.status_code == 409
    assert "Prices changed since you looked" in stale.text
    assert (await client.submit("/catalogue/prices/change", {**asked, "do": "apply", "fingerprint": mark})).status_code == 303
    stored = await products.get(tenant, pen.id)
    assert [str(each.amount) for each in stored.variants[0].prices] == ["9.49", "10.99"]
    for wrong, told in (
        ({"value": ""}, "This field is required"),
        ({"value": "-100"}, "cannot fall by 100"),
        ({"how": "brand"}, "Choose which products"),
        ({"step": "0.001"}, "no amount smaller than 0.01"),
        ({"valid_from": "soon"}, "is not a date"),
    ):
        answer = await client.submit("/catalogue/prices/change", {**asked, **wrong, "do": "look"})
        assert answer.status_code == 422
        assert told in answer.text, told


async def test_prices_of_a_product_are_set_in_rows_ended_and_removed(tenant: Tenant, client: Any, make: Make) -> None:
    pen, today = await make("Pen"), tenant.today()
    path = f"/catalogue/products/{pen.id}/prices"
    row = {"prices.0.amount": "10", "prices.0.valid_from": today.isoformat(), "version": "1"}
    more = await client.submit(path, {**row, "do": "add_row"})
    assert 'name="prices.1.amount"' in more.text
    offer = {
        "prices.1.amount": "8",
        "prices.1.valid_from": (today + timedelta(days=2)).isoformat(),
        "prices.1.valid_to": (today + timedelta(days=4)).isoformat(),
    }
    assert (await client.submit(path, {**row, **offer})).status_code == 303
    stored = (await products.get(tenant, pen.id)).variants[0].prices
    assert [each.amount for each in stored] == [10, 8, 10]
    page = (await client.get(path)).text
    assert "Holds today" in page
    assert "To come" in page
    stale = await client.submit(path, {**row, "prices.0.amount": "11"})
    assert stale.status_code == 409
    wrong = await client.submit(path, {"version": "2", "prices.0.amount": "x", "prices.1.amount": "1", "prices.1.valid_from": "2026-02-30"})
    assert wrong.status_code == 422
    assert "“x” is not a number" in wrong.text
    assert "is not a date" in wrong.text
    assert (await client.submit(f"/catalogue/prices/{stored[2].id}/remove")).status_code == 303
    assert (await client.submit(f"/catalogue/prices/{stored[0].id}/end?on={today}")).status_code == 303
    left = (await products.get(tenant, pen.id)).variants[0].prices
    assert [(int(each.amount), each.valid_to) for each in left] == [(10, today), (8, today + timedelta(days=4))]


async def test_categories_units_and_price_lists_are_arranged_on_their_pages(tenant: Tenant, client: Any) -> None:
    assert (await client.submit("/catalogue/categories", {"name": "Food"})).status_code == 303
    assert "already" in (await client.submit("/catalogue/categories", {"name": "food"})).text
    (food,) = await categories.names(tenant)
    path = f"/catalogue/categories/{food.id}"
    assert (await client.submit(path, {"name": "Groceries", "version": "1"})).status_code == 303
    assert (await client.submit(path, {"name": "Late", "version": "1"})).status_code == 409
    assert (await client.submit(path, {"name": "Self", "parent": str(food.id), "version": "2"})).status_code == 422
    assert (await client.submit(f"{path}/delete", {"version": "2"})).status_code == 303
    unit = {"title": "Crate", "code": "crate", "dimension": "count", "factor": "20", "active": "yes"}
    assert (await client.submit("/catalogue/units/new", unit)).status_code == 303
    assert (await client.submit("/catalogue/units/new", unit)).status_code == 409
    assert (await client.submit("/catalogue/units/new", {**unit, "factor": "0"})).status_code == 422
    crate = next(each for each in (await basics(tenant)).units if each.code == "crate")
    assert (await client.submit(f"/catalogue/units/{crate.id}", {**unit, "title": "Box", "version": "1"})).status_code == 303
    assert (await client.submit(f"/catalogue/units/{crate.id}", {"do": "default"})).status_code == 303
    assert (await client.submit(f"/catalogue/units/{crate.id}", {"do": "delete"})).status_code == 409
    trade = {"title": "Trade", "code": "trade", "currency": "eur", "active": "yes"}
    assert (await client.submit("/catalogue/price-lists/new", trade)).status_code == 303
    assert (await client.submit("/catalogue/price-lists/new", {**trade, "currency": "zzz"})).status_code == 422
    known = await basics(tenant)
    assert (known.unit.title, known.price_list_by_code("trade").currency) == ("Box", "EUR")
    list_id = known.price_list_by_code("trade").id
    assert (
        await client.submit(f"/catalogue/price-lists/{list_id}", {"title": "Wholesale", "version": "1", "active": "yes"})
    ).status_code == 303
    assert (await client.submit(f"/catalogue/price-lists/{list_id}", {"do": "delete"})).status_code == 303


async def test_the_buttons_of_a_product_do_what_they_say(tenant: Tenant, client: Any, make: Make) -> None:
    pen = await make("Pen", barcode=PEN)
    path = f"/catalogue/products/{pen.id}"
    assert (await client.submit(f"{path}/status?to=archived")).status_code == 303
    assert (await products.get(tenant, pen.id)).facts.status == "archived"
    assert (await client.submit(f"{path}/status?to=sold")).status_code == 422
    copied = await client.submit(f"{path}/duplicate")
    assert copied.headers["location"].endswith("/edit")
    assert "cannot be undone" in (await client.get(f"{path}/delete")).text
    assert (await client.submit(f"{path}/delete", {"version": "1"})).status_code == 409
    assert (await client.submit(f"{path}/delete", {"version": "2"})).status_code == 303
    assert [each.name for each in await products.page(tenant, None, 5)] == ["Pen (copy)"]


async def test_the_dashboard_shows_categories_what_changed_and_what_is_missing(tenant: Tenant, client: Any, make: Make) -> None:
    food = await categories.add(tenant, CategoryDraft(name="Food"))
    sweets = await categories.add(tenant, CategoryDraft(name="Sweets", parent=food.id))
    await make("Toffee", category=sweets.id, barcode=PEN)
    await make("Soap")
    page = (await client.get("/")).text
    for told in ("Products by category", "Changed lately", "Without a barcode", '"labels": ["Food", "No category"]', "Toffee"):
        assert told in page, told


@pytest.mark.parametrize("code", [PEN, f"0{PEN}", "4 006381 333931", f"https://id.gs1.org/01/0{PEN}", f"]E0{PEN}"])
async def test_a_scanned_code_opens_its_product_from_anywhere(tenant: Tenant, client: Any, make: Make, code: str) -> None:
    pen = await make("Pen", barcode=PEN)
    await make("Pen refill", barcode=SOAP)
    for path, name in (("/search", "q"), ("/catalogue/scan", "code")):
        answer = await client.get(path, params={name: code})
        assert answer.status_code == 303, answer.text
        assert answer.headers["location"] == f"/catalogue/products/{pen.id}"


async def test_a_sku_opens_its_product_and_words_list_what_they_are_in(tenant: Tenant, client: Any, make: Make) -> None:
    pen = await make("Crème pen", external_reference="ext-7")
    for text in (pen.variants[0].sku.lower(), "ext-7"):
        assert (await client.get("/search", params={"q": text})).headers["location"] == f"/catalogue/products/{pen.id}"
    page = await client.get("/search", params={"q": "creme"})
    assert page.status_code == 200
    assert "Crème pen" in page.text


async def test_a_wrong_check_digit_is_answered_with_its_reason(client: Any) -> None:
    for path, name in (("/search", "q"), ("/catalogue/scan", "code")):
        answer = await client.get(path, params={name: "4006381333930"})
        assert answer.status_code == 200
        assert "the last digit should be 1, not 0" in answer.text


async def test_a_code_that_says_more_shows_it_beside_its_product(tenant: Tenant, client: Any, make: Make) -> None:
    await make("Ham", barcode=PEN)
    page = (await client.get("/catalogue/scan", params={"code": f"010{PEN}10ABC123\x1d17260630"})).text
    for told in ("Ham", "ABC123", "2026-06-30"):
        assert told in page
    unknown = (await client.get("/catalogue/scan", params={"code": SOAP})).text
    assert "No product has this code" in unknown
    assert f"/catalogue/products/new?barcode=000000{SOAP}" in unknown


async def test_the_export_of_the_list_is_a_file(tenant: Tenant, client: Any, make: Make) -> None:
    await make("=SUM(A1)", barcode=PEN)
    answer = await client.get("/lists/catalogue.products/export.csv")
    assert answer.status_code == 200
    assert f",{PEN}," in answer.text
    assert "'=SUM(A1)" in answer.text
