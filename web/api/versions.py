"""Two programs, one record: tags of what was read, and which version a change was made from (RFC 9110, sections 8.8 and 13; RFC 6585)."""

import re
from hashlib import sha256
from typing import Any
from urllib.parse import parse_qsl

import msgspec

from web.api.exchange import Held, Stopped
from web.refusal import Refusal

_TAG = re.compile(r'(?:W/)?"([^"]*)"')
_NUMBER = re.compile(r"(\d{1,9})(?:-|$)")


def tags(header: str) -> list[str]:
    """Return the tags that a header lists, without their marks; ``*`` as itself."""
    return ["*"] if header.strip() == "*" else _TAG.findall(header)


def tag_answer(held: Held) -> None:
    """Tag an answer: by what it says, after the version of the record where it has one."""
    version = held.header(b"etag").strip('"')
    digest = sha256(held.body).hexdigest()[:16]
    held.put(b"etag", f'"{version}-{digest}"' if version else f'"{digest}"')


def unchanged(held: Held, if_none_match: str) -> bool:
    """Tell whether the program has this answer already."""
    wanted = tags(if_none_match)
    return "*" in wanted or held.header(b"etag").strip('"') in wanted


def stopped(status: int, title: str, sentence: str, **more: Any) -> Stopped:
    """Return the error that ends a request here."""
    return Stopped(Refusal(status, str(status), sentence, title, **more))


def number_of(if_match: str) -> int | None:
    """Return the version that If-Match names; of several the first. None for ``*``, or where no tag is one of a version."""
    for tag in tags(if_match):
        if found := _NUMBER.match(tag):
            return int(found[1])
    return None


def fill_in(body: bytes, if_match: str) -> bytes:
    """Return the body of a change with the version that it was made from.

    Stops a request that names none (428), two that differ (422), or a tag that no version has (412).
    """
    try:
        sent = msgspec.json.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError):
        return body  # the handler says what is wrong with it
    if not isinstance(sent, dict):
        return body
    named = number_of(if_match)
    if if_match.strip() not in ("", "*") and named is None:
        raise stopped(412, "Changed meanwhile", "If-Match names no version of this record: send the ETag of its last answer as it was.")
    if sent.get("version") is None:
        if named is None:
            sentence = "Say which version you have read: its ETag as If-Match, or its “version” in the body. So nobody is overwritten."
            raise stopped(428, "Which version?", sentence)
        return msgspec.json.encode({**sent, "version": named})
    if named is not None and sent["version"] != named:
        sentence = "If-Match and the body name different versions: send one of them."
        raise stopped(422, "Which version?", sentence, fields={"version": sentence})
    return body


def name_version(query: bytes, if_match: str) -> bytes:
    """Return the query of a change with the version that it was made from; stops as `fill_in` does."""
    given = dict(parse_qsl(query.decode("latin-1")))
    named = {"version": _whole(given["version"])} if "version" in given else {}
    merged = msgspec.json.decode(fill_in(msgspec.json.encode(named), if_match))
    return query if "version" in given else b"&".join(part for part in (query, b"version=%d" % merged["version"]) if part)


def _whole(text: str) -> int | str:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else text


def holds(if_match: str, current: str) -> bool:
    """Tell whether a tag of a record as it stands is one that If-Match names, whole or by its version."""
    tag = current.strip('"')
    wanted = tags(if_match)
    return "*" in wanted or tag in wanted or ("-" in tag and tag.partition("-")[0] in [each.partition("-")[0] for each in wanted])
