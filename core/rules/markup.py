"""Reads HTML, of a page or of a template, for what the policy forbids and for what is dead without a script."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from html.parser import HTMLParser

VERBS = ("hx-get", "hx-post", "hx-put", "hx-patch", "hx-delete")
VOID = frozenset(["area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "param", "source", "track", "wbr"])
DATA = frozenset({"application/json", "application/ld+json", "text/plain"})
_OWN_MOMENT = re.compile(
    r"\b(load|revealed|intersect|every|from:|sse)\b"
)  # no press of a person's: what is there stays there without a script


@dataclass(slots=True)
class Element:
    """An open element."""

    name: str
    attributes: Mapping[str, str]
    line: int
    filled: bool = False


@dataclass(slots=True)
class Markup(HTMLParser):
    """What was found: each with the line it is on."""

    offences: list[tuple[int, str]] = field(default_factory=list)
    dead: list[tuple[int, str]] = field(default_factory=list)
    links: list[tuple[str, str]] = field(default_factory=list)  # method and address
    names: set[str] = field(default_factory=set)  # of elements
    open: list[Element] = field(default_factory=list)

    def __post_init__(self) -> None:
        HTMLParser.__init__(self, convert_charrefs=True)

    @classmethod
    def read(cls, text: str) -> "Markup":
        """Read a document or a piece of one."""
        markup = cls()
        markup.feed(text)
        markup.close()
        return markup

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Look at an element."""
        attributes = {name.lower(): value or "" for name, value in attrs}
        line = self.getpos()[0]
        self.names.add(tag)
        self.offences += [(line, sentence) for sentence in _offences(tag, attributes)]
        self.links += _links(tag, attributes)
        element = Element(tag, attributes, line)
        for outer in self.open:
            outer.filled = True
        if any(verb in attributes for verb in VERBS) and (sentence := self._dead(element)):
            self.dead.append((line, sentence))
        if tag not in VOID:
            self.open.append(element)

    def handle_endtag(self, tag: str) -> None:
        """Close an element, and those in it that nobody closed."""
        for place in range(len(self.open) - 1, -1, -1):
            if self.open[place].name == tag:
                element = self.open[place]
                if not element.filled and "hx-get" in element.attributes and _waits(element) and tag not in ("a", "button", "form"):
                    sentence = f"<{tag}> is empty until a script fills it: put what it shows, or a link to it, inside."
                    self.dead.append((element.line, sentence))
                del self.open[place:]
                return

    def handle_data(self, data: str) -> None:
        """Note that an element holds something."""
        if data.strip():
            for element in self.open:
                element.filled = True

    def _dead(self, element: Element) -> str:
        """Return why an element does nothing without HTMX; empty when it does."""
        tag, attributes = element.name, element.attributes
        if tag == "a":
            return "" if attributes.get("href", "#") not in ("", "#") else "<a> asks by HTMX only: give it the href of a page."
        if tag == "form":
            alone = "action" in attributes or attributes.get("method", "").lower() == "post"
            return "" if alone else "<form> is sent by HTMX only: give it action and method."
        in_form = any(outer.name == "form" for outer in self.open) or "form" in attributes
        if tag in ("button", "input", "select", "textarea"):
            alone = (in_form and attributes.get("type", "submit") != "button") or "formaction" in attributes
            return "" if alone else f"<{tag}> asks by HTMX only: put it into a form that can be sent without."
        if _waits(element) or in_form:
            return ""
        return f"<{tag}> asks by HTMX when it is pressed, which no keyboard does: make it a link or a button in a form."


def _waits(element: Element) -> bool:
    return bool(_OWN_MOMENT.search(element.attributes.get("hx-trigger", "")))


def _offences(tag: str, attributes: Mapping[str, str]) -> Iterator[str]:
    if tag == "script" and "src" not in attributes and attributes.get("type", "").lower() not in DATA:
        yield "an inline <script>, which the policy (script-src 'self') does not run: put it into a file."
    if tag == "style":
        yield "a <style> element, which the policy (style-src 'self') does not apply: put it into a file, or use the classes there are."
    if tag in ("base", "object", "embed"):
        yield f"a <{tag}>, which the policy forbids."
    for name, value in attributes.items():
        if name.startswith("on") and len(name) > 2:
            yield f"the handler {name}=, which the policy (script-src 'self') does not run: use HTMX, a link or a form."
        if name.startswith("hx-on"):
            yield f"the handler {name}=, which needs eval and is switched off: use HX-Trigger, a link or a form."
        if name in ("href", "src", "action", "formaction") and value.strip().lower().startswith("javascript:"):
            yield f"a {name} of javascript:, which the policy does not run."
        if name in ("src", "srcset") and re.match(r"\s*(https?:)?//", value):
            yield f"<{tag}> loads {value.strip()[:60]}, and the policy loads nothing from elsewhere: bring the file along."
    if tag == "link" and re.match(r"\s*(https?:)?//", attributes.get("href", "")):
        yield f"<link> loads {attributes['href'].strip()[:60]}, and the policy loads nothing from elsewhere: bring the file along."


def _links(tag: str, attributes: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    if tag == "a" and attributes.get("href"):
        yield "GET", attributes["href"]
    if tag == "form" and attributes.get("action"):
        yield attributes.get("method", "get").upper(), attributes["action"]
    if tag in ("button", "input") and attributes.get("formaction"):
        yield attributes.get("formmethod", "post").upper(), attributes["formaction"]
    for verb in VERBS:
        if attributes.get(verb):
            yield verb.removeprefix("hx-").upper(), attributes[verb]


def without_jinja(text: str) -> str:
    """Return a template's text with values in place of expressions, and nothing in place of statements; lines stay where they are."""
    text = re.sub(r"\{#.*?#\}", _lines, text, flags=re.DOTALL)
    text = re.sub(r"\{%.*?%\}", _lines, text, flags=re.DOTALL)
    return re.sub(r"\{\{.*?\}\}", lambda found: "x" + _lines(found), text, flags=re.DOTALL)


def _lines(found: "re.Match[str]") -> str:
    return "\n" * found[0].count("\n")
