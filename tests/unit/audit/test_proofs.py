"""Proofs from the stored sub-trees against an implementation by the words of RFC 6962, 2.1."""

from hashlib import sha256

from hypothesis import given, settings
from hypothesis import strategies as st

from cooperation.audit.rules import (
    Frontier,
    consistency_places,
    inclusion_places,
    inclusion_root,
    is_consistent,
    root_of_peaks,
    tlog_proof_text,
)

MOST = 70
LEAVES = [sha256(bytes([number])).digest() for number in range(MOST)]
FRONTIER = Frontier()
NODES = {
    (level, position): value for leaf in LEAVES for level, position, value in FRONTIER.add(leaf)
}
SIZES = st.integers(min_value=1, max_value=MOST)
FEW = settings(max_examples=150, deadline=None, derandomize=True)


def split_of(size):
    half = 1
    while half * 2 < size:
        half *= 2
    return half


def root(leaves):
    if len(leaves) == 1:
        return leaves[0]
    half = split_of(len(leaves))
    return sha256(b"\x01" + root(leaves[:half]) + root(leaves[half:])).digest()


def path(place, leaves):
    if len(leaves) == 1:
        return []
    half = split_of(len(leaves))
    if place < half:
        return [*path(place, leaves[:half]), root(leaves[half:])]
    return [*path(place - half, leaves[half:]), root(leaves[:half])]


def subproof(earlier, leaves, *, is_whole):
    if earlier == len(leaves):
        return [] if is_whole else [root(leaves)]
    half = split_of(len(leaves))
    if earlier <= half:
        return [*subproof(earlier, leaves[:half], is_whole=is_whole), root(leaves[half:])]
    return [*subproof(earlier - half, leaves[half:], is_whole=False), root(leaves[:half])]


def hashes(groups):
    return [root_of_peaks([NODES[place] for place in group]) for group in groups]


@given(SIZES, st.data())
@FEW
def test_the_inclusion_proof_is_the_one_of_the_rfc_and_leads_to_the_root(size, data):
    seq = data.draw(st.integers(0, size - 1))

    proof = hashes(inclusion_places(seq, size))

    assert proof == path(seq, LEAVES[:size])
    assert inclusion_root(LEAVES[seq], seq, size, proof) == root(LEAVES[:size])


@given(SIZES, st.data())
@FEW
def test_an_inclusion_proof_holds_for_its_own_entry_and_length_alone(size, data):
    seq = data.draw(st.integers(0, size - 1))
    places = st.integers(0, max(size, 2) - 1)
    other = data.draw(places.filter(lambda each: each != seq))
    proof = path(seq, LEAVES[:size])
    expected = root(LEAVES[:size])

    assert inclusion_root(LEAVES[other], seq, size, proof) != expected
    assert inclusion_root(LEAVES[seq], other, size, proof) != expected
    assert inclusion_root(LEAVES[seq], seq, size, [*proof, LEAVES[0]]) != expected
    if proof:
        assert inclusion_root(LEAVES[seq], seq, size, proof[:-1]) != expected
    assert inclusion_root(LEAVES[seq], size, size, proof) is None


@given(SIZES, st.data())
@FEW
def test_the_consistency_proof_is_the_one_of_the_rfc_and_holds(later, data):
    earlier = data.draw(st.integers(1, later))

    proof = hashes(consistency_places(earlier, later))

    assert proof == subproof(earlier, LEAVES[:later], is_whole=True)
    assert is_consistent((earlier, root(LEAVES[:earlier])), (later, root(LEAVES[:later])), proof)


@given(st.integers(2, MOST), st.data())
@FEW
def test_no_proof_shows_a_log_with_another_past_to_be_consistent(later, data):
    earlier = data.draw(st.integers(1, later - 1))
    place = data.draw(st.integers(0, earlier - 1))
    forged = [*LEAVES[:place], sha256(b"forged").digest(), *LEAVES[place + 1 : later]]
    seen = (earlier, root(LEAVES[:earlier]))

    for leaves in (forged, LEAVES[:later]):
        proof = subproof(earlier, leaves, is_whole=True)
        assert not is_consistent(seen, (later, root(forged)), proof)
        assert not is_consistent(seen, (later, root(LEAVES[:later])), [*proof, LEAVES[0]])
        assert not is_consistent(seen, (later, root(LEAVES[:later])), proof[:-1])


def test_a_smaller_or_empty_log_is_never_consistent():
    assert not is_consistent((5, root(LEAVES[:5])), (3, root(LEAVES[:3])), [])
    assert not is_consistent((0, bytes(32)), (3, root(LEAVES[:3])), [])
    assert not is_consistent((3, root(LEAVES[:3])), (3, root(LEAVES[1:4])), [])


def test_a_proof_costs_few_rows_of_a_large_log():
    places = [place for group in inclusion_places(77_777, 100_000) for place in group]
    both = [place for group in consistency_places(77_777, 100_000) for place in group]

    assert len(places) < 40
    assert len(both) < 40


def test_the_text_of_a_proof_is_as_c2sp_writes_it():
    text = tlog_proof_text(3, [bytes(32)], "note\n")

    assert text == f"c2sp.org/tlog-proof@v1\nindex 3\n{'A' * 43}=\n\nnote\n"
