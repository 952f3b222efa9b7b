"""What a browser says beside an approval: platform and both verifiers take exactly the same.

docs/receipt.md, 4.3, to the byte. An approval that is accepted at the signing and refused by a
verifier would make a receipt that proves nothing, for ever.
"""

import base64
import json
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any

import pytest

from cooperation.offline import verify_receipt
from cooperation.vault.encoding import length_prefixed
from cooperation.vault.passkeys import (
    KnownPasskey,
    PasskeyRefused,
    RelyingParty,
    challenge_of,
    verify_assertion,
)
from tests.fixtures import second_verifier
from tests.fixtures.authenticator import SoftAuthenticator

HOST, ROOT, NONCE = "court.example", bytes(range(32)), bytes(32)
EDITION, STATE = "2026", "AF01"
ASKED = challenge_of("submit/1", ROOT, EDITION, STATE, NONCE)
CHALLENGE = base64.urlsafe_b64encode(ASKED).decode().rstrip("=")
LAST = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
OTHER_BITS = CHALLENGE[:-1] + LAST[LAST.index(CHALLENGE[-1]) + 1]
PLAIN = (
    f'{{"type":"webauthn.get","challenge":"{CHALLENGE}",'
    f'"origin":"https://{HOST}","crossOrigin":false}}'
)


def more(text: str) -> str:
    """What a browser of later years may say: the same, and a member more."""
    return f"{PLAIN[:-1]},{text}}}"


HOLDS = {
    "as today": PLAIN,
    "a fraction": more('"n":1.5'),
    "an exponent": more('"n":1e400'),
    "a negative number": more('"n":-1'),
    "a long number": more(f'"n":{"9" * 1000}'),
    "nothing": more('"topOrigin":null'),
    "an object": more('"more":{"a":[1.0,{"a":null}]}'),
    "escapes": more(r'"\u00e9\ud800":"\ud83d\ude00\n"'),
    "other scripts": more('"\u4eba":"\u0645"'),
    "spaces": f" \r\n\t{PLAIN[:-1]} \n}} \n",
    "a name escaped": PLAIN.replace('"type"', r'"typ\u0065"'),
    "no word of frames": PLAIN.replace(',"crossOrigin":false', ""),
    "a hundred brackets": more(f'"a":{"[" * 99}{"]" * 99}'),
}

FAILS = {
    "a name twice": more('"type":"webauthn.get"'),
    "a name twice, once escaped": more(r'"typ\u0065":"webauthn.get"'),
    "a name twice within": more('"a":{"b":1,"b":1}'),
    "not a number": more('"n":NaN'),
    "infinity": more('"n":-Infinity'),
    "a leading zero": more('"n":01'),
    "too many brackets": more(f'"a":{"[" * 100}{"]" * 100}'),
    "too many brackets in a text": more(f'"a":"{"{" * 100}"'),
    "framed": PLAIN.replace("false", "true"),
    "framed, or not": PLAIN.replace("false", "null"),
    "framed by a number": PLAIN.replace("false", "0"),
    "another act": PLAIN.replace("webauthn.get", "webauthn.create"),
    "another challenge": PLAIN.replace(CHALLENGE, CHALLENGE[::-1]),
    "a padded challenge": PLAIN.replace(CHALLENGE, f"{CHALLENGE}="),
    "a challenge with other bits": PLAIN.replace(CHALLENGE, OTHER_BITS),
    "a list": f"[{PLAIN}]",
    "a comma too many": f"{PLAIN[:-1]},}}",
    "more behind it": f"{PLAIN} x",
    "a line break in a text": more('"a":"\n"'),
    "nothing at all": "",
}
BYTES = {
    "byte order mark": b"\xef\xbb\xbf" + PLAIN.encode(),
    "UTF-16": PLAIN.encode("utf-16-le"),
    "no UTF-8": more('"a":"?"').encode().replace(b"?", b"\xff"),
}
CASES = [
    *((name, text.encode(), True) for name, text in HOLDS.items()),
    *((name, text.encode(), False) for name, text in FAILS.items()),
    *((name, content, False) for name, content in BYTES.items()),
]


@dataclass
class Speaking(SoftAuthenticator):
    """A browser that says exactly this."""

    said: bytes = b""
    host: str = HOST
    credential_id: bytes = field(default=bytes(32))

    def _client_data(self, kind: str, challenge: str) -> bytes:
        return self.said


@pytest.fixture(scope="module")
def key() -> Speaking:
    made = Speaking()
    made.create(json.dumps({"challenge": ""}))
    return made


def answer_of(key: Speaking, said: bytes) -> tuple[str, dict[str, Any]]:
    """Return what the browser brings, and the approval as a receipt would hold it."""
    key.said = said
    credential = key.answer(CHALLENGE)
    given = {
        name: base64.urlsafe_b64decode(text + "===")
        for name, text in json.loads(credential)["response"].items()
    }
    return credential, {
        "relying_party": HOST,
        "nonce": NONCE.hex(),
        "credential_id": key.credential_id.hex(),
        "public_key": key.public_key.hex(),
        "client_data": said.hex(),
        "authenticator_data": given["authenticatorData"].hex(),
        "signature": given["signature"].hex(),
    }


def accepts(key: Speaking, credential: str, origin: str) -> bool:
    """Tell whether the platform takes it at the signing."""
    try:
        verify_assertion(
            credential,
            party=RelyingParty(HOST, origin, "Platform"),
            challenge=ASKED,
            known=KnownPasskey(key.credential_id, key.public_key),
        )
    except PasskeyRefused:
        return False
    return True


def first_verifies(approval: dict[str, Any]) -> bool:
    """Ask the verifier that a State gets."""
    receipt = object.__new__(verify_receipt.Receipt)
    receipt.approval = approval
    receipt.told = {"root": ROOT.hex(), "edition": EDITION, "state": STATE}
    results: list[verify_receipt.Result] = []
    verify_receipt.attempt(results, "passkey", receipt.check_passkey)
    return bool(results[0][1])


def second_verifies(approval: dict[str, Any]) -> bool:
    """Ask the verifier that was written from the document alone."""
    receipt = object.__new__(second_verifier.Receipt)
    receipt.approval = approval
    receipt.root, receipt.edition, receipt.state = ROOT, EDITION, STATE
    bound = (approval[name] for name in ("client_data", "authenticator_data", "signature"))
    statement = sha256(length_prefixed(*(bytes.fromhex(each) for each in bound)))
    receipt.statement = statement.hexdigest()
    try:
        receipt.section_4_3()
    except Exception:  # as its own judge does
        return False
    return True


@pytest.mark.parametrize(
    ("said", "holds"), [case[1:] for case in CASES], ids=[name for name, *_rest in CASES]
)
def test_platform_and_both_verifiers_take_the_same(key: Speaking, said: bytes, holds: bool) -> None:
    credential, approval = answer_of(key, said)

    judged = (
        accepts(key, credential, f"https://{HOST}"),
        first_verifies(approval),
        second_verifies(approval),
    )

    assert judged == (holds, holds, holds)


@pytest.mark.parametrize(
    ("port", "holds"),
    [
        *((port, True) for port in ("", ":1", ":443", ":8443", ":65535")),
        *((port, False) for port in (":", ":0", ":01", ":65536", ":99999", ":100000", ":+1")),
        *((port, False) for port in (":8443 ", ":８", ":8443/", ":1:2", "/", "\n")),
    ],
)
def test_a_port_is_one_of_a_machine(key: Speaking, port: str, holds: bool) -> None:
    origin = f"https://{HOST}{port}"
    told = json.loads(PLAIN) | {"origin": origin}
    credential, approval = answer_of(key, json.dumps(told, ensure_ascii=False).encode())

    assert (first_verifies(approval), second_verifies(approval)) == (holds, holds)
    assert not holds or accepts(key, credential, origin)


def test_a_key_that_no_receipt_may_hold_does_not_approve(
    key: Speaking, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It was registered before such keys were refused."""
    longer = key.public_key.replace(b"\x03\x26", b"\x03\x38\x06", 1)
    monkeypatch.setattr(SoftAuthenticator, "public_key", property(lambda _key: longer))
    credential, approval = answer_of(key, PLAIN.encode())

    assert not first_verifies(approval)
    assert not accepts(key, credential, f"https://{HOST}")
