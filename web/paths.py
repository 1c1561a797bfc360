"""Where a redirect may lead."""

from typing import Annotated, TypeAlias
from urllib.parse import urlsplit

from litestar.params import QueryParameter

Next: TypeAlias = Annotated[str, QueryParameter(name="next", max_length=2000)]  # where to go on afterwards


def local_path(wanted: str) -> str:
    """Return a path of this host; anything that would lead elsewhere becomes the front page."""
    parts = urlsplit(wanted)
    if parts.scheme or parts.netloc or not wanted.startswith("/") or wanted.startswith(("//", "/\\")) or any(each < " " for each in wanted):
        return "/"
    return wanted
