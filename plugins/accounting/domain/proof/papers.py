"""Small documents that prove something about sealed entries to somebody who does not trust us; `docs/verify_ledger.py` reads them."""

from collections.abc import Sequence

import msgspec

from weft import merkle

HASH = 32  # bytes of SHA-256


class Inclusion(msgspec.Struct, frozen=True, kw_only=True, tag_field="proof", tag="ledger inclusion"):
    """An entry is in the books that had `root` at `size` entries; `leaf` is what is sealed of it, hashes are in hexadecimal."""

    position: int
    size: int
    leaf: str
    path: list[str]
    root: str

    @property
    def fingerprint(self) -> str:
        """The hash of the leaf."""
        return merkle.leaf_hash(self.leaf.encode()).hex()


class Consistency(msgspec.Struct, frozen=True, kw_only=True, tag_field="proof", tag="ledger consistency"):
    """The books that had `older_root` are the beginning of those that have `root`: nothing in them was changed since."""

    older: int
    older_root: str
    size: int
    path: list[str]
    root: str


def cut(joined: bytes) -> list[bytes]:
    """Return hashes that stand one after the other."""
    return [joined[place : place + HASH] for place in range(0, len(joined), HASH)]


def prove_inclusion(leaves: Sequence[bytes], position: int, leaf: str) -> Inclusion:
    """Prove that a leaf has a place; raises `IndexError`."""
    path = [each.hex() for each in merkle.inclusion_proof(leaves, position)]
    return Inclusion(position=position, size=len(leaves), leaf=leaf, path=path, root=merkle.root_of(leaves).hex())


def prove_consistency(leaves: Sequence[bytes], older: int, size: int) -> Consistency:
    """Prove that the books of `older` entries are the beginning of those of `size`; raises `IndexError`."""
    if size > len(leaves):
        raise IndexError(size)
    known = leaves[:size]
    path = [each.hex() for each in merkle.consistency_proof(known, older)]
    roots = {"older_root": merkle.root_of(known[:older]).hex(), "root": merkle.root_of(known).hex()}
    return Consistency(older=older, size=size, path=path, **roots)
