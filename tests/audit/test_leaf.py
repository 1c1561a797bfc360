"""What is sealed of an entry is the same for everybody who computes it, from the text of the docstring alone."""

import hashlib
import importlib.util
import json
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from types import ModuleType
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.audit.leaf import canonical_json, hash_of, leaf_bytes, time_text
from tests.audit.paper import Connection

ENTRY = {
    "action": "renamed",
    "actor": UUID("0198c0de-0000-7000-8000-000000000001"),
    "actor_name": 'Ann "the pen" Ü.\n\x01',
    "after": '{"b": 1.50, "a": [true, null, -0.0000001, "x"], "é": {"z": 1, "y": {}}}',
    "at": datetime(2026, 3, 31, 12, 30, 0, 250, tzinfo=UTC),
    "before": "{}",
    "record_kind": "notes.note",
    "record_id": None,
    "request_id": "",
    "record_title": "Über \\ / \x7f",
    "via": "session",
}
LEAF = (
    '{"action":"renamed","actor":"0198c0de-0000-7000-8000-000000000001","actor_name":"Ann \\"the pen\\" Ü.\\n\\u0001",'
    '"after":{"a":[true,null,-0.0000001,"x"],"b":1.50,"é":{"y":{},"z":1}},"at":"2026-03-31T12:30:00.000250Z","before":{},'
    '"kind":"notes.note","record":null,"request":"","title":"Über \\\\ / \x7f","via":"session"}'
)


def test_an_entry_is_written_as_the_docstring_says() -> None:
    assert leaf_bytes(ENTRY).decode() == LEAF
    assert hash_of(ENTRY) == hashlib.sha256(b"\0" + LEAF.encode()).digest()


def test_a_time_is_told_in_utc_whatever_zone_it_came_in() -> None:
    noon = datetime(2026, 3, 31, 12, tzinfo=timezone(timedelta(hours=5, minutes=30)))
    assert time_text(noon) == "2026-03-31T06:30:00.000000Z"


@pytest.mark.parametrize("digits", ["1.50", "0", "-0.1", "123456789012345678901234567890.000", "1" * 5000])
def test_a_number_keeps_its_digits(digits: str) -> None:
    assert canonical_json(f'{{"a": {digits}}}') == f'{{"a":{digits}}}'


values: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers() | st.decimals(allow_nan=False, allow_infinity=False, places=4).map(str) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=5), inner, max_size=4),
    max_leaves=12,
)
documents = st.dictionaries(st.text(max_size=6), values, max_size=5)


@given(documents)
def test_the_order_of_members_and_white_space_do_not_matter(document: dict[str, Any]) -> None:
    plain, spaced = json.dumps(document), json.dumps(dict(reversed(list(document.items()))), indent=3, ensure_ascii=False)
    assert canonical_json(plain) == canonical_json(spaced)
    assert json.loads(canonical_json(plain)) == document


def stranger() -> ModuleType:
    """Load the verifier that stands alone."""
    path = Path(__file__).parents[2] / "docs" / "verify_audit.py"
    spec = importlib.util.spec_from_file_location("verify_audit", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


STRANGER = stranger()


@given(documents, documents, st.text(max_size=20))
def test_a_stranger_computes_the_same_hash(before: dict[str, Any], after: dict[str, Any], title: str) -> None:
    entry = ENTRY | {"before": json.dumps(before), "after": json.dumps(after), "record_title": title}
    assert STRANGER.leaf(STRANGER.read(leaf_bytes(entry))) == hash_of(entry)


async def test_what_postgresql_makes_of_json_is_written_the_same_twice(superuser: Connection) -> None:
    given_ = '{"b":1.50,"a":1e3,"c":0.1e-6,"d":-0,"e":"\\u00e9\\u0001","f":[1,2.0],"g":12345678901234567890123}'
    stored = await superuser.fetchval("SELECT $1::jsonb::text", given_)
    assert canonical_json(stored) == '{"a":1000,"b":1.50,"c":0.0000001,"d":0,"e":"é\\u0001","f":[1,2.0],"g":12345678901234567890123}'
