"""Stock of 100,000 items at 20 locations after 5,000,000 moves: ``python -m tests.bench.inventory_list [ITEMS] [MOVES] [ROUNDS]``.

The rows are made by SQL, in the same tables, as half a year of receipts and sales would leave them. Listing: pages of the stock list as
the page in the browser reads them. Valuation: what every item was worth at the end of a day, on the day that is worst (the middle), and
what all stock was worth; the baseline of both is the plain sum over the same rows on a connection of its own.
"""

import sys
from datetime import date, timedelta
from time import perf_counter

import asyncpg
import uvloop

from core.listing.page import read_page
from core.listing.query import pack_cursor, read_query
from core.plugins.registry import Registry
from core.tenancy.tenant import LiveTenant
from plugins.inventory.listings import STOCK
from plugins.inventory.queries import valued
from tests.bench.figures import Hold, p95, tell
from tests.bench.ground import ground

LOCATIONS, DAYS, FIRST = 20, 180, date(2026, 1, 1)
LIST, VALUE = Hold(150), Hold(2)  # milliseconds, seconds
QUERIES: dict[str, dict[str, list[str]]] = {
    "first page": {},
    "search: a word": {"q": ["chocolate"]},
    "search: a rare word": {"q": ["item 4711"]},
    "one location": {"location": ["shop-7"]},
    "below zero": {"segment": ["below"]},
    "little of it": {"on_hand.max": ["1"]},
    "one location, a word": {"location": ["shop-7"], "q": ["tea"]},
    "by SKU, the last first": {"sort": ["-sku"]},
    "one location, by SKU": {"location": ["shop-7"], "sort": ["sku"]},
    "a category with all below": {"within": ["Food 3"]},
    "a category at one location, by SKU": {"within": ["Food 3"], "location": ["shop-7"], "sort": ["sku"]},
    "a word that stands far back": {"q": ["te"]},
    "on hand at one location": {"segment": ["there"], "location": ["shop-7"]},
    "exactly so much": {"on_hand.min": ["59"], "on_hand.max": ["59"]},
}
WORDS = "ARRAY['Chocolate','Biscuit','Oil','Tea','Soap','Coffee','Bread','Jam']"
FILL = (
    "INSERT INTO catalogue_product (id, name, sort_name, search_text, unit, created_at, updated_at) SELECT uuidv7(), 'p', 'p', 'p', "
    "(SELECT id FROM catalogue_unit LIMIT 1), now(), now() FROM generate_series(1, 1)",
    "CREATE TEMP TABLE numbered AS SELECT n, uuidv7() AS id FROM generate_series(1, {items}) AS n",
    "INSERT INTO catalogue_variant (id, product, position, sku, choices) SELECT id, (SELECT id FROM catalogue_product LIMIT 1), n, "
    "'S-' || n, ARRAY['v' || n] FROM numbered",
    f"INSERT INTO inventory_item (item, sku, name, sort_name, search_text, category, unit, quantity, value, cost, layers, last_day) "
    f"SELECT id, 'S-' || n, ({WORDS})[n % 8 + 1] || ' item ' || n, lower(({WORDS})[n % 8 + 1]) || ' item ' || n, "
    f"' ' || lower(({WORDS})[n % 8 + 1]) || ' item ' || n || ' s-' || n, 'Food ' || n % 12 || ' > Group ' || n % 240, "
    "'pcs', 0, 0, 5, '[]', '2026-06-29' FROM numbered",
    "INSERT INTO inventory_warehouse (id, code, title) SELECT uuidv7(), 'shop-' || n, 'Shop ' || n FROM generate_series(1, {places}) AS n",
    "INSERT INTO inventory_location (id, warehouse, code, title, kind) SELECT uuidv7(), w.id, w.code, w.title, 'internal' "
    "FROM inventory_warehouse w WHERE w.code LIKE 'shop-%'",
    "CREATE TEMP TABLE placed AS SELECT id, code, row_number() OVER (ORDER BY code) - 1 AS n "
    "FROM inventory_location WHERE code LIKE 'shop-%'",
    "INSERT INTO inventory_balance (id, item, location, place, sort_name, sku, on_hand) "
    "SELECT uuidv7(), i.id, p.id, p.code, t.sort_name, t.sku, "
    "(i.n * 7 + p.n * 13) % 60 - (i.n % 500 = 0)::int * 80 FROM numbered i JOIN inventory_item t ON t.item = i.id CROSS JOIN placed p",
    "INSERT INTO inventory_document (id, source_kind, source_id, date, at, digest) SELECT uuidv7(), 'bench', n::text, "
    "'2026-01-01'::date + n % {days}, now(), '' FROM generate_series(0, {days} - 1) AS n",
    "CREATE TEMP TABLE documented AS SELECT id, source_id::int AS n FROM inventory_document",
    "CREATE TEMP TABLE moving AS SELECT g AS n, uuidv7() AS id, i.id AS item, p.id AS place, d.id AS document, "
    "'2026-01-01'::date + (g / ({moves} / {days} + 1))::int AS date FROM generate_series(0, {moves} - 1) AS g "
    "JOIN numbered i ON i.n = g % {items} + 1 JOIN placed p ON p.n = g % {places} JOIN documented d ON d.n = g % {days}",
    "INSERT INTO inventory_move (id, document, key, item, quantity, origin, destination, date, at, cost) SELECT m.id, m.document, "
    "m.n::text, m.item, 1 + m.n % 3, CASE WHEN m.n % 4 = 0 THEN s.id ELSE m.place END, CASE WHEN m.n % 4 = 0 THEN m.place ELSE c.id END, "
    "m.date, m.date, 5 FROM moving m, inventory_location s, inventory_location c WHERE s.code = ':supplier' AND c.code = ':customer'",
    "INSERT INTO inventory_valuation (id, item, seq, move, document, date, quantity, value) SELECT uuidv7(), m.item, m.n, m.id, "
    "m.document, m.date, CASE WHEN m.n % 4 = 0 THEN 3 ELSE -1 END, CASE WHEN m.n % 4 = 0 THEN 15.00 ELSE -5.00 END FROM moving m",
    "UPDATE inventory_item i SET quantity = v.quantity, value = v.value, seq = v.seq FROM (SELECT item, sum(quantity) AS quantity, "
    "sum(value) AS value, max(seq) AS seq FROM inventory_valuation GROUP BY item) AS v WHERE v.item = i.item",
    "INSERT INTO inventory_month (id, item, month, quantity, value) SELECT uuidv7(), v.item, v.month, v.quantity, v.value FROM ("
    "SELECT item, date_trunc('month', date)::date AS month, sum(quantity) AS quantity, sum(value) AS value FROM inventory_valuation "
    "GROUP BY 1, 2) AS v",
    "VACUUM ANALYZE",
)


async def fill(url: str, schema: str, items: int, moves: int) -> asyncpg.Connection:
    """Make the rows; foreign keys are not looked at while they are made. Returns the connection, for the baseline."""
    db = await asyncpg.connect(url, server_settings={"search_path": f"{schema}, public", "jit": "off"})
    await db.execute("SET session_replication_role = replica")
    for sql in FILL:
        await db.execute(sql.format(items=items, moves=moves, days=DAYS, places=LOCATIONS), timeout=3600)
    await db.execute("SET session_replication_role = origin")
    return db


async def list_pages(tenant: LiveTenant, rounds: int) -> None:
    """Measure pages of the stock list, and the next page of each."""
    for words, asked in QUERIES.items():
        times = []
        for _ in range(rounds):
            begun = perf_counter()
            async with tenant.transaction():
                page = await read_page(tenant, STOCK, read_query(STOCK, asked))
            times.append((perf_counter() - begun) * 1000)
        assert page.rows
        tell(f"stock list, {words}", p95(times), "ms", hold=LIST)


async def value_at(tenant: LiveTenant, db: asyncpg.Connection, rounds: int, moves: int) -> None:
    """Measure what stock was worth at the end of days."""
    plain = "SELECT v.item, sum(v.quantity), sum(v.value) FROM inventory_valuation v WHERE v.date <= $1 GROUP BY v.item"
    for words, day in (("yesterday", FIRST + timedelta(DAYS - 2)), ("in the middle", FIRST + timedelta(DAYS // 2 - 1))):
        ours, bare = [], []
        for _ in range(rounds):
            begun = perf_counter()
            async with tenant.transaction() as scope:
                rows = await valued.value_at(scope, day)
            ours.append(perf_counter() - begun)
            begun = perf_counter()
            await db.fetch(plain, day)
            bare.append(perf_counter() - begun)
        assert rows
        name = f"value of stock {words}, item by item, after {moves:,} moves, p95"
        tell(name, p95(ours), "s", baseline=p95(bare), baseline_is="the plain sum", hold=VALUE)


async def main(items: int, moves: int, rounds: int) -> None:
    """Measure on servers of its own."""
    async with ground(Registry.installed()) as made:
        tenant = await made.new_tenant("inventory")
        db = await fill(made.superuser_url, tenant.schema, items, moves)
        await list_pages(tenant, rounds)
        row = await db.fetchrow("SELECT sort_name, id FROM inventory_balance ORDER BY sort_name, id OFFSET $1 LIMIT 1", items * 18)
        assert row is not None
        QUERIES.clear()
        QUERIES["a deep page"] = {"after": [pack_cursor(row["sort_name"], row["id"])]}
        await list_pages(tenant, rounds)
        await value_at(tenant, db, 3, moves)
        await db.close()


if __name__ == "__main__":
    given = [int(each) for each in sys.argv[1:]]
    uvloop.run(main(*(given + [100_000, 5_000_000, 20][len(given) :])))
