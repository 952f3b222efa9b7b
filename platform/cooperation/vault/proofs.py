"""Verify that something is in a Merkle tree, and that a tree only grew (RFC 9162, section 2.1)."""

from collections.abc import Sequence

from cooperation.vault.merkle import node_hash


def inclusion_root(leaf: bytes, seq: int, size: int, path: Sequence[bytes]) -> bytes | None:
    """Return the root that an inclusion proof leads to; `None` for a proof of the wrong length.

    Section 2.1.3.2; `path` begins with the leaf's sibling.
    """
    if not 0 <= seq < size:
        return None
    place, last, root = seq, size - 1, leaf
    for sibling in path:
        if last == 0:
            return None
        if place & 1 or place == last:
            root = node_hash(sibling, root)
            while not place & 1 and place:
                place, last = place >> 1, last >> 1
        else:
            root = node_hash(root, sibling)
        place, last = place >> 1, last >> 1
    return root if last == 0 else None


def is_consistent(
    earlier: tuple[int, bytes], later: tuple[int, bytes], proof: Sequence[bytes]
) -> bool:
    """Tell whether the proof shows that the later tree only adds to the earlier one.

    Both are (size, root), the earlier of one entry at least. Section 2.1.4.2.
    """
    (first, first_root), (second, second_root) = earlier, later
    if first == second:
        return not proof and first_root == second_root
    if not 0 < first < second or not proof:
        return False
    hashes = list(proof) if first & (first - 1) else [first_root, *proof]
    place, last = first - 1, second - 1
    while place & 1:
        place, last = place >> 1, last >> 1
    old = new = hashes[0]
    for sibling in hashes[1:]:
        if last == 0:
            return False
        if place & 1 or place == last:
            old, new = node_hash(sibling, old), node_hash(sibling, new)
            while not place & 1 and place:
                place, last = place >> 1, last >> 1
        else:
            new = node_hash(new, sibling)
        place, last = place >> 1, last >> 1
    return last == 0 and old == first_root and new == second_root
