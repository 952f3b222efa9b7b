"""5,000 changed records, grants, files, blobs and wraps: none may open (vault.md, Tests)."""

from tests.fixtures.tampering import changes_accepted

SEED = 20261122


def test_five_thousand_changes_are_all_refused() -> None:
    assert changes_accepted(SEED) == (5000, [])
