"""Rules of WAL: names of segments, which moments they reach, which may go; and what somebody means who types a moment."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from infra.wal.names import Base, choose, expired, kept, number_of, place_of, reaches, segment_of, spans_of
from tenants.backups.moments import moment_from
from weft.errors import Invalid

SIZE = 16 << 20
BEGAN = datetime(2026, 11, 1, tzinfo=UTC)


def at(minutes: float) -> datetime:
    return BEGAN + timedelta(minutes=minutes)


def segment(number: int) -> str:
    return segment_of(1, number * SIZE, SIZE)


def base(number: int, last: int | None = None) -> Base:
    """Return a base backup that was made while a segment was written; segment n is archived in minute n."""
    last = number if last is None else last
    return Base(f"b{number}", at(number), at(last + 0.5), segment(number), segment(last), SIZE, 0, "18.6")


def test_segments_are_named_as_postgresql_names_them() -> None:
    assert segment_of(1, place_of("0/3000028"), SIZE) == "000000010000000000000003"
    assert segment_of(2, place_of("1/FF000000"), SIZE) == "0000000200000001000000FF"
    assert segment_of(1, place_of("2/0"), 1 << 30) == "000000010000000200000000"


@given(st.integers(0, 1 << 40), st.sampled_from([1 << 20, 16 << 20, 1 << 30]))
def test_the_number_of_a_segment_is_that_of_its_place(place: int, size: int) -> None:
    assert number_of(segment_of(3, place, size), size) == place // size


NUMBERS = st.sets(st.integers(0, 30), max_size=31)


@given(NUMBERS, st.lists(st.tuples(st.integers(0, 30), st.integers(0, 2)), max_size=5), st.floats(-1, 32))
def test_a_moment_is_reached_from_a_base_backup_before_it_with_every_segment_up_to_it(
    numbers: set[int], made: list[tuple[int, int]], minute: float
) -> None:
    bases = [base(first, first + more) for first, more in made]
    archived = {segment(number): at(number + 1) for number in numbers}
    found = choose(reaches(bases, archived), at(minute))
    if found is not None:
        first, last = number_of(found.base.first, SIZE), number_of(found.base.last, SIZE)
        assert found.base.ended <= at(minute)
        assert set(range(first, last + 1)) <= numbers
        assert found.whole or set(range(first, int(minute))) <= numbers
        assert not found.whole or set(range(first, max(numbers) + 1)) <= numbers
    else:
        for each in bases:
            first, last = number_of(each.first, SIZE), number_of(each.last, SIZE)
            assert each.ended > at(minute) or not set(range(first, max(last + 1, int(minute) + 1))) <= numbers


@given(NUMBERS, st.lists(st.integers(0, 30), max_size=5))
def test_spans_do_not_overlap_and_every_moment_in_one_can_be_had(numbers: set[int], made: list[int]) -> None:
    found = reaches([base(each) for each in made], {segment(number): at(number + 1) for number in numbers})
    spans = spans_of(found)
    assert all(one[1] < other[0] for one, other in pairwise(spans))
    for first, last in spans:
        for moment in (first, first + (last - first) / 2, last):
            assert choose(found, moment) is not None


@given(st.sets(st.integers(0, 20), max_size=6), st.integers(0, 20))
def test_what_expires_is_never_needed_to_go_back_as_far_as_promised(made: set[int], horizon: int) -> None:
    bases = [base(each) for each in sorted(made)]
    keep = kept(bases, at(horizon))
    names = [segment(number) for number in range(24)]
    gone = expired(names, keep)
    archived = {name: at(number + 1) for number, name in enumerate(names)}
    left = {name: when for name, when in archived.items() if name not in gone}
    for minute in range(horizon, 23):
        before, after = choose(reaches(bases, archived), at(minute)), choose(reaches(keep, left), at(minute))
        assert (before and before.base) == (after and after.base)
    assert keep == bases[len(bases) - len(keep) :]
    assert len([each for each in keep if each.ended <= at(horizon)]) <= 1


def test_without_a_base_backup_nothing_expires_and_histories_never_do() -> None:
    assert expired([segment(1)], []) == []
    names = [segment(1), f"{segment(1)}.00000028.backup", segment(2), "00000002.history"]
    assert expired(names, [base(2)]) == names[:2]


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2026-11-22 14:03:05 Europe/Berlin", datetime(2026, 11, 22, 13, 3, 5, tzinfo=UTC)),
        ("2026-11-22T14:03:05.25+01:00", datetime(2026, 11, 22, 13, 3, 5, 250000, tzinfo=UTC)),
        ("2026-11-22 14:03", datetime(2026, 11, 22, 14, 3, tzinfo=UTC)),
        ("2026-11-22 14:03 UTC", datetime(2026, 11, 22, 14, 3, tzinfo=UTC)),
        ("2026-11-22T14:03:05Z", datetime(2026, 11, 22, 14, 3, 5, tzinfo=UTC)),
    ],
)
def test_a_moment_is_read_by_the_clocks_it_names(text: str, moment: datetime) -> None:
    assert moment_from(text) == moment


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("yesterday", "is no moment"),
        ("2026-11-22 14:03 Europe/Atlantis", "no time zone"),
        ("2026-10-25 02:30 Europe/Berlin", "2026-10-25T00:30:00Z or 2026-10-25T01:30:00Z"),
        ("2026-03-29 02:30 Europe/Berlin", "skipped"),
        ("", "is no moment"),
    ],
)
def test_what_is_no_moment_or_two_is_refused(text: str, reason: str) -> None:
    with pytest.raises(Invalid, match=reason):
        moment_from(text)
