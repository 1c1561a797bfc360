"""Records as canonical JSON (RFC 8785), and the hash over them."""

import hashlib
from collections.abc import Mapping
from typing import Any

import msgspec

from weft.errors import Invalid

from .records import Record


def canonical(value: Any) -> bytes:
    """Return a value of JSON as RFC 8785 writes it; raises `Invalid` for a number that is not whole (a till sends none)."""
    _only_whole(value)
    return msgspec.json.encode(value, order="sorted")


def _only_whole(value: Any) -> None:
    if isinstance(value, float):
        raise Invalid(f"{value} is a number with decimals: amounts are sent as text.")
    for each in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        if isinstance(each, (dict, list, float)):
            _only_whole(each)


def digest(raw: Mapping[str, Any]) -> str:
    """Return the hash of a record: SHA-256 in hex over all of it but `hash`."""
    return hashlib.sha256(canonical({key: value for key, value in raw.items() if key != "hash"})).hexdigest()


def read(raw: Mapping[str, Any]) -> Record:
    """Return the record in a value of JSON; raises `Invalid` with what is wrong and where."""
    try:
        record = msgspec.convert(raw, Record)
    except msgspec.ValidationError as wrong:
        raise Invalid(f"The record cannot be read: {wrong}.") from wrong
    if getattr(record, record.type.value) is None:
        raise Invalid(f"The record says it is of type “{record.type.value}”, and holds none.")
    if record.made_at.tzinfo is None:
        raise Invalid("The record's time has no time zone.")
    return record


def kept(raw: Mapping[str, Any]) -> Record:
    """Return a record of the inbox, where one that has no place of its own in the chain has a number below zero."""
    return msgspec.structs.replace(read({**raw, "seq": abs(raw["seq"])}), seq=raw["seq"])
