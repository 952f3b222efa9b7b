"""Every byte of a proof of published answers changed: none passes for what it is not."""

import json
from random import Random
from typing import Any

import pytest

from cooperation.offline import verify_receipt
from tests.fixtures.proofs import Evidence, refused_by, reread
from tests.fixtures.receipts import with_byte

pytestmark = pytest.mark.slow

FEWEST = 5_000


def said(document: dict[str, Any]) -> str:
    """Return what a document claims of States; the rest is the platform's own word."""
    submissions = [each | {"size": None} for each in document["submissions"]]
    return json.dumps(document | {"submissions": submissions, "left_out": []}, sort_keys=True)


def test_every_byte_of_a_proof_counts() -> None:
    evidence, chance = Evidence(), Random(2026)
    archive = evidence.archive()
    assert refused_by(archive, evidence.vkey) == set()
    assert len(archive) > FEWEST

    passed = [
        place
        for place in range(len(archive))
        if not refused_by(with_byte(archive, place, chance), evidence.vkey)
    ]

    assert passed == []


@pytest.mark.parametrize("seed", [1, 2])
@pytest.mark.parametrize("name", ["published.json", "entry-AF01-2.json", "proof-WE02-1.tlog-proof"])
def test_every_byte_counts_even_where_the_log_itself_seals_the_change(name: str, seed: int) -> None:
    evidence, chance = Evidence(), Random(seed)
    parts = evidence.parts()
    claimed = said(reread(evidence.archive()))

    passed = []
    for place in range(len(parts[name])):
        changed = parts | {name: with_byte(parts[name], place, chance)}
        archive = evidence.archive(changed)
        if not refused_by(archive, evidence.vkey) and said(reread(archive)) != claimed:
            passed.append(place)

    assert passed == []
    assert verify_receipt.PUBLISHED in parts
