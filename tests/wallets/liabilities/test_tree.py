"""The tree: every leaf leads to the root, nothing that was changed does."""

import hashlib
import random

import pytest

from wallets.liabilities import tree


def leaves_of(units, seed=1):
    rng = random.Random(seed)
    return [(rng.randbytes(32), amount) for amount in units]


def path(built, index):
    nodes = [
        tree.unpack(built.nodes[at : at + tree.NODE_BYTES])
        for at in range(0, len(built.nodes), tree.NODE_BYTES)
    ]
    return [tree.Step(left, *nodes[number]) for number, left in tree.siblings(index, built.width)]


def index_of(built, leaf):
    node = tree.leaf_hash(*leaf) + leaf[1].to_bytes(16, "big")
    return built.nodes[: built.width * tree.NODE_BYTES].index(node) // tree.NODE_BYTES


@pytest.mark.parametrize("count", [1, 2, 3, 5, 8, 17])
def test_every_leaf_leads_to_the_root_whose_sum_is_the_whole(count):
    leaves = leaves_of([7 * number + 1 for number in range(count)], seed=count)
    built = tree.Tree.build(leaves)
    assert built.root[1] == sum(units for _, units in leaves)
    assert built.width & (built.width - 1) == 0 and built.width >= max(2, count)
    assert len(built.nodes) == (2 * built.width - 1) * tree.NODE_BYTES
    for leaf in leaves:
        assert tree.root_of(*leaf, path(built, index_of(built, leaf))) == built.root


def test_a_leaf_or_step_that_was_changed_leads_elsewhere():
    leaves = leaves_of([10, 20, 30, 40])
    built = tree.Tree.build(leaves)
    leaf = leaves[2]
    steps = path(built, index_of(built, leaf))
    assert tree.root_of(leaf[0], leaf[1] - 1, steps) != built.root
    assert tree.root_of(leaves[1][0], leaf[1], steps) != built.root
    for number, step in enumerate(steps):
        # The flaw of the first construction: the same sum out of other parts.
        for other in (
            tree.Step(step.is_left, step.hash, step.units + 1),
            tree.Step(not step.is_left, step.hash, step.units),
            tree.Step(step.is_left, hashlib.sha256(step.hash).digest(), step.units),
        ):
            changed = [*steps[:number], other, *steps[number + 1 :]]
            assert tree.root_of(*leaf, changed) != built.root


def test_moving_an_amount_between_siblings_changes_the_node():
    a, b = b"a" * 32, b"b" * 32
    assert tree.node_hash(a, 5, b, 7) != tree.node_hash(a, 6, b, 6)


def test_a_leaf_below_zero_is_refused():
    with pytest.raises(tree.NegativeLeaf):
        tree.Tree.build(leaves_of([5, -1]))
    with pytest.raises(tree.NegativeLeaf):
        tree.node_hash(b"a" * 32, -1, b"b" * 32, 5)
    with pytest.raises(ValueError, match="larger"):
        tree.leaf_hash(b"a" * 32, tree.MOST_UNITS + 1)


def test_the_root_is_worked_out_by_hand():
    h = hashlib.sha256
    first, second = sorted([(b"\x01" * 32, 3), (b"\x02" * 32, 4)])
    hashes = [h(b"\x00" + i + u.to_bytes(16, "big")).digest() for i, u in (first, second)]
    wanted = h(
        b"\x01"
        + hashes[0] + (3).to_bytes(16, "big")
        + hashes[1] + (4).to_bytes(16, "big")
    ).digest()  # fmt: skip
    assert tree.Tree.build([second, first]).root == (wanted, 7)
