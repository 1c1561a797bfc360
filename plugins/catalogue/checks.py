"""What the catalogue checks of its records every night."""

from weft import Check, Checked, Finding, Tenant

from .domain.gtin import check
from .permissions import READ
from .queries.auditing import gtins
from .records import PRODUCT


async def look_at_barcodes(tenant: Tenant) -> Checked:
    """Compute the check digit of every GTIN again."""
    found, count, after = [], 0, ""
    async with tenant.transaction() as db:
        while rows := await gtins(db, after):
            found += [
                Finding(f"{name}: the check digit of {code} has to be {check(code).expected}.", PRODUCT.url(product))
                for _, code, product, name in rows
                if not check(code).right
            ]
            count, after = count + len(rows), rows[-1][0]
    return Checked(tuple(found), f"{count} barcodes")


BARCODES = Check(
    name="catalogue.barcodes",
    title="Barcodes",
    question="Has every GTIN the check digit that its other digits give?",
    permission=READ,
    run=look_at_barcodes,
)
