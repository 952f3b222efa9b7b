"""The Merkle tree over the entries and how a tampered log shows (RFC 6962, section 2.1)."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from cooperation.vault.merkle import EMPTY_ROOT, node_hash


@dataclass(frozen=True)
class LogState:
    """How many entries the log has, and its Merkle root."""

    size: int
    root: bytes


class FaultKind(StrEnum):
    """What was done to the log."""

    CHANGED = "changed"
    DELETED = "deleted"
    INSERTED = "inserted"
    REORDERED = "reordered"


@dataclass(frozen=True)
class Fault:
    """The first entry at which the log is not what was recorded.

    `last` is greater than `seq` only where entry and leaf were forged together: then the change
    lies between the two numbers.
    """

    kind: FaultKind
    seq: int
    last: int


@dataclass(frozen=True)
class VerificationResult:
    """Size and root as computed from the entries, and the first fault, if any."""

    size: int
    root: bytes
    fault: Fault | None

    @property
    def is_sound(self) -> bool:
        """Whether no entry was changed, deleted, inserted or reordered."""
        return self.fault is None


def siblings_of(seq: int) -> list[tuple[int, int]]:
    """Return (level, position) of the sub-trees that the entry `seq` completes to pairs."""
    found: list[tuple[int, int]] = []
    level, position = 0, seq
    while position % 2 == 1:
        found.append((level, position - 1))
        level, position = level + 1, position // 2
    return found


def nodes_completed(
    seq: int, leaf: bytes, siblings: Sequence[bytes]
) -> list[tuple[int, int, bytes]]:
    """Return (level, position, hash) of all sub-trees that are complete once `seq` is written.

    `siblings` are the hashes at `siblings_of(seq)`, in that order.
    """
    found = [(0, seq, leaf)]
    for left in siblings:
        level, position, right = found[-1]
        found.append((level + 1, position // 2, node_hash(left, right)))
    return found


def peaks_of(size: int) -> list[tuple[int, int]]:
    """Return (level, position) of the complete sub-trees that make up a log of `size` entries."""
    found: list[tuple[int, int]] = []
    start = 0
    for level in range(size.bit_length() - 1, -1, -1):
        if size >> level & 1:
            found.append((level, start >> level))
            start += 1 << level
    return found


def root_of_peaks(peaks: Sequence[bytes]) -> bytes:
    """Return the Merkle root from the hashes at `peaks_of(size)`, in that order."""
    if not peaks:
        return EMPTY_ROOT
    root = peaks[-1]
    for left in reversed(peaks[:-1]):
        root = node_hash(left, root)
    return root


def levels_of(leaves: Sequence[bytes]) -> list[list[bytes]]:
    """Return the hashes of all complete sub-trees over `leaves`, level by level."""
    levels = [list(leaves)]
    while len(levels[-1]) > 1:
        below = levels[-1]
        pairs = zip(below[::2], below[1::2], strict=False)
        levels.append([node_hash(left, right) for left, right in pairs])
    return levels


def first_leaf_fault(found: Sequence[bytes], recorded: Sequence[bytes]) -> Fault | None:
    """Compare the leaves `found` by hashing the entries with those `recorded` in the tree.

    At the first difference: an entry unknown to the tree in front of a known one was inserted; a
    known entry in the place of one that is gone means a deletion; both known, a reordering.
    """
    for seq, (leaf, expected) in enumerate(zip(found, recorded, strict=False)):
        if leaf != expected:
            return Fault(_kind_of(leaf in set(recorded), expected in set(found)), seq, seq)
    if len(found) < len(recorded):
        return Fault(FaultKind.DELETED, len(found), len(found))
    if len(found) > len(recorded):
        return Fault(FaultKind.INSERTED, len(recorded), len(recorded))
    return None


def _kind_of(is_known: bool, is_displaced: bool) -> FaultKind:
    if is_known:
        return FaultKind.REORDERED if is_displaced else FaultKind.DELETED
    return FaultKind.INSERTED if is_displaced else FaultKind.CHANGED


def first_node_fault(
    levels: Sequence[Sequence[bytes]], recorded: dict[tuple[int, int], bytes]
) -> Fault | None:
    """Compare the sub-trees computed from the leaves with those recorded above them."""
    faults: list[Fault] = []
    for level, hashes in enumerate(levels[1:], start=1):
        for position, node in enumerate(hashes):
            if recorded.pop((level, position), None) != node:
                first = position << level
                faults.append(Fault(FaultKind.CHANGED, first, first + (1 << level) - 1))
    if faults:
        return min(faults, key=lambda fault: (fault.last - fault.seq, fault.seq))
    if recorded:  # sub-trees of entries that are no longer there
        size = len(levels[0])
        return Fault(FaultKind.DELETED, size, size)
    return None
