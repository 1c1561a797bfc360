"""XML from strangers, read without entities, DTD or network, one large element at a time."""

import io
from collections.abc import Iterator
from typing import Any

from lxml import etree

from .statement import Unreadable

# Nothing is resolved, fetched or expanded; libxml2's own limits on depth (256) and on one text (10 MB) stay on.
_SAFE: dict[str, Any] = {"resolve_entities": False, "no_network": True, "load_dtd": False, "dtd_validation": False, "huge_tree": False}


_NO_ATTRIBUTES: dict[str, str] = {}


class Node:
    """An element without its namespace: its text, its children by name, its line; a child that is missing is an empty node."""

    __slots__ = ("attributes", "children", "line", "text")

    def __init__(self, text: str = "", line: int = 0) -> None:
        self.text = text
        self.line = line
        self.children: dict[str, list[Node]] = _NONE
        self.attributes: dict[str, str] = _NO_ATTRIBUTES

    def __bool__(self) -> bool:
        return bool(self.text or self.children)

    def __getitem__(self, name: str) -> "Node":
        """Return the first child of a name, or an empty node."""
        found = self.children.get(name)
        return found[0] if found else EMPTY

    def all(self, name: str) -> "list[Node]":
        """Return the children of a name."""
        return self.children.get(name, [])

    def at(self, path: str) -> str:
        """Return the text at a path of first children, such as ``Refs/EndToEndId``, or nothing."""
        node = self
        for name in path.split("/"):
            found = node.children.get(name)
            if not found:
                return ""
            node = found[0]
        return node.text


_NONE: dict[str, list[Node]] = {}  # shared by all leaves, never written to
EMPTY = Node()


def as_node(element: Any, cut: int) -> Node:
    """Return an element of lxml as a node; `cut` is the length of its namespace with both braces. Leaves carry no line of their own."""
    node = Node()
    text = element.text
    if text:
        node.text = text.strip()
    if element.attrib:
        node.attributes = dict(element.attrib)
    if len(element):
        node.line = element.sourceline or 0
        children: dict[str, list[Node]] = {}
        node.children = children
        for child in element:
            tag = child.tag
            if type(tag) is not str:  # a comment or a processing instruction: what follows it belongs to the element's text
                node.text += (child.tail or "").strip()
                continue
            name = tag[cut:]
            kept = children.get(name)
            if kept is None:
                children[name] = [as_node(child, cut)]
            else:
                kept.append(as_node(child, cut))
    return node


def root_of(content: bytes) -> tuple[str, str]:
    """Return namespace and name of the document's root; raises `Unreadable` for what is not XML or brings a DTD."""
    for _, element in _events(content, events=("start",)):
        if element.getroottree().docinfo.internalDTD is not None:
            raise Unreadable(
                "The file brings a document type definition or entities of its own, which no bank's file needs: refused.", line=1
            )
        name = etree.QName(element)
        return name.namespace or "", str(name.localname)
    raise Unreadable("The file is empty.")


def elements(content: bytes, namespace: str, names: tuple[str, ...]) -> Iterator[tuple[str, Any]]:
    """Yield ("start" | "end", element) of the elements of these names; the caller clears what it has read."""
    tags = [f"{{{namespace}}}{name}" if namespace else name for name in names]
    yield from _events(content, events=("start", "end"), tag=tags)


def _events(content: bytes, **options: Any) -> Iterator[tuple[str, Any]]:
    """Yield what the parser meets; raises `Unreadable` with the line where the file breaks."""
    parser = etree.iterparse(io.BytesIO(content), **options, **_SAFE)
    try:
        yield from parser
    except etree.XMLSyntaxError as error:
        # The log tells more than the exception, which may name only what followed from the first error.
        first = next(iter(parser.error_log), None)
        said = " ".join(((first.message if first else error.msg) or "").split())
        raise Unreadable(_sentence(said), line=(first.line if first else error.lineno) or 0) from None


def _sentence(said: str) -> str:
    """Return what an error of the parser means to a person."""
    lower = said.lower()
    if "entity" in lower:
        return f"The file uses an entity, which no bank's file needs: refused ({said})."
    if "encod" in lower or "utf-8" in lower or "bytes" in lower:
        return f"The text is not in the encoding that the file says ({said}). Export it again as UTF-8."
    return f"This is not well-formed XML, or it was cut off ({said}). Fetch the file again."
