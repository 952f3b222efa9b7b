"""KINDS against what makers, audience and givers of the nine kinds were when they were code."""

import pytest

from cooperation.circles.kinds import KINDS, BundleKind, giver_of, makers_of, parties_of

STATE = "state/KEN"
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


def test_every_kind_is_declared():
    assert list(KINDS) == list(BundleKind)


def test_nobody_makes_or_reads_what_is_of_no_state_where_one_is_needed():
    assert makers_of("draft", None) == parties_of("draft", None) == ()
