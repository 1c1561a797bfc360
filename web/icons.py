"""Icons of Tabler, inlined as SVG: crisp at any size, in the colour of the text, and no request of their own."""

import re
from functools import lru_cache
from pathlib import Path

from markupsafe import Markup

from web.packages import packages

UNKNOWN = "puzzle"

_NAME = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
_SHAPE = re.compile(r"<(?:path|circle|rect|line|polyline|ellipse)\b[^>]*>")
_EMPTY = 'd="M0 0h24v24H0z"'


def has_icon(name: str) -> bool:
    """Whether Tabler draws an icon of this name."""
    return bool(_NAME.fullmatch(name)) and _file(name).is_file()


def _file(name: str) -> Path:
    return packages() / "@tabler" / "icons" / "icons" / "outline" / f"{name}.svg"


@lru_cache(maxsize=1024)
def icon_svg(name: str, size: str | None = None, label: str | None = None) -> Markup:
    """The icon as markup: hidden from screen readers, or an image with a label. A name nobody knows shows a puzzle piece."""
    drawn = name if has_icon(name) else UNKNOWN
    shapes = "".join(shape for shape in _SHAPE.findall(_file(drawn).read_text()) if _EMPTY not in shape)
    told = Markup('role="img" aria-label="{}"').format(label) if label else Markup('aria-hidden="true"')
    kind = f"wf-icon wf-icon-{size}" if size in ("small", "large") else "wf-icon"
    return Markup(
        '<svg class="{}" viewBox="0 0 24 24" fill="none" stroke="currentColor" stroke-width="2"'
        ' stroke-linecap="round" stroke-linejoin="round" {}>{}</svg>'
    ).format(kind, told, Markup(shapes))  # noqa: S704 - the shapes come from the package we pinned
