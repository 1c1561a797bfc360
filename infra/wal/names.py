"""Names of WAL segments, which moments some of them reach, and which may go: rules without a file."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

SEGMENT = re.compile(r"[0-9A-F]{24}")
# What PostgreSQL archives: segments, the end of a timeline, histories of timelines, and notes on base backups.
ARCHIVED = re.compile(r"[0-9A-F]{24}(\.partial|\.[0-9A-F]{8}\.backup)?|[0-9A-F]{8}\.history")


@dataclass(frozen=True, slots=True)
class Base:
    """A base backup: recovery from it can stop at `ended` or later, and needs the segments from `first` to `last`, then all that follow."""

    name: str
    began: datetime
    ended: datetime
    first: str
    last: str
    segment_size: int  # bytes
    size: int  # bytes, unpacked
    version: str  # of PostgreSQL


@dataclass(frozen=True, slots=True)
class Reach:
    """Moments that can be had from one base backup: from its end to when the last segment that follows without a gap was archived."""

    base: Base
    until: datetime
    whole: bool  # whether nothing is missing up to the newest segment there is


def segment_of(timeline: int, place: int, size: int) -> str:
    """Return the name of the segment that holds a place (LSN) of the WAL; `size` of segments in bytes."""
    per_file = 0x100000000 // size
    number = place // size
    return f"{timeline:08X}{number // per_file:08X}{number % per_file:08X}"


def place_of(text: str) -> int:
    """Return a place as a number, from PostgreSQL's notation such as 0/3000028."""
    high, _, low = text.partition("/")
    return (int(high, 16) << 32) + int(low, 16)


def number_of(segment: str, size: int) -> int:
    """Return the how-manieth segment of the WAL one is, whatever its timeline."""
    return int(segment[8:16], 16) * (0x100000000 // size) + int(segment[16:24], 16)


def reaches(bases: Iterable[Base], archived: Mapping[str, datetime]) -> list[Reach]:
    """Return what can be had from each base backup whose own segments are there, the oldest first; `archived` is when each segment was."""
    found = []
    for base in sorted(bases, key=lambda each: each.ended):
        numbers: dict[int, datetime] = {}
        for name, at in archived.items():
            number = number_of(name, base.segment_size)
            numbers[number] = max(at, numbers.get(number, at))
        place, last = number_of(base.first, base.segment_size), number_of(base.last, base.segment_size)
        while place in numbers:
            place += 1
        if place > last:
            found.append(Reach(base, max(numbers[place - 1], base.ended), place > max(numbers)))
    return found


def spans_of(found: Sequence[Reach]) -> list[tuple[datetime, datetime]]:
    """Return from when to when moments can be had, the oldest first: what overlaps is one span."""
    spans: list[tuple[datetime, datetime]] = []
    for each in found:
        if spans and each.base.ended <= spans[-1][1]:
            spans[-1] = (spans[-1][0], max(spans[-1][1], each.until))
        else:
            spans.append((each.base.ended, each.until))
    return spans


def choose(found: Sequence[Reach], moment: datetime) -> Reach | None:
    """Return the reach to go to a moment from: that of the newest base backup that ended by then and leads there."""
    return next((each for each in reversed(found) if each.base.ended <= moment and (each.whole or moment <= each.until)), None)


def kept(bases: Sequence[Base], horizon: datetime) -> list[Base]:
    """Return the base backups that are needed to go back to `horizon`: the newest that is as old, and all younger ones."""
    oldest = max((each.ended for each in bases if each.ended <= horizon), default=None)
    return [each for each in bases if oldest is None or each.ended >= oldest]


def expired(names: Iterable[str], bases: Sequence[Base]) -> list[str]:
    """Return which archived files no kept base backup needs; none while there is no base backup, and never a timeline's history."""
    if not bases:
        return []
    first = min(each.first[8:] for each in bases)
    return [name for name in names if SEGMENT.match(name) and name[8:24] < first]
