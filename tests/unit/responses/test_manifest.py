"""The leaves of a submission's tree, by the kind of its manifest (docs/decisions, 6)."""

import pytest

from cooperation.responses.rules import (
    FIRST_MANIFEST_KIND,
    MANIFEST_KIND,
    AnswerStatus,
    Audience,
    ManifestAnswer,
    answer_leaf,
    leaves_of_manifest,
    root_leaves,
)

FIRST = ManifestAnswer("B-01", Audience.STATES, AnswerStatus.ANSWERED, b"\x02" * 32)
SECOND = ManifestAnswer("B-02", Audience.COURT, AnswerStatus.NO_ANSWER, b"\x01" * 32)


def manifest(kind: str, answers: object = None) -> dict[str, object]:
    rows = [
        [each.question, each.audience, each.status, each.commitment.hex()]
        for each in (FIRST, SECOND)
    ]
    return {
        "kind": kind,
        "edition": "2026",
        "questionnaire": "ab12",
        "answers": rows if answers is None else answers,
    }


def test_a_leaf_says_question_audience_status_and_commitment():
    assert answer_leaf(FIRST) == b"answer B-01 states answered " + b"02" * 32


def test_the_leaves_come_sorted_after_edition_and_questions():
    leaves = root_leaves("2026", "ab12", [SECOND, FIRST])

    assert leaves[:2] == (b"edition 2026", b"questionnaire ab12")
    assert leaves[2:] == (answer_leaf(FIRST), answer_leaf(SECOND))
    assert leaves_of_manifest(manifest(MANIFEST_KIND)) == leaves


def test_a_manifest_of_the_first_kind_keeps_its_bare_commitments():
    leaves = leaves_of_manifest(manifest(FIRST_MANIFEST_KIND))

    assert leaves[2:] == (b"\x01" * 32, b"\x02" * 32)


@pytest.mark.parametrize(
    "broken",
    [
        manifest("submission/3"),
        {},
        manifest(MANIFEST_KIND, answers=7),
        manifest(MANIFEST_KIND, answers=[["B-01", "states", "answered"]]),
        manifest(MANIFEST_KIND, answers=[["B-01", "everybody", "answered", "00"]]),
        manifest(MANIFEST_KIND, answers=[["B-01", "states", "answered", "zz"]]),
        manifest(MANIFEST_KIND, answers=[["B-01", "states", "answered", 3]]),
    ],
)
def test_no_other_shape_has_leaves(broken):
    with pytest.raises(ValueError, match=r"."):
        leaves_of_manifest(broken)
