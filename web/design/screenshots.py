"""`python -m web.design.screenshots FOLDER [SLUG …]`: pictures of the samples, light and dark, wide and narrow; never committed."""

import os
import shutil
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import uvicorn
from playwright.sync_api import Browser, sync_playwright

from web.design.app import make_app
from web.design.samples import SAMPLES

# The shell of Chromium is the same engine without windows, which costs a third.
_NAMES = ("chromium-headless-shell", "chromium", "google-chrome")
CHROMIUM = os.environ.get("WEFT_BROWSER") or next(filter(None, map(shutil.which, _NAMES)), "/usr/bin/chromium")
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
SIZES = {"wide": (1440, 900), "narrow": (390, 844)}


@contextmanager
def serving() -> Iterator[str]:
    """The address of a design server that lives as long as the block."""
    server = uvicorn.Server(uvicorn.Config(make_app(keep=600), host="127.0.0.1", port=0, log_level="error"))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.02)
    port = server.servers[0].sockets[0].getsockname()[1]
    yield f"http://127.0.0.1:{port}"
    server.should_exit = True
    thread.join(timeout=5)


def shoot(browser: Browser, address: str, folder: Path, slugs: list[str]) -> None:
    """Write one picture per sample, theme and size."""
    for theme in ("light", "dark"):
        for size, (width, height) in SIZES.items():
            page = browser.new_page(
                viewport={"width": width, "height": height},
                device_scale_factor=1,
                has_touch=size == "narrow",
                is_mobile=size == "narrow",
                locale="en-GB",
            )
            for slug in slugs:
                page.goto(f"{address}/{slug}?theme={theme}", wait_until="networkidle")
                if slug == "palette":
                    page.goto(f"{address}/products?theme={theme}", wait_until="networkidle")
                    page.keyboard.press("Control+k")
                page.wait_for_timeout(350)
                page.screenshot(path=folder / f"{slug}-{theme}-{size}.png", full_page=slug != "palette")
            page.close()


def main(folder: str, *slugs: str) -> None:
    """Take pictures of the samples named, or of all."""
    target = Path(folder)
    target.mkdir(parents=True, exist_ok=True)
    with serving() as address, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        shoot(browser, address, target, list(slugs) or ["design", "palette", *(sample.slug for sample in SAMPLES)])
        browser.close()


if __name__ == "__main__":
    main(*sys.argv[1:])
