"""Where a redirect may lead."""

from typing import Annotated, TypeAlias
from urllib.parse import quote, urlsplit

from litestar.params import QueryParameter

Next: TypeAlias = Annotated[str, QueryParameter(name="next", max_length=2000)]  # where to go on afterwards


def local_path(wanted: str) -> str:
    """Return a path of this host, as it may stand in a header; anything that would lead elsewhere becomes the front page."""
    if not wanted.startswith("/") or wanted[1:2] in ("/", "\\") or any(each < " " or each == "\x7f" for each in wanted):
        return "/"
    try:
        parts = urlsplit(wanted)
    except ValueError:
        return "/"
    if parts.scheme or parts.netloc:
        return "/"
    return quote(wanted, safe="/?#[]@!$&'()*+,;=:%~-._")


def path_of(url: str) -> str:
    """Return the path of an address that came from a browser, such as the page a form was sent from."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return "/"
    return local_path(f"{parts.path or '/'}{f'?{parts.query}' if parts.query else ''}")
