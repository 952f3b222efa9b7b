"""Work grows with the length of what is typed, not with its square, at every border.

Processor time alone is measured, against the same border's own with a quarter of the text: a linear
border takes four times as long, a square one sixteen times. The absolute figures stand in
tests/attack/test_cost.py.
"""

import time
import unicodedata
from collections.abc import Callable
from contextlib import suppress

import pytest
from werkzeug.exceptions import HTTPException
from werkzeug.test import EnvironBuilder

from cooperation.accounts.rules import normal_email, safe_path
from cooperation.accounts.signin.service.codes import accepted_step
from cooperation.core import characters
from cooperation.core.documents import read_json
from cooperation.core.emails import email_problem, is_email, plain_email
from cooperation.core.errors import DomainError
from cooperation.editions.rules.typed import day_problem, read_number, text_problem, url_problem
from cooperation.outbox.rules import is_sendable
from cooperation.register.rules import parse_sheet
from cooperation.vault.encoding import canonical_json
from cooperation.vault.invitation import read_code
from cooperation.vault.passwords import LIGHT, normalised
from cooperation.vault.recovery_codes import stretched_code
from cooperation.vault.signed_notes import parse_note
from cooperation.web.form_parser import url_encoded_pairs
from cooperation.web.incoming import KEPT_BYTES, PlatformRequest
from tests.fixtures.people import NOW
from tests.fixtures.worst_texts import WORST

SMALL, TIMES = 3_000, 4
GROWTH = 6.5
NOISE_SECONDS = 0.003
TRIES = 3
"""A busy machine may disturb one measure; work that grows with the square is steep each time."""
MULTIPART = 'multipart/form-data; boundary="b"'


def form_of(body: bytes, kind: str) -> None:
    builder = EnvironBuilder(method="POST", input_stream=None, data=body, content_type=kind)
    sent = PlatformRequest(builder.get_environ())
    sent.max_content_length = sent.max_form_memory_size = KEPT_BYTES
    sent.form, sent.files  # noqa: B018 - asking is reading


def part(name: str, content: str) -> bytes:
    head = f'--b\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n'
    return f"{head}{content}\r\n--b--\r\n".encode()


BORDERS: dict[str, Callable[[str], object]] = {
    "a field": characters.tidied,
    "what is hashed": characters.nfc,
    "lines": characters.clean_lines,
    "a code": characters.clean_code,
    "a compared word": characters.folded,
    "an e-mail": lambda text: (email_problem(plain_email(text)), is_email(text), is_sendable(text)),
    "a name to sign in with": normal_email,
    "JSON": lambda text: read_json(text, longest=len(text)),
    "canonical JSON": lambda text: canonical_json({text: [text]}),
    "a form": lambda text: form_of(text.encode(), "application/x-www-form-urlencoded"),
    "fields of an address": lambda text: url_encoded_pairs(text.encode()),
    "a part's text": lambda text: form_of(part("a", text), MULTIPART),
    "a part's name": lambda text: form_of(part(text, "a"), MULTIPART),
    "a body of parts": lambda text: form_of(text.encode(), MULTIPART),
    "a passphrase": normalised,
    "a number": read_number,
    "a day": lambda text: day_problem(text, month_allowed=True),
    "a long text": lambda text: text_problem(text, len(text)),
    "a link": url_problem,
    "an address inside": lambda text: safe_path(f"/{text}"),
    "an invitation's code": read_code,
    "a recovery code": lambda text: stretched_code(text, bytes(16), LIGHT),
    "an authenticator's code": lambda text: accepted_step(bytes(20), text, NOW, last_step=0),
    "a witness's note": lambda text: parse_note(text),
    "an address list": lambda text: parse_sheet(f"state,kind\n{text}".encode(), {}),
    "a heading of one": lambda text: parse_sheet(text.encode(), {}),
}


def seconds(border: Callable[[str], object], text: str) -> float:
    """Return the least processor time of two readings; what is refused was read, too."""
    found = []
    for _time in range(2):
        start = time.process_time()
        with suppress(DomainError, HTTPException, ValueError):
            border(text)
        found.append(time.process_time() - start)
    return min(found)


def growth_of(border, text_of):
    """Return the seconds of a text and of one four times as long."""
    small, large = (seconds(border, text_of(SMALL * times)) for times in (1, TIMES))
    return small, large


def is_steep(small, large):
    return large > GROWTH * small + NOISE_SECONDS


@pytest.mark.parametrize("name", BORDERS)
def test_four_times_the_worst_text_costs_four_times_the_work(name):
    border, slow = BORDERS[name], {}
    for worst, text_of in WORST.items():
        measured = [growth_of(border, text_of)]
        while is_steep(*measured[-1]) and len(measured) < TRIES:
            measured.append(growth_of(border, text_of))
        if is_steep(*measured[-1]):
            slow[worst] = measured

    assert not slow


def test_the_measure_finds_a_square():
    def square(text: str) -> object:
        return unicodedata.normalize("NFC", text)

    text_of = WORST["marks in the wrong order"]

    assert all(is_steep(*growth_of(square, text_of)) for _try in range(TRIES))
