"""The commitment of an answer: these bytes and no others (vault.md, Record)."""

from hashlib import sha256

import pytest

from cooperation.vault.commitment import SALT_BYTES, commit, is_commitment_of, new_salt

SALT = bytes(range(SALT_BYTES))
ANSWER = b'{"choice":["yes"]}'


def test_a_commitment_is_the_hash_of_a_zero_the_salt_and_the_answer():
    assert commit(ANSWER, SALT) == sha256(b"\x00" + SALT + ANSWER).digest()


@pytest.mark.parametrize("salt", [b"", SALT[:-1], SALT + b"\x00"])
def test_a_salt_of_another_length_is_refused(salt):
    with pytest.raises(ValueError, match="32 bytes"):
        commit(ANSWER, salt)


def test_no_other_answer_and_no_other_salt_has_the_same_commitment():
    commitment = commit(ANSWER, SALT)

    assert is_commitment_of(commitment, ANSWER, SALT)
    assert not is_commitment_of(commitment, b'{"choice":["no"]}', SALT)
    assert not is_commitment_of(commitment, ANSWER, new_salt())


def test_salts_are_new_each_time():
    assert len({new_salt() for _time in range(10)}) == 10
    assert {len(new_salt()) for _time in range(10)} == {SALT_BYTES}
