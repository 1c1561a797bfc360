"""The bytes of an audit entry that are sealed, so that a stranger can compute them again.

A leaf of a tenant's tree (RFC 6962) is the entry's content, not its place in our tables: no id, no position, no tenant. It is one JSON
object in UTF-8 with exactly these members::

    {"action":…,"actor":…,"actor_name":…,"after":…,"at":…,"before":…,"kind":…,"record":…,"request":…,"title":…,"via":…}

* ``action``, ``actor_name``, ``kind``, ``request``, ``title`` and ``via`` are strings, as they stand in `platform.audit_entry`;
* ``actor`` and ``record`` are a UUID in small letters with hyphens, or ``null``;
* ``at`` is the time in UTC with six decimals, such as ``"2026-03-31T12:30:00.000250Z"``;
* ``before`` and ``after`` are objects, whatever they hold.

Written like this: no white space between tokens. Members of every object sorted by their names, compared code point by code point. A string
escapes ``"`` and ``\\`` with a backslash, U+0008, U+0009, U+000A, U+000C and U+000D as ``\\b \\t \\n \\f \\r``, every other character below
U+0020 as ``\\u00xx`` with small letters, and nothing else. A number keeps the digits that PostgreSQL's jsonb gives it (``1.50`` stays
``1.50``). ``true``, ``false`` and ``null`` are those words.

The leaf's hash is SHA-256 of a zero byte and these bytes. `docs/verify_audit.py` computes the same with nothing but Python's library.
"""

import json
from datetime import UTC, datetime
from json.encoder import encode_basestring as quoted
from typing import Any, Protocol

from weft.merkle import leaf_hash

# What a statement has to select for `leaf_bytes`.
COLUMNS = "action, actor, actor_name, after::text, at, before::text, record_kind, record_id, request_id, record_title, via"


class _Digits(str):
    """A number as it was written."""

    __slots__ = ()


class Entry(Protocol):
    """A row that was selected with `COLUMNS`."""

    def __getitem__(self, key: str, /) -> Any: ...


def leaf_bytes(entry: Entry) -> bytes:
    """Return what is sealed of an entry."""
    actor, record = entry["actor"], entry["record_id"]
    return (
        f'{{"action":{quoted(entry["action"])},"actor":{_uuid(actor)},"actor_name":{quoted(entry["actor_name"])},'
        f'"after":{canonical_json(entry["after"])},"at":"{time_text(entry["at"])}","before":{canonical_json(entry["before"])},'
        f'"kind":{quoted(entry["record_kind"])},"record":{_uuid(record)},"request":{quoted(entry["request_id"])},'
        f'"title":{quoted(entry["record_title"])},"via":{quoted(entry["via"])}}}'
    ).encode()


def hash_of(entry: Entry) -> bytes:
    """Return the hash of the leaf that an entry is."""
    return leaf_hash(leaf_bytes(entry))


def time_text(at: datetime) -> str:
    """Return a time as a leaf tells it."""
    return f"{at.astimezone(UTC).replace(tzinfo=None).isoformat(timespec='microseconds')}Z"


def canonical_json(text: str) -> str:
    """Return JSON written in the one way that is sealed; numbers keep their digits."""
    return "{}" if text == "{}" else _written(json.loads(text, parse_float=_Digits, parse_int=_Digits))


def _uuid(value: object) -> str:
    return "null" if value is None else f'"{value}"'


def _written(value: Any) -> str:
    if isinstance(value, _Digits):
        return value
    if isinstance(value, str):
        return quoted(value)
    if isinstance(value, dict):
        return "{" + ",".join(f"{quoted(key)}:{_written(value[key])}" for key in sorted(value)) + "}"
    if isinstance(value, list):
        return "[" + ",".join(map(_written, value)) + "]"
    return {True: "true", False: "false", None: "null"}[value]
