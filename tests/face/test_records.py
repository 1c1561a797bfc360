"""A change tells what differs, and a record knows its page."""

from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from weft import Change, Permission, RecordKind, RecordRef, new_id

NOTE = RecordKind("notes.note", "Note", "/notes/{id}", Permission("notes.note.read", "Read notes"))
states = st.dictionaries(st.sampled_from("abcdef"), st.integers(0, 2) | st.none(), max_size=6)


def test_a_record_knows_the_address_of_its_page() -> None:
    ref = RecordRef(NOTE, new_id(), "A note")
    assert ref.url == NOTE.url(ref.id) == f"/notes/{ref.id}"


def test_a_change_keeps_only_what_differs() -> None:
    ref = RecordRef(NOTE, new_id(), "A note")
    change = Change.between(ref, "priced", {"price": Decimal(1), "same": "x", "gone": 1}, {"price": Decimal(2), "same": "x", "new": None})
    assert (change.before, change.after) == ({"price": Decimal(1), "gone": 1}, {"price": Decimal(2)})


@given(states, states)
def test_a_change_turns_the_one_state_into_the_other(before: dict[str, int | None], after: dict[str, int | None]) -> None:
    change = Change.between(RecordRef(NOTE, new_id(), ""), "changed", before, after)
    differs = {key for key in {*before, *after} if before.get(key) != after.get(key)}
    assert {*change.before, *change.after} == differs
    assert all(change.before[key] == before[key] for key in change.before)
    assert all(change.after[key] == after[key] for key in change.after)
