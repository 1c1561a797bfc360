"""Proofs made of the roots of subtrees are those of RFC 6962, and need as many of them as the tree is high."""

from hypothesis import given
from hypothesis import strategies as st

from plugins.accounting.domain.proof.paths import (
    BLOCK,
    KEPT,
    Route,
    blocks_of,
    consistency_route,
    inclusion_route,
    peaks_of,
    root_of,
    small_roots,
)
from weft import merkle

LEAVES = [merkle.leaf_hash(str(number).encode()) for number in range(6 * BLOCK)]
sizes = st.one_of(st.integers(1, 6 * BLOCK), st.integers(0, 5).map(lambda many: many * BLOCK + 1), st.integers(1, 40))


def hashes(route: Route, size: int) -> tuple[list[bytes], list[bytes]]:
    """Return what the service would read: kept roots of the tree of `size`, and the leaves of a few blocks."""
    _, nodes = merkle.Frontier().grow(LEAVES[:size], KEPT)
    kept = {(each.level, each.place): each.hash for each in nodes}
    asked = {each for each in route.peaks if each[0] >= KEPT}
    assert asked <= kept.keys(), "a proof needs no root that was never kept"
    blocks = blocks_of(route.peaks)
    assert len(blocks) <= 2
    roots = {each: kept[each] for each in asked}
    roots |= small_roots(route.peaks, {block: LEAVES[:size][block * BLOCK : (block + 1) * BLOCK] for block in blocks})
    return [root_of(each, roots) for each in route.path], [root_of(each, roots) for each in route.roots]


@given(sizes, st.data())
def test_the_proof_of_an_entry_is_the_one_that_hashing_all_leaves_gives(size: int, data: st.DataObject) -> None:
    index = data.draw(st.integers(0, size - 1))
    path, (root,) = hashes(inclusion_route(index, size), size)
    assert root == merkle.root_of(LEAVES[:size])
    assert path == merkle.inclusion_proof(LEAVES[:size], index)
    assert merkle.includes(LEAVES[index], index, size, path, root)


@given(sizes, st.data())
def test_the_proof_of_growth_between_any_two_sizes_is_the_one_that_hashing_all_leaves_gives(size: int, data: st.DataObject) -> None:
    older = data.draw(st.integers(1, size))
    path, (older_root, root) = hashes(consistency_route(older, size), size)
    assert (older_root, root) == (merkle.root_of(LEAVES[:older]), merkle.root_of(LEAVES[:size]))
    assert path == merkle.consistency_proof(LEAVES[:size], older)
    assert merkle.consistent(older, size, older_root, root, path)


@given(st.integers(1, 10**12), st.data())
def test_however_many_entries_there_are_a_proof_needs_few_roots(size: int, data: st.DataObject) -> None:
    index, older = data.draw(st.integers(0, size - 1)), data.draw(st.integers(1, size))
    for route in (inclusion_route(index, size), consistency_route(older, size)):
        assert len(route.path) <= size.bit_length() + 1
        assert len(route.peaks) <= 4 * size.bit_length() + 2
        assert len(blocks_of(route.peaks)) <= 2


@given(st.integers(0, 2**40), st.integers(0, 2**20))
def test_leaves_are_covered_once_by_full_subtrees(low: int, count: int) -> None:
    low = low >> 20 << 20
    at = low
    for level, place in peaks_of((low, low + count)):
        assert place << level == at
        at += 1 << level
    assert at == low + count


@given(st.lists(st.integers(0, 700), max_size=8), st.integers(0, 4))
def test_the_same_subtrees_are_completed_in_whatever_batches_a_tree_grows(batches: list[int], level: int) -> None:
    tree, done = merkle.Frontier(), 0
    nodes: list[merkle.Node] = []
    for count in batches:
        tree, completed = tree.grow(LEAVES[done : done + count], level)
        done, nodes = done + count, [*nodes, *completed]
    done = min(done, len(LEAVES))
    assert tree == merkle.Frontier().append(LEAVES[:done])
    assert {(each.level, each.place) for each in nodes} == {
        (height, place) for height in range(max(level, 1), 14) for place in range(done >> height)
    }
    for each in nodes:
        assert each.hash == merkle.root_of(LEAVES[each.place << each.level : (each.place + 1) << each.level])
