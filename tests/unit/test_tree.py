"""The tree against RFC 9162: known answers, and a naive implementation written from its text alone."""

from __future__ import annotations

import hashlib
from itertools import pairwise

import pytest

from tests.naive import is_consistent, naive_path, naive_proof, naive_root
from tracker.events import tree

# The leaves and roots of the reference vectors of Certificate Transparency (RFC 6962, same hashing as RFC 9162).
LEAVES = [bytes.fromhex(one) for one in ("", "00", "10", "2021", "3031", "40414243")]
LEAVES += [bytes(range(0x50, 0x58)), bytes(range(0x60, 0x70))]
ROOTS = [
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]


def leaf(data: bytes) -> bytes:
    return hashlib.sha256(b"\x00" + data).digest()


class Grown:
    """A tree grown leaf by leaf as the log does, with its nodes and the frontier at every size."""

    def __init__(self, count: int) -> None:
        self.leaves = [leaf(str(number).encode()) for number in range(count)]
        self.nodes: dict[tuple[int, int], bytes] = {}
        self.frontiers = [b""]
        for size, one in enumerate(self.leaves):
            frontier, made = tree.extend(size, self.frontiers[-1], [one])
            for level, index, node in made:
                assert (level, index) not in self.nodes, "a complete subtree was written twice"
                self.nodes[level, index] = node
            self.frontiers.append(frontier)

    def read(self, level: int, index: int) -> bytes:
        return self.nodes[level, index]


COUNT = 130
GROWN = Grown(COUNT)
ROOT = [naive_root(GROWN.leaves[:size]) for size in range(COUNT + 1)]


def test_the_roots_are_those_of_the_reference_vectors():
    frontier = b""
    for size, data in enumerate(LEAVES):
        frontier, _ = tree.extend(size, frontier, [leaf(data)])
        assert tree.root_of(frontier).hex() == ROOTS[size]


def test_the_root_of_nothing_is_the_hash_of_nothing():
    assert tree.root_of(b"").hex() == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"


def test_an_inclusion_path_is_that_of_the_reference_vectors():
    grown = Grown(0)
    frontier, nodes = tree.extend(0, b"", [leaf(data) for data in LEAVES])
    grown.nodes = {(level, index): node for level, index, node in nodes}
    assert [node.hex() for node in tree.inclusion_proof(0, 8, grown.read)] == [
        "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
        "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
        "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4",
    ]
    assert tree.root_of(frontier).hex() == ROOTS[7]


def test_roots_equal_the_naive_ones_at_every_size():
    for size in range(COUNT + 1):
        assert tree.root_of(GROWN.frontiers[size]) == ROOT[size]
        assert tree.root_at(size, GROWN.read) == ROOT[size]


def test_many_leaves_at_once_grow_the_same_tree_as_one_after_the_other():
    for first, second in pairwise([0, 1, 2, 7, 8, 31, 33, 100, 130]):
        frontier, _ = tree.extend(first, GROWN.frontiers[first], GROWN.leaves[first:second])
        assert frontier == GROWN.frontiers[second]


def test_inclusion_proofs_equal_the_naive_ones_and_lead_to_the_root():
    for size in [*range(1, 70), 127, 128, 129, 130]:
        for index in range(size):
            path = tree.inclusion_proof(index, size, GROWN.read)
            assert path == naive_path(index, GROWN.leaves[:size])
            assert tree.root_from_inclusion(index, size, GROWN.leaves[index], path) == ROOT[size]


def test_consistency_proofs_equal_the_naive_ones_and_are_believed():
    for second in [*range(1, 50), 127, 128, 129, 130]:
        for first in range(1, second + 1):
            proof = tree.consistency_proof(first, second, GROWN.read)
            assert proof == naive_proof(first, GROWN.leaves[:second])
            assert is_consistent(first, second, ROOT[first], ROOT[second], proof)


@pytest.mark.parametrize("index, size", [(-1, 5), (5, 5), (6, 5), (0, 0)])
def test_a_leaf_outside_the_tree_leads_to_no_root(index, size):
    assert tree.root_from_inclusion(index, size, GROWN.leaves[0], []) is None


def test_control_a_path_that_was_tampered_with_leads_elsewhere():
    for size in range(1, 40):
        for index in range(size):
            path = tree.inclusion_proof(index, size, GROWN.read)
            for place in range(len(path)):
                wrong = [*path[:place], GROWN.leaves[129], *path[place + 1 :]]
                assert tree.root_from_inclusion(index, size, GROWN.leaves[index], wrong) != ROOT[size]
            assert (
                tree.root_from_inclusion(index, size, GROWN.leaves[index], [*path, path[0] if path else b""])
                is None
            )
            if path:
                assert tree.root_from_inclusion(index, size, GROWN.leaves[index], path[:-1]) != ROOT[size]


def test_a_seal_is_the_first_eight_digits_of_the_root_in_capitals():
    assert tree.seal_of(bytes.fromhex(ROOTS[1])) == "FAC5-4203"
