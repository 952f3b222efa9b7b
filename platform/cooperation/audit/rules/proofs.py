"""Which stored sub-trees prove that an entry is in the log, and that a log only grew.

RFC 6962, sections 2.1.1 and 2.1.2. A proof is a list of hashes; each is the root over one or more
complete sub-trees (`peaks_of`), so that a proof costs one read of a few dozen rows.
"""

from cooperation.audit.rules.tree import peaks_of
from cooperation.vault.proofs import inclusion_root, is_consistent
from cooperation.vault.signed_notes import to_base64

__all__ = [
    "consistency_places",
    "inclusion_places",
    "inclusion_root",
    "is_consistent",
    "tlog_proof_text",
]

Places = list[tuple[int, int]]


def inclusion_places(seq: int, size: int) -> list[Places]:
    """Return for each hash of the proof, the leaf's sibling first, the sub-trees it is made of.

    `seq` must be below `size`.
    """
    found: list[Places] = []
    start, end = 0, size
    while end - start > 1:
        middle = start + _left_of(end - start)
        if seq < middle:
            found.append(_places_between(middle, end))
            end = middle
        else:
            found.append(_places_between(start, middle))
            start = middle
    return found[::-1]


def consistency_places(earlier: int, later: int) -> list[Places]:
    """Return for each hash of the proof the sub-trees it is made of; 0 < `earlier` <= `later`."""
    found: list[Places] = []
    start, end, is_whole = 0, later, True
    while earlier != end:
        middle = start + _left_of(end - start)
        if earlier <= middle:
            found.append(_places_between(middle, end))
            end = middle
        else:
            found.append(_places_between(start, middle))
            start, is_whole = middle, False
    if not is_whole:
        found.append(_places_between(start, end))
    return found[::-1]


def _left_of(size: int) -> int:
    """Return the largest power of two below `size`: how many leaves the left side has."""
    return 1 << ((size - 1).bit_length() - 1)


def _places_between(start: int, end: int) -> Places:
    """Return the complete sub-trees over the leaves from `start` up to `end`, largest first."""
    return [(level, (start >> level) + place) for level, place in peaks_of(end - start)]


def tlog_proof_text(index: int, path: list[bytes], note: str) -> str:
    """Return an inclusion proof as text (c2sp.org/tlog-proof), the checkpoint's note below it."""
    hashes = "".join(f"{to_base64(each)}\n" for each in path)
    return f"c2sp.org/tlog-proof@v1\nindex {index}\n{hashes}\n{note}"
