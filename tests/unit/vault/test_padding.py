"""Padding: each step holds exactly the contents that have no shorter one (vault.md, Record)."""

import pytest

from cooperation.vault import envelope
from cooperation.vault.envelope import padded, padded_size, unpadded
from cooperation.vault.errors import CannotOpen

FIELD = 4
"""Bytes of the length in front."""

STEPS = [
    (0, 256),
    (256, 512),
    (512, 1024),
    (1024, 2048),
    (2048, 4096),
    (4096, 8192),
    (8192, 12288),
    (61440, 65536),
]
"""The step before, and the step."""


def by_hand(length: int, size: int) -> bytes:
    """Return a padding to a size, whether it is the right one or not."""
    return length.to_bytes(FIELD, "big") + b"x" * length + bytes(size - FIELD - length)


@pytest.mark.parametrize(("before", "step"), STEPS)
def test_a_step_takes_what_fits_and_nothing_that_fits_the_step_before(before, step):
    shortest, longest = max(0, before - FIELD + 1), step - FIELD

    assert padded_size(shortest) == padded_size(longest) == step
    for length in (shortest, longest):
        assert unpadded(padded(b"x" * length)) == b"x" * length
    if before:
        with pytest.raises(CannotOpen):
            unpadded(by_hand(shortest - 1, step))


@pytest.mark.parametrize(("before", "step"), STEPS)
def test_a_length_that_leaves_the_step_is_refused(before, step):
    with pytest.raises(CannotOpen):
        unpadded((step - FIELD + 1).to_bytes(FIELD, "big") + bytes(step - FIELD))


@pytest.mark.parametrize("size", [0, 3, 4, 255, 257, 511, 1023, 3072, 4095, 4097, 6144, 12287])
def test_a_size_that_is_no_step_is_refused(size):
    with pytest.raises(CannotOpen):
        unpadded(bytes(size))


def test_names_of_records_are_remembered_up_to_a_bound(monkeypatch):
    monkeypatch.setattr(envelope, "_names", {})
    monkeypatch.setattr(envelope, "_MOST_NAMES", 2)
    names = envelope._names_of("answer", "value")

    for number in range(2):
        names["A-01", number] = b""
        assert len(envelope._names_of("answer", "value")) == number + 1
    names["A-01", 2] = b""

    assert envelope._names_of("answer", "value") == {}
