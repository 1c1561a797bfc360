"""Style sheets, scripts and fonts: ours, and those of the packages that npm fetched; addressed by their content, so cached for ever."""

import hashlib
import json
from functools import cache
from pathlib import Path

from litestar import Litestar
from litestar.config.compression import CompressionConfig
from litestar.datastructures import CacheControlHeader
from litestar.static_files import create_static_files_router

from core.settings import Settings

HERE = Path(__file__).parent
PACKAGES = HERE / "node_modules"


class Assets:
    """Serves ``/static/weft/…`` from our own folder and ``/static/vendor/PACKAGE/…`` from the packages that `package.json` names."""

    def __init__(self, settings: Settings) -> None:
        wanted = json.loads((HERE / "package.json").read_text())["dependencies"]
        folders = {"/static/weft": HERE / "static", **{f"/static/vendor/{name}": PACKAGES / name for name in wanted}}
        for folder in folders.values():
            if not folder.is_dir():
                raise FileNotFoundError(f"{folder.name} is missing: run `make run` or `npm ci` in web/ to fetch the front-end packages.")
        forever = CacheControlHeader(max_age=31_536_000, immutable=True, public=True)
        self._folders = folders
        self.app = Litestar(
            [create_static_files_router(path, [folder], cache_control=forever) for path, folder in folders.items()],
            compression_config=CompressionConfig(backend="gzip", minimum_size=1000),
            openapi_config=None,
            debug=False,
        )
        self.url = cache(self._url)

    def _url(self, path: str) -> str:
        """Return the address of a file, such as ``weft/weft.css`` or ``vendor/htmx.org/dist/htmx.min.js``; raises `FileNotFoundError`."""
        prefix = next(prefix for prefix in self._folders if f"/static/{path}".startswith(f"{prefix}/"))
        file = self._folders[prefix] / f"/static/{path}".removeprefix(f"{prefix}/")
        return f"/static/{path}?v={hashlib.sha256(file.read_bytes()).hexdigest()[:12]}"
