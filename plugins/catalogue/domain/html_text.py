"""Descriptions written in HTML, as plain text."""

from html.parser import HTMLParser

_BREAKS = frozenset({"p", "div", "br", "li", "tr", "h1", "h2", "h3", "h4", "h5", "h6", "ul", "ol", "table"})
_SILENT = frozenset({"script", "style", "head", "template"})


class _Reader(HTMLParser):
    """Collects the text between tags."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.parts: list[str] = []
        self.silent = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Begin a new line where a page would."""
        self.silent += tag in _SILENT
        if tag in _BREAKS:
            self.parts.append("\n")
        if tag == "li":
            self.parts.append("• ")

    def handle_endtag(self, tag: str) -> None:
        """End a line where a page would."""
        self.silent -= tag in _SILENT and self.silent > 0
        if tag in _BREAKS:
            self.parts.append("\n")

    def handle_data(self, data: str) -> None:
        """Keep text that a page shows."""
        if not self.silent:
            self.parts.append(data)


def html_text(html: str) -> str:
    """Return what a page would show of HTML, as lines of text; text without tags stays as it is.

    >>> html_text("<p>Soft &amp; warm</p><ul><li>wool</li></ul>")
    'Soft & warm\\n• wool'
    """
    if "<" not in html and "&" not in html:
        return html.strip()
    reader = _Reader()
    reader.feed(html)
    reader.close()
    lines = [" ".join(line.split()) for line in "".join(reader.parts).split("\n")]
    return "\n".join(line for line in lines if line)
