"""Keys under which anybody could have signed are no proof: both verifiers refuse them."""

from collections.abc import Callable
from itertools import product

import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.hashes import SHA256

from cooperation.offline import verify_receipt
from tests.fixtures import second_verifier

PRIME = 2**255 - 19
FEEBLE = sorted(verify_receipt.FEEBLE)
VERIFIERS = (verify_receipt.is_signed, second_verifier.is_signed)


def encoded(place: int, sign: int) -> bytes:
    return (place | sign << 255).to_bytes(32, "little")


def forged_signature(public: bytes) -> tuple[bytes, bytes] | None:
    """Return a message and a signature under it that nobody's private key made."""
    for number, place, sign in product(range(64), FEEBLE, (0, 1)):
        message, signature = b"any %d" % number, encoded(place, sign) + bytes(32)
        try:
            Ed25519PublicKey.from_public_bytes(public).verify(signature, message)
        except InvalidSignature:
            continue
        return message, signature
    return None


def test_a_forger_needs_no_private_key_of_a_feeble_one_and_is_refused() -> None:
    taken = set()
    for place, sign in product(FEEBLE, (0, 1)):
        public = encoded(place, sign)
        forged = forged_signature(public)
        if forged is not None:
            taken.add(place)
            message, signature = forged
            assert [check(public, signature, message) for check in VERIFIERS] == [False, False]

    assert taken == set(FEEBLE)


def test_the_feeble_keys_are_all_points_of_small_order() -> None:
    """Of order 1 and 2 are y = 1 and -1, of order 4 y = 0; of order 8 the two with y^4 as here."""
    d = -121665 * pow(121666, -1, PRIME) % PRIME
    eighth = {place for place in FEEBLE if place not in (0, 1, PRIME - 1, PRIME, PRIME + 1)}

    assert len(FEEBLE) == 7
    assert len(eighth) == 2
    for y in eighth:
        assert (d * pow(y, 4, PRIME) + 2 * y * y - 1) % PRIME == 0


@pytest.mark.parametrize(
    ("bits", "is_taken"), [(1024, False), (2047, False), (2048, True)], ids=str
)
def test_a_short_rsa_key_does_not_pass_for_a_long_one(bits: int, is_taken: bool) -> None:
    key = rsa.generate_private_key(65537, bits)
    modulus = key.public_key().public_numbers().n.to_bytes(256, "big")
    cose = b"\xa4\x01\x03\x03\x39\x01\x00\x20\x59\x01\x00" + modulus + b"\x21\x43\x01\x00\x01"
    signature = key.sign(b"message", padding.PKCS1v15(), SHA256())
    checks: tuple[Callable[[], object], ...] = (
        lambda: verify_receipt.check_cose(cose, signature, b"message"),
        lambda: second_verifier.cose_check(cose)(signature, b"message"),
    )
    for check in checks:
        if is_taken:
            check()
        else:
            with pytest.raises((verify_receipt.Refused, second_verifier.Wrong)):
                check()
