"""What a code means here: the patterns of the shop's scales, and the item behind a scan."""

from dataclasses import dataclass

from weft import Invalid, Tenant
from weft.contracts import Items, ScannedItem


@dataclass(frozen=True, slots=True)
class Tried:
    """A code that was tried: the item that it means, or why it means none."""

    patterns: str
    found: ScannedItem | None = None
    why: str = ""


async def try_code(tenant: Tenant, code: str) -> Tried:
    """Return the patterns in use, and what a code means by them; without a code the patterns alone."""
    async with tenant.transaction():
        items = tenant.service(Items)
        patterns = (await items.offered(tenant.today(), limit=1)).in_store_codes
        if not code:
            return Tried(patterns)
        try:
            found = await items.by_barcode(code)
        except Invalid as wrong:
            return Tried(patterns, why=str(wrong))
    return Tried(patterns, found, "" if found else "No item has this code.")
