"""Every form has one effect: sent twice at once, from two windows, and again after a crash.

Each on both engines, each form on a copy of its own, so most of it in `make crash`; a hasty click
on each form is shown in tests/journeys/test_once.py. Sixty pairs of one form here (reliability R6).
"""

import os
from collections.abc import Callable, Iterator
from dataclasses import replace
from urllib.parse import parse_qs, urlencode

import pytest

from cooperation.analysis.service import releasing
from tests.fixtures.census import effect
from tests.fixtures.filled_forms import FORMS, ready
from tests.fixtures.once import (
    at_once,
    census,
    new_scene,
    sent_after_a_crash,
    sent_at_once,
    sent_from_two_windows,
)
from tests.fixtures.rehearsal import Rehearsal

PAIRS = 2000 if os.environ.get("CRASH_ROUNDS") else 60
WAYS: dict[str, Callable[[Rehearsal, str], list[str]]] = {
    "at once": sent_at_once,
    "from two windows": sent_from_two_windows,
    "after a crash": sent_after_a_crash,
}
MAKES_DOCUMENTS = {
    "notes_verbales.continue_batch",
    "notes_verbales.prepare_notes",
    "notes_verbales.print_letters",
}
"""What makes documents is not forked; its crashes are in test_office_acts.py."""
ALL = [
    (way, name)
    for way in WAYS
    for name in FORMS
    if way != "after a crash" or name not in MAKES_DOCUMENTS
]
FEW = (("at once", "responses.save"), ("after a crash", "two_persons.approve"))


@pytest.fixture
def kept(own_rehearsal: Rehearsal, monkeypatch: pytest.MonkeyPatch) -> Iterator[Rehearsal]:
    """A copy of the rehearsal in which all is kept that is written."""
    monkeypatch.setattr(releasing, "SMALLEST", 0)
    with new_scene(own_rehearsal), own_rehearsal.keeping():
        yield own_rehearsal


@pytest.fixture
def bound(own_bound_rehearsal: Rehearsal, own_bound_database, monkeypatch) -> Iterator[Rehearsal]:
    """The same on PostgreSQL."""
    monkeypatch.setattr(releasing, "SMALLEST", 0)
    own_bound_rehearsal.superuser = own_bound_database.superuser
    with new_scene(own_bound_rehearsal):
        yield own_bound_rehearsal


@pytest.mark.parametrize(("way", "name"), FEW)
def test_form_has_one_effect(kept: Rehearsal, way: str, name: str) -> None:
    assert WAYS[way](kept, name) == []


@pytest.mark.slow
@pytest.mark.parametrize(("way", "name"), ALL)
def test_any_form_has_one_effect(kept: Rehearsal, way: str, name: str) -> None:
    assert WAYS[way](kept, name) == []


@pytest.mark.slow
@pytest.mark.parametrize(("way", "name"), ALL)
def test_any_form_has_one_effect_on_postgresql(bound: Rehearsal, way: str, name: str) -> None:
    assert WAYS[way](bound, name) == []


def send_pairs(rehearsal: Rehearsal, count: int) -> None:
    """Change one address again and again, each time by a pair; half of them at the same moment."""
    sending = ready(rehearsal, "register.save_address")
    fields = {name: values[0] for name, values in parse_qs(sending.body.decode()).items()}
    before = census(rehearsal)
    for number in range(count):
        change = rehearsal.new_key(fields) | {
            "version": str(int(fields["version"]) + number),
            "lines": f"{number} Street",
        }
        one = replace(sending, body=urlencode(fields | change).encode())
        pages = [one.send(), one.send()] if number % 2 else at_once(rehearsal, [one, one])
        answers = [(page.status, page.headers.get("location"), page.text) for page in pages]
        assert {answer[:2] for answer in answers} == {(302, "/register/WE01")}, answers
    found = effect(before, census(rehearsal))
    assert found == {"entry address.saved": count, "versions of addresses": count}


def test_pairs_have_one_effect_each(kept: Rehearsal) -> None:
    send_pairs(kept, PAIRS)


@pytest.mark.slow
def test_pairs_have_one_effect_each_on_postgresql(bound: Rehearsal) -> None:
    send_pairs(bound, 200)
