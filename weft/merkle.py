"""Merkle trees as RFC 6962 section 2.1 defines them, over SHA-256: roots, and proofs that a stranger can check."""

from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import NamedTuple

EMPTY_ROOT = sha256(b"").digest()


def leaf_hash(content: bytes) -> bytes:
    """Return the hash of a leaf (RFC 6962 2.1: ``SHA-256(0x00 || content)``)."""
    return sha256(b"\x00" + content).digest()


def _node(left: bytes, right: bytes) -> bytes:
    return sha256(b"\x01" + left + right).digest()


HIGHEST = 64  # levels of a tree: no books have 2^64 entries


class Node(NamedTuple):
    """The root of a full subtree over 2^level leaves, the `place`-th of its level counted from 0."""

    level: int
    place: int
    hash: bytes


@dataclass(frozen=True, slots=True)
class Frontier:
    """A tree of `size` leaves, told by the roots of its full subtrees from left to right: enough to append and to know the root."""

    size: int = 0
    peaks: tuple[bytes, ...] = ()

    def append(self, leaf_hashes: Sequence[bytes]) -> "Frontier":
        """Return the tree with more leaves."""
        return self.grow(leaf_hashes, HIGHEST)[0]

    def grow(self, leaf_hashes: Sequence[bytes], level: int) -> tuple["Frontier", list["Node"]]:
        """Return the tree with more leaves, and the full subtrees of that level and above which they complete."""
        peaks, size = list(self.peaks), self.size
        completed: list[Node] = []
        for leaf in leaf_hashes:
            node, full, height = leaf, size, 0
            while full & 1:
                node, full, height = _node(peaks.pop(), node), full >> 1, height + 1
                if height >= level:
                    completed.append(Node(height, size >> height, node))
            peaks.append(node)
            size += 1
        return Frontier(size, tuple(peaks)), completed

    def root(self) -> bytes:
        """Return the tree's root hash."""
        if not self.peaks:
            return EMPTY_ROOT
        root = self.peaks[-1]
        for peak in reversed(self.peaks[:-1]):
            root = _node(peak, root)
        return root


def root_of(leaf_hashes: Sequence[bytes]) -> bytes:
    """Return the root hash over leaves."""
    return Frontier().append(leaf_hashes).root()


def _split(size: int) -> int:
    return 1 << ((size - 1).bit_length() - 1)


def inclusion_proof(leaf_hashes: Sequence[bytes], index: int) -> list[bytes]:
    """Return the audit path of leaf `index` (RFC 6962 2.1.1), from the leaf's sibling upwards; raises `IndexError`."""
    if not 0 <= index < len(leaf_hashes):
        raise IndexError(index)
    if len(leaf_hashes) == 1:
        return []
    k = _split(len(leaf_hashes))
    if index < k:
        return [*inclusion_proof(leaf_hashes[:k], index), root_of(leaf_hashes[k:])]
    return [*inclusion_proof(leaf_hashes[k:], index - k), root_of(leaf_hashes[:k])]


def includes(leaf: bytes, index: int, size: int, proof: Sequence[bytes], root: bytes) -> bool:
    """Check an inclusion proof (RFC 9162 2.1.3.2) of one leaf hash in a tree of `size` leaves."""
    if not 0 <= index < size:
        return False
    position, last, node = index, size - 1, leaf
    for sibling in proof:
        if last == 0:
            return False
        if position & 1 or position == last:
            node = _node(sibling, node)
            while not position & 1 and position:
                position, last = position >> 1, last >> 1
        else:
            node = _node(node, sibling)
        position, last = position >> 1, last >> 1
    return last == 0 and node == root


def consistency_proof(leaf_hashes: Sequence[bytes], older: int) -> list[bytes]:
    """Return the proof that the tree of the first `older` leaves is the beginning of this one (RFC 6962 2.1.2); raises `IndexError`."""
    if not 0 < older <= len(leaf_hashes):
        raise IndexError(older)
    return _subproof(leaf_hashes, older, whole=True)


def _subproof(leaves: Sequence[bytes], older: int, *, whole: bool) -> list[bytes]:
    if older == len(leaves):
        return [] if whole else [root_of(leaves)]
    k = _split(len(leaves))
    if older <= k:
        return [*_subproof(leaves[:k], older, whole=whole), root_of(leaves[k:])]
    return [*_subproof(leaves[k:], older - k, whole=False), root_of(leaves[:k])]


def consistent(older: int, size: int, older_root: bytes, root: bytes, proof: Sequence[bytes]) -> bool:
    """Check a consistency proof (RFC 9162 2.1.4.2) between a tree of `older` leaves and a later one of `size`."""
    if older == size:
        return older_root == root and not proof
    if not 0 < older < size or not proof:
        return False
    path = list(proof)
    if older & (older - 1) == 0:
        path.insert(0, older_root)
    position, last = older - 1, size - 1
    while position & 1:
        position, last = position >> 1, last >> 1
    old_node = new_node = path[0]
    for sibling in path[1:]:
        if last == 0:
            return False
        if position & 1 or position == last:
            old_node, new_node = _node(sibling, old_node), _node(sibling, new_node)
            while not position & 1 and position:
                position, last = position >> 1, last >> 1
        else:
            new_node = _node(new_node, sibling)
        position, last = position >> 1, last >> 1
    return last == 0 and old_node == older_root and new_node == root
