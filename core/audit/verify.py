"""Proves that an audit log is as it was when it was sealed, or names the first entry that is not and what was done to it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from core.audit.leaf import COLUMNS, hash_of
from core.audit.tampering import Tampering, first_difference, what_happened
from weft.merkle import Frontier

HASH = 32  # bytes of SHA-256


class Reader(Protocol):
    """Whatever reads: the platform, a transaction of its, or a tenant's scope, which sees its own log alone."""

    async def fetch(self, sql: str, *args: Any) -> Sequence[Any]:
        """Return all rows."""


@dataclass(frozen=True, slots=True)
class Anchor:
    """A root that somebody outside wrote down: what the log was at that size. Only this shows that all of it was rewritten."""

    size: int
    root: bytes


@dataclass(frozen=True, slots=True)
class Verdict:
    """How many entries were found as they were sealed, the root over them, how many wait to be sealed, and what is wrong, if anything."""

    size: int
    root: bytes
    unsealed: int
    tampering: Tampering | None = None


async def verify_log(
    reader: Reader, schema: str, *, anchor: Anchor | None = None, progress: Callable[[int, int], None] = lambda done, of: None
) -> Verdict:
    """Check every sealed entry of a tenant against its seals; `progress` is told entries checked and in all."""
    sizes = [row["size"] for row in await reader.fetch("SELECT size FROM platform.audit_seal WHERE tenant = $1 ORDER BY size", schema)]
    tree, tampering = Frontier(), None
    for size in sizes:
        after, tampering = await _check_seal(reader, schema, tree, size, anchor)
        if tampering:
            break
        tree = after
        progress(size, sizes[-1])
    tampering = tampering or await _beyond(reader, schema, tree.size) or _cut_off(anchor, tree.size)
    rows = await reader.fetch("SELECT count(*) AS waiting FROM platform.audit_entry WHERE tenant = $1 AND position IS NULL", schema)
    return Verdict(tree.size, tree.root(), rows[0]["waiting"], tampering)


async def sealed_leaves(reader: Reader, schema: str, low: int, high: int) -> list[bytes]:
    """Return the hashes kept by the seals whose size is above `low` and not above `high`."""
    rows = await reader.fetch(
        "SELECT leaves FROM platform.audit_seal WHERE tenant = $1 AND size > $2 AND size <= $3 ORDER BY size", schema, low, high
    )
    joined = b"".join(row["leaves"] for row in rows)
    return [joined[place : place + HASH] for place in range(0, len(joined), HASH)]


async def _check_seal(reader: Reader, schema: str, tree: Frontier, size: int, anchor: Anchor | None) -> tuple[Frontier, Tampering | None]:
    """Check the entries of one seal, and the seal itself; returns the tree with them."""
    broken = Tampering("seal", size, f"The seal over {size} entries does not fit them: it was changed, or one before it is gone.")
    leaves = await sealed_leaves(reader, schema, tree.size, size)
    if len(leaves) != size - tree.size:
        return tree, broken
    there = await _present(reader, schema, tree.size, size)
    place = first_difference(tree.size, leaves, there)
    if place is not None:
        return tree, await _name(reader, schema, tree.size, size, place, leaves[place - tree.size], there.get(place))
    if anchor and tree.size < anchor.size <= size and tree.append(leaves[: anchor.size - tree.size]).root() != anchor.root:
        return tree, Tampering("rewritten", anchor.size, f"The log was rewritten: over {anchor.size} entries it had another root.")
    after = tree.append(leaves)
    rows = await reader.fetch("SELECT root, peaks FROM platform.audit_seal WHERE tenant = $1 AND size = $2", schema, size)
    if (after.size, after.root(), list(after.peaks)) != (size, rows[0]["root"], rows[0]["peaks"]):
        return tree, broken
    return after, None


async def _present(reader: Reader, schema: str, low: int, high: int) -> dict[int, bytes]:
    """Return the hashes of the entries whose places are from `low` to below `high`."""
    rows = await reader.fetch(
        f"SELECT position, {COLUMNS} FROM platform.audit_entry WHERE tenant = $1 AND position >= $2 AND position < $3", schema, low, high
    )
    return {row["position"]: hash_of(row) for row in rows}


async def _name(reader: Reader, schema: str, low: int, high: int, place: int, leaf: bytes, now: bytes | None) -> Tampering:
    """Look at the seals before and after as well, since entries may have been moved over a seal's border."""
    near = high - low
    sealed = await sealed_leaves(reader, schema, max(-1, low - near), high + near)
    present = await _present(reader, schema, max(0, low - near), high + near)
    return what_happened(place, leaf, now, set(sealed), set(present.values()))


async def _beyond(reader: Reader, schema: str, size: int) -> Tampering | None:
    """Find entries that claim a place which no seal ever gave."""
    rows = await reader.fetch(
        "SELECT min(position) AS place FROM platform.audit_entry WHERE tenant = $1 AND (position >= $2 OR position < 0)", schema, size
    )
    place = rows[0]["place"]
    return None if place is None else Tampering("inserted", place, f"Entry {place} claims a place that no seal has given.")


def _cut_off(anchor: Anchor | None, size: int) -> Tampering | None:
    if anchor is None or anchor.size <= size:
        return None
    return Tampering("truncated", size, f"The log ends after {size} entries and once had {anchor.size}: the rest and its seals are gone.")
