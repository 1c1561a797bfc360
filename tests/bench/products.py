"""How fast products come in and are listed: ``python -m tests.bench.products [ROWS] [ROUNDS]``.

Import: the flat importer's `write` in transactions of 1,000 rows, each with name, barcode, category, price, brand and tags, as the import
centre calls it (validation, look-ups, audit entries and events included); the baseline writes the same rows, typed and checked before the
clock starts, into the same tables with asyncpg, one INSERT per table and transaction. Listing: pages of what was imported, as the page in
the browser reads them, beside a raw keyset query over its own connection.
"""

import sys
from collections.abc import Iterator, Sequence
from decimal import Decimal
from time import perf_counter

import asyncpg
import uvloop

from core.listing.page import read_page
from core.listing.query import pack_cursor, read_query
from core.plugins.registry import Registry
from core.tenancy.tenant import LiveTenant
from infra.laboratory.installation import Installation
from plugins.catalogue.domain.gtin import check
from plugins.catalogue.imports.flat import PRODUCTS, ProductRow
from tests.bench.figures import Hold, p95, tell
from tests.bench.ground import ground
from weft import Numbered, new_id

BATCH = 1000
IMPORT = Hold(2000, at_most=False)  # rows/s
LIST = Hold(150)  # milliseconds
CATEGORIES = ("Food > Chocolate", "Food > Snacks > Salty", "Drinks", "Household > Cleaning")
QUERIES: dict[str, dict[str, list[str]]] = {
    "first page": {},
    "first page by date": {"sort": ["-updated"]},
    "search: a word": {"q": ["chocolate"]},
    "search: digits": {"q": ["4000123"]},
    "a category with all below": {"within": ["Food"]},
    "a price": {"price.min": ["5"], "price.max": ["6"]},
    "without a price": {"segment": ["no_price"]},
}


def rows(count: int) -> Iterator[ProductRow]:
    """Make rows like those of a supplier's list."""
    words = ("Chocolate", "Crème", "Biscuit", "Oil", "Tea", "Soap", "Café", "Bread")
    for number in range(count):
        payload = f"400{number:09}"
        yield ProductRow(
            name=f"{words[number % 8]} {words[number // 8 % 8]} {number}",
            barcode=payload + check(f"{payload}0").expected,
            category=CATEGORIES[number % 4],
            price=Decimal(number % 1000) / 100 if number % 10 else None,
            currency="GBP",
            brand=f"Brand {number % 50}",
            tags="organic, vegan" if number % 3 else "",
        )


async def bring_in(tenant: LiveTenant, numbered: Sequence[Numbered[ProductRow]]) -> float:
    """Import rows in batches; returns rows/s."""
    begun = perf_counter()
    for first in range(0, len(numbered), BATCH):
        async with tenant.transaction():
            outcome = await PRODUCTS.write(tenant, numbered[first : first + BATCH], {})
        assert not outcome.problems
    return len(numbered) / (perf_counter() - begun)


async def plain(made: Installation, tenant: LiveTenant, wanted: Sequence[ProductRow]) -> float:
    """Write the same rows with as little as possible around; returns rows/s."""
    db = await asyncpg.connect(made.superuser_url, server_settings={"search_path": tenant.schema, "jit": "off"})
    unit, price_list = await db.fetchval("SELECT id FROM catalogue_unit LIMIT 1"), await db.fetchval("SELECT id FROM catalogue_price_list")
    ids = [(new_id(), new_id(), new_id()) for _ in wanted]
    begun = perf_counter()
    for first in range(0, len(wanted), BATCH):
        part, keys = wanted[first : first + BATCH], ids[first : first + BATCH]
        products, variants, prices = ([each[place] for each in keys] for place in range(3))
        async with db.transaction():
            await db.execute(
                "INSERT INTO catalogue_product (id, name, sort_name, search_text, brand, unit, barcode, created_at, updated_at) "
                "SELECT id, name, lower(name), lower(name) || ' ' || code, brand, $5, code, now(), now() "
                "FROM unnest($1::uuid[], $2::text[], $3::text[], $4::text[]) AS r (id, name, brand, code)",
                *(products, [each.name for each in part], [each.brand for each in part], [each.barcode for each in part], unit),
            )
            await db.execute(
                "INSERT INTO catalogue_variant (id, product, sku) SELECT * FROM unnest($1::uuid[], $2::uuid[], $3::text[])",
                *(variants, products, [f"S-{each}" for each in products]),
            )
            await db.execute(
                "INSERT INTO catalogue_barcode (key, variant, code) SELECT '0' || code, variant, code FROM unnest($1::uuid[], $2::text[]) "
                "AS r (variant, code)",
                *(variants, [each.barcode for each in part]),
            )
            await db.execute(
                "INSERT INTO catalogue_price (id, variant, price_list, amount, valid_from) SELECT id, variant, $4, amount, current_date "
                "FROM unnest($1::uuid[], $2::uuid[], $3::numeric[]) AS r (id, variant, amount) WHERE amount IS NOT NULL",
                *(prices, variants, [each.price for each in part], price_list),
            )
    rate = len(wanted) / (perf_counter() - begun)
    await db.close()
    return rate


async def list_pages(made: Installation, tenant: LiveTenant, rounds: int, size: int) -> None:
    """Read pages of the listing and the raw one in turns; print."""
    listing = next(each for each in made.runtime.registry.listings() if each.name == "catalogue.products")
    raw = await asyncpg.connect(made.superuser_url, server_settings={"search_path": tenant.schema, "jit": "off"})
    await raw.execute("VACUUM (ANALYZE) catalogue_product")
    deep = await raw.fetchrow("SELECT sort_name, id FROM catalogue_product ORDER BY sort_name, id OFFSET $1 LIMIT 1", size * 9 // 10)
    assert deep is not None
    asked = {**QUERIES, "a deep page": {"after": [pack_cursor(deep["sort_name"], deep["id"])]}}
    base = "SELECT id, name, sku, barcode FROM catalogue_product WHERE (sort_name, id) > ($1, $2) ORDER BY sort_name, id LIMIT 51"
    for name, query in asked.items():
        ours, plainly = [], []
        for _ in range(rounds):
            begun = perf_counter()
            await read_page(tenant, listing, read_query(listing, query))
            ours.append((perf_counter() - begun) * 1000)
            begun = perf_counter()
            await raw.fetch(base, deep["sort_name"], deep["id"])
            plainly.append((perf_counter() - begun) * 1000)
        label = f"products, list of {size:,}: {name}, p95"
        tell(label, p95(ours), "ms", baseline=p95(plainly), baseline_is="a deep page by raw keyset", hold=LIST)
    await raw.close()


async def measure(made: Installation, count: int, rounds: int) -> None:
    """Import, import again, list."""
    tenant, other = await made.new_tenant("catalogue"), await made.new_tenant("catalogue")
    wanted = list(rows(count))
    numbered = [Numbered(number, row) for number, row in enumerate(wanted, start=2)]
    await bring_in(other, numbered[:BATCH])
    baseline = await plain(made, other, list(rows(count + BATCH))[BATCH:])
    for name in ("import of new rows", "import of the same rows again"):
        rate = await bring_in(tenant, numbered)
        tell(f"products, {name}", rate, "rows/s", baseline=baseline, baseline_is="INSERT of finished rows", hold=IMPORT)
    await list_pages(made, tenant, rounds, count)


async def main(count: int, rounds: int) -> None:
    """Measure on servers of its own."""
    async with ground(Registry.installed()) as made:
        await measure(made, count, rounds)


if __name__ == "__main__":
    given = [int(each) for each in sys.argv[1:]]
    uvloop.run(main(*(given + [20_000, 40][len(given) :])))
