"""Proofs from the roots of full subtrees, so that none needs all leaves (RFC 6962 section 2.1)."""

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from weft.merkle import Frontier

KEPT = 10  # subtrees over 2^10 leaves and more are kept when they are full; smaller ones come from the leaves of their block
BLOCK = 1 << KEPT

Span = tuple[int, int]  # leaves from a place to below another
Peak = tuple[int, int]  # level and place of a full subtree


class Route(NamedTuple):
    """The parts of a tree whose roots make a proof, in its order, and those whose roots it leads to."""

    path: tuple[Span, ...]
    roots: tuple[Span, ...]

    @property
    def peaks(self) -> set[Peak]:
        """The full subtrees that all of it is made of."""
        return {peak for span in (*self.path, *self.roots) for peak in peaks_of(span)}


def _split(size: int) -> int:
    return 1 << ((size - 1).bit_length() - 1)


def inclusion_route(index: int, size: int) -> Route:
    """Return what proves that leaf `index` is in the tree of `size` (RFC 6962 2.1.1); raises `IndexError`."""
    if not 0 <= index < size:
        raise IndexError(index)
    low, high = 0, size
    path: list[Span] = []
    while high - low > 1:
        middle = low + _split(high - low)
        if index < middle:
            path.append((middle, high))
            high = middle
        else:
            path.append((low, middle))
            low = middle
    return Route(tuple(reversed(path)), ((0, size),))


def consistency_route(older: int, size: int) -> Route:
    """Return what proves that the tree of `older` leaves is the beginning of that of `size` (RFC 6962 2.1.2); raises `IndexError`."""
    if not 0 < older <= size:
        raise IndexError(older)
    low, high, whole = 0, size, True
    path: list[Span] = []
    while older < high:
        middle = low + _split(high - low)
        if older <= middle:
            path.append((middle, high))
            high = middle
        else:
            path.append((low, middle))
            low, whole = middle, False
    if not whole:
        path.append((low, high))
    return Route(tuple(reversed(path)), ((0, older), (0, size)))


def peaks_of(span: Span) -> list[Peak]:
    """Return the full subtrees that leaves are made of, from left to right; the first of them stands at a multiple of its width."""
    low, high = span
    found = []
    while low < high:
        level = (high - low).bit_length() - 1
        found.append((level, low >> level))
        low += 1 << level
    return found


def blocks_of(peaks: Iterable[Peak]) -> list[int]:
    """Return the blocks of leaves that the roots of small subtrees are computed from."""
    return sorted({place << level >> KEPT for level, place in peaks if level < KEPT})


def small_roots(peaks: Iterable[Peak], leaves: Mapping[int, Sequence[bytes]]) -> dict[Peak, bytes]:
    """Return the roots of small subtrees; `leaves` are those of each block. Raises `IndexError` where one has too few."""
    found = {}
    for level, place in peaks:
        if level < KEPT:
            first = (place << level) % BLOCK
            some = leaves[place << level >> KEPT][first : first + (1 << level)]
            if len(some) < 1 << level:
                raise IndexError(place)
            found[level, place] = Frontier().append(some).root()
    return found


def root_of(span: Span, roots: Mapping[Peak, bytes]) -> bytes:
    """Return the root over leaves from those of their full subtrees; raises `KeyError`."""
    return Frontier(span[1] - span[0], tuple(roots[peak] for peak in peaks_of(span))).root()
