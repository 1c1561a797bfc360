"""Seals posted entries in batches, finds what was tampered with, and proves to strangers that an entry stands."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from weft import Conflict, Invalid, Missing, Scope, Tenant, merkle
from weft.checks import Finding

from ..domain.proof.leaf import leaf_hash, leaf_text
from ..domain.proof.papers import Consistency, Inclusion, cut
from ..domain.proof.paths import BLOCK, KEPT, Route, blocks_of, consistency_route, inclusion_route, root_of, small_roots
from ..queries import seals
from ..queries.seals import NOWHERE, Head, Place
from ..records import ENTRY

BATCH = 2000  # entries sealed in one transaction
MOST = 20  # findings that are told
READ = 64 * BLOCK  # leaves read at once
_WHY = "a seal changes nothing in the books"


async def seal_entries(tenant: Tenant, *, whole: bool = False, batch: int = BATCH) -> int:
    """Seal what was posted since the last time, a transaction for each batch; returns how many entries that were.

    May be killed and run again at any moment, and by several at once: then one of them works. With `whole` it also looks for entries that
    a transaction of more than a day left behind.
    """
    sealed, after = 0, NOWHERE
    await _keep_missing_nodes(tenant)
    async with tenant.transaction() as db:
        if not whole:
            after = await seals.recent(db)
    while True:
        async with tenant.transaction(unaudited=_WHY) as db:
            done = await _seal_batch(db, tenant.now(), after, batch)
        sealed += len(done)
        if len(done) < batch:
            return sealed
        after = done[-1]


async def _seal_batch(db: Scope, now: datetime, after: UUID, batch: int) -> list[UUID]:
    if not await seals.take_turn(db, now):
        return []
    entries = await seals.waiting(db, after, batch)
    if not entries:
        return []
    last = await seals.latest_heads(db, 1)
    before = merkle.Frontier(last[0].size, last[0].peaks) if last else merkle.Frontier()
    hashes = [leaf_hash(each) for each in entries]
    grown, nodes = before.grow(hashes, KEPT)
    await seals.keep_nodes(db, nodes)
    await seals.seal(db, Head(grown.size, grown.root(), grown.peaks, now), b"".join(hashes), before.size, entries)
    return [each.id for each in entries]


async def _keep_missing_nodes(tenant: Tenant) -> None:
    """Keep the roots of subtrees that were full before such roots were kept."""
    async with tenant.transaction(unaudited=_WHY) as db:
        last = await seals.latest_heads(db, 1)
        if not last or await seals.count_blocks(db) >= last[0].size >> KEPT or not await seals.take_turn(db, tenant.now()):
            return
        tree = merkle.Frontier()
        for low in range(0, last[0].size, READ):
            tree, nodes = tree.grow(await seals.leaves_of(db, low, min(low + READ, last[0].size)), KEPT)
            await seals.keep_nodes(db, nodes)


@dataclass(frozen=True, slots=True)
class Verdict:
    """How many entries are sealed, the root over them, how many wait for a seal, and what is not as it was sealed."""

    size: int
    root: str
    waiting: int
    findings: tuple[Finding, ...]


async def verify(db: Scope, *, together: int = 5000) -> Verdict:
    """Compare every sealed entry with its seal, `together` of them at once."""
    found: list[Finding] = []
    tree = merkle.Frontier()
    for group in _groups(await seals.heads(db), together):
        high = group[-1].size
        kept = cut(await seals.leaves(db, tree.size, high))
        if len(kept) != high - tree.size:
            found.append(Finding(f"The seal over {high} entries does not fit them: it was changed, or one before it is gone."))
            break
        found += _differences(tree.size, kept, await seals.places(db, tree.size, high))
        found += _broken(group, tree, kept)
        tree, nodes = tree.grow(kept, KEPT)
        found += await _other_nodes(db, nodes)
        if len(found) >= MOST:
            break
    if not found:
        found += [
            Finding(f"{each.reference} claims place {each.position}, which no seal has given.", ENTRY.url(each.entry))
            for each in await seals.beyond(db, tree.size, MOST)
        ]
    return Verdict(tree.size, tree.root().hex(), await seals.count_waiting(db), tuple(found[:MOST]))


def _groups(heads: Sequence[Head], together: int) -> list[list[Head]]:
    groups: list[list[Head]] = []
    start = 0
    for head in heads:
        if not groups or head.size - start > together:
            start = groups[-1][-1].size if groups else 0
            groups.append([])
        groups[-1].append(head)
    return groups


def _broken(group: Sequence[Head], tree: merkle.Frontier, kept: Sequence[bytes]) -> list[Finding]:
    found = []
    start = tree.size
    for head in group:
        tree = tree.append(kept[tree.size - start : head.size - start])
        if (tree.size, tree.root(), tree.peaks) != (head.size, head.root, head.peaks):
            found.append(Finding(f"The seal over {head.size} entries does not fit them: it was changed."))
            break
    return found


async def _other_nodes(db: Scope, nodes: Sequence[merkle.Node]) -> list[Finding]:
    """Return the subtrees whose kept root is not theirs, or is gone."""
    kept = await seals.kept_nodes(db, [(each.level, each.place) for each in nodes]) if nodes else {}
    return [
        Finding(f"The root over entries {each.place << each.level} to {((each.place + 1) << each.level) - 1} of the seals was changed.")
        for each in nodes
        if kept.get((each.level, each.place)) != each.hash
    ]


def _differences(start: int, kept: Sequence[bytes], there: Sequence[Place]) -> list[Finding]:
    by_position = {each.position: each for each in there}
    found = []
    for position, leaf in enumerate(kept, start):
        place = by_position.get(position)
        if place is None:
            found.append(Finding(f"The entry at place {position} of the seals is gone; the page Numbers shows which number is missing."))
        elif place.now is None:
            found.append(Finding(f"{place.reference} is gone: it was deleted after it was sealed.", "/reports/accounting.numbers"))
        elif leaf_hash(place.now) != leaf:
            found.append(Finding(f"{place.reference} was changed after it was sealed.", ENTRY.url(place.entry)))
    return found[:MOST]


async def prove_entry(tenant: Tenant, entry_id: UUID) -> Inclusion:
    """Prove that an entry is in the books as they are sealed now, from the roots of subtrees: as fast however many there are.

    Raises `Missing` for an entry that is not there, and `Conflict` for one that is not sealed yet, or was changed after it was sealed.
    """
    async with tenant.transaction() as db:
        found = await seals.by_id(db, [entry_id])
        if not found:
            raise Missing("There is no such entry.")
        position = await seals.place_of(db, entry_id)
        if position is None:
            raise Conflict(f"{found[0].reference} is not sealed yet: that happens within the hour.")
        head = next(iter(await seals.latest_heads(db, 1)), None)
        size = head.size if head else 0
        path, (root,) = await _hashes(db, inclusion_route(position, size)) if position < size else ([], (b"",))
    text = leaf_text(found[0])
    if not merkle.includes(merkle.leaf_hash(text.encode()), position, size, path, head.root if head else b""):
        raise Conflict(f"{found[0].reference}, or a seal over it, was changed after it was sealed: nothing can be proven of it.")
    return Inclusion(position=position, size=size, leaf=text, path=[each.hex() for each in path], root=root.hex())


async def prove_growth(tenant: Tenant, older: int, size: int | None = None) -> Consistency:
    """Prove that the books of `older` sealed entries are the beginning of those of `size`, or of all that is sealed; raises `Invalid`."""
    async with tenant.transaction() as db:
        head = next(iter(await seals.latest_heads(db, 1)), None)
        last = head.size if head else 0
        size = last if size is None else size
        if not 0 < older <= size <= last:
            raise Invalid.field("older", f"{last} entries are sealed: choose how many there were before, from 1 to {min(size, last)}.")
        assert head
        older_root, root = await _root_at(db, older, head), await _root_at(db, size, head)
        path, _ = await _hashes(db, consistency_route(older, size))
    if older_root is None or root is None or not merkle.consistent(older, size, older_root, root, path):
        raise Invalid("The seals do not fit each other: they were changed. Prove the books to see which.")
    return Consistency(older=older, older_root=older_root.hex(), size=size, path=[each.hex() for each in path], root=root.hex())


async def _root_at(db: Scope, size: int, head: Head) -> bytes | None:
    """Return the root the tree had at a size, where it is proven to be the beginning of the tree that was sealed last; else nothing."""
    path, (older_root, root) = await _hashes(db, consistency_route(size, head.size))
    return older_root if merkle.consistent(size, head.size, older_root, head.root, path) and root == head.root else None


async def _hashes(db: Scope, route: Route) -> tuple[list[bytes], list[bytes]]:
    """Return the roots along a route, and those it leads to; raises `Conflict` where the seals have not what they are from."""
    peaks = route.peaks
    roots = await seals.kept_nodes(db, [each for each in peaks if each[0] >= KEPT])
    leaves = {block: await seals.leaves_of(db, block * BLOCK, (block + 1) * BLOCK) for block in blocks_of(peaks)}
    try:
        roots |= small_roots(peaks, leaves)
        return [root_of(each, roots) for each in route.path], [root_of(each, roots) for each in route.roots]
    except LookupError:
        raise Conflict("A part of the seals is gone: prove the books to see which.") from None


async def heads(tenant: Tenant, limit: int = 50) -> list[Head]:
    """Return the latest heads of the tree, newest first."""
    async with tenant.transaction() as db:
        return await seals.latest_heads(db, limit)
