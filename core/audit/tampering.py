"""Tells what was done to a sealed log, from what was sealed and what is there."""

from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass
from typing import Literal

Kind = Literal["changed", "missing", "inserted", "moved", "seal", "rewritten", "truncated"]


@dataclass(frozen=True, slots=True)
class Tampering:
    """The first thing that is not as it was sealed; `position` counts entries from 0."""

    kind: Kind
    position: int
    sentence: str


def first_difference(start: int, leaves: Sequence[bytes], there: Mapping[int, bytes]) -> int | None:
    """Return the first place from `start` on whose entry is not the one that was sealed there; nothing when all are."""
    return next((place for place, leaf in enumerate(leaves, start) if there.get(place) != leaf), None)


def what_happened(place: int, leaf: bytes, now: bytes | None, sealed: Set[bytes], present: Set[bytes]) -> Tampering:
    """Name what was done at the first place that differs.

    `leaf` was sealed there and `now` is there (nothing: no entry has that place); `sealed` and `present` hold the hashes that were sealed
    and those that are there, round about.
    """
    if leaf in present:
        if now is None or now in sealed:
            return Tampering("moved", place, f"Entry {place} stands in another place than the one it was sealed in.")
        return Tampering("inserted", place, f"Entry {place} was put in later: the one that was sealed there stands elsewhere now.")
    if now is None:
        return Tampering("missing", place, f"Entry {place} is missing.")
    if now in sealed:
        return Tampering("missing", place, f"Entry {place} is missing, and later ones were given other places to hide that.")
    return Tampering("changed", place, f"Entry {place} was changed after it was sealed.")
