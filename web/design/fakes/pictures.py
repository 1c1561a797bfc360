"""Small drawings that stand for photographs."""

from urllib.parse import quote

_DYES = ["#4f7f80", "#c08a3e", "#5b6ba0", "#b3604a", "#7d8f52", "#8a6191", "#6f7680"]
_SHAPES = [
    '<path d="M24 8h16v8l4 8v32a4 4 0 0 1-4 4H24a4 4 0 0 1-4-4V24l4-8z" fill="{0}"/><path d="M20 34h24v14H20z" fill="#fff" opacity=".85"/>',
    '<rect x="14" y="18" width="36" height="34" rx="4" fill="{0}"/><rect x="20" y="26" width="24" height="12" fill="#fff" opacity=".85"/>',
    '<ellipse cx="32" cy="34" rx="20" ry="17" fill="{0}"/><path d="M32 17c2-6 6-8 9-8-1 5-4 8-9 8z" fill="#6f8f4a"/>',
    '<path d="M18 14h28l-4 42H22z" fill="{0}"/><circle cx="32" cy="35" r="8" fill="#fff" opacity=".85"/>',
]


def thumbnail(seed: int) -> str:
    """A bottle, a box, a fruit or a cup, as a data address."""
    shape = _SHAPES[seed % len(_SHAPES)].format(_DYES[seed * 3 % len(_DYES)])
    svg = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 64 64"><rect width="64" height="64" fill="#f3f0ea"/>{shape}</svg>'
    return "data:image/svg+xml," + quote(svg)
