"""How fast a till reacts in a browser: ``python -m tests.bench.till [PRODUCTS] [ROUNDS]``.

A real Chromium holds the products in IndexedDB and starts the till from there, without a server. Scan: from the first key of a scanner to
the next frame with the line on screen, a basket of up to 30 lines and two promotions included; the baseline puts a bare line into a list
in the same page. Search: from a letter typed to the frame with what it found.
"""

import asyncio
import sys
from pathlib import Path
from typing import Any

from playwright.async_api import Page, Route

from tests.bench.figures import Hold, p95, tell
from tests.browsing import chromium_started

ASSETS = Path(__file__).parents[2] / "plugins" / "retail_pos" / "assets"
STATIC = Path(__file__).parents[2] / "web" / "static"
ORIGIN = "http://till.localhost"
HOME = "/public/retail_pos/till"
SCAN, SEARCH = Hold(50), Hold(50)  # milliseconds
PAGE = """<!doctype html><html lang="en-GB"><title>Till</title>
<link rel="stylesheet" href="/weft.css"><link rel="stylesheet" href="/till/till.css"><script type="module" src="/till/app.js"></script>
<body><div id="till"></div><div id="toasts"></div><div id="paper"></div>"""
RUN = "async ([name, given]) => (await import('/till_page.js'))[name](given)"


async def answer(route: Route) -> None:
    """Serve the till's files, and be no server for anything else."""
    path = route.request.url.removeprefix(ORIGIN).partition("?")[0]
    if path in (HOME, "/blank"):
        await route.fulfill(content_type="text/html", body=PAGE if path == HOME else "<!doctype html>")
    elif path == "/weft.css":
        await route.fulfill(path=STATIC / "weft.css", content_type="text/css")
    elif path == "/till_page.js":
        await route.fulfill(path=Path(__file__).parent / "till_page.js", content_type="text/javascript")
    elif path.startswith("/till/"):
        kind = "text/css" if path.endswith(".css") else "text/javascript"
        await route.fulfill(path=ASSETS / path.lstrip("/"), content_type=kind)
    else:
        await route.abort()


async def measure(page: Page, products: int, rounds: int) -> None:
    """Fill the device, start the till, scan and search."""
    await page.route(f"{ORIGIN}/**", answer)
    await page.goto(f"{ORIGIN}/blank")
    codes: list[Any] = await page.evaluate(RUN, ["seed", products])
    await page.goto(f"{ORIGIN}{HOME}")
    await page.wait_for_selector("html[data-ready]", state="attached", timeout=120_000)
    started = await page.evaluate("performance.now()")
    wanted = [codes[n * 7 % len(codes)] for n in range(rounds)]
    bare = await page.evaluate(RUN, ["bare", rounds])
    scans = await page.evaluate(RUN, ["scans", wanted])
    label = f"till with {products:,} products"
    beside = "a bare line in the same page"
    tell(f"{label}: scan to line on screen, p95", p95(scans), "ms", baseline=p95(bare), baseline_is=beside, hold=SCAN)
    texts = ["chocolate tea", "soap", "400000123", "creme bread 5", "nothing like it"]
    searches = await page.evaluate(RUN, ["searches", texts])
    tell(f"{label}: letter to what it finds, p95", p95(searches), "ms", baseline=p95(bare), baseline_is=beside, hold=SEARCH)
    tell(f"{label}: start from what the device keeps", started / 1000, "s")


async def main(products: int, rounds: int) -> None:
    """Measure in a browser of its own."""
    async with chromium_started() as browser:
        await measure(await browser.new_page(viewport={"width": 1280, "height": 800}), products, rounds)


if __name__ == "__main__":
    given = [int(each) for each in sys.argv[1:]]
    asyncio.run(main(*(given + [100_000, 300][len(given) :])))
