"""Finds a Chromium for the tests that look at pages, and installs Debian's where there is none and we may."""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from infra.setup import apt
from infra.setup.steps import SetupError, tell

# The shell is the same engine without windows: a page costs a third of what it costs the whole browser.
_SHELL = "chromium-headless-shell"
_NAMES = (_SHELL, "chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome", "brave-browser")
_PLACES = (
    "/usr/lib/chromium/chromium",
    "/opt/google/chrome/chrome",
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
)
# What Playwright has fetched for other projects of this user is as good as any.
_CACHES = (".cache/ms-playwright", "Library/Caches/ms-playwright")
_CACHED = ("chromium-*/chrome-linux*/chrome", "chromium-*/chrome-mac*/*.app/Contents/MacOS/*")
# Without fonts of its own, a bare machine draws every letter as a box.
_FONTS = ("fonts-liberation", "fonts-noto-core")


def find_browser() -> Path | None:
    """Return a Chromium that starts, or None; raises SetupError when WEFT_BROWSER names one that does not."""
    named = os.environ.get("WEFT_BROWSER")
    if named:
        if not _starts(named):
            raise SetupError(f"WEFT_BROWSER is {named}, which does not start. Set it to the path of Chromium or Chrome, or unset it.")
        return Path(named)
    return next((Path(candidate) for candidate in _candidates() if _starts(candidate)), None)


def ensure_browser() -> Path:
    """Return a Chromium that starts, installing one where we may; raises SetupError that says how to get one."""
    found = find_browser()
    if not os.environ.get("WEFT_BROWSER") and (found is None or found.name != _SHELL) and apt.may_install():
        _install(whole=found is None)
        found = find_browser()
    if found is None:
        raise SetupError(
            "The tests look at pages in a browser, and no Chromium or Chrome was found on this machine. Install one "
            "(Debian: `apt-get install chromium`), or set WEFT_BROWSER to the path of one, and start again."
        )
    return found


def _install(*, whole: bool) -> None:
    """Install the shell; where there is none to be had, the whole browser, if that is missing too."""
    try:
        apt.install("Installing Chromium for the tests", (_SHELL, *_FONTS))
    except SetupError:
        if whole:
            apt.install("Installing Chromium for the tests", ("chromium", *_FONTS))


def _candidates() -> Iterator[str]:
    yield from filter(None, map(shutil.which, _NAMES))
    yield from (place for place in _PLACES if Path(place).exists())
    for cache in _CACHES:
        for pattern in _CACHED:
            yield from (str(found) for found in sorted(Path.home().joinpath(cache).glob(pattern), reverse=True))


def _starts(command: str) -> bool:
    """Ask for the version, because some names are only notes that say how to install the browser."""
    try:
        answer = subprocess.run([command, "--version"], capture_output=True, text=True, timeout=60, check=True)
    except (OSError, subprocess.SubprocessError):
        return False
    return any(name in answer.stdout for name in ("Chrom", "Brave"))


def main() -> int:
    """Print the browser's path, installing one first where needed; return the exit code."""
    try:
        sys.stdout.write(f"{ensure_browser()}\n")
    except SetupError as error:
        tell(str(error))
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
