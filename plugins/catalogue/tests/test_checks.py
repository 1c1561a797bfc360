"""The nightly check of the catalogue names a barcode that cannot be one."""

from plugins.catalogue.checks import look_at_barcodes
from plugins.catalogue.services import products
from weft import Tenant

from .conftest import simple


async def test_a_gtin_whose_check_digit_is_wrong_is_named_with_its_product(tenant: Tenant) -> None:
    made = await products.create(tenant, simple("Pen", barcode="4006381333931"))
    assert (await look_at_barcodes(tenant)).findings == ()
    async with tenant.transaction(unaudited="a fault, to be found") as db:
        assert await db.execute("UPDATE catalogue_barcode SET code = '4006381333932'") == 1
    found = await look_at_barcodes(tenant)
    assert [each.sentence for each in found.findings] == ["Pen: the check digit of 4006381333932 has to be 1."]
    assert (str(made.id) in found.findings[0].link, found.note) == (True, "1 barcodes")
