"""Cursors of pages: opaque and signed, for one business and one address, whatever a handler uses for them inside."""

import base64
import binascii
import hmac
from contextvars import ContextVar
from dataclasses import dataclass
from hashlib import sha256
from typing import Any
from urllib.parse import parse_qsl, urlencode

import msgspec
from litestar.response import Response

from weft.errors import Invalid

_MAC = 12  # bytes


@dataclass(frozen=True, slots=True)
class Seal:
    """Signs and opens the cursors of one address of a business."""

    key: bytes
    place: str

    def sealed(self, cursor: str) -> str:
        """Return what a program is given."""
        raw = cursor.encode()
        return base64.urlsafe_b64encode(self._mac(raw) + raw).rstrip(b"=").decode()

    def opened(self, given: str) -> str:
        """Return what the handler gave; raises `Invalid`."""
        try:
            raw = base64.urlsafe_b64decode(given.encode("ascii") + b"=" * (-len(given) % 4))
            cursor = raw[_MAC:].decode()
        except (binascii.Error, UnicodeError, ValueError):
            raw, cursor = b"", ""
        if not cursor or not hmac.compare_digest(raw[:_MAC], self._mac(raw[_MAC:])):
            raise Invalid.field("after", "This cursor is not one that this address gave: take “next” of the page before, as it is.")
        return cursor

    def _mac(self, cursor: bytes) -> bytes:
        return hmac.new(self.key, self.place.encode() + b"\0" + cursor, sha256).digest()[:_MAC]


def open_query(seal: Seal, query: bytes) -> bytes:
    """Return a query string with its cursor opened; raises `Invalid`."""
    if b"after=" not in query:
        return query
    pairs = parse_qsl(query.decode("latin-1"), keep_blank_values=True)
    return urlencode([(name, seal.opened(value) if name == "after" and value else value) for name, value in pairs]).encode()


@dataclass(frozen=True, slots=True)
class Asked:
    """The page that is being asked for: its address, and its query as it came."""

    seal: Seal
    address: str
    query: bytes


ASKED: ContextVar[Asked | None] = ContextVar("weft_page", default=None)


def seal_page(response: Response[Any]) -> None:
    """Sign the cursor of an answer that is a page, and name the address of the next one (RFC 8288)."""
    asked, content = ASKED.get(), response.content
    following = content.get("next") if isinstance(content, dict) else getattr(content, "next", None)
    if asked is None or not isinstance(following, str) or not following:
        return
    sealed = asked.seal.sealed(following)
    if isinstance(content, dict):
        response.content = {**content, "next": sealed}
    elif isinstance(content, msgspec.Struct):
        response.content = msgspec.structs.replace(content, next=sealed)
    else:
        return
    pairs = [(name, value) for name, value in parse_qsl(asked.query.decode("latin-1"), keep_blank_values=True) if name != "after"]
    response.headers["Link"] = f'<{asked.address}?{urlencode([*pairs, ("after", sealed)])}>; rel="next"'
