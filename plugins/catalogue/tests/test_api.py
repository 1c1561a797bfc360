"""The catalogue for programs."""

from datetime import timedelta
from typing import Any

import pytest_asyncio

from plugins.catalogue.permissions import READ
from plugins.catalogue.services import products
from weft import Tenant

from .conftest import PEN, SOAP, Make

PATH = "/api/v1/catalogue"


@pytest_asyncio.fixture(loop_scope="session")
async def program(tenant: Tenant, visitors: Any) -> Any:
    """Return a client with a token."""
    return await visitors.program(tenant)


SHIRT = {
    "name": "Shirt",
    "brand": "Weave",
    "unit": "pcs",
    "tags": ["cotton"],
    "options": [{"name": "Size", "values": ["S", "M"]}],
    "variants": [
        {"choices": ["S"], "barcodes": [{"code": PEN}], "prices": [{"amount": "19.90"}], "weight": "0.2"},
        {"choices": ["M"], "sku": "SH-M"},
    ],
}


async def test_a_product_is_made_read_changed_and_deleted(tenant: Tenant, program: Any) -> None:
    answer = await program.post(f"{PATH}/products", json=SHIRT)
    assert answer.status_code == 201, answer.text
    made = answer.json()
    small = made["variants"][0]
    assert (made["version"], made["unit"], made["status"]) == (1, "pcs", "active")
    assert small["barcodes"] == [{"code": PEN, "kind": "gtin13", "gtin14": f"0{PEN}", "quantity": "1"}]
    assert (small["prices"][0]["amount"], small["prices"][0]["currency"]) == ("19.90", "GBP")
    read = (await program.get(f"{PATH}/products/{made['id']}")).json()
    assert read == made
    change = {
        **SHIRT,
        "version": 1,
        "name": "Shirt, long",
        "variants": [{"id": small["id"], "sku": small["sku"], "choices": ["S"], "barcodes": [{"code": SOAP}]}],
    }
    changed = (await program.put(f"{PATH}/products/{made['id']}", json=change)).json()
    assert (changed["version"], changed["name"], len(changed["variants"])) == (2, "Shirt, long", 1)
    assert changed["variants"][0]["barcodes"][0]["code"] == SOAP
    assert changed["variants"][0]["prices"] == small["prices"]
    stale = await program.put(f"{PATH}/products/{made['id']}", json=change)
    assert stale.status_code == 409
    assert stale.headers["content-type"].startswith("application/problem+json")
    archived = await program.put(f"{PATH}/products/{made['id']}/status", json={"status": "archived"})
    assert (archived.json()["status"], archived.json()["version"]) == ("archived", 3)
    assert (await program.delete(f"{PATH}/products/{made['id']}?version=2")).status_code == 409
    assert (await program.delete(f"{PATH}/products/{made['id']}?version=3")).status_code == 204
    assert (await program.get(f"{PATH}/products/{made['id']}")).status_code == 404


async def test_every_wrong_value_is_told_by_its_field(tenant: Tenant, program: Any) -> None:
    wrong = {
        **SHIRT,
        "country_of_origin": "XX",
        "variants": [{"choices": ["S"], "barcodes": [{"code": "4006381333930"}]}, {"choices": ["XL"]}],
    }
    answer = await program.post(f"{PATH}/products", json=wrong)
    assert answer.status_code == 422
    told = {each["field"]: each["detail"] for each in answer.json()["errors"]}
    assert set(told) == {"country", "variants.0.barcodes.0.code", "variants.1.choices"}
    assert "should be 1, not 0" in told["variants.0.barcodes.0.code"]
    for body in (
        {},
        {"name": ""},
        {"name": "x", "kind": "thing"},
        {"name": "x", "unit": "furlong"},
        {"name": "x" * 201},
        {"name": "x", "variants": []},
    ):
        answer = await program.post(f"{PATH}/products", json=body)
        assert answer.status_code in (400, 422), body
        assert answer.headers["content-type"].startswith("application/problem+json")
    assert await products.page(tenant, None, 5) == []


async def test_products_and_variants_page_by_cursor_without_gap_or_repeat(program: Any, make: Make) -> None:
    for number in range(5):
        await make(f"Pen {number}", status="archived" if number == 2 else "active")
    for things, total in (("products", 5), ("variants", 5)):
        seen: list[str] = []
        after = ""
        while True:
            page = (await program.get(f"{PATH}/{things}?size=2{after}")).json()
            seen += [each["id"] for each in page["items"]]
            if page["next"] is None:
                break
            after = f"&after={page['next']}"
        assert len(seen) == len(set(seen)) == total
    assert len((await program.get(f"{PATH}/products?status=archived")).json()["items"]) == 1
    assert (await program.get(f"{PATH}/products?after=nonsense")).status_code == 422
    assert (await program.get(f"{PATH}/products?size=201")).status_code in (400, 422)
    assert (await program.get(f"{PATH}/variants?sku=p-00003")).json()["items"][0]["name"] == "Pen 2"


async def test_changes_since_a_moment_are_listed(tenant: Tenant, program: Any, make: Make, clock: Any) -> None:
    await make("Old")
    clock.forward(timedelta(hours=1))
    moment = tenant.now().isoformat()
    await make("New")
    found = (await program.get(f"{PATH}/products", params={"updated_since": moment})).json()
    assert [each["name"] for each in found["items"]] == ["New"]


async def test_prices_are_set_read_for_a_day_and_removed(tenant: Tenant, program: Any, make: Make) -> None:
    pen, today = await make(), tenant.today()
    variant = str(pen.variants[0].id)
    first = await program.post(f"{PATH}/prices", json={"variant_id": variant, "amount": "10"})
    assert first.status_code == 201, first.text
    offer = {"variant_id": variant, "amount": "8", "valid_from": str(today + timedelta(days=1)), "valid_to": str(today + timedelta(days=3))}
    assert len((await program.post(f"{PATH}/prices", json=offer)).json()) == 3
    for days, amount in ((0, "10"), (2, "8"), (4, "10")):
        (held,) = (await program.get(f"{PATH}/prices", params={"variant_id": variant, "on": str(today + timedelta(days=days))})).json()
        assert held["amount"] == amount
    assert (await program.delete(f"{PATH}/prices/{first.json()[0]['id']}")).status_code == 204
    assert len((await program.get(f"{PATH}/prices?variant_id={variant}")).json()) == 2
    wrong = await program.post(f"{PATH}/prices", json={"variant_id": variant, "amount": "-1"})
    assert wrong.json()["errors"][0]["field"] == "amount"
    assert (await program.post(f"{PATH}/prices", json={"variant_id": variant, "amount": "1", "price_list": "X"})).status_code == 422


async def test_a_scan_tells_what_it_read_and_which_variant_it_means(program: Any, make: Make) -> None:
    pen = await make(barcode=PEN)
    told = (await program.get(f"{PATH}/scan", params={"code": f"010{PEN}10ABC"})).json()
    assert (told["kind"], told["gtin14"], told["elements"]["10"]) == ("GS1 element string", f"0{PEN}", "ABC")
    assert told["variants"] == [str(pen.variants[0].id)]
    wrong = (await program.get(f"{PATH}/scan?code=4006381333930")).json()
    assert (wrong["kind"], wrong["variants"]) == ("invalid", [])
    assert "should be 1" in wrong["why"]


async def test_who_may_only_read_changes_nothing(tenant: Tenant, visitors: Any, make: Make) -> None:
    pen = await make()
    reader = await visitors.program(tenant, READ)
    variant = str(pen.variants[0].id)
    assert (await reader.get(f"{PATH}/products/{pen.id}")).status_code == 200
    for answer in (
        await reader.post(f"{PATH}/products", json=SHIRT),
        await reader.put(f"{PATH}/products/{pen.id}", json={**SHIRT, "version": 1}),
        await reader.put(f"{PATH}/products/{pen.id}/status", json={"status": "archived"}),
        await reader.delete(f"{PATH}/products/{pen.id}?version=1"),
        await reader.post(f"{PATH}/prices", json={"variant_id": variant, "amount": "1"}),
    ):
        assert answer.status_code == 403
    assert await products.get(tenant, pen.id) == pen


async def test_the_description_of_the_api_is_complete(program: Any) -> None:
    described = (await program.get("/api/schema/openapi.json")).json()
    paths = {path: methods for path, methods in described["paths"].items() if path.startswith(PATH)}
    assert len(paths) == 8
    for path, methods in paths.items():
        for method, operation in methods.items():
            assert operation["summary"], (path, method)
            assert operation["description"], (path, method)
            for told in operation.get("parameters", []):
                parameter = described["components"]["parameters"][told["$ref"].rpartition("/")[2]] if "$ref" in told else told
                assert parameter["schema"], (path, parameter["name"])
                assert parameter["in"] == "path" or parameter.get("description"), (path, parameter)
            if method in ("post", "put"):
                assert operation["requestBody"]["content"]["application/json"]["schema"], (path, method)
                assert "422" in operation["responses"] or "404" in operation["responses"], (path, method)
