"""How long requests wait while a business moves between two servers, and how long all of it takes.

``python -m tests.bench.moving [MOVES]``. Both servers write to the disk with every safety on. The business has 100,000 rows, and three
people write to it through the door all the time; what a request took is measured there.
"""

import asyncio
import logging
import sys
import tempfile
from pathlib import Path
from time import perf_counter

import structlog
import uvloop

from core.cells.servers import HOME
from core.plugins.registry import Registry
from infra.laboratory.visitors import Browser
from infra.servers.redis import EmbeddedRedis
from tenants.cells.moving import move
from tests.bench.figures import Hold, tell
from tests.cells.ground import EAST, TwoCells, two_cells, two_servers
from tests.cells.plugins import PLUGINS

ROWS = 100_000
MOVES = 6


async def write(browser: Browser, name: str, stop: asyncio.Event, took: list[float]) -> None:
    """Write one note after another."""
    number = 0
    while not stop.is_set():
        number += 1
        begun = perf_counter()
        await browser.submit("/notes/write", {"title": f"{name} {number}"})
        took.append(perf_counter() - begun)


async def measure(cells: TwoCells, moves: int) -> None:
    """Move a business to and fro while it is written to."""
    tenant = await cells.business(HOME, "notes", "tally")
    superuser = await cells.superuser(HOME, tenant.schema)
    await superuser.execute(f"INSERT INTO tally_mark (amount) SELECT n FROM generate_series(1, {ROWS}) AS n")
    await superuser.close()
    stop, took, held, whole = asyncio.Event(), [0.0], [], []
    people = [await cells.sign_in(HOME, tenant) for _ in range(3)]
    work = [asyncio.create_task(write(each, f"{number}", stop, took)) for number, each in enumerate(people)]
    for number in range(moves):
        begun = perf_counter()
        moved = await move(cells.settings, cells.modules, tenant.slug, HOME if number % 2 else EAST)
        whole.append(perf_counter() - begun)
        held.append((moved.held_ms or 0) / 1000)
        assert not moved.differing
    stop.set()
    await asyncio.gather(*work)
    tell(f"requests held while a business moves, longest of {moves}", max(held), "s", hold=Hold(1.0))
    tell(f"longest of {len(took):,} requests meanwhile", max(took), "s")
    tell(f"a business of {ROWS:,} rows moved and compared, longest", max(whole), "s")


async def main(moves: int) -> None:
    """Prepare two cells and measure."""
    logging.basicConfig(level=logging.WARNING)
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING))
    with two_servers({"fsync": "on"}) as addresses, tempfile.TemporaryDirectory(prefix="weft-bench-") as folder:
        redis = EmbeddedRedis(Path(folder) / "redis", say=lambda _: None)
        try:
            async with two_cells(addresses, redis.start(), Registry(PLUGINS), Path(folder)) as cells:
                await measure(cells, moves)
        finally:
            redis.stop()


if __name__ == "__main__":
    uvloop.run(main(int(sys.argv[1]) if len(sys.argv) > 1 else MOVES))
