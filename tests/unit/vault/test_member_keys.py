"""The sealed form of a member's keys: the format with passkeys, and the one before it."""

from dataclasses import replace

import pytest

from cooperation.core.ids import new_id
from cooperation.vault.encoding import length_prefixed, split_fields
from cooperation.vault.errors import CannotOpen
from cooperation.vault.member import Anchor, MemberKeys, create_keys

ANCHOR = Anchor(bytes(32), 3, bytes(32))
VOUCHED = (bytes(range(32)), bytes(32))


@pytest.fixture
def keys() -> MemberKeys:
    return create_keys(new_id(), ANCHOR)


def _as_before(keys: MemberKeys) -> bytes:
    fields = split_fields(keys.to_bytes(), 8)
    return length_prefixed("cp/member-keys/1", *fields[1:7])


def test_new_person_vouches_for_no_passkey(keys: MemberKeys) -> None:
    assert MemberKeys.from_bytes(keys.to_bytes()).passkeys == ()


def test_vouched_passkeys_come_back_in_their_order(keys: MemberKeys) -> None:
    vouching = keys.with_passkeys(VOUCHED)

    assert MemberKeys.from_bytes(vouching.to_bytes()).passkeys == VOUCHED


def test_keys_of_the_format_before_open_without_passkeys(keys: MemberKeys) -> None:
    opened = MemberKeys.from_bytes(_as_before(keys))

    assert opened.to_bytes() == keys.to_bytes()


@pytest.mark.parametrize("listed", [b"\x00", bytes(36), length_prefixed(bytes(31), bytes(33))])
def test_badly_formed_list_of_passkeys_is_refused(keys: MemberKeys, listed: bytes) -> None:
    fields = split_fields(keys.to_bytes(), 8)

    with pytest.raises(CannotOpen):
        MemberKeys.from_bytes(length_prefixed(*fields[:7], listed))


def test_unknown_format_is_refused(keys: MemberKeys) -> None:
    fields = split_fields(replace(keys).to_bytes(), 8)

    with pytest.raises(CannotOpen):
        MemberKeys.from_bytes(length_prefixed("cp/member-keys/3", *fields[1:]))
