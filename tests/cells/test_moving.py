"""A business moves to another server while people and jobs go on writing: all that was acknowledged is there, once."""

from core.cells.servers import HOME
from tenants.cells.moving import move
from tests.cells.ground import EAST, TwoCells


async def test_plain(cells: TwoCells) -> None:
    tenant = await cells.business(HOME, "notes", "tally")
    browser = await cells.sign_in(HOME, tenant)
    await browser.submit("/notes/write", {"title": "a"})
    import time
    t = time.perf_counter()
    def told(x):
        print(round(time.perf_counter()-t,3), x, flush=True)
    moved = await move(cells.settings, cells.modules, tenant.slug, EAST, told)
    print(moved)
    assert (await browser.get("/notes/titles")).json() == ["a"]
    assert (await browser.submit("/notes/write", {"title": "b"})).status_code == 201
