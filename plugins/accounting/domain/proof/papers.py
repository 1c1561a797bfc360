"""Small documents that prove something about sealed entries to somebody who does not trust us; `docs/verify_ledger.py` reads them."""

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
