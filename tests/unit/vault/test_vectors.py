"""Stored values of today must open for ever, also without the library's HPKE (vault.md, Tests)."""

import hmac
import json
from hashlib import sha3_256, sha256

import pytest
from cryptography.hazmat.primitives.asymmetric.mlkem import MLKEM768PrivateKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from cooperation.vault.envelope import ContentKey, RecordCipher
from cooperation.vault.errors import CannotOpen
from cooperation.vault.files import open_file
from cooperation.vault.grants import GrantPlace, open_link, open_membership, seal_link
from cooperation.vault.keys import PrivateKey, SigningKey, key_hash, seal_to
from cooperation.vault.member import open_member
from cooperation.vault.recovery_sheet import sheet_key
from cooperation.vault.root import RootKeys
from cooperation.vault.statements import parse_statement
from tests.fixtures.vault_vectors import (
    AFTER,
    BUNDLE,
    CONTENT,
    CONTEXT,
    FORMER,
    INSTANCE,
    MEMBERSHIP,
    PASSWORD,
    PERSON,
    RECORD,
    SHEET,
    STATEMENTS,
    link_place,
)
from tests.fixtures.vault_vectors import (
    VECTORS as FILE,
)

VECTORS = json.loads(FILE.read_text())
CIRCLE = PrivateKey(bytes(range(96)))
KEY = ContentKey(bytes(range(32)))
ROOT = RootKeys({1: bytes(range(100, 132))}, instance=INSTANCE)


def own_hpke_open(sealed: bytes, raw: bytes, info: bytes) -> bytes:
    """Open HPKE base mode with MLKEM768-X25519 (0x647a), HKDF-SHA256, AES-256-GCM (RFC 9180)."""
    suite = b"HPKE" + bytes.fromhex("647a00010002")

    def extract(salt: bytes, label: bytes, material: bytes) -> bytes:
        key = salt or bytes(32)
        return hmac.digest(key, b"HPKE-v1" + suite + label + material, "sha256")

    def expand(secret: bytes, label: bytes, context: bytes, length: int) -> bytes:
        message = length.to_bytes(2, "big") + b"HPKE-v1" + suite + label + context
        return hmac.digest(secret, message + b"\x01", "sha256")[:length]

    lattice_part, curve_part, cipher_text = sealed[:1088], sealed[1088:1120], sealed[1120:]
    curve = X25519PrivateKey.from_private_bytes(raw[64:])
    from_lattice = MLKEM768PrivateKey.from_seed_bytes(raw[:64]).decapsulate(lattice_part)
    from_curve = curve.exchange(X25519PublicKey.from_public_bytes(curve_part))
    public = curve.public_key().public_bytes_raw()
    shared = sha3_256(from_lattice + from_curve + curve_part + public + rb"\.//^\ "[:6]).digest()
    context = b"\x00" + extract(b"", b"psk_id_hash", b"") + extract(b"", b"info_hash", info)
    secret = extract(shared, b"secret", b"")
    key = expand(secret, b"key", context, 32)
    return AESGCM(key).decrypt(expand(secret, b"base_nonce", context, 12), cipher_text, None)


def place() -> GrantPlace:
    return GrantPlace(
        INSTANCE, BUNDLE, KEY.key_id, "state/AF01", 1, key_hash(CIRCLE.public_bytes())
    )


def test_stored_grant_opens_with_our_own_decapsulation() -> None:
    sealed = bytes.fromhex(VECTORS["grant"])

    assert own_hpke_open(sealed[4:], CIRCLE.raw, place().info()) == KEY.raw
    assert CIRCLE.open(sealed, place().info()) == KEY.raw


def test_what_is_sealed_today_opens_with_our_own_decapsulation() -> None:
    sealed = seal_to(CIRCLE.public_bytes(), b"content", b"info")

    assert own_hpke_open(sealed[4:], CIRCLE.raw, b"info") == b"content"


def test_stored_record_opens() -> None:
    cipher = RecordCipher(KEY, CONTEXT)

    assert cipher.open(bytes.fromhex(VECTORS["record"]), RECORD) == CONTENT


def test_stored_file_opens() -> None:
    header, *chunks = (bytes.fromhex(part) for part in VECTORS["file"])

    assert open_file(KEY, CONTEXT, header, chunks) == CONTENT


def test_stored_root_wrap_opens() -> None:
    wrapped = bytes.fromhex(VECTORS["wrapped"])

    assert ROOT.unwrap(wrapped, table="grants", row="1", kind="grant") == b"outer"


def test_stored_blob_opens_with_its_password() -> None:
    blob = bytes.fromhex(VECTORS["blob"])

    opened = open_member(blob, PASSWORD, person_id=PERSON, root=ROOT)

    assert opened.keys.sealing.raw == CIRCLE.raw
    assert opened.keys.anchor.log_size == 7


def test_stored_blob_of_the_next_format_opens_with_its_passkeys() -> None:
    blob = bytes.fromhex(VECTORS["blob_2"])

    assert open_member(blob, PASSWORD, person_id=PERSON, root=ROOT).keys.passkeys == (
        bytes(range(32)),
    )


def test_stored_membership_opens_with_our_own_decapsulation() -> None:
    sealed = bytes.fromhex(VECTORS["membership"])

    assert own_hpke_open(sealed[4:], CIRCLE.raw, MEMBERSHIP.info()) == CIRCLE.raw
    assert open_membership(sealed, CIRCLE, MEMBERSHIP).raw == CIRCLE.raw


def test_stored_link_opens_with_our_own_decapsulation() -> None:
    sealed, where = bytes.fromhex(VECTORS["link"]), link_place(CIRCLE.public_bytes())

    assert own_hpke_open(sealed[4:], CIRCLE.raw, where.info()) == FORMER.raw
    assert open_link(sealed, CIRCLE, where).raw == FORMER.raw


@pytest.mark.parametrize(
    "change",
    [
        {"circle": "state/AF02"},
        {"version": 3},
        {"key_hash": bytes(32)},
        {"previous_version": 0},
        {"previous_hash": bytes(32)},
        {"instance": BUNDLE},
    ],
)
def test_link_elsewhere_does_not_open(change: dict[str, str | int | bytes]) -> None:
    where = link_place(CIRCLE.public_bytes())._replace(**change)

    with pytest.raises(CannotOpen):
        open_link(bytes.fromhex(VECTORS["link"]), CIRCLE, where)


def test_link_to_another_key_does_not_open() -> None:
    """Well sealed, in its place, but not the key that the directory names."""
    where = link_place(CIRCLE.public_bytes())
    forged = seal_link(PrivateKey.generate(), CIRCLE.public_bytes(), where)

    with pytest.raises(CannotOpen):
        open_link(forged, CIRCLE, where)


def test_letters_of_a_sheet_make_the_stored_key() -> None:
    key = sheet_key(SHEET.lower(), instance=INSTANCE, circle="state/AF01", sheet=BUNDLE)

    assert key.raw.hex() == VECTORS["sheet"]
    for changed in ({"circle": "state/AF02"}, {"sheet": PERSON}, {"instance": BUNDLE}):
        place = {"instance": INSTANCE, "circle": "state/AF01", "sheet": BUNDLE} | changed
        assert sheet_key(SHEET, **place).raw != key.raw


@pytest.mark.parametrize(("form", "after"), [("statements", None), ("statements_2", AFTER)])
def test_stored_statements_are_read_and_their_signatures_stand(
    form: str, after: bytes | None
) -> None:
    signing = SigningKey(bytes(range(32))).public_bytes()
    read = [parse_statement(bytes.fromhex(each), instance=INSTANCE) for each in VECTORS[form]]

    assert tuple(each.statement for each in read) == STATEMENTS
    assert {each.after for each in read} == {after}
    assert all(each.is_signed_by(signing) for each in read)


@pytest.mark.parametrize("vector", ["grant", "record"])
def test_header_says_format_and_suite(vector: str) -> None:
    assert bytes.fromhex(VECTORS[vector])[:3] == b"CP\x01"


def test_key_id_commits_to_the_key() -> None:
    assert bytes.fromhex(VECTORS["record"])[4:36] == KEY.key_id
    assert KEY.key_id != sha256(KEY.raw).digest()
