"""Several cells behind one door: each business is answered by the server it lives on."""

from tests.cells.ground import EAST, TwoCells
from core.cells.servers import HOME


async def test_each_business_is_answered_by_the_cell_where_it_lives(cells: TwoCells) -> None:
    here, there = await cells.business(HOME, "notes"), await cells.business(EAST, "notes")
    for cell, tenant in ((HOME, here), (EAST, there)):
        browser = await cells.sign_in(cell, tenant)
        written = await browser.submit("/notes/write", {"title": f"of {cell}"})
        assert written.status_code == 201, written.text
        assert (await browser.get("/notes/titles")).json() == [f"of {cell}"]
        other = cells.installations[EAST if cell == HOME else HOME]
        assert await other.runtime.catalogue.by_slug(tenant.slug) is None
    assert (await cells.browser().get("/", headers={"host": "nobody.weft.test"})).status_code == 404
