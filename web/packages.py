"""Where the front-end packages lie, which npm has fetched: beside the code in a checkout, in the person's cache where Weft is installed."""

import hashlib
import os
from functools import cache
from pathlib import Path

HERE = Path(__file__).parent
LOCK = HERE / "package-lock.json"


class NoPackages(FileNotFoundError):
    """The front-end packages are not there; the text says how to get them."""


@cache
def packages() -> Path:
    """Return the folder of packages: WEFT_ASSETS, else ``node_modules`` of the checkout, else of the cache that `weft setup` fills.

    The folder need not exist yet. That of the cache is named by the lock, so that two versions of Weft do not share one.
    """
    if given := os.environ.get("WEFT_ASSETS"):
        return Path(given).absolute()
    beside = HERE / "node_modules"
    if beside.is_dir() or (HERE.parent / "pyproject.toml").is_file():
        return beside
    home = Path(os.environ.get("XDG_CACHE_HOME") or "~/.cache").expanduser()
    return home / "weft" / hashlib.sha256(LOCK.read_bytes()).hexdigest()[:12] / "node_modules"


def require(*names: str) -> Path:
    """Return the folder of packages; raises `NoPackages` unless it holds those that are named."""
    folder = packages()
    if missing := [name for name in names if not (folder / name).is_dir()]:
        raise NoPackages(
            f"The front-end packages are not here ({missing[0]} is missing in {folder}): run `weft setup`, which fetches them."
        )
    return folder
