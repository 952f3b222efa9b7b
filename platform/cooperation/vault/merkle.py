"""Merkle tree hashing of RFC 6962 and RFC 9162: leaf 0x00, node 0x01, left sides complete.

`Peaks` appends in logarithmic time: it keeps the roots of the complete sub-trees, largest first.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from hashlib import sha256

EMPTY_ROOT = sha256(b"").digest()


def leaf_hash(content: bytes) -> bytes:
    """Return the hash of a leaf with this content."""
    return sha256(b"\x00" + content).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """Return the hash of the node above two hashes."""
    return sha256(b"\x01" + left + right).digest()


@dataclass(frozen=True)
class Peaks:
    """A tree as the roots of its complete sub-trees, one for each bit of `size`, largest first."""

    size: int = 0
    hashes: tuple[bytes, ...] = ()

    def append(self, leaf: bytes) -> "Peaks":
        """Return the tree with one more leaf hash."""
        hashes = [*self.hashes, leaf]
        merging = self.size
        while merging & 1:
            right = hashes.pop()
            hashes.append(node_hash(hashes.pop(), right))
            merging >>= 1
        return Peaks(self.size + 1, tuple(hashes))

    def root(self) -> bytes:
        """Return the root of the whole tree."""
        if not self.hashes:
            return EMPTY_ROOT
        root = self.hashes[-1]
        for left in reversed(self.hashes[:-1]):
            root = node_hash(left, root)
        return root


def root_of(leaves: Iterable[bytes]) -> bytes:
    """Return the root over leaf hashes in their order."""
    level: Sequence[bytes] = tuple(leaves)
    if not level:
        return EMPTY_ROOT
    while len(level) > 1:
        level = _above(level)
    return level[0]


def paths_of(leaves: Iterable[bytes]) -> list[tuple[bytes, ...]]:
    """Return for each leaf hash the hashes beside its way to the root, the lowest first.

    The audit paths of RFC 6962, section 2.1.1, of a whole small tree at once.
    """
    levels: list[Sequence[bytes]] = [tuple(leaves)]
    while len(levels[-1]) > 1:
        levels.append(_above(levels[-1]))
    return [
        tuple(
            level[place >> height ^ 1]
            for height, level in enumerate(levels)
            if place >> height ^ 1 < len(level)
        )
        for place in range(len(levels[0]))
    ]


def _above(level: Sequence[bytes]) -> Sequence[bytes]:
    pairs = range(0, len(level) - 1, 2)
    above = [node_hash(level[at], level[at + 1]) for at in pairs]
    return above if len(level) % 2 == 0 else [*above, level[-1]]
