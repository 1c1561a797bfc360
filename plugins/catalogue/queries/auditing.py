"""What the catalogue's checks read."""

from uuid import UUID

from weft import Scope

TOGETHER = 5000  # barcodes read at once
_GTINS = """
SELECT b.key, b.code, p.id, p.name FROM catalogue_barcode b JOIN catalogue_variant v ON v.id = b.variant
JOIN catalogue_product p ON p.id = v.product WHERE b.kind IN ('gtin8', 'gtin12', 'gtin13', 'gtin14') AND b.key > $1 ORDER BY b.key LIMIT $2
"""


async def gtins(db: Scope, after: str) -> list[tuple[str, str, UUID, str]]:
    """Return key, code, product and its name of GTINs whose keys come after one."""
    return [(row["key"], row["code"], row["id"], row["name"]) for row in await db.fetch(_GTINS, after, TOGETHER)]
