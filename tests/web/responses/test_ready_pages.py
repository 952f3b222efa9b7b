"""Pages of a response that is ready, reopened, or submitted."""

import re

import pytest

from cooperation.access.rules import Role
from tests.fixtures.people import CODE_STEP
from tests.fixtures.responses import HOME, part_path, saved

REASON = "One figure is missing"


@pytest.fixture
def focal(answering_world):
    return answering_world.visitor(answering_world.person(Role.FOCAL_POINT, "AF01"))


@pytest.fixture
def contributor(answering_world):
    return answering_world.visitor(answering_world.person(Role.CONTRIBUTOR, "AF01"))


def mark_ready(focal):
    page = focal.get(f"{HOME}/sign")
    focal.submit(page, page.form(action="/ready"))


@pytest.fixture
def ready(focal, answer_everything):
    answer_everything()
    mark_ready(focal)
    return focal


def forms_of(page, action):
    return [form for form in page.forms if form.action.endswith(action)]


def test_a_part_of_a_ready_response_is_read_only_with_one_button(ready):
    page = ready.get(part_path("A1"))

    assert not forms_of(page, "/parts/A1")
    assert "marked this response ready for signature" in page.text
    page = ready.submit(page, page.form(action="/reopen"), {"reason": REASON})
    assert page.path == part_path("A1")
    assert forms_of(page, "/parts/A1")
    assert "reopened this response on" in page.text
    assert REASON in page.text
    for path in (HOME, "/"):
        assert REASON in ready.get(path).text


def test_reopening_is_undone_from_the_message_that_reports_it(ready):
    page = ready.get(part_path("A1"))
    page = ready.submit(page, page.form(action="/reopen"), {"reason": REASON})

    page = ready.submit(page, page.form(action="/reopen/undo"))

    assert (page.status, page.path) == (200, part_path("A1"))
    assert "marked ready for signature as it was before" in page.text
    assert not forms_of(page, "/parts/A1")
    assert REASON not in ready.get("/").text


def test_a_reopening_that_a_colleague_has_worked_on_stands(ready, contributor):
    page = ready.get(part_path("A1"))
    page = ready.submit(page, page.form(action="/reopen"))
    saved(contributor, "A1", {"A-07": "Later words"})

    page = ready.submit(page, page.form(action="/reopen/undo"))

    assert page.status == 409
    assert "has changed since it was reopened" in page.text
    assert forms_of(ready.get(part_path("A1")), "/parts/A1")


def test_a_reason_that_is_too_long_comes_back(ready):
    page = ready.get(part_path("A1"))
    page = ready.submit(page, page.form(action="/reopen"), {"reason": "x" * 301})

    assert page.status == 422
    assert page.form(action="/reopen").fields["reason"] == ["x" * 301]
    assert page.form(action="/reopen").fields["part"] == ["A1"]
    assert not forms_of(ready.get(part_path("A1")), "/parts/A1")


def test_a_contributor_reads_whom_to_ask_and_keeps_what_she_typed(ready, contributor):
    page = contributor.get(part_path("A1"))
    assert re.search(r"ask a colleague who can reopen the response: \w+", page.text)
    assert not forms_of(page, "/reopen")


def test_what_was_typed_meanwhile_stays_on_the_page_and_is_saved_by_reopening(
    focal, contributor, answer_everything
):
    answer_everything()
    before, page_of_focal = (each.get(part_path("A1")) for each in (contributor, focal))
    mark_ready(focal)

    told = contributor.submit(before, before.form(has="then"), {"A-07": "Typed late"})

    assert told.status == 409
    assert "the response was marked ready meanwhile" in told.text
    assert told.form(has="then").fields["A-07"] == ["Typed late"]
    assert "ask a colleague who can reopen" in told.text
    form = page_of_focal.form(has="then")
    told = focal.submit(page_of_focal, form, {"A-07": "Typed by the focal point"})
    assert told.status == 409
    too_long = {"then": "reopen", "reason": "x" * 301}
    told = focal.submit(told, told.form(has="then"), too_long)
    assert told.status == 422
    assert told.form(has="then").fields["A-07"] == ["Typed by the focal point"]
    done = focal.submit(told, told.form(has="then"), {"then": "reopen", "reason": REASON})
    assert done.status == 200
    assert done.form(has="then").fields["A-07"] == ["Typed by the focal point"]
    assert REASON in done.text


@pytest.mark.parametrize("button", ["reopen", "stay"])
def test_a_page_kept_open_saves_once_somebody_else_has_reopened_the_response(
    focal, button, answer_everything
):
    answer_everything()
    page = focal.get(part_path("A1"))
    mark_ready(focal)
    told = focal.submit(page, page.form(has="then"), {"A-07": "Kept"})
    other = focal.get(part_path("A2"))
    focal.submit(other, other.form(action="/reopen"))

    done = focal.submit(told, told.form(has="then"), {"then": button, "reason": "Too late"})

    assert done.form(has="then").fields["A-07"] == ["Kept"]


def test_no_page_offers_to_change_a_ready_response(ready):
    assert "responses.keep" not in ready.get(HOME).html
    assert not forms_of(ready.get(HOME), "/keep")
    assert not forms_of(ready.get(f"{HOME}/files/D-06"), "/files/D-06")
    assert "Change" not in ready.get(f"{HOME}/answers").text


def submit(world, monkeypatch):
    monkeypatch.setattr("cooperation.web.lifecycle.audit.needs_checkpoint", lambda session: False)
    signatory = world.person(Role.SIGNATORY, "AF01")
    hers = world.visitor(signatory)
    page = hers.get(f"{HOME}/sign")
    page = hers.submit(page, page.form(has="declared"), {"declared": "y"})
    if page.status == 403:
        world.clock.move(2 * CODE_STEP)
        now = world.clock.now().timestamp()
        page = hers.enter_code(page, {"totp_secret": signatory.totp_secret}, at=now)
    assert "Signed and submitted" in page.text


def test_the_line_beside_the_buttons_is_true_of_a_submitted_response(
    ready, answering_world, monkeypatch
):
    submit(answering_world, monkeypatch)

    page = ready.get(part_path("A1"))
    assert "No changes since" in page.text
    assert "not yet submitted" not in page.text
    assert "A change here begins a correction" in page.text
    page = saved(ready, "A1", {"A-07": "Corrected"})
    assert "This begins a correction of submission 1" in page.text
    assert "Changed since submission 1: sign again for it to take effect" in page.text
    page = saved(ready, "A1", {"A-07": "Corrected again"})
    assert "begins a correction" not in page.text


def test_the_line_of_a_draft_says_that_it_is_not_submitted(focal):
    assert "Nothing saved yet" in focal.get(part_path("A1")).text
    assert "Saved at" in saved(focal, "A1", {"A-07": "Words"}).text
