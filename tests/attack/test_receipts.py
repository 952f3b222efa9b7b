"""Every byte of a receipt changed: none passes, not even where the log's own key seals it (R17)."""

from random import Random

import pytest

from cooperation.offline import verify_receipt
from tests.fixtures.receipts import Filed, with_byte

pytestmark = pytest.mark.slow

FEWEST = 20_000
NAMES = ("receipt.json", "answers.json", "proof.tlog-proof")


def code_of(archive: bytes, receipt: Filed) -> int:
    """Return the exit code of the program."""
    results = verify_receipt.verify(archive, receipt.log_key, [receipt.witness_key])
    return verify_receipt.exit_code(results, receipt.log_key)


def test_every_byte_of_a_receipt_counts(receipt: Filed) -> None:
    chance, archive = Random(2026), receipt.archive
    assert code_of(archive, receipt) == verify_receipt.VERIFIED
    assert len(archive) > FEWEST

    passed = [
        place
        for place in range(len(archive))
        if code_of(with_byte(archive, place, chance), receipt) != verify_receipt.REFUSED
    ]

    assert passed == []


@pytest.mark.parametrize("name", NAMES)
def test_every_byte_counts_even_where_the_log_itself_seals_the_change(
    receipt: Filed, name: str
) -> None:
    """The name of the passkey alone is not signed by anybody but the log."""
    chance, content = Random(2027), receipt.parts[name]
    start = content.find(b'"credential_id":"') + 17
    free = range(start, start + 64) if name == "receipt.json" else range(0)

    passed = {
        place
        for place in range(0, len(content), 2)
        if code_of(
            receipt.sealed(receipt.parts | {name: with_byte(content, place, chance)}), receipt
        )
        != verify_receipt.REFUSED
    }

    assert passed <= set(free)
