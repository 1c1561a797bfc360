"""Looks up what was scanned or typed."""

from dataclasses import dataclass

from weft import Tenant, minor_unit

from ..domain.instore import read_patterns
from ..domain.scanning import Reading, Rules, ScanKind, read_scan
from ..queries import finding
from ..queries.finding import Found
from ..settings import CatalogueSettings

# Kinds that name something else than a product: they are answered with their reason, and nothing is looked up.
NO_PRODUCT = frozenset({ScanKind.COUPON, ScanKind.SSCC})


@dataclass(frozen=True, slots=True)
class Scanned:
    """What was read and which variants it means: by barcode first, then by SKU, then by external reference."""

    reading: Reading
    found: tuple[Found, ...]


def rules_of(tenant: Tenant) -> Rules:
    """Return how the tenant's own codes are read."""
    return Rules(read_patterns(tenant.settings(CatalogueSettings).in_store_codes), minor_unit(tenant.currency))


async def look_up(tenant: Tenant, text: str) -> Scanned:
    """Return what a scan means; it never raises for what was scanned."""
    reading = read_scan(text[:500], rules_of(tenant))
    if reading.kind in NO_PRODUCT or not reading.text:
        return Scanned(reading, ())
    async with tenant.transaction() as db:
        found = await finding.by_barcode_keys(db, reading.keys) if reading.keys else []
        if not found and not reading.elements:
            codes = [code for code in (reading.text, reading.item) if code]
            found = await finding.by_skus(db, codes) or await finding.by_reference(db, reading.text)
    return Scanned(reading, tuple(found))
