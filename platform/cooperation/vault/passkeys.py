"""Passkeys (WebAuthn): options for the browser, and the checks of what it brings back.

Pure: bytes and JSON in and out. User verification is always required, attestation is not asked for,
and only ES256, EdDSA and RS256 are accepted. A challenge is a hash over what is being done, so an
answer to one question answers no other (design: reliability 1.2 and 2). A passkey is believed only
where the member's blob vouches for it by `passkey_hash`; whoever may write the database cannot add
one.
"""

import json
import os
from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.x509 import InvalidVersion
from webauthn import (
    generate_authentication_options,
    generate_registration_options,
    options_to_json,
    verify_authentication_response,
    verify_registration_response,
)
from webauthn.helpers import (
    base64url_to_bytes,
    bytes_to_base64url,
    encode_cbor,
    parse_attestation_object,
    parse_cbor,
    parse_registration_credential_json,
)
from webauthn.helpers.cose import COSEAlgorithmIdentifier
from webauthn.helpers.exceptions import WebAuthnException
from webauthn.helpers.structs import (
    AttestationConveyancePreference,
    AttestationFormat,
    AuthenticatorSelectionCriteria,
    AuthenticatorTransport,
    PublicKeyCredentialDescriptor,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from cooperation.core.errors import Invalid
from cooperation.core.text import _
from cooperation.vault.encoding import length_prefixed
from cooperation.vault.keys import is_feeble

NONCE_BYTES = 32
LONGEST_CREDENTIAL = 16 * 1024
"""Characters of an answer from the browser; nothing longer is read."""

_LONGEST_ID = 1023
_MOST_BRACKETS = 100
_SHORTEST_RSA = 2048
_TIMEOUT_MILLISECONDS = 300_000
_ALGORITHMS = [
    COSEAlgorithmIdentifier.ECDSA_SHA_256,
    COSEAlgorithmIdentifier.EDDSA,
    COSEAlgorithmIdentifier.RSASSA_PKCS1_v1_5_SHA_256,
]
_FORMATS = frozenset({AttestationFormat.NONE, AttestationFormat.PACKED})
_REFUSALS = (
    WebAuthnException,
    InvalidSignature,
    UnsupportedAlgorithm,
    InvalidVersion,
    ValueError,
    TypeError,
    LookupError,
    AttributeError,
    RecursionError,
    OverflowError,
)
"""What the library and its parsers raise for an answer that a stranger has shaped."""


class PasskeyRefused(Invalid):
    """The browser's answer proves nothing: wrong, foreign, unverified, or for another question."""

    sentence = _("The passkey could not be confirmed.")


@dataclass(frozen=True)
class RelyingParty:
    """Who asks: host name and origin of the platform, as the browser sees them."""

    host: str
    origin: str
    name: str


@dataclass(frozen=True)
class KnownPasskey:
    """A passkey that a blob vouches for."""

    credential_id: bytes
    public_key: bytes
    transports: tuple[str, ...] = ()


@dataclass(frozen=True)
class NewPasskey:
    """What a registration gave."""

    credential_id: bytes
    public_key: bytes
    sign_count: int
    transports: tuple[str, ...]
    is_backed_up: bool


@dataclass(frozen=True)
class Assertion:
    """A checked answer: which passkey gave it, and the bytes that anyone can check again."""

    credential_id: bytes
    public_key: bytes
    sign_count: int
    is_backed_up: bool
    client_data: bytes
    authenticator_data: bytes
    signature: bytes


def passkey_hash(credential_id: bytes, public_key: bytes) -> bytes:
    """Return what a member's blob holds to vouch for a passkey."""
    return sha256(length_prefixed(credential_id, public_key)).digest()


def new_nonce() -> bytes:
    """Return the 32 random bytes of one question."""
    return os.urandom(NONCE_BYTES)


def challenge_of(label: str, *fields: str | bytes) -> bytes:
    """Return the challenge of one question; its last field is a nonce that is asked once."""
    return sha256(length_prefixed(label, *fields)).digest()


def registration_options(
    party: RelyingParty,
    *,
    challenge: bytes,
    user: bytes,
    user_name: str,
    known: Sequence[KnownPasskey],
) -> str:
    """Return the JSON with which the browser makes a passkey that is none of the known ones."""
    options = generate_registration_options(
        rp_id=party.host,
        rp_name=party.name,
        user_id=user,
        user_name=user_name,
        challenge=challenge,
        timeout=_TIMEOUT_MILLISECONDS,
        attestation=AttestationConveyancePreference.NONE,
        authenticator_selection=AuthenticatorSelectionCriteria(
            resident_key=ResidentKeyRequirement.DISCOURAGED,
            user_verification=UserVerificationRequirement.REQUIRED,
        ),
        exclude_credentials=[_descriptor(each) for each in known],
        supported_pub_key_algs=_ALGORITHMS,
    )
    return options_to_json(options)


def assertion_options(
    party: RelyingParty, *, challenge: bytes, known: Sequence[KnownPasskey]
) -> str:
    """Return the JSON with which the browser lets one of the known passkeys answer."""
    options = generate_authentication_options(
        rp_id=party.host,
        challenge=challenge,
        timeout=_TIMEOUT_MILLISECONDS,
        allow_credentials=[_descriptor(each) for each in known],
        user_verification=UserVerificationRequirement.REQUIRED,
    )
    return options_to_json(options)


def verify_registration(credential: str, *, party: RelyingParty, challenge: bytes) -> NewPasskey:
    """Return the new passkey; raises `PasskeyRefused`."""
    try:
        answer = _parsed(credential)
        parsed = parse_registration_credential_json(answer)
        if parse_attestation_object(parsed.response.attestation_object).fmt not in _FORMATS:
            raise PasskeyRefused
        _client_of(parsed.response.client_data_json)
        verified = verify_registration_response(
            credential=parsed,
            expected_challenge=challenge,
            expected_rp_id=party.host,
            expected_origin=party.origin,
            require_user_verification=True,
            supported_pub_key_algs=_ALGORITHMS,
        )
    except _REFUSALS as failure:
        raise PasskeyRefused from failure
    if verified.credential_id != parsed.raw_id or len(verified.credential_id) > _LONGEST_ID:
        raise PasskeyRefused
    if not _is_provable(verified.credential_public_key):
        raise PasskeyRefused
    return NewPasskey(
        credential_id=verified.credential_id,
        public_key=verified.credential_public_key,
        sign_count=verified.sign_count,
        transports=tuple(each.value for each in parsed.response.transports or ()),
        is_backed_up=verified.credential_backed_up,
    )


def _is_provable(public_key: bytes) -> bool:
    """Tell whether a receipt may hold this key: whole and strong, as docs/receipt.md, 4.3 says."""
    key = parse_cbor(public_key)
    if encode_cbor(key) != public_key or not {type(each) for each in key.values()} <= {int, bytes}:
        return False
    facts = {name: value for name, value in key.items() if isinstance(value, int)}
    raw = {name: value for name, value in key.items() if isinstance(value, bytes)}
    sizes = {name: len(value) for name, value in raw.items()}
    if facts == {1: 1, 3: -8, -1: 6}:
        return sizes == {-2: 32} and not is_feeble(raw[-2])
    if facts == {1: 3, 3: -257}:
        is_sized = sizes.keys() == {-1, -2} and sizes[-1] <= 1024 and 1 <= sizes[-2] <= 4
        return is_sized and int.from_bytes(raw[-1]).bit_length() >= _SHORTEST_RSA
    return facts == {1: 2, 3: -7, -1: 1} and sizes == {-2: 32, -3: 32}


def credential_id_of(credential: str) -> bytes:
    """Return which passkey an answer claims to come from; raises `PasskeyRefused`."""
    try:
        return base64url_to_bytes(_parsed(credential)["rawId"])
    except _REFUSALS as failure:
        raise PasskeyRefused from failure


def verify_assertion(
    credential: str, *, party: RelyingParty, challenge: bytes, known: KnownPasskey
) -> Assertion:
    """Return the checked answer of a known passkey; raises `PasskeyRefused`.

    The count of signatures is left to the caller, who knows the last one.
    """
    try:
        answer = _parsed(credential)
        verified = verify_authentication_response(
            credential=answer,
            expected_challenge=challenge,
            expected_rp_id=party.host,
            expected_origin=party.origin,
            credential_public_key=known.public_key,
            credential_current_sign_count=0,
            require_user_verification=True,
        )
        given = answer["response"]
        client_data = base64url_to_bytes(given["clientDataJSON"])
        told = _client_of(client_data)
        is_provable = _is_provable(known.public_key)
    except _REFUSALS as failure:
        raise PasskeyRefused from failure
    is_exact = told["challenge"] == bytes_to_base64url(challenge)
    if verified.credential_id != known.credential_id or not (is_exact and is_provable):
        raise PasskeyRefused
    return Assertion(
        credential_id=verified.credential_id,
        public_key=known.public_key,
        sign_count=verified.new_sign_count,
        is_backed_up=verified.credential_backed_up,
        client_data=client_data,
        authenticator_data=base64url_to_bytes(given["authenticatorData"]),
        signature=base64url_to_bytes(given["signature"]),
    )


def is_count_regressed(*, last: int, shown: int) -> bool:
    """Tell whether a passkey that counts has not counted on: there may be a copy of it."""
    return (last > 0 or shown > 0) and shown <= last


def _parsed(credential: str) -> dict[str, Any]:
    if len(credential) > LONGEST_CREDENTIAL:
        raise PasskeyRefused
    answer = json.loads(credential)
    if not isinstance(answer, dict):
        raise PasskeyRefused
    return answer


def _client_of(client_data: bytes) -> dict[str, Any]:
    """Return what the browser says of its page, as a receipt's verifier reads it, not framed.

    What a verifier would not read is not accepted either (docs/receipt.md, 4.3): a browser may add
    any member to it, with any number, but no name twice and no other encoding.
    """
    if client_data.count(b"{") + client_data.count(b"[") > _MOST_BRACKETS:
        raise PasskeyRefused
    told = json.loads(
        client_data.decode(),
        object_pairs_hook=_named_once,
        parse_int=str,
        parse_float=str,
        parse_constant=_no_number,
    )
    if not isinstance(told, dict) or told.get("crossOrigin", False) is not False:
        raise PasskeyRefused
    return told


def _named_once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    if len(dict(pairs)) != len(pairs):
        raise PasskeyRefused
    return dict(pairs)


def _no_number(word: str) -> None:
    raise ValueError(word)


def _descriptor(known: KnownPasskey) -> PublicKeyCredentialDescriptor:
    transports = [
        AuthenticatorTransport(each)
        for each in known.transports
        if each in {kind.value for kind in AuthenticatorTransport}
    ]
    return PublicKeyCredentialDescriptor(id=known.credential_id, transports=transports or None)
