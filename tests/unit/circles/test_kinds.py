"""KINDS against what makers, audience and givers of the nine kinds were when they were code."""

import pytest

from cooperation.circles.kinds import KINDS, BundleKind, giver_of, makers_of, parties_of
from cooperation.circles.queries import BundleHead
from cooperation.circles.service.headers import header_bytes

STATE = "state/KEN"
FIRST, SECOND = b"cp/bundle/1".hex(), b"cp/bundle/2".hex()
SAID = "00000001730000000973746174652f4b454e00000005636f7572740000000973746174652f4b454e"
FIRST_KINDS = {
    "draft": ("KEN", {STATE}, {STATE: None}),
    "submitted_states": (
        "KEN",
        {STATE},
        {STATE: "secretariat", "secretariat": STATE},
    ),
    "submitted_restricted": (
        "KEN",
        {STATE},
        {STATE: "secretariat", "secretariat": "court", "court": "secretariat"},
    ),
    "submitted_court": ("KEN", {STATE}, {STATE: "court", "court": STATE}),
    "published": (None, {"secretariat"}, {"assembly": None}),
    "review_notes": ("KEN", {"secretariat"}, {"secretariat": None}),
    "clarification": (
        "KEN",
        {STATE, "secretariat"},
        {STATE: "secretariat", "secretariat": STATE},
    ),
    "court_tables": (None, {"court"}, {"court": None}),
    "released_tables": (None, {"court"}, {"assembly": None}),
}
"""State, makers, and each circle of the audience with who gives it back what it has lost."""


@pytest.mark.parametrize("kind", FIRST_KINDS)
def test_the_first_nine_kinds_are_as_they_were(kind):
    state, makers, givers = FIRST_KINDS[kind]

    assert set(makers_of(kind, state)) == makers
    assert set(parties_of(kind, state)) == givers.keys()
    assert {circle: giver_of(kind, state, circle) for circle in givers} == givers


def test_a_header_is_signed_in_these_bytes_for_ever():
    """Each field after its length; the second version goes on where the first one ends."""
    head = BundleHead(
        2, "b", "draft", "2026", "KEN", "s", f"court {STATE}", b"k", "m", STATE, b"signature"
    )
    named = (
        "000000016900000001620000000564726166740000000432303236000000034b454e000000016b000000016d"
    )

    assert header_bytes(head._replace(version=1), "i").hex() == f"0000000b{FIRST}{named}"
    assert header_bytes(head, "i").hex() == f"0000000b{SECOND}{named}{SAID}"


def test_every_kind_is_declared():
    assert list(KINDS) == list(BundleKind)


def test_nobody_makes_or_reads_what_is_of_no_state_where_one_is_needed():
    assert makers_of("draft", None) == parties_of("draft", None) == ()
