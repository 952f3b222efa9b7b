"""200,000 changed records, grants, files, blobs and wraps: none may open (reliability R11)."""

import pytest

from tests.fixtures.tampering import changes_accepted

SEEDS = range(1, 41)

pytestmark = pytest.mark.slow


def test_two_hundred_thousand_changes_are_all_refused() -> None:
    found = [changes_accepted(seed) for seed in SEEDS]

    assert sum(tried for tried, _accepted in found) == 200_000
    assert [accepted for _tried, accepted in found if accepted] == []
