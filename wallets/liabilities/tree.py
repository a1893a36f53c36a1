"""The Merkle-sum tree: leaves with amounts, every node commits to the sums of both its children.

The construction is Maxwell's ("Proving your bitcoin reserves", 2014) with the mend of Chalkias,
Chatzigiannis and Ji ("Broken proofs of solvency in blockchain custodial wallets", 2022): a node's
hash covers the amounts of *both* children, not only their sum, else a node could claim less than
what is below it. All hashes are SHA-256, an amount is 16 bytes, big end first::

    leaf  = H(00 ‖ id ‖ amount)                 id = H(02 ‖ salt ‖ name), both of 32 bytes
    node  = H(01 ‖ left ‖ left's amount ‖ right ‖ right's amount),  amount = the two together

The number of leaves is filled up to a power of two with leaves of nothing under random ids, which
look like all others, so the number of customers is known only roughly.
"""

import hashlib
import secrets
from collections.abc import Sequence
from dataclasses import dataclass

AMOUNT_BYTES = 16
HASH_BYTES = 32
NODE_BYTES = HASH_BYTES + AMOUNT_BYTES
MOST_UNITS = (1 << 127) - 1
LEAF, NODE, NAME = b"\x00", b"\x01", b"\x02"


class NegativeLeaf(ValueError):
    """A leaf below zero would hide what is owed to others; such a tree is never built."""


@dataclass(frozen=True, slots=True)
class Step:
    """One sibling on the way to the root."""

    is_left: bool  # the sibling stands on the left
    hash: bytes
    units: int


def id_of(salt: bytes, name: str) -> bytes:
    """The id under which a leaf stands: only who knows the salt can tell whose it is."""
    return hashlib.sha256(NAME + salt + name.encode()).digest()


def leaf_hash(leaf_id: bytes, units: int) -> bytes:
    return hashlib.sha256(LEAF + leaf_id + _amount(units)).digest()


def node_hash(left: bytes, left_units: int, right: bytes, right_units: int) -> bytes:
    return hashlib.sha256(NODE + left + _amount(left_units) + right + _amount(right_units)).digest()


def _amount(units: int) -> bytes:
    if units < 0:
        raise NegativeLeaf("An amount below zero has no place in a proof of liabilities.")
    if units > MOST_UNITS:
        raise ValueError("An amount is larger than any balance can be.")
    return units.to_bytes(AMOUNT_BYTES, "big")


class Tree:
    """A tree over (id, units) leaves, at least one; packed level by level in `nodes`.

    A node is its hash and amount, 48 bytes. The leaves come first, the root last.
    """

    def __init__(self, nodes: bytes, width: int) -> None:
        self.nodes = nodes
        self.width = width

    @classmethod
    def build(cls, leaves: Sequence[tuple[bytes, int]]) -> "Tree":
        """Raises NegativeLeaf before anything is hashed."""
        if any(units < 0 for _, units in leaves):
            raise NegativeLeaf("A leaf is below zero.")
        width = width_of(len(leaves))
        filled = [
            *leaves,
            *((secrets.token_bytes(HASH_BYTES), 0) for _ in range(width - len(leaves))),
        ]
        # By id, which nobody can foresee: neighbours are others with each publication.
        order = sorted(filled)
        level = [(leaf_hash(leaf_id, units), units) for leaf_id, units in order]
        packed = [_pack(level)]
        while len(level) > 1:
            level = [
                (node_hash(*left, *right), left[1] + right[1])
                for left, right in zip(level[::2], level[1::2], strict=True)
            ]
            packed.append(_pack(level))
        return cls(b"".join(packed), width)

    @property
    def root(self) -> tuple[bytes, int]:
        return unpack(self.nodes[-NODE_BYTES:])


def width_of(leaves: int) -> int:
    """The power of two that so many leaves are filled up to, at least two."""
    return max(2, 1 << (leaves - 1).bit_length())


def siblings(index: int, width: int) -> list[tuple[int, bool]]:
    """(number of the sibling in `Tree.nodes`, is it on the left) from a leaf to the root."""
    found, start = [], 0
    while width > 1:
        found.append((start + (index ^ 1), index % 2 == 1))
        start, index, width = start + width, index // 2, width // 2
    return found


def root_of(leaf_id: bytes, units: int, path: Sequence[Step]) -> tuple[bytes, int]:
    """(hash, units) of the root that a leaf and its path lead to."""
    found = leaf_hash(leaf_id, units)
    for step in path:
        if step.is_left:
            found = node_hash(step.hash, step.units, found, units)
        else:
            found = node_hash(found, units, step.hash, step.units)
        units += step.units
    return found, units


def _pack(level: list[tuple[bytes, int]]) -> bytes:
    return b"".join(node + _amount(units) for node, units in level)


def unpack(node: bytes) -> tuple[bytes, int]:
    return bytes(node[:HASH_BYTES]), int.from_bytes(node[HASH_BYTES:], "big")
