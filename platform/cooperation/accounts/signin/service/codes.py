"""Codes of an authenticator: RFC 6238, 20-byte seed, a step around the server's time, never twice.

The last accepted step is stored and a new one must be later (ASVS 6.5.1; reliability 1.2).
"""

import base64
import hmac
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby

import pyotp
import segno

from cooperation.core.characters import clean_code

STEP_SECONDS = 30
ISSUER = "Cooperation platform"


@dataclass(frozen=True)
class QrPicture:
    """A QR code as one SVG path over a square of `size` modules; no style, so CSP allows it."""

    size: int
    path: str


def step_at(now: datetime) -> int:
    """Return the number of the 30-second step at `now`."""
    return int(now.timestamp()) // STEP_SECONDS


def accepted_step(seed: bytes, code: str, now: datetime, *, last_step: int) -> int | None:
    """Return the step that `code` belongs to, later than `last_step`, or None when refused.

    All three steps are always compared.
    """
    digits = clean_code(code).encode()
    generator = pyotp.TOTP(seed_text(seed))
    accepted = None
    for step in (step_at(now) - 1, step_at(now), step_at(now) + 1):
        is_right = hmac.compare_digest(generator.generate_otp(step).encode(), digits)
        if is_right and step > last_step:
            accepted = step
    return accepted


def code_at(seed: bytes, instant: datetime) -> str:
    """Return the code that an authenticator with this seed shows at `instant`."""
    return pyotp.TOTP(seed_text(seed)).generate_otp(step_at(instant))


def seed_text(seed: bytes) -> str:
    """Return the seed as base32, as authenticators take it by hand."""
    return base64.b32encode(seed).decode()


def enrolment_address(seed: bytes, email: str) -> str:
    """Return the `otpauth:` address that the QR code carries."""
    return pyotp.TOTP(seed_text(seed)).provisioning_uri(name=email, issuer_name=ISSUER)


def qr_picture(address: str) -> QrPicture:
    """Draw an address; four modules of quiet zone on each side."""
    code = segno.make(address, error="m", micro=False)
    rows = [bytes(row) for row in code.matrix_iter(border=4)]
    runs = [
        f"M{across} {down}h{length}v1h-{length}z"
        for down, row in enumerate(rows)
        for across, length in _dark_runs(row)
    ]
    return QrPicture(len(rows), "".join(runs))


def _dark_runs(row: bytes) -> Iterator[tuple[int, int]]:
    """Yield start and length of each run of dark modules."""
    across = 0
    for is_dark, modules in groupby(row):
        length = len(list(modules))
        if is_dark:
            yield across, length
        across += length
