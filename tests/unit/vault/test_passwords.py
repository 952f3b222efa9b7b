"""The password rule, the passphrase, the blob and the gate of two places."""

import pytest
from zxcvbn.frequency_lists import FREQUENCY_LISTS

from cooperation.core.errors import Unavailable
from cooperation.core.ids import new_id
from cooperation.vault import passwords
from cooperation.vault.derivation import derive
from cooperation.vault.errors import CannotOpen, PasswordRefused
from cooperation.vault.gate import hashing_place
from cooperation.vault.member import (
    Anchor,
    BlobKey,
    OpenedMember,
    create_keys,
    make_blob_key,
    open_member,
    seal_member,
)
from cooperation.vault.passwords import (
    LIGHT,
    STRONG,
    Profile,
    check_password,
    new_passphrase,
    passphrase_words,
    profile_for,
    spellings,
    stretch,
    stretch_for_nobody,
)
from cooperation.vault.root import RootKeys

ROOT = RootKeys({1: bytes(range(32))}, instance=new_id())


def refused(password: str, *context: str) -> bool:
    try:
        check_password(password, context=context)
    except PasswordRefused:
        return True
    return False


def opens(*, made_with: str, typed: str) -> bool:
    keys = create_keys(new_id(), Anchor(bytes(32), 1, bytes(32)))
    blob = seal_member(OpenedMember(keys, make_blob_key(made_with, LIGHT)), ROOT)
    try:
        open_member(blob, typed, person_id=keys.person_id, root=ROOT)
    except CannotOpen:
        return False
    return True


def test_none_of_ten_thousand_common_passwords_is_accepted() -> None:
    common = list(FREQUENCY_LISTS["passwords"])[:10_000]

    assert len(common) == 10_000
    assert [password for password in common if not refused(password)] == []


def test_common_passwords_made_long_are_refused_too() -> None:
    common = list(FREQUENCY_LISTS["passwords"])[:40]

    assert all(refused((password * 15)[:20]) for password in common)


@pytest.mark.parametrize(
    "password",
    ["x7!kQ", "a" * 15, "qwertyuiop12345", "correct horse!" * 10, "mmmmmmmmmmmmmmmmmmmmmmmm"],
)
def test_short_long_and_plain_passwords_are_refused(password: str) -> None:
    assert refused(password)


def test_words_that_an_attacker_tries_first_are_refused() -> None:
    good = "violet harbour quickly Ndiaye forgets"

    assert not refused(good)
    assert refused(good, "Ndiaye")
    assert refused("violet harbour rome-statute forgets")


def test_refusal_names_the_field() -> None:
    with pytest.raises(PasswordRefused) as caught:
        check_password("short", field="new_password")

    assert caught.value.errors[0][0] == "new_password"


def test_passphrases_are_six_of_the_listed_words_and_always_accepted() -> None:
    made = {new_passphrase() for _time in range(60)}

    assert len(passphrase_words()) == 7776
    assert len(made) == 60
    assert not any(refused(passphrase, "abdomen", "State AF-01") for passphrase in made)


def test_strong_profile_is_the_one_of_the_design() -> None:
    assert Profile(65536, 3, 1) == STRONG == profile_for(light=False)
    assert profile_for(light=True) == LIGHT


def test_same_letters_in_another_unicode_form_open() -> None:
    salt = bytes(16)

    assert stretch("caf\u00e9 " * 4, salt, LIGHT) == stretch("cafe\u0301 " * 4, salt, LIGHT)


PASSPHRASE = "abdomen pulverize unguarded drop-down stiffness viewable"


@pytest.mark.parametrize(
    "typed",
    [
        *(
            PASSPHRASE.capitalize(),
            PASSPHRASE.upper(),
            f"{PASSPHRASE} ",
            f"\u2068{PASSPHRASE}\u2069",
        ),
        *(PASSPHRASE.replace(" ", "  "), PASSPHRASE.replace(" ", "\u00a0"), f"\u200e{PASSPHRASE}"),
    ],
)
def test_the_platforms_passphrase_is_forgiving(typed: str) -> None:
    assert spellings(typed)[0] == PASSPHRASE
    assert opens(made_with=PASSPHRASE, typed=typed)
    assert opens(made_with=typed, typed=PASSPHRASE)


@pytest.mark.parametrize(
    "other",
    [
        PASSPHRASE.replace(" ", ""),
        PASSPHRASE.rpartition(" ")[0],
        f"{PASSPHRASE} visible",
        PASSPHRASE.replace("viewable", "visible"),
        PASSPHRASE.replace("viewable", "abdomen"),
    ],
)
def test_other_words_are_another_password(other: str) -> None:
    assert not opens(made_with=PASSPHRASE, typed=other)


def test_an_own_password_counts_as_it_is_typed() -> None:
    own = "Violet harbour quickly forgets"

    assert spellings(own) == (own,)
    assert not opens(made_with=own, typed=own.lower())
    assert not opens(made_with=own, typed=f"{own} ")


def test_an_older_own_choice_of_six_listed_words_still_opens() -> None:
    typed = PASSPHRASE.title()
    keys = create_keys(new_id(), Anchor(bytes(32), 1, bytes(32)))
    older = BlobKey(derive(stretch(typed, bytes(16), LIGHT), "cp/blob/1"), bytes(16), LIGHT)
    blob = seal_member(OpenedMember(keys, older), ROOT)

    opened = open_member(blob, typed, person_id=keys.person_id, root=ROOT)

    assert opened.blob_key.key == older.key
    with pytest.raises(CannotOpen):
        open_member(blob, PASSPHRASE, person_id=keys.person_id, root=ROOT)


def test_nobody_costs_what_somebody_costs(monkeypatch) -> None:
    hashed: list[str] = []
    monkeypatch.setattr(passwords, "stretch", lambda spelling, *_rest: hashed.append(spelling))

    stretch_for_nobody(PASSPHRASE.title(), LIGHT)
    stretch_for_nobody("some other words", LIGHT)

    assert hashed == [PASSPHRASE, PASSPHRASE.title(), "some other words"]


def test_a_long_password_with_a_weak_beginning_is_taken_for_its_second_part() -> None:
    assert not refused("a" * 24 + "violet harbour quickly forgets")
    assert refused("a" * 48 + "violet harbour quickly forgets")


def test_blob_is_resealed_without_the_password() -> None:
    keys = create_keys(new_id(), Anchor(bytes(32), 1, bytes(32)))
    opened = OpenedMember(keys, make_blob_key("first password", LIGHT))
    later = Anchor(bytes(32), 9, bytes(32))

    kept = BlobKey.from_bytes(opened.blob_key.to_bytes())
    blob = seal_member(OpenedMember(keys.with_anchor(later), kept), ROOT)

    again = open_member(blob, "first password", person_id=keys.person_id, root=ROOT)
    assert again.keys.anchor == later


def test_stolen_blob_without_the_root_key_is_no_oracle() -> None:
    keys = create_keys(new_id(), Anchor(bytes(32), 1, bytes(32)))
    blob = seal_member(OpenedMember(keys, make_blob_key("first password", LIGHT)), ROOT)
    other = RootKeys({1: bytes(32)}, instance=ROOT.instance)

    with pytest.raises(CannotOpen):
        open_member(blob, "first password", person_id=keys.person_id, root=other)


def test_hundred_guesses_against_a_light_blob_open_nothing() -> None:
    keys = create_keys(new_id(), Anchor(bytes(32), 1, bytes(32)))
    blob = seal_member(OpenedMember(keys, make_blob_key(new_passphrase(), LIGHT)), ROOT)

    opened = 0
    for guess in [*list(FREQUENCY_LISTS["passwords"])[:50], *passphrase_words()[:50]]:
        try:
            open_member(blob, guess, person_id=keys.person_id, root=ROOT)
        except CannotOpen:
            continue
        opened += 1

    assert opened == 0


def test_third_hash_waits_and_is_told_that_the_server_is_busy(tmp_path) -> None:
    with (
        hashing_place(tmp_path),
        hashing_place(tmp_path),
        pytest.raises(Unavailable),
        hashing_place(tmp_path, wait_seconds=0),
    ):
        pass

    with hashing_place(tmp_path, wait_seconds=0):
        pass
