"""A till's chain: records by number, each holding the hash of the one before."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID


@dataclass(frozen=True, slots=True)
class Link:
    """A record's place in the chain."""

    id: UUID
    seq: int
    hash: str
    previous: str


@dataclass(frozen=True, slots=True)
class Walk:
    """How far a chain goes without a gap, which records follow the one before them, and which do not."""

    seq: int
    hash: str
    linked: tuple[Link, ...]
    broken: tuple[Link, ...]


def walk(seq: int, last_hash: str, links: Sequence[Link]) -> Walk:
    """Go on from a chain's end over what has arrived, in order of numbers. A record that does not follow is told, and gone on from."""
    linked: list[Link] = []
    broken: list[Link] = []
    for each in sorted(links, key=lambda link: link.seq):
        if each.seq <= seq:
            continue
        if each.seq != seq + 1:
            break
        (linked if each.previous == last_hash else broken).append(each)
        seq, last_hash = each.seq, each.hash
    return Walk(seq, last_hash, tuple(linked), tuple(broken))


def missing(seq: int, last: int, arrived: Sequence[int]) -> list[tuple[int, int]]:
    """Return the spans of numbers between a chain's end and the highest number that have not arrived."""
    spans, expected = [], seq + 1
    for number in sorted({each for each in arrived if seq < each <= last} | {last + 1}):
        if number > expected:
            spans.append((expected, number - 1))
        expected = number + 1
    return spans


def in_words(spans: Sequence[tuple[int, int]]) -> str:
    """Return spans of numbers as people write them."""
    return ", ".join(str(first) if first == last else f"{first} to {last}" for first, last in spans)
