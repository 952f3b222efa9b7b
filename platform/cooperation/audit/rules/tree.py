"""The Merkle tree over the entries and how a tampered log shows (RFC 6962, section 2.1)."""

from collections.abc import Iterator, Mapping, Sequence
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


class Frontier:
    """A tree that grows leaf by leaf: the roots of its complete sub-trees, largest first."""

    def __init__(self) -> None:
        self.size = 0
        self._roots: list[bytes] = []

    def add(self, leaf: bytes) -> list[tuple[int, int, bytes]]:
        """Add a leaf hash; return (level, position, hash) of the sub-trees it completes."""
        siblings = [self._roots.pop() for _place in siblings_of(self.size)]
        completed = nodes_completed(self.size, leaf, siblings)
        self._roots.append(completed[-1][2])
        self.size += 1
        return completed

    def root(self) -> bytes:
        """Return the root over all leaves so far."""
        return root_of_peaks(self._roots)


class NodeCheck:
    """Compares sub-trees as they are computed with those recorded, which come in order as well.

    `recorded` gives (position, hash) of the sub-trees of each level above the leaves, by position.
    """

    def __init__(self, recorded: Mapping[int, Iterator[tuple[int, bytes]]]) -> None:
        self._recorded = recorded
        self._next = {level: next(hashes, None) for level, hashes in recorded.items()}
        self._first: Fault | None = None
        self._is_more = False

    def compare(self, level: int, position: int, node: bytes) -> None:
        """Compare the next sub-tree of a level; positions count up from 0."""
        found = self._next.get(level)
        while found is not None and isinstance(found[0], int) and found[0] < position:
            self._is_more = True
            found = self._advance(level)
        if found is not None and found[0] == position:
            self._advance(level)
        if found is None or (found[0], found[1]) != (position, node):
            first = position << level
            self._note(Fault(FaultKind.CHANGED, first, first + (1 << level) - 1))

    def _advance(self, level: int) -> tuple[int, bytes] | None:
        self._next[level] = next(self._recorded[level], None)
        return self._next[level]

    def fault_within(self, size: int) -> Fault | None:
        """Return the narrowest fault, the first of these; or that sub-trees are left over."""
        if self._first is None and (self._is_more or any(self._next.values())):
            return Fault(FaultKind.DELETED, size, size)  # of entries that are no longer there
        return self._first

    def _note(self, fault: Fault) -> None:
        best = self._first
        if best is None or (fault.last - fault.seq, fault.seq) < (best.last - best.seq, best.seq):
            self._first = fault


def kind_of_leaf_fault(*, is_known: bool, is_displaced: bool) -> FaultKind:
    """Say what an entry is whose leaf is not the recorded one.

    `is_known`: the tree has its leaf elsewhere; `is_displaced`: the entry of the recorded leaf
    stands elsewhere. An unknown entry in front of a known one was inserted; a known entry in the
    place of one that is gone means a deletion; both known, a reordering.
    """
    if is_known:
        return FaultKind.REORDERED if is_displaced else FaultKind.DELETED
    return FaultKind.INSERTED if is_displaced else FaultKind.CHANGED
