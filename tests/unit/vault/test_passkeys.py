"""Passkeys: what a browser brings back is believed only where every part of it is right."""

import base64
import json
import os

import pytest
from webauthn.helpers import encode_cbor, parse_cbor

from cooperation.vault.passkeys import (
    Assertion,
    KnownPasskey,
    NewPasskey,
    PasskeyRefused,
    RelyingParty,
    assertion_options,
    challenge_of,
    credential_id_of,
    is_count_regressed,
    new_nonce,
    passkey_hash,
    registration_options,
    verify_assertion,
    verify_registration,
)
from tests.fixtures.authenticator import EDDSA, ES256, RS256, SoftAuthenticator

PARTY = RelyingParty("localhost", "http://localhost:8000", "Cooperation platform")
CHALLENGE = challenge_of("test/1", bytes(32))
OF_NO_VERSION = base64.b64decode(
    "MIGrMF+gAwIBDQIBBTAFBgMrZXAwADAeFw0yMDAxMDEwMDAwMDBaFw00MDAxMDEwMDAwMDBaMAAwKjAFBgMrZXADIQDZ"
    "5/tRcIYiHPVnmqotXouUi7LPBcYqztTLo+I+7SdazzAFBgMrZXADQQAAestVMgPvYfqK9dJv7r6pfHes/hpobcbwJS21"
    "2wIgc/duxQCSwT4Idt+cONdrfj4zDyn51+SPvDLvJcRh4XoP"
)
"""A certificate of version 14; the standard knows three."""


@pytest.fixture
def key() -> SoftAuthenticator:
    return SoftAuthenticator()


MODULUS = (1 << 2047 | 1).to_bytes(256, "big")


def _cose_of(key: SoftAuthenticator) -> dict[int, object]:
    key.create(_asked_to_create())
    return dict(parse_cbor(key.public_key))


@pytest.mark.parametrize(
    ("algorithm", "changes"),
    [
        (ES256, {2: b"which"}),
        (ES256, {-1: True}),
        (ES256, {-2: bytes(31) + b"x" * 2}),
        (EDDSA, {-2: b"\x01" + bytes(31)}),
        (EDDSA, {-2: bytes(31) + b"\x80"}),
        (EDDSA, {2: b"which"}),
        (RS256, {-1: bytes(128) + MODULUS[:128]}),
        (RS256, {-1: bytes(769) + MODULUS}),
        (RS256, {-2: bytes(5)}),
    ],
)
def test_a_key_that_no_receipt_may_hold_is_not_taken(
    monkeypatch: pytest.MonkeyPatch, algorithm: int, changes: dict[int, object]
) -> None:
    key = SoftAuthenticator(algorithm=algorithm)
    odd = encode_cbor(_cose_of(key) | changes)
    monkeypatch.setattr(SoftAuthenticator, "public_key", property(lambda _key: odd))

    with pytest.raises(PasskeyRefused):
        _registered(key)


def test_a_key_with_longer_spelling_or_more_behind_it_is_not_taken(
    monkeypatch: pytest.MonkeyPatch, key: SoftAuthenticator
) -> None:
    plain = encode_cbor(_cose_of(key))
    for odd in (plain + b"\x00", plain.replace(b"\x03\x26", b"\x03\x38\x06", 1)):
        monkeypatch.setattr(SoftAuthenticator, "public_key", property(lambda _key, odd=odd: odd))
        with pytest.raises(PasskeyRefused):
            _registered(key)


def _asked_to_create(challenge: bytes = CHALLENGE) -> str:
    return registration_options(
        PARTY, challenge=challenge, user=b"person", user_name="a@example.org", known=()
    )


def _registered(key: SoftAuthenticator) -> NewPasskey:
    credential = key.create(_asked_to_create())
    return verify_registration(credential, party=PARTY, challenge=CHALLENGE)


def _known(made: NewPasskey) -> KnownPasskey:
    return KnownPasskey(made.credential_id, made.public_key, made.transports)


def _asked(known: KnownPasskey, challenge: bytes = CHALLENGE) -> str:
    return assertion_options(PARTY, challenge=challenge, known=[known])


def _checked(credential: str, known: KnownPasskey, challenge: bytes = CHALLENGE) -> Assertion:
    return verify_assertion(credential, party=PARTY, challenge=challenge, known=known)


@pytest.mark.parametrize("algorithm", [ES256, EDDSA, RS256])
def test_registered_passkey_answers(algorithm: int) -> None:
    key = SoftAuthenticator(algorithm=algorithm)
    known = _known(_registered(key))

    answer = _checked(key.get(_asked(known)), known)

    assert (answer.credential_id, answer.public_key) == (key.credential_id, key.public_key)
    assert answer.sign_count == 1


def test_options_ask_for_user_verification_and_no_attestation(key: SoftAuthenticator) -> None:
    creation, request = json.loads(_asked_to_create()), json.loads(_asked(_known(_registered(key))))

    assert creation["authenticatorSelection"]["userVerification"] == "required"
    assert creation["attestation"] == "none"
    assert [each["alg"] for each in creation["pubKeyCredParams"]] == [ES256, EDDSA, RS256]
    assert request["userVerification"] == "required"
    assert len(request["allowCredentials"]) == 1


def test_browser_is_told_which_passkeys_exist(key: SoftAuthenticator) -> None:
    known = _known(_registered(key))
    options = registration_options(
        PARTY, challenge=CHALLENGE, user=b"person", user_name="a@example.org", known=[known]
    )

    assert json.loads(options)["excludeCredentials"][0]["transports"] == ["internal"]


LIES = [
    {"origin": "https://evil.example"},
    {"origin": "http://localhost:8001"},
    {"host": "evil.example"},
    {"is_verifying": False},
    {"is_present": False},
    {"is_framed": True},
]


@pytest.mark.parametrize("lie", LIES, ids=lambda lie: next(iter(lie)))
def test_false_registration_is_refused(lie: dict[str, object]) -> None:
    with pytest.raises(PasskeyRefused):
        _registered(SoftAuthenticator(**lie))  # type: ignore[arg-type]


@pytest.mark.parametrize("lie", LIES, ids=lambda lie: next(iter(lie)))
def test_false_answer_is_refused(key: SoftAuthenticator, lie: dict[str, object]) -> None:
    known = _known(_registered(key))
    for name, value in lie.items():
        setattr(key, name, value)

    with pytest.raises(PasskeyRefused):
        _checked(key.get(_asked(known)), known)


def test_answer_to_another_question_is_refused(key: SoftAuthenticator) -> None:
    known = _known(_registered(key))
    credential = key.get(_asked(known))

    with pytest.raises(PasskeyRefused):
        _checked(credential, known, challenge_of("test/1", new_nonce()))


def test_registration_for_another_question_is_refused(key: SoftAuthenticator) -> None:
    credential = key.create(_asked_to_create(new_nonce()))

    with pytest.raises(PasskeyRefused):
        verify_registration(credential, party=PARTY, challenge=CHALLENGE)


def test_answer_of_another_passkey_is_refused(key: SoftAuthenticator) -> None:
    known = _known(_registered(key))
    thief = SoftAuthenticator(credential_id=key.credential_id)
    thief.create(_asked_to_create())

    with pytest.raises(PasskeyRefused):
        _checked(thief.get(_asked(known)), known)


def test_registration_is_no_answer(key: SoftAuthenticator) -> None:
    known = _known(_registered(key))

    with pytest.raises(PasskeyRefused):
        _checked(key.create(_asked_to_create()), known)


def test_weak_algorithm_is_refused() -> None:
    with pytest.raises(PasskeyRefused):
        _registered(SoftAuthenticator(algorithm=-65535))


def test_changed_bytes_are_refused(key: SoftAuthenticator) -> None:
    known = _known(_registered(key))
    for part in ("clientDataJSON", "authenticatorData", "signature"):
        honest = json.loads(key.get(_asked(known)))
        text = honest["response"][part]
        honest["response"][part] = text[:-6] + ("A" if text[-6] != "A" else "B") + text[-5:]

        with pytest.raises(PasskeyRefused):
            _checked(json.dumps(honest), known)


STRANGE = [
    "",
    "null",
    "[]",
    "{}",
    "{" * 5000,
    '{"id": 1, "rawId": 1}',
    '{"id": "AA", "rawId": "AA", "type": "public-key", "response": {}}',
    '{"id": "AA", "rawId": "AA", "type": "public-key", "response": null}',
    '{"id": "é", "rawId": "é", "type": "public-key", "response": {"clientDataJSON": "é"}}',
    json.dumps({"id": "A" * 20_000}),
]


@pytest.mark.parametrize("credential", STRANGE, ids=range(len(STRANGE)))
def test_strange_answer_is_refused_and_nothing_else(credential: str) -> None:
    known = KnownPasskey(b"id", b"key")

    with pytest.raises(PasskeyRefused):
        _checked(credential, known)
    with pytest.raises(PasskeyRefused):
        verify_registration(credential, party=PARTY, challenge=CHALLENGE)


@pytest.mark.parametrize("part", ["clientDataJSON", "authenticatorData", "signature", "rawId"])
def test_random_bytes_are_refused_and_nothing_else(key: SoftAuthenticator, part: str) -> None:
    known = _known(_registered(key))
    for length in (0, 1, 36, 37, 38, 200):
        answer = json.loads(key.get(_asked(known)))
        (answer if part == "rawId" else answer["response"])[part] = os.urandom(length).hex()

        with pytest.raises(PasskeyRefused):
            _checked(json.dumps(answer), known)


@pytest.mark.parametrize("certificate", [b"", b"0", OF_NO_VERSION], ids=["none", "cut", "version"])
def test_strange_certificate_is_refused_and_nothing_else(certificate: bytes) -> None:
    with pytest.raises(PasskeyRefused):
        _registered(SoftAuthenticator(certificate=certificate))


def test_answer_without_a_name_is_refused() -> None:
    with pytest.raises(PasskeyRefused):
        credential_id_of("{}")


@pytest.mark.parametrize(
    ("last", "shown", "regressed"),
    [(0, 0, False), (0, 1, False), (4, 5, False), (4, 4, True), (4, 3, True), (4, 0, True)],
)
def test_count_that_does_not_go_on_is_noticed(last: int, shown: int, regressed: bool) -> None:
    assert is_count_regressed(last=last, shown=shown) is regressed


def test_hash_binds_id_and_key() -> None:
    assert passkey_hash(b"ab", b"c") != passkey_hash(b"a", b"bc")
