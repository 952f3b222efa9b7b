"""The whole walk on both engines, PostgreSQL with row-level security: the same pages throughout."""

import pytest

from tests.fixtures.rehearsal import VISITORS, Rehearsal
from tests.fixtures.walking import faults_of_walk

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("rehearsal")]

NEVER_THE_SAME = ("accounts.new_passkey", "accounts.add_passkey", "accounts.make_sheet")
"""Pages that carry a challenge or a code made for them: they differ from themselves too."""


@pytest.mark.parametrize("visitor", VISITORS)
def test_walk_is_the_same_on_both_engines(
    rehearsal: Rehearsal, bound_rehearsal: Rehearsal, visitor: str
) -> None:
    here: dict[str, str] = {}
    there: dict[str, str] = {}

    wrong = faults_of_walk(rehearsal, visitor, here)
    wrong += faults_of_walk(bound_rehearsal, visitor, there)
    wrong += [
        f"{place} differs"
        for place in there
        if here.get(place) != there[place]
        and not any(f" {endpoint} (" in place for endpoint in NEVER_THE_SAME)
    ]

    assert not wrong, "\n".join(["", *wrong])
