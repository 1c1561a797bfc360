"""The list of 1,000,000 parties through the service, beside a raw keyset query: ``python -m tests.bench.parties [PARTIES] [ROUNDS]``.

Fills one tenant by SQL, then reads first, deep and filtered pages as the page in the browser does (rows, and the count of all pages). Each
figure is the p95 of one kind of page; its baseline is that of asyncpg reading a page at a random place by keyset over its own connection,
in turns with it. ``WEFT_BENCH_EXPLAIN=1`` prints how PostgreSQL reads each kind of page, on standard error.
"""

import os
import random
import sys
from collections.abc import Awaitable
from dataclasses import dataclass
from time import perf_counter

import asyncpg
import uvloop

from core.listing.page import read_page
from core.listing.query import Query, pack_cursor, read_query
from core.listing.sql import page_sql
from core.plugins.registry import Registry
from core.tenancy.tenant import LiveTenant
from infra.laboratory.installation import Installation
from tests.bench.figures import Hold, p95, tell
from tests.bench.ground import ground
from weft.listing import Listing

HOLD = Hold(150)  # milliseconds, p95 of any page
RAW = """
SELECT id, sort_name, name, kind, tags, city, country, email, phone, created_at FROM contacts_party
WHERE (sort_name, id) > ($1, $2) AND merged_into IS NULL AND archived_at IS NULL ORDER BY sort_name, id LIMIT 51
"""
_WORDS = (
    "Adler Bauer Castillo Dubois Eriksson Fischer Garcia Hansen Ivanov Jensen Kowalski Lambert Moreau Novak Olsen Petrov Quinn Rossi "
    "Schmidt Tanaka Ulrich Vermeer Weber Xavier Young Zimmermann Anders Bergman Conti Diaz Evans Ferrari Gruber Huber Iversen Janssen"
)
_TRADES = "Metallbau Logistik Foods Trading Pharma Optics Software Textiles Ceramics Timber Bakery Energy Marine Media Print Tools"
_FORMS = "GmbH Ltd SA BV AB SpA Inc Oy"
_GIVEN = "Ada Ben Clara David Elena Felix Greta Hugo Ines Jonas Karla Leo Mia Nils Olga Paul Rosa Sven Tara Uwe Vera Wim Yara Zoe"
_CITIES = (
    "London Paris Berlin Madrid Rome Vienna Hamburg Warsaw Budapest Munich Milan Prague Sofia Brussels Cologne Naples Turin Leeds Porto "
    "Lyon Graz Bergen Aarhus Ghent Utrecht Malmo Tampere Basel Trieste Cork"
)
_COUNTRIES = "GB FR DE ES IT AT DE PL HU DE IT CZ BG BE DE IT IT GB PT FR AT NO DK BE NL SE FI CH IT IE"
FILL = """
INSERT INTO contacts_party (id, kind, name, tags, sort_name, match_key, search_text, email, phone, city, country, archived_at, created_at)
SELECT md5('party' || n)::uuid, kind, name, tags, lower(name), lower(name), ' ' || lower(name) || ' ' || email || ' ' || phone,
       email, phone, cities[place], countries[place], CASE WHEN n % 500 = 0 THEN now() END, now() - make_interval(secs => n * 60)
FROM (
    SELECT n, place, CASE WHEN n % 5 < 2 THEN 'person' ELSE 'organisation' END AS kind,
           CASE WHEN n % 5 < 2 THEN given[1 + mix % 24] || ' ' || words[1 + mix / 24 % 36] || ' ' || n
                ELSE words[1 + mix / 7 % 36] || ' ' || trades[1 + mix / 252 % 16] || ' ' || forms[1 + mix / 4032 % 8] || ' ' || n
                END AS name,
           'c' || n || '@' || lower(words[1 + mix % 36]) || '.example' AS email, '+49' || (1500000000 + n) AS phone,
           array_remove(ARRAY[CASE WHEN n % 3 = 0 THEN 'customer' END, CASE WHEN n % 20 = 0 THEN 'supplier' END,
                              CASE WHEN n % 10000 = 7 THEN 'rare' END], NULL) AS tags,
           cities, countries, words
    FROM (SELECT n, abs(hashint4(n)) AS mix, 1 + (30 * power(abs(hashint4(n + 7)) / 2147483648.0, 2))::int % 30 AS place,
                 string_to_array($1, ' ') AS words, string_to_array($2, ' ') AS trades, string_to_array($3, ' ') AS forms,
                 string_to_array($4, ' ') AS given, string_to_array($5, ' ') AS cities, string_to_array($6, ' ') AS countries
          FROM generate_series($7::int, $8::int) AS n) AS numbered
) AS made
"""
POINTS = """
INSERT INTO contacts_point (id, party, kind, value, label, position)
SELECT gen_random_uuid(), id, 'email', email, '', 0 FROM contacts_party
UNION ALL SELECT gen_random_uuid(), id, 'phone', phone, '', 0 FROM contacts_party
"""
PAGES: dict[str, dict[str, list[str]]] = {  # query strings, as the page in the browser sends them
    "first page": {},
    "first page by date": {"sort": ["-created"]},
    "first page by city": {"sort": ["city"]},
    "people": {"segment": ["people"]},
    "archived": {"segment": ["archived"]},
    "a common tag": {"tags": ["customer"]},
    "a rare tag": {"tags": ["rare"]},
    "a country": {"country": ["NO"]},
    "a country and a tag, by date": {"country": ["DE"], "tags": ["supplier"], "sort": ["-created"]},
    "added in a week": {"created.from": ["2025-03-03"], "created.to": ["2025-03-09"]},
    "a city in part": {"city": ["amb"]},
}
SEARCHES = {
    "search: a common name": ["schmidt", "garcia", "logistik"],
    "search: two words": ["ada schmidt", "weber optics", "rossi gmbh"],
    "search: a number": ["777123", "1500123456", "c98765@"],
    "search: two letters": ["sc", "zo", "99"],
    "search: nothing like it": ["qqqzzz", "xylophonq"],
}


async def fill(db: "asyncpg.Connection[asyncpg.Record]", schema: str, count: int) -> None:
    """Write parties as the owner of the tables would; indexes are made again afterwards, which is quicker."""
    await db.execute(f"SET search_path = {schema}; SET maintenance_work_mem = '512MB'; SET synchronous_commit = off")
    indexes = await db.fetch(
        "SELECT indexname AS name, indexdef AS definition FROM pg_indexes WHERE schemaname = $1 AND tablename LIKE 'contacts%'"
        " AND NOT EXISTS (SELECT 1 FROM pg_constraint WHERE conname = indexname)",
        schema,
    )
    for index in indexes:
        await db.execute(f"DROP INDEX {index['name']}")
    words = (_WORDS, _TRADES, _FORMS, _GIVEN, _CITIES, _COUNTRIES)
    for start in range(1, count + 1, 100_000):
        await db.execute(FILL, *words, start, min(start + 99_999, count))
    await db.execute(POINTS)
    await db.execute("INSERT INTO contacts_tag VALUES ('customer'), ('supplier'), ('rare')")
    for index in indexes:
        await db.execute(index["definition"])
    await db.execute("VACUUM (ANALYZE) contacts_party")
    await db.execute("VACUUM (ANALYZE) contacts_point")


async def timed(work: Awaitable[object]) -> float:
    """Return how long something takes, in milliseconds."""
    begun = perf_counter()
    await work
    return (perf_counter() - begun) * 1000


@dataclass(slots=True)
class Kind:
    """One kind of page: what is asked for, a value of `searches` or a place of `places` at random."""

    given: dict[str, list[str]]
    searches: tuple[str, ...] = ()
    deep: bool = False

    def ask(self, listing: Listing, places: list[asyncpg.Record], dice: random.Random) -> Query:
        """Return a query."""
        asked = dict(self.given)
        if self.searches:
            asked["q"] = [dice.choice(self.searches)]
        if self.deep:
            place = dice.choice(places)
            asked["after"] = [pack_cursor(place["sort_name"], place["id"])]
        return read_query(listing, asked)


def kinds() -> dict[str, Kind]:
    """Return every kind of page."""
    found = {name: Kind(given) for name, given in PAGES.items()}
    found |= {name: Kind({}, searches=tuple(words)) for name, words in SEARCHES.items()}
    found["deep page"] = Kind({}, deep=True)
    found["deep page of people with a tag"] = Kind({"segment": ["people"], "tags": ["customer"]}, deep=True)
    found["deep page of a search"] = Kind({"q": ["weber"]}, deep=True)
    return found


async def measure(made: Installation, tenant: LiveTenant, size: int, rounds: int) -> None:
    """Read every kind of page and the raw one in turns; print."""
    listing = next(each for each in made.runtime.registry.listings() if each.name == "contacts.parties")
    raw = await asyncpg.connect(made.superuser_url, server_settings={"search_path": tenant.schema, "jit": "off"})
    share = min(100.0, 100.0 * 5 * rounds / size)  # percent
    places = await raw.fetch("SELECT sort_name, id FROM contacts_party TABLESAMPLE BERNOULLI ($1)", share)
    dice = random.Random(7)
    for name, kind in kinds().items():
        if os.environ.get("WEFT_BENCH_EXPLAIN"):
            await explain(tenant, listing, kind.ask(listing, places, dice))
        ours, base = [], []
        for _ in range(rounds):
            query, place = kind.ask(listing, places, dice), dice.choice(places)
            base.append(await timed(raw.fetch(RAW, place["sort_name"], place["id"])))
            ours.append(await timed(read_page(tenant, listing, query)))
        tell(f"{name}, p95", p95(ours), "ms", baseline=p95(base), baseline_is="a page by raw keyset", hold=HOLD)
    await raw.close()


async def explain(tenant: LiveTenant, listing: Listing, query: Query) -> None:
    """Print how PostgreSQL reads a page; the gate lets no EXPLAIN through, so this asks past it."""
    sql, args = page_sql(tenant, listing, query, [column for column in listing.columns if not column.hidden], query.size + 1)
    async with tenant.transaction():
        rows = await tenant.scope("A benchmark").connection.fetch(f"EXPLAIN (ANALYZE, BUFFERS, COSTS OFF) {sql}", *args)
    sys.stderr.write("\n".join(["", sql, *(row[0] for row in rows), ""]) + "\n")


async def main(size: int, rounds: int) -> None:
    """Fill a tenant and measure."""
    async with ground(Registry.installed()) as made:
        tenant = await made.new_tenant("contacts")
        admin = await asyncpg.connect(made.superuser_url)
        await fill(admin, tenant.schema, size)
        await admin.close()
        await measure(made, tenant, size, rounds)


if __name__ == "__main__":
    uvloop.run(main(int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000, int(sys.argv[2]) if len(sys.argv) > 2 else 60))
