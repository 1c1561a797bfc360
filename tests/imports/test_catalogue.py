"""Real files into the real catalogue: what a shop that signs up brings with it."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from core.plugins.registry import Registry
from infra.testing import Installation, ServerUrls, installed
from plugins.catalogue.plugin import plugin as catalogue
from tests.imports.conftest import Desk

DEMO = Path(__file__).parents[2] / "plugins" / "catalogue" / "demo"


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def installation(weft_servers: ServerUrls, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Installation]:
    """Yield a Weft with the catalogue."""
    async with installed(weft_servers, Registry([catalogue]), tmp_path_factory.mktemp("catalogue")) as made:
        yield made


async def test_the_open_food_facts_are_2860_products_and_one_refused_barcode(desk: Desk) -> None:
    content = (DEMO / "open_food_facts.csv").read_bytes()
    found = await desk.upload(content, "off_catalogue_a.csv", "catalogue.products")
    assert (found.total, [column.looks for column in found.columns]) == (2861, ["gtin", ""])
    found = await desk.check(found)
    assert (found.expected.created, found.expected.refused) == (2860, 1)
    found = await desk.save(found)
    assert (found.counts.created, found.counts.refused) == (2860, 1)
    (problem,) = await desk.problems(found, "import")
    assert (problem.field, bool(problem.value), bool(problem.sentence)) == ("barcode", True, True)
    async with desk.tenant.transaction() as db:
        assert await db.fetchval("SELECT count(*) FROM catalogue_product") == 2860
    found = await desk.undo(found)
    assert (found.undone, found.kept) == (2860, 0)
    async with desk.tenant.transaction() as db:
        assert await db.fetchval("SELECT count(*) FROM catalogue_product") == 0


async def test_products_of_several_rows_come_out_of_shopifys_files(desk: Desk) -> None:
    found = await desk.import_((DEMO / "shopify_apparel.csv").read_bytes(), "products.csv", "catalogue.shopify")
    assert (found.state, found.counts.refused) == ("done", 0)
    async with desk.tenant.transaction() as db:
        products = await db.fetchval("SELECT count(*) FROM catalogue_product")
    assert 0 < products < found.counts.saved
    found = await desk.undo(found)
    assert (found.undone, found.kept) == (products, 0)
