"""The product form, as a browser without scripts sends it."""

import html
import re
from decimal import Decimal
from typing import Any

from plugins.catalogue.domain.drafts import draft_of
from plugins.catalogue.domain.prices import PriceDraft
from plugins.catalogue.domain.products import Facts, ProductDraft, VariantDraft
from plugins.catalogue.domain.variants import Option
from plugins.catalogue.permissions import EDIT, READ
from plugins.catalogue.services import prices, products
from weft import Tenant

from .conftest import PEN, SOAP, Make

Fields = dict[str, str]
_TAG = re.compile(r"<(input|select|textarea|option)\b([^>]*)>(?:\s*([^<]*)</textarea>)?", re.IGNORECASE)
_ATTRIBUTE = re.compile(r'([\w-]+)(?:="([^"]*)")?')


def fields_of(page: str) -> Fields:
    """Return what a browser would send of the product form without touching it."""
    form = page[page.index('<form id="product-form"') :]
    form = form[: form.index("</form>")]
    found: Fields = {}
    select = ""
    for tag, raw, text in _TAG.findall(form):
        attributes = {name: html.unescape(value) for name, value in _ATTRIBUTE.findall(raw)}
        name, kind = attributes.get("name", ""), attributes.get("type", "text")
        if tag == "select":
            select = name
        elif tag == "option":
            if select and (select not in found or "selected" in attributes):
                found[select] = attributes.get("value", "")
        elif tag == "textarea":
            found[name] = html.unescape(text)
        elif name and (kind not in ("checkbox", "radio") or "checked" in attributes):
            found[name] = attributes.get("value", "")
    found.pop("_csrf_token", None)
    return found


async def opened(client: Any, path: str) -> Fields:
    answer = await client.get(path)
    assert answer.status_code == 200, answer.text
    return fields_of(answer.text)


async def test_a_simple_product_is_made_and_opened(tenant: Tenant, client: Any) -> None:
    fields = await opened(client, "/catalogue/products/new")
    answer = await client.submit(
        "/catalogue/products/new",
        {
            **fields,
            "name": "Crème brûlée",
            "tags": "sweet, french",
            "brand": "Bonne",
            "country": "FR",
            "variants.0.price": "3,50",
            "variants.0.weight": "120",
            "variants.0.weight_unit": "g",
            "barcodes.0.code": PEN,
        },
    )
    assert answer.status_code == 303, answer.text
    (made,) = await products.page(tenant, None, 5)
    assert answer.headers["location"] == f"/catalogue/products/{made.id}"
    variant = made.variants[0]
    assert (made.name, made.facts.tags, made.facts.country, made.facts.status) == ("Crème brûlée", ("sweet", "french"), "FR", "active")
    assert (variant.sku, variant.barcodes[0].code, variant.prices[0].amount) == ("P-00001", PEN, Decimal("3.50"))
    assert (variant.measures.weight, variant.measures.weight_unit) == (Decimal(120), "g")
    page = await client.get(f"/catalogue/products/{made.id}")
    assert "Crème brûlée" in page.text
    assert "£3.50" in page.text


async def test_saving_the_form_untouched_changes_nothing(tenant: Tenant, client: Any) -> None:
    made = await products.create(
        tenant,
        ProductDraft(
            facts=Facts(name="Shirt <b>“bold”</b>", description="Line\n\nline & more", tags=("a", "b"), hs_code="6205.20"),
            options=(Option(name="Size", values=("S", "M")), Option(name="Colour", values=("Red & blue",))),
            variants=(
                VariantDraft(choices=("S", "Red & blue"), prices=(PriceDraft(amount=Decimal("9.90")),)),
                VariantDraft(choices=("M", "Red & blue"), active=False),
            ),
        ),
    )
    path = f"/catalogue/products/{made.id}/edit"
    answer = await client.submit(path, await opened(client, path))
    assert answer.status_code == 303, answer.text
    assert await products.get(tenant, made.id) == made


async def test_variants_are_made_of_options_and_shown_before_they_are_saved(tenant: Tenant, client: Any, make: Make) -> None:
    pen = await make("Pen", barcode=PEN)
    path = f"/catalogue/products/{pen.id}/edit"
    fields = await opened(client, path)
    more = await client.submit(path, {**fields, "do": "add_option"})
    assert 'name="options.0.values"' in more.text
    typed = {
        **fields_of(more.text),
        "options.0.name": "Colour",
        "options.0.values": "Red, Blue",
        "options.1.name": "Tip",
        "options.1.values": "Fine, Broad",
    }
    shown = await client.submit(path, {**typed, "do": "save"})  # variants that nobody has seen are not saved
    assert shown.status_code == 200
    laid = fields_of(shown.text)
    assert [laid[f"variants.{place}.choices"] for place in range(4)] == ["Red; Fine", "Red; Broad", "Blue; Fine", "Blue; Broad"]
    assert laid["variants.0.id"] == str(pen.variants[0].id)
    assert (await products.get(tenant, pen.id)).version == 1
    saved = await client.submit(
        path, {**laid, "variants.3.gone": "yes", "variants.1.price": "2", "barcodes.1.code": SOAP, "barcodes.1.variant": "2"}
    )
    assert saved.status_code == 303, saved.text
    stored = await products.get(tenant, pen.id)
    assert [each.sku for each in stored.variants] == ["P-00001", "P-00001-RED-BROAD", "P-00001-BLUE-FINE"]
    assert [[code.code for code in each.barcodes] for each in stored.variants] == [[PEN], [], [SOAP]]
    assert stored.variants[0].id == pen.variants[0].id


async def test_variants_that_no_longer_fit_are_named_before_they_go(tenant: Tenant, client: Any) -> None:
    made = await products.create(
        tenant,
        ProductDraft(
            facts=Facts(name="Shirt"),
            options=(Option(name="Size", values=("S", "M")),),
            variants=(VariantDraft(choices=("S",), sku="SH-S"), VariantDraft(choices=("M",), sku="SH-M")),
        ),
    )
    path = f"/catalogue/products/{made.id}/edit"
    shown = await client.submit(path, {**await opened(client, path), "options.0.values": "S, L"})
    assert "do not fit the options any more" in shown.text
    assert "SH-M." in shown.text
    assert (await client.submit(path, fields_of(shown.text))).status_code == 303
    assert [each.choices for each in (await products.get(tenant, made.id)).variants] == [("S",), ("L",)]


async def test_wrong_fields_come_back_with_what_was_typed_and_a_sentence_beside_each(tenant: Tenant, client: Any, make: Make) -> None:
    await make("Soap", barcode=SOAP)
    fields = await opened(client, "/catalogue/products/new")
    answer = await client.submit(
        "/catalogue/products/new",
        {
            **fields,
            "name": "",
            "hs_code": "xyz",
            "variants.0.price": "much",
            "variants.0.weight": "1.234,5,6",
            "barcodes.0.code": "4006381333930",
            "barcodes.1.code": SOAP,
            "barcodes.1.quantity": "none",
        },
    )
    assert answer.status_code == 422
    for told in ("This field is required", "“much” is not a number", "“none” is not a number"):
        assert told in answer.text
    again = fields_of(answer.text)
    assert (again["hs_code"], again["variants.0.price"], again["barcodes.0.code"]) == ("xyz", "much", "4006381333930")
    answer = await client.submit(
        "/catalogue/products/new",
        {**again, "name": "Pen", "variants.0.price": "-1", "variants.0.weight": "1", "barcodes.1.quantity": "1"},
    )
    assert answer.status_code == 422
    for told in ("should be 1, not 0", "Enter 0 or more", "is no HS code"):
        assert told in answer.text
    answer = await client.submit(
        "/catalogue/products/new", {**fields_of(answer.text), "variants.0.price": "1", "hs_code": "", "barcodes.0.code": PEN}
    )
    assert f"The barcode {SOAP} belongs to “Soap”." in answer.text
    assert 'id="field-barcodes-1-code-error"' in answer.text
    assert len(await products.page(tenant, None, 5)) == 1


async def test_digits_that_are_no_gtin_can_be_marked_as_ones_own(tenant: Tenant, client: Any) -> None:
    fields = await opened(client, "/catalogue/products/new?barcode=380706")
    assert fields["barcodes.0.code"] == "380706"
    refused = await client.submit("/catalogue/products/new", {**fields, "name": "Fig"})
    assert "380706 has 6 digits" in refused.text
    assert "barcodes.0.internal" in refused.text
    saved = await client.submit("/catalogue/products/new", {**fields_of(refused.text), "barcodes.0.internal": "yes"})
    assert saved.status_code == 303


async def test_the_second_editor_sees_both_versions_and_decides(tenant: Tenant, client: Any, make: Make) -> None:
    pen = await make("Pen", brand="Old")
    path = f"/catalogue/products/{pen.id}/edit"
    fields = await opened(client, path)
    theirs = draft_of(pen)
    await products.update(
        tenant, pen.id, 1, ProductDraft(facts=Facts(name="Pen", brand="Theirs", unit=pen.facts.unit), variants=theirs.variants)
    )
    answer = await client.submit(path, {**fields, "brand": "Mine"})
    assert answer.status_code == 409
    assert "changed this" in answer.text
    assert "Mine" in answer.text
    assert "Theirs" in answer.text
    assert (await products.get(tenant, pen.id)).facts.brand == "Theirs"
    assert (await client.submit(path, fields_of(answer.text))).status_code == 303
    assert (await products.get(tenant, pen.id)).facts.brand == "Mine"


async def test_who_may_not_set_prices_changes_a_product_without_touching_them(tenant: Tenant, visitors: Any, make: Make) -> None:
    pen = await make("Pen")
    await prices.set_price(tenant, pen.variants[0].id, PriceDraft(amount=Decimal(3)))
    editor = await visitors.sign_in(tenant, READ, EDIT)
    path = f"/catalogue/products/{pen.id}/edit"
    fields = await opened(editor, path)
    assert (await editor.submit(path, {**fields, "name": "Ballpoint"})).status_code == 303
    refused = await editor.submit(path, {**await opened(editor, path), "variants.0.price": "1"})
    assert refused.status_code == 403
    stored = await products.get(tenant, pen.id)
    assert (stored.name, stored.variants[0].prices[0].amount) == ("Ballpoint", Decimal(3))


async def test_a_place_that_is_no_number_or_variant_breaks_nothing(tenant: Tenant, client: Any) -> None:
    fields = await opened(client, "/catalogue/products/new")
    odd = {**fields, "name": "Pen", "barcodes.0.variant": "99", "barcodes.0.code": PEN, "version": "x", "variants.0.id": "not-an-id"}
    answer = await client.submit("/catalogue/products/new", odd)
    assert answer.status_code == 422
    answer = await client.submit("/catalogue/products/new", {**odd, "variants.0.id": ""})
    assert answer.status_code in (303, 422)


async def test_the_form_offers_the_tax_categories_that_the_taxes_of_the_business_know(client: Any) -> None:
    assert '<option value="reduced">' not in (await client.get("/catalogue/products/new")).text
    assert (await client.submit("/accounting/taxes/choose", {"code": "de"})).status_code == 303
    assert '<option value="reduced">Ermäßigt</option>' in (await client.get("/catalogue/products/new")).text
