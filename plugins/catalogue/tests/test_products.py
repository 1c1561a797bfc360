"""Making, changing and deleting products."""

import asyncio
from decimal import Decimal
from typing import Any
from uuid import UUID

import msgspec
import pytest

from plugins.catalogue.domain.categories import CategoryDraft
from plugins.catalogue.domain.drafts import draft_of
from plugins.catalogue.domain.prices import PriceDraft
from plugins.catalogue.domain.products import BarcodeDraft, Facts, Measures, Product, ProductDraft, VariantDraft, summary_of
from plugins.catalogue.domain.variants import Option
from plugins.catalogue.services import bulk, categories, products
from weft import Conflict, Invalid, Missing, Tenant, new_id

from .conftest import PEN, SOAP, Make, count, simple

SIZES = (Option(name="Size", values=("S", "M")),)


async def test_a_product_comes_back_as_it_was_made(tenant: Tenant) -> None:
    draft = ProductDraft(
        facts=Facts(
            name="  Crème   brûlée ", brand="Bonne", tags=("b", "a", "B"), country="fr", hs_code="1806.32", description="One\r\n two "
        ),
        options=SIZES,
        variants=(
            VariantDraft(
                choices=("S",),
                barcodes=(BarcodeDraft(code=PEN), BarcodeDraft(code="10614141000415", quantity=Decimal(12))),
                measures=Measures(weight=Decimal("0.25"), length=Decimal(3)),
                prices=(PriceDraft(amount=Decimal("9.99")),),
            ),
            VariantDraft(choices=("M",), sku="MINE"),
        ),
    )
    made = await products.create(tenant, draft)
    assert await products.get(tenant, made.id) == made
    assert (made.name, made.facts.tags, made.facts.country, made.facts.description) == ("Crème brûlée", ("b", "a"), "FR", "One\n two")
    assert [each.sku for each in made.variants] == ["MINE-S", "MINE"]
    assert made.variants[0].prices[0].amount == Decimal("9.99")
    assert made.facts.unit is not None


async def test_skus_are_made_in_order_and_never_twice(tenant: Tenant, make: Make) -> None:
    typed = await products.create(tenant, ProductDraft(facts=Facts(name="Typed"), variants=(VariantDraft(sku="p-00002"),)))
    made = [await make(f"Pen {number}") for number in range(3)]
    assert typed.variants[0].sku == "p-00002"
    assert [each.variants[0].sku for each in made] == ["P-00001", "P-00003", "P-00004"]


async def test_new_variants_take_the_stem_of_their_product(tenant: Tenant, make: Make) -> None:
    pen = await make()
    wider = ProductDraft(
        facts=pen.facts,
        options=(Option(name="Colour", values=("Red", "Blue")),),
        variants=(VariantDraft(id=pen.variants[0].id, choices=("Red",)), VariantDraft(choices=("Blue",))),
    )
    changed = await products.update(tenant, pen.id, pen.version, wider)
    assert [each.sku for each in changed.variants] == ["P-00001", "P-00001-BLUE"]
    assert changed.variants[0].id == pen.variants[0].id


async def test_every_wrong_field_is_told_at_once(tenant: Tenant) -> None:
    draft = ProductDraft(
        facts=Facts(name=" ", country="XX", hs_code="abc", tags=("a,b",)),
        variants=(
            VariantDraft(barcodes=(BarcodeDraft(code="4006381333930"), BarcodeDraft(code=PEN, quantity=Decimal(0)))),
            VariantDraft(sku="x", measures=Measures(weight=Decimal(-1)), prices=(PriceDraft(amount=Decimal(-1)),)),
        ),
    )
    with pytest.raises(Invalid) as found:
        await products.create(tenant, draft)
    assert sorted(found.value.fields) == [
        "country",
        "hs_code",
        "name",
        "tags",
        "variants.0.barcodes.0.code",
        "variants.0.barcodes.1.quantity",
        "variants.1.choices",
        "variants.1.prices.0.amount",
        "variants.1.weight",
    ]
    assert "should be 1, not 0" in found.value.fields["variants.0.barcodes.0.code"]
    assert await count(tenant, "product") == 0


async def test_codes_of_another_product_are_refused_by_its_name(tenant: Tenant, make: Make) -> None:
    await make("Pen", barcode=PEN, external_reference="ref-1")
    draft = ProductDraft(
        facts=Facts(name="Other", external_reference="ref-1", category=new_id()),
        variants=(VariantDraft(sku="p-00001", barcodes=(BarcodeDraft(code=f"0{PEN}"),)),),
    )
    with pytest.raises(Invalid) as found:
        await products.create(tenant, draft)
    assert found.value.fields["variants.0.sku"] == "The SKU p-00001 belongs to “Pen”."
    assert found.value.fields["variants.0.barcodes.0.code"] == f"The barcode 0{PEN} belongs to “Pen”."
    assert found.value.fields["external_reference"] == "“Pen” has this external reference."
    assert "no such category" in found.value.fields["category"]


async def test_a_barcode_is_not_there_twice_in_one_product(tenant: Tenant) -> None:
    codes = (BarcodeDraft(code="036000291452"), BarcodeDraft(code="0036000291452"))
    with pytest.raises(Invalid, match="here twice"):
        await products.create(tenant, ProductDraft(facts=Facts(name="Soap"), variants=(VariantDraft(barcodes=codes),)))


async def test_the_second_of_two_editors_is_told_and_nothing_is_overwritten(tenant: Tenant, make: Make) -> None:
    pen = await make()
    mine, theirs = (
        msgspec.structs.replace(draft_of(pen), facts=msgspec.structs.replace(pen.facts, name=name)) for name in ("Mine", "Theirs")
    )
    await products.update(tenant, pen.id, pen.version, theirs)
    with pytest.raises(products.Changed) as found:
        await products.update(tenant, pen.id, pen.version, mine)
    assert found.value.current.name == "Theirs"
    assert (await products.get(tenant, pen.id)).name == "Theirs"


async def test_two_editors_at_the_same_moment_do_not_both_win(tenant: Tenant, make: Make) -> None:
    pen = await make()
    drafts = [
        msgspec.structs.replace(draft_of(pen), facts=msgspec.structs.replace(pen.facts, name=f"Name {number}")) for number in range(4)
    ]
    done = await asyncio.gather(*(products.update(tenant, pen.id, pen.version, draft) for draft in drafts), return_exceptions=True)
    assert sum(isinstance(each, Product) for each in done) == 1
    assert sum(isinstance(each, products.Changed) for each in done) == 3


async def test_two_people_cannot_take_one_barcode_at_the_same_moment(tenant: Tenant, make: Make) -> None:
    done = await asyncio.gather(*(make(f"Pen {number}", barcode=PEN) for number in range(3)), return_exceptions=True)
    assert sum(isinstance(each, Product) for each in done) == 1
    assert all(isinstance(each, Product | Conflict | Invalid) for each in done)
    assert await count(tenant, "barcode") == await count(tenant, "product") == 1


async def test_saving_what_stands_changes_no_version(tenant: Tenant, make: Make) -> None:
    pen = await make(barcode=PEN, brand="Stabilo")
    assert await products.update(tenant, pen.id, pen.version, draft_of(pen)) == pen


async def test_a_variant_that_is_left_out_goes_with_its_codes(tenant: Tenant) -> None:
    made = await products.create(
        tenant,
        ProductDraft(
            facts=Facts(name="Shirt"),
            options=SIZES,
            variants=(
                VariantDraft(choices=("S",), barcodes=(BarcodeDraft(code=PEN),)),
                VariantDraft(choices=("M",), barcodes=(BarcodeDraft(code=SOAP),)),
            ),
        ),
    )
    only = ProductDraft(facts=made.facts, variants=(VariantDraft(id=made.variants[1].id, barcodes=(BarcodeDraft(code=PEN),)),))
    changed = await products.update(tenant, made.id, made.version, only)
    assert [each.id for each in changed.variants] == [made.variants[1].id]
    assert changed.variants[0].barcodes[0].code == PEN
    assert await count(tenant, "variant") == await count(tenant, "barcode") == 1


async def test_a_variant_of_another_product_cannot_be_taken_over(tenant: Tenant, make: Make) -> None:
    pen, soap = await make("Pen"), await make("Soap")
    with pytest.raises(Invalid, match="another product"):
        await products.update(tenant, pen.id, pen.version, ProductDraft(facts=pen.facts, variants=(VariantDraft(id=soap.variants[0].id),)))


async def test_a_deleted_product_is_gone_with_all_that_hangs_on_it(tenant: Tenant, make: Make) -> None:
    pen = await make(barcode=PEN)
    with pytest.raises(Conflict):
        await products.delete(tenant, pen.id, pen.version + 1)
    await products.delete(tenant, pen.id, pen.version)
    with pytest.raises(Missing):
        await products.get(tenant, pen.id)
    assert [await count(tenant, table) for table in ("product", "variant", "barcode", "price")] == [0, 0, 0, 0]


async def test_a_copy_is_a_draft_without_codes_and_prices(tenant: Tenant, make: Make) -> None:
    pen = await make(barcode=PEN, external_reference="ref")
    copy = await products.duplicate(tenant, pen.id)
    assert (copy.facts.status, copy.facts.external_reference, copy.variants[0].barcodes) == ("draft", "", ())
    assert copy.name == "Ballpoint pen (copy)"


async def test_many_are_moved_tagged_and_archived_and_only_those_that_differ_count(tenant: Tenant, make: Make) -> None:
    made = [await make(f"Pen {number}", tags=("old",)) for number in range(3)]
    ids = [each.id for each in made]
    food = await categories.add(tenant, CategoryDraft(name="Office"))
    assert await bulk.set_category(tenant, ids, food.id) == 3
    assert await bulk.set_category(tenant, ids, food.id) == 0
    assert await bulk.tag(tenant, ids[:2], "New, old", "OLD") == 2
    assert (await products.get(tenant, ids[0])).facts.tags == ("New", "old")
    assert await bulk.set_status(tenant, ids, "archived") == 3
    assert await bulk.set_status(tenant, [*ids, new_id()], "archived") == 0
    with pytest.raises(Invalid):
        await bulk.tag(tenant, ids, "", " ")
    with pytest.raises(Invalid, match="no such category"):
        await bulk.set_category(tenant, ids, new_id())


async def test_what_lists_show_is_always_that_of_the_product(tenant: Tenant, make: Make) -> None:
    pen = await make("Éclair", barcode=PEN)
    await make("Soap", barcode=SOAP)
    await products.update(tenant, pen.id, pen.version, simple("Ünnamed", brand="Söap"))
    async with tenant.transaction() as db:
        rows = await db.fetch("SELECT id, sort_name, search_text, sku, barcode, image, variant_count FROM catalogue_product")
    for row in rows:
        product = await products.get(tenant, row["id"])
        assert tuple(row[name] for name in ("sort_name", "search_text", "sku", "barcode", "image", "variant_count")) == tuple(
            msgspec.structs.astuple(summary_of(product))
        )


async def test_every_change_is_told_to_the_audit_log_in_words(tenant: Tenant, make: Make) -> None:
    pen = await make(barcode=PEN)
    office = await categories.add(tenant, CategoryDraft(name="Office"))
    await bulk.set_category(tenant, [pen.id], office.id)
    after = await products.get(tenant, pen.id)
    await products.delete(tenant, pen.id, after.version)
    entries = await told(tenant, pen.id)
    assert [each["action"] for each in entries] == ["created", "moved", "deleted"]
    assert entries[1]["after"] == {"category": "Office"}
    assert entries[0]["after"]["barcodes"] == [f"{PEN} (P-00001)"]
    assert entries[2]["before"]["name"] == "Ballpoint pen"


async def told(tenant: Tenant, record: UUID) -> list[dict[str, Any]]:
    async with tenant.transaction() as db:
        rows = await db.fetch(
            "SELECT action, before::text AS before, after::text AS after FROM platform.audit_entry WHERE record_id = $1 ORDER BY at, id",
            record,
        )
    return [
        {"action": row["action"], "before": msgspec.json.decode(row["before"]), "after": msgspec.json.decode(row["after"])} for row in rows
    ]


async def test_two_tenants_never_see_each_others_products(tenant: Tenant, other_tenant: Tenant, make: Make) -> None:
    pen = await make(barcode=PEN)
    with pytest.raises(Missing):
        await products.get(other_tenant, pen.id)
    assert await Make(other_tenant)(barcode=PEN)
