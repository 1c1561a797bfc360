"""Pages of a list: whichever way the rows are found, each comes once, in order, forwards and backwards."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qs

import pytest
import pytest_asyncio

from core.listing import page
from core.listing.page import read_all, read_page
from core.listing.query import Query, read_query
from core.listing.sql import COUNT_LIMIT
from core.tenancy.tenant import LiveTenant
from infra.testing import Installation
from weft.listing import Listing

MANY = 16_000
# What is common stands together, further from where the order by name begins than is looked through for a page.
FILL = """
INSERT INTO contacts_party (id, kind, name, tags, sort_name, match_key, search_text, city, country, created_at)
SELECT uuidv7(), CASE WHEN n % 2 = 0 THEN 'person' ELSE 'organisation' END, name, tags, name, name, ' ' || name, city, 'GB',
       now() - make_interval(secs => n)
FROM (SELECT n, CASE WHEN n < 5600 THEN 'a plain ' || n ELSE 'z common ' || n END AS name,
             CASE WHEN n % 7 = 0 THEN 'Leeds' ELSE 'York' END AS city,
             array_remove(ARRAY[CASE WHEN n % 100 = 0 THEN 'rare' END, CASE WHEN n % 3 > 0 THEN 'often' END], NULL) AS tags
      FROM generate_series(1, $1::int) AS n) AS made
"""
QUERIES: dict[str, Mapping[str, list[str]]] = {
    "everything": {},
    "everything, by date": {"sort": ["-created"]},
    "a segment": {"segment": ["people"]},
    "few by a tag": {"tags": ["rare"]},
    "few by a word, by city": {"q": ["plain 11"], "sort": ["city"]},
    "more than are counted, near": {"q": ["z"], "sort": ["-name"]},
    "more than are counted, far": {"q": ["common"]},
    "more than are counted, by date": {"q": ["common"], "sort": ["created"]},
    "none": {"q": ["nothing like it"]},
}


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def business(installation: Installation) -> LiveTenant:
    """Return a business with more parties than are counted."""
    tenant = await installation.new_tenant("contacts")
    async with tenant.transaction(unaudited="rows to read") as db:
        await db.execute(FILL, MANY)
    return tenant


@pytest.fixture(scope="module")
def listing(installation: Installation) -> Listing:
    """Return the list of parties."""
    return next(each for each in installation.runtime.registry.listings() if each.name == "contacts.parties")


async def walk(tenant: LiveTenant, listing: Listing, query: Query, *, backwards: bool = False) -> list[list[Mapping[str, Any]]]:
    """Return all pages, each reached by the link of the one before."""
    pages = []
    while True:
        found = await read_page(tenant, listing, query)
        pages.append(list(found.rows))
        link = found.previous if backwards else found.following
        if not link:
            return pages
        query = read_query(listing, parse_qs(link))


@pytest.mark.parametrize("name", [name for name in QUERIES if "more than" in name])
@pytest.mark.parametrize("reach", [(1, 2), (50, 5_000), (300, 16_000)])
async def test_how_far_is_looked_changes_no_page(
    business: LiveTenant, listing: Listing, name: str, reach: tuple[int, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    query = read_query(listing, {**QUERIES[name], "size": ["50"]})
    usual = await read_page(business, listing, query)
    monkeypatch.setattr(page, "NEAR", reach[0])
    monkeypatch.setattr(page, "FAR", reach[1])
    assert await read_page(business, listing, query) == usual
    assert len(usual.rows) == 50


@pytest.mark.parametrize("name", QUERIES)
async def test_every_row_comes_once_and_in_order(business: LiveTenant, listing: Listing, name: str) -> None:
    query = read_query(listing, {**QUERIES[name], "size": ["200"]})
    every = [dict(row.items()) for batch in [each async for each in read_all(business, listing, query)] for row in batch]
    pages = await walk(business, listing, query)
    assert [row["id"] for each in pages for row in each] == [row["id"] for row in every]
    assert [row for each in pages for row in each] == every
    assert all(len(each) == 200 for each in pages[:-1])
    assert (await read_page(business, listing, query)).total == min(len(every), COUNT_LIMIT + 1)


@pytest.mark.parametrize("name", ["everything", "few by a tag", "more than are counted, far", "more than are counted, by date"])
async def test_the_way_back_shows_the_same_pages(business: LiveTenant, listing: Listing, name: str) -> None:
    query = read_query(listing, {**QUERIES[name], "size": ["50"]})
    first = await read_page(business, listing, query)
    forwards = [first]
    for _ in range(2):
        if forwards[-1].following:
            link = forwards[-1].following
            forwards.append(await read_page(business, listing, read_query(listing, parse_qs(link))))
    back = read_query(listing, parse_qs(forwards[-1].previous))
    assert list(reversed(await walk(business, listing, back, backwards=True))) == [list(each.rows) for each in forwards[:-1]]
