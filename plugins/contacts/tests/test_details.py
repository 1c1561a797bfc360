"""What becomes of details: checked, merged, laid over each other, written as cards and rows, and back."""

from datetime import UTC, datetime

import msgspec
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from plugins.contacts.domain.checking import checked
from plugins.contacts.domain.details import Details, Identifier, PartyRecord, derive, for_audit
from plugins.contacts.domain.identifiers import SEALED_SCHEMES
from plugins.contacts.domain.merging import MAIN, SINGLE, merged
from plugins.contacts.domain.overlay import overlaid
from plugins.contacts.domain.rows import PartyRow, RowOptions, read_row
from plugins.contacts.domain.text import fold
from plugins.contacts.domain.vcard_in import read_vcard, split_cards
from plugins.contacts.domain.vcard_out import Version, write_vcard
from plugins.contacts.imports import as_row, vcard_rows
from weft import new_id

from .strategies import kept, typed

SLOW = settings(suppress_health_check=[HealthCheck.too_slow], deadline=None, max_examples=50)
SIDES = st.dictionaries(st.sampled_from([*SINGLE, *MAIN]), st.sampled_from(["kept", "other"]))


def plain(details: Details) -> Details:
    """Return details without the ids of addresses."""
    return msgspec.structs.replace(details, addresses=tuple(msgspec.structs.replace(each, id=None) for each in details.addresses))


def record(details: Details) -> PartyRecord:
    """Return a stored party."""
    now = datetime(2026, 3, 31, 12, tzinfo=UTC)
    return PartyRecord(id=new_id(), details=details, version=1, created_at=now, updated_at=now)


@SLOW
@given(typed())
def test_checking_twice_changes_nothing(details: Details) -> None:
    once = checked(details, "GB")
    assert checked(once, "DE") == once


@SLOW
@given(kept())
def test_an_audit_entry_survives_json(details: Details) -> None:
    told = for_audit(details)
    assert msgspec.json.decode(msgspec.json.encode(told)) == told


@SLOW
@given(kept("organisation"), kept("organisation"), SIDES)
def test_a_merge_loses_no_contact_point_address_identifier_tag_or_note(one: Details, other: Details, choices: dict[str, str]) -> None:
    result = merged(one, other, choices)  # type: ignore[arg-type]
    for details in (one, other):
        for group in ("emails", "phones", "websites"):
            assert {each.value for each in getattr(details, group)} <= {each.value for each in getattr(result, group)}
        assert {(each.scheme, each.value) for each in details.identifiers} <= {(each.scheme, each.value) for each in result.identifiers}
        assert {fold(tag) for tag in details.tags} <= {fold(tag) for tag in result.tags}
        places = {tuple(map(fold, map(str, each.place))) for each in result.addresses}
        assert {tuple(map(fold, map(str, each.place))) for each in details.addresses} <= places
        assert all(line in result.notes for line in details.notes.splitlines())
    for field in SINGLE:
        assert getattr(result, field) in (getattr(one, field), getattr(other, field))
        assert getattr(result, field) or not (getattr(one, field) or getattr(other, field))


@SLOW
@given(kept("person"), kept("person"))
def test_a_chosen_main_value_comes_first(one: Details, other: Details) -> None:
    result = merged(one, other, {"emails": "other"})
    wanted = other.email or one.email
    assert result.email == (wanted if one.email else other.email)


@SLOW
@given(kept("organisation"), kept("organisation"))
def test_what_both_hold_is_held_alone_by_what_remains(one: Details, other: Details) -> None:
    shared = msgspec.structs.replace(other, identifiers=tuple(Identifier(each.scheme, each.value, True) for each in one.identifiers))
    assert merged(one, shared, {}).identifiers == one.identifiers


@SLOW
@given(kept("organisation"), kept("organisation"))
def test_a_file_laid_over_what_is_known_twice_changes_nothing_more_and_loses_nothing(known: Details, given_: Details) -> None:
    once = overlaid(known, given_)
    assert plain(overlaid(once, given_)) == plain(once)
    for group in ("emails", "phones", "websites"):
        assert {each.value for each in getattr(known, group)} <= {each.value for each in getattr(once, group)}
    assert {fold(tag) for tag in (*known.tags, *given_.tags)} == {fold(tag) for tag in once.tags}
    empty = Details(kind=known.kind, name="")
    assert overlaid(known, empty) == known


@SLOW
@given(kept(), st.sampled_from(["4.0", "3.0"]))
def test_a_vcard_comes_back_as_it_went(details: Details, version: Version) -> None:
    card = write_vcard(record(details), version)
    assert all(len(line.encode()) <= 75 for line in card.split("\r\n"))
    (text,) = split_cards(card.encode())
    assert plain(checked(read_vcard(text), "GB")) == plain(details)


@SLOW
@given(kept())
def test_a_vcard_comes_back_through_the_columns_of_an_import_too(details: Details) -> None:
    (row,) = vcard_rows(write_vcard(record(details)).encode())
    assert plain(read_row(as_typed(row), RowOptions(), "GB").details) == plain(details)


@SLOW
@given(kept())
def test_details_come_back_from_columns(details: Details) -> None:
    draft = read_row(as_typed(as_row(details)), RowOptions(), "GB")
    assert plain(draft.details) == plain(details)
    assert draft.kind_given


def as_typed(row: "dict[str, str] | object") -> PartyRow:
    """Return a row as the import centre types it: a field of several values takes a cell with a line for each."""
    assert isinstance(row, dict)
    several = {field.name for field in msgspec.structs.fields(PartyRow) if field.default == ()}
    return msgspec.convert({name: text.split("\n") if name in several else text for name, text in row.items()}, PartyRow)


@SLOW
@given(kept())
def test_what_is_searched_and_sorted_by_follows_from_the_details(details: Details) -> None:
    derived = derive(details)
    assert all(f" {word}" in derived.search_text for word in fold(details.name).split())
    assert derived.email == details.email
    assert derived.city == details.address.city
    plain = [each for each in details.identifiers if " " not in each.value and each.value.isascii()]
    assert all((each.value.lower() in derived.search_text) == (each.scheme not in SEALED_SCHEMES) for each in plain)
