"""Trees and proofs are those of RFC 6962: vectors of the reference implementation, and properties."""

import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from weft.merkle import EMPTY_ROOT, Frontier, consistency_proof, consistent, includes, inclusion_proof, leaf_hash, root_of

# The inputs and roots of Certificate Transparency's own tests.
INPUTS = ("", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f")
ROOTS = (
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
)
A = "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7"
B = "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e"
C = "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4"
D = "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b"
E = "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0"
F = "0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a"
LEAVES = [leaf_hash(bytes.fromhex(each)) for each in INPUTS]

leaves = st.integers(1, 70).map(lambda count: [leaf_hash(bytes([number])) for number in range(count)])


def test_the_tree_of_nothing_has_the_hash_of_nothing() -> None:
    assert root_of([]) == Frontier().root() == EMPTY_ROOT == hashlib.sha256(b"").digest()


@pytest.mark.parametrize("size", range(1, 9))
def test_roots_are_those_of_the_reference(size: int) -> None:
    assert root_of(LEAVES[:size]).hex() == ROOTS[size - 1]


@pytest.mark.parametrize(
    ("index", "size", "path"), [(0, 1, []), (0, 8, [A, B, C]), (5, 8, [D, E, ROOTS[3]]), (2, 3, [ROOTS[1]]), (1, 5, [ROOTS[0], B, D])]
)
def test_inclusion_proofs_are_those_of_the_reference(index: int, size: int, path: list[str]) -> None:
    proof = inclusion_proof(LEAVES[:size], index)
    assert [each.hex() for each in proof] == path
    assert includes(LEAVES[index], index, size, proof, bytes.fromhex(ROOTS[size - 1]))


@pytest.mark.parametrize(("older", "size", "path"), [(1, 1, []), (1, 8, [A, B, C]), (6, 8, [F, E, ROOTS[3]]), (2, 5, [B, D])])
def test_consistency_proofs_are_those_of_the_reference(older: int, size: int, path: list[str]) -> None:
    proof = consistency_proof(LEAVES[:size], older)
    assert [each.hex() for each in proof] == path
    assert consistent(older, size, bytes.fromhex(ROOTS[older - 1]), bytes.fromhex(ROOTS[size - 1]), proof)


def naive_root(hashes: list[bytes]) -> bytes:
    """Compute MTH(D[n]) straight from its definition in section 2.1."""
    if len(hashes) == 1:
        return hashes[0]
    k = 1
    while k * 2 < len(hashes):
        k *= 2
    return hashlib.sha256(b"\1" + naive_root(hashes[:k]) + naive_root(hashes[k:])).digest()


@given(leaves, st.lists(st.integers(0, 70), max_size=6))
def test_a_frontier_has_the_naive_root_however_it_grew(hashes: list[bytes], cuts: list[int]) -> None:
    frontier, done = Frontier(), 0
    for cut in sorted({*(min(cut, len(hashes)) for cut in cuts), len(hashes)}):
        frontier = frontier.append(hashes[done:cut])
        done = cut
    assert frontier.size == len(hashes)
    assert frontier.root() == naive_root(hashes) == root_of(hashes)
    assert len(frontier.peaks) == len(hashes).bit_count()


@given(leaves, st.data())
def test_every_leaf_has_a_proof_that_fits_nothing_else(hashes: list[bytes], data: st.DataObject) -> None:
    index = data.draw(st.integers(0, len(hashes) - 1))
    proof, root, size = inclusion_proof(hashes, index), root_of(hashes), len(hashes)
    assert includes(hashes[index], index, size, proof, root)
    assert not includes(leaf_hash(b"other"), index, size, proof, root)
    assert not includes(hashes[index], index, size, [*proof, root], root)
    assert not includes(hashes[index], index, size, proof, leaf_hash(b"other"))
    for other in range(-1, size + 1):
        assert other == index or not includes(hashes[index], other, size, proof, root)
    if proof:
        assert not includes(hashes[index], index, size, proof[:-1], root)


@given(leaves, st.data())
def test_every_older_tree_has_a_proof_that_fits_no_other(hashes: list[bytes], data: st.DataObject) -> None:
    older, size = data.draw(st.integers(1, len(hashes))), len(hashes)
    before, root, proof = root_of(hashes[:older]), root_of(hashes), consistency_proof(hashes, older)
    assert consistent(older, size, before, root, proof)
    assert not consistent(older, size, leaf_hash(b"other"), root, proof)
    assert not consistent(older, size, before, leaf_hash(b"other"), proof)
    assert not consistent(older, size, before, root, [*proof, root])
    forged = [leaf_hash(b"other"), *hashes[1:]]
    assert not consistent(older, size, before, root_of(forged), consistency_proof(forged, older))


@pytest.mark.parametrize("index", [-1, 8, 100])
def test_there_is_no_proof_of_a_leaf_that_is_not_there(index: int) -> None:
    with pytest.raises(IndexError):
        inclusion_proof(LEAVES, index)


@pytest.mark.parametrize("older", [0, -1, 9])
def test_there_is_no_proof_of_a_tree_that_never_was(older: int) -> None:
    with pytest.raises(IndexError):
        consistency_proof(LEAVES, older)
    assert not consistent(older, 8, LEAVES[0], root_of(LEAVES), [LEAVES[0]])
