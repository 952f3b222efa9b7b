"""Every form has one effect, however often it is sent (reliability 4.2, rule 3).

Here each form is sent twice in a row, as by a hasty click. What happens in parallel and after a
crash is shown in tests/crash/test_once.py.
"""

from collections.abc import Iterator

import pytest

from cooperation.analysis.service import releasing
from tests.fixtures.filled_forms import FORMS, NOT_SENT_TWICE
from tests.fixtures.once import new_scene, sent_twice, with_other_body
from tests.fixtures.rehearsal import Rehearsal

pytestmark = pytest.mark.xdist_group("rehearsal")

FEW = ("accounts.send_invitation", "two_persons.approve", "responses.save", "review.decide")


@pytest.fixture
def tried(rehearsal: Rehearsal, monkeypatch: pytest.MonkeyPatch) -> Iterator[Rehearsal]:
    """The rehearsal, in which everything that a test does is taken back."""
    monkeypatch.setattr(releasing, "SMALLEST", 0)
    with new_scene(rehearsal), rehearsal.trying():
        yield rehearsal


def test_every_form_is_sent_twice_or_says_why_not(rehearsal: Rehearsal) -> None:
    posts = {
        rule.endpoint
        for rule in rehearsal.application.url_map.iter_rules()
        if "POST" in (rule.methods or ())
    }

    missing = sorted(posts - FORMS.keys() - NOT_SENT_TWICE.keys())
    gone = sorted((FORMS.keys() | NOT_SENT_TWICE.keys()) - posts)

    assert not missing, f"{missing}: say in tests/fixtures/filled_forms.py how a person fills it in"
    assert not gone, f"{gone}: these routes are gone; take them out of filled_forms.py"


@pytest.mark.parametrize("name", FEW)
def test_form_that_is_sent_twice_has_one_effect(tried: Rehearsal, name: str) -> None:
    assert sent_twice(tried, name) == []


def test_key_of_a_form_is_refused_with_another_body(tried: Rehearsal) -> None:
    assert with_other_body(tried, "responses.save") == []


@pytest.mark.slow
@pytest.mark.parametrize("name", FORMS)
def test_any_form_that_is_sent_twice_has_one_effect(tried: Rehearsal, name: str) -> None:
    assert sent_twice(tried, name) == []


@pytest.mark.slow
@pytest.mark.parametrize("name", FORMS)
def test_key_of_any_form_is_refused_with_another_body(tried: Rehearsal, name: str) -> None:
    assert with_other_body(tried, name) == []
