"""Style sheets, scripts and fonts: ours, those of plugins and of npm's packages; addressed by their content, so cached for ever."""

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path

from litestar import Litestar
from litestar.config.compression import CompressionConfig
from litestar.datastructures import CacheControlHeader
from litestar.static_files import create_static_files_router

from core.plugins.registry import Registry
from web.packages import require

HERE = Path(__file__).parent


class Assets:
    """Serves ``/static/BUILD/weft/…`` from our own folder, ``/static/BUILD/vendor/PACKAGE/…`` from the packages `package.json` names, and
    ``/static/BUILD/KEY/…`` from the folder of each plugin that has one; `plugins` is key → folder.

    BUILD stands for the content of all files: scripts and style sheets name each other by relative paths, so a version in a query would
    not reach what they load.
    """

    def __init__(self, plugins: Mapping[str, Path]) -> None:
        wanted = json.loads((HERE / "package.json").read_text())["dependencies"]
        packages = require(*wanted)
        folders = {"weft": HERE / "static", **plugins, **{f"vendor/{name}": packages / name for name in wanted}}
        forever = CacheControlHeader(max_age=31_536_000, immutable=True, public=True)
        self.root = f"/static/{_build(plugins)}"
        self.app = Litestar(
            [create_static_files_router(f"{self.root}/{path}", [folder], cache_control=forever) for path, folder in folders.items()],
            compression_config=CompressionConfig(backend="gzip", minimum_size=1000),
            openapi_config=None,
            logging_config=None,
            debug=False,
        )

    def url(self, path: str) -> str:
        """Return the address of a file, such as ``weft/weft.css`` or ``vendor/htmx.org/dist/htmx.min.js``."""
        return f"{self.root}/{path}"


def asset_folders(registry: Registry) -> dict[str, Path]:
    """Return the folder of files of each installed plugin that has one, by its key."""
    return {key: each.folder for key in registry.plugins for each in registry.declared("assets", key)}


def _build(plugins: Mapping[str, Path]) -> str:
    """Return a name for the content of everything served: our own files, those of plugins, and the lock that says which packages."""
    digest = hashlib.sha256((HERE / "package-lock.json").read_bytes())
    for key, folder in (("weft", HERE / "static"), *sorted(plugins.items())):
        digest.update(key.encode())
        for file in sorted(folder.rglob("*")):
            if file.is_file():
                digest.update(file.name.encode() + file.read_bytes())
    return digest.hexdigest()[:12]
