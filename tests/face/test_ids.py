"""Ids are unique, of version 7, and sort by the moment they were made."""

import time

from weft import new_id


def test_ids_are_unique_and_sorted_by_when_they_were_made() -> None:
    made = [new_id() for _ in range(20_000)]
    assert len(set(made)) == len(made)
    assert made == sorted(made)
    assert {(each.version, each.variant) for each in made} == {(7, "specified in RFC 4122")}


def test_an_id_tells_its_millisecond() -> None:
    before = time.time_ns() // 1_000_000
    told = new_id().int >> 80
    assert before <= told <= time.time_ns() // 1_000_000
