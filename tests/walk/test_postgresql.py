"""The walk on PostgreSQL, as a role that row-level security binds: nothing may differ.

A focal point here; all ten in tests/attack, where what a page says must be the same, word for word,
as on SQLite, so that a rule which hides too much is found too.
"""

import pytest

from tests.fixtures.rehearsal import Rehearsal
from tests.fixtures.walking import faults_of_walk

pytestmark = pytest.mark.xdist_group("rehearsal")


def test_walk_is_the_same_on_postgresql(rehearsal: Rehearsal, bound_rehearsal: Rehearsal) -> None:
    wrong = faults_of_walk(bound_rehearsal, "focal_point", {})

    assert not wrong, "\n".join(["", *wrong])
