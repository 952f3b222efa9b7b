"""Keyrings, sessions, readers, invitations, encodings and trees."""

import copy
import pickle
import stat

import pytest

from cooperation.core.ids import new_id
from cooperation.vault.commitment import commit, is_commitment_of, new_salt
from cooperation.vault.encoding import canonical_json, length_prefixed, split_fields
from cooperation.vault.envelope import ContentKey, padded, padded_size, unpadded
from cooperation.vault.errors import CannotOpen, CodeRefused, KeyringRefused, StatementRefused
from cooperation.vault.invitation import (
    Halves,
    Package,
    derive_keys,
    new_halves,
    open_package,
    read_code,
    seal_package,
)
from cooperation.vault.keyring import create_keyring, keyring_from_text, load_keyring
from cooperation.vault.keys import PrivateKey
from cooperation.vault.letters import ALPHABET
from cooperation.vault.member import Anchor, OpenedMember, create_keys, make_blob_key
from cooperation.vault.merkle import EMPTY_ROOT, Peaks, leaf_hash, node_hash, root_of
from cooperation.vault.passwords import LIGHT
from cooperation.vault.reader import Reader
from cooperation.vault.root import RootKeys
from cooperation.vault.sessions import SessionKeys, boot_key, new_secret
from cooperation.vault.statements import verify_signature

INSTANCE = new_id()
ROOT = RootKeys({1: bytes(range(32))}, instance=INSTANCE)
FULL_WIDTH = dict(zip("0123456789", "０１２３４５６７８９", strict=True))
ANCHOR = Anchor(bytes(32), 3, bytes(32))


@pytest.fixture
def opened() -> OpenedMember:
    return OpenedMember(create_keys(new_id(), ANCHOR), make_blob_key("a password", LIGHT))


def test_keyring_is_written_for_its_owner_alone(tmp_path) -> None:
    path = tmp_path / "keyring.json"
    made = create_keyring(path)

    read = load_keyring(path)

    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert (read.instance, read.check_value()) == (made.instance, made.check_value())


def test_keyring_is_never_overwritten(tmp_path) -> None:
    path = tmp_path / "keyring.json"
    create_keyring(path)

    with pytest.raises(KeyringRefused):
        create_keyring(path)


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o660])
def test_keyring_that_others_read_is_refused(tmp_path, mode: int) -> None:
    path = tmp_path / "keyring.json"
    create_keyring(path)
    path.chmod(mode)

    with pytest.raises(KeyringRefused):
        load_keyring(path)


@pytest.mark.parametrize("content", ["", "{}", "[]", '{"format": "cp/keyring/1"}'])
def test_damaged_keyring_is_refused(tmp_path, content: str) -> None:
    path = tmp_path / "keyring.json"
    path.write_text(content)
    path.chmod(0o600)

    with pytest.raises(KeyringRefused):
        load_keyring(path)


def test_missing_keyring_is_refused(tmp_path) -> None:
    with pytest.raises(KeyringRefused):
        load_keyring(tmp_path / "keyring.json")


def test_root_key_from_the_environment(tmp_path) -> None:
    old, new = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=", "AA" * 21 + "A="

    keys = keyring_from_text(f"1:{old},2:{new}", instance=INSTANCE)

    assert keys.current == 2
    assert keys.check_value(1) == ROOT.check_value()
    for wrong in ("", "1", "x:AAAA", "1:AAAA", f"1:{old},2"):
        with pytest.raises(KeyringRefused):
            keyring_from_text(wrong, instance=INSTANCE)


def test_older_root_version_still_opens() -> None:
    wrapped = ROOT.wrap(b"x", table="t", row="1", kind="k")
    later = RootKeys({1: bytes(range(32)), 2: bytes(32)}, instance=INSTANCE)

    assert later.unwrap(wrapped, table="t", row="1", kind="k") == b"x"


def test_lookup_depends_on_purpose_and_key() -> None:
    found = {
        ROOT.lookup("email", "a@example.org"),
        ROOT.lookup("name", "a@example.org"),
        RootKeys({1: bytes(32)}, instance=INSTANCE).lookup("email", "a@example.org"),
    }

    assert len(found) == 3


def test_session_opens_with_its_secret_boot_key_and_root_only(opened: OpenedMember) -> None:
    secret, boot = new_secret(), bytes(32)
    keys, person = SessionKeys(boot, ROOT), opened.keys.person_id
    sealed = keys.seal(secret, opened)

    assert keys.open(sealed, secret, person).keys.to_bytes() == opened.keys.to_bytes()
    for other in (
        SessionKeys(bytes(range(32)), ROOT),
        SessionKeys(boot, RootKeys({1: bytes(32)}, instance=INSTANCE)),
    ):
        with pytest.raises(CannotOpen):
            other.open(sealed, secret, person)
    for wrong_secret, wrong_person in ((new_secret(), person), (secret, new_id())):
        with pytest.raises(CannotOpen):
            keys.open(sealed, wrong_secret, wrong_person)


def test_pending_row_is_no_session(opened: OpenedMember) -> None:
    secret, keys = new_secret(), SessionKeys(bytes(32), ROOT)
    person = opened.keys.person_id
    sealed = keys.seal_pending(secret, opened)

    assert keys.open_pending(sealed, secret, person).totp_seed == opened.keys.totp_seed
    with pytest.raises(CannotOpen):
        keys.open(sealed, secret, person)
    with pytest.raises(CannotOpen):
        keys.open_enrolment(sealed, secret, person)


def test_enrolment_keeps_keys_and_halves(opened: OpenedMember) -> None:
    secret, keys, halves = new_secret(), SessionKeys(bytes(32), ROOT), new_halves()

    sealed = keys.seal_enrolment(secret, opened, halves)

    found = keys.open_enrolment(sealed, secret, opened.keys.person_id)
    assert found.halves == halves
    assert found.member.totp_seed == opened.keys.totp_seed


def test_workers_share_one_boot_key(tmp_path) -> None:
    first, second = boot_key(tmp_path / "run"), boot_key(tmp_path / "run")

    assert first == second
    assert stat.S_IMODE((tmp_path / "run" / "boot.key").stat().st_mode) == 0o600


@pytest.mark.parametrize("kind", ["open to others", "a link"])
def test_boot_folder_that_others_prepared_is_refused(tmp_path, kind) -> None:
    folder = tmp_path / "run"
    if kind == "a link":
        (tmp_path / "elsewhere").mkdir(mode=0o700)
        folder.symlink_to(tmp_path / "elsewhere")
    else:
        folder.mkdir()
        folder.chmod(0o777)

    with pytest.raises(KeyringRefused):
        boot_key(folder)


def test_boot_key_that_others_read_is_refused(tmp_path) -> None:
    boot_key(tmp_path)
    (tmp_path / "boot.key").chmod(0o644)

    with pytest.raises(KeyringRefused):
        boot_key(tmp_path)


def test_reader_forgets_at_the_end_of_the_request(opened: OpenedMember) -> None:
    with Reader(opened.keys, instance=INSTANCE) as reader:
        signature = reader.sign(b"manifest")
        first = reader.keyed_hash("save", b"body")

    public = opened.keys.signing.public_bytes()
    verify_signature(public, signature, b"manifest", instance=INSTANCE)
    assert len(first) == 32
    with pytest.raises(StatementRefused):
        verify_signature(public, signature, b"manifest", instance=new_id())
    with pytest.raises(CannotOpen):
        reader.sign(b"manifest")
    with pytest.raises(CannotOpen):
        reader.keyed_hash("save", b"body")


def test_secrets_are_neither_pickled_copied_nor_shown(opened: OpenedMember) -> None:
    keys = SessionKeys(bytes(32), ROOT)
    secrets = [
        Reader(opened.keys, instance=INSTANCE),
        opened,
        opened.keys,
        opened.blob_key,
        opened.keys.sealing,
        opened.keys.signing,
        ContentKey.generate(),
        ROOT,
        keys,
        derive_keys(new_halves(), new_id()),
        keys.open_pending(keys.seal_pending(bytes(32), opened), bytes(32), opened.keys.person_id),
    ]

    for secret in secrets:
        with pytest.raises(TypeError):
            pickle.dumps(secret)
        with pytest.raises(TypeError):
            copy.deepcopy(secret)
        shown = repr(secret)
        assert opened.keys.totp_seed.hex() not in shown
        assert "b'" not in shown


def test_code_is_read_however_it_is_typed() -> None:
    code = new_halves().code
    plain = code.replace("-", "")

    assert read_code(f" {code.lower()} ") == plain
    assert read_code(f"\u2068{code}\u2069\u200f".replace("-", "\u2011")) == plain
    assert read_code("".join(FULL_WIDTH.get(sign, sign) for sign in code)) == plain
    assert read_code(plain.replace("1", "I").replace("0", "o")) == plain


def test_every_wrong_letter_and_every_swap_is_found() -> None:
    plain = new_halves().code.replace("-", "")
    wrong = {
        plain[:place] + letter + plain[place + 1 :]
        for place in range(20)
        for letter in ALPHABET
        if letter != plain[place]
    }
    for first in range(20):
        for second in range(first):
            letters = list(plain)
            letters[first], letters[second] = letters[second], letters[first]
            wrong.add("".join(letters))
    wrong.discard(plain)

    for code in wrong:
        with pytest.raises(CodeRefused):
            read_code(code)


@pytest.mark.parametrize("code", ["", "ABC", "U" * 20, "A" * 21, "ÀÀÀÀÀ" * 4])
def test_malformed_code_is_refused(code: str) -> None:
    with pytest.raises(CodeRefused):
        read_code(code)


@pytest.mark.parametrize("token", ["", "abc", "é" * 43, "A" * 44])
def test_malformed_token_is_refused(token: str) -> None:
    with pytest.raises(CodeRefused):
        derive_keys(Halves(token, new_halves().code), new_id())


def test_halves_make_the_same_keys_and_open_the_package() -> None:
    halves, invitation = new_halves(), new_id()
    keys = derive_keys(halves, invitation)
    package = Package(ANCHOR, "state/AF01", 1, PrivateKey.generate().raw)
    sealed = seal_package(
        package, keys.sealing.public_bytes(), instance=INSTANCE, invitation=invitation
    )

    assert open_package(sealed, derive_keys(halves, invitation), instance=INSTANCE) == package
    other = derive_keys(halves, new_id())
    for wrong in (other, derive_keys(halves._replace(code=new_halves().code), invitation)):
        with pytest.raises(CannotOpen):
            open_package(sealed, wrong, instance=INSTANCE)


def test_fields_never_run_into_each_other() -> None:
    assert length_prefixed("ab", "c") != length_prefixed("a", "bc")
    assert split_fields(length_prefixed("ab", b"c", 7), 3) == (b"ab", b"c", b"7")
    for wrong in (b"\x00", length_prefixed("a"), length_prefixed("a", "b", "c") + b"x"):
        with pytest.raises(CannotOpen):
            split_fields(wrong, 3)


def test_canonical_json_is_one_text_for_one_value() -> None:
    assert canonical_json({"b": [1, None, True], "a": "cafe\u0301"}) == (
        '{"a":"caf\u00e9","b":[1,null,true]}'.encode()
    )
    with pytest.raises(TypeError):
        canonical_json({"a": 1.5})


@pytest.mark.parametrize("length", [0, 1, 251, 252, 253, 4092, 4093, 8188, 8189, 100_000])
def test_padding_hides_the_length_and_gives_it_back(length: int) -> None:
    content = b"x" * length

    assert unpadded(padded(content)) == content
    assert len(padded(content)) == padded_size(length)
    assert padded_size(length) in {256, 512, 1024, 2048} or padded_size(length) % 4096 == 0


def test_commitment_binds_and_hides() -> None:
    salt = new_salt()
    made = commit(b"yes", salt)

    assert is_commitment_of(made, b"yes", salt)
    assert not is_commitment_of(made, b"no", salt)
    assert commit(b"yes", new_salt()) != made
    with pytest.raises(ValueError, match="32 bytes"):
        commit(b"yes", b"short")


def test_tree_is_that_of_rfc_6962() -> None:
    leaves = [leaf_hash(bytes([number])) for number in range(7)]
    left = node_hash(node_hash(leaves[0], leaves[1]), node_hash(leaves[2], leaves[3]))
    right = node_hash(node_hash(leaves[4], leaves[5]), leaves[6])

    assert root_of(leaves) == node_hash(left, right)
    assert root_of([]) == EMPTY_ROOT == Peaks().root()


def test_appending_leaf_by_leaf_gives_the_same_root() -> None:
    leaves = [leaf_hash(bytes([number])) for number in range(40)]
    tree = Peaks()
    for number, leaf in enumerate(leaves, start=1):
        tree = tree.append(leaf)
        assert (tree.size, tree.root()) == (number, root_of(leaves[:number]))
