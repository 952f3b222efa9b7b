"""The review as an officer walks it, without scripts."""

import pytest

from cooperation.audit import service as audit
from cooperation.audit.rules import UNDELIVERED

STATE = "/review/2026/AF01"


def log(pages, action):
    with pages.round.reading("head") as ctx:
        return audit.entries_for(ctx.session, action=action)


def test_the_list_leads_to_the_state_that_waits(submitted):
    page = submitted.visitor("officer").get("/review")

    assert page.status == 200
    assert "Review State AF01" in page.text
    assert STATE in page.links
    assert "Not a valid choice" not in page.text


def test_the_list_is_filtered(submitted):
    visitor = submitted.visitor("officer")

    assert STATE not in visitor.get("/review/2026?status=reviewed&group=").links[-1:]
    assert "No State matches" in visitor.get("/review/2026?group=WEOG").text
    assert "Not a valid choice" in visitor.get("/review/2026?group=nonsense").text


def test_a_part_shows_answers_and_of_court_answers_only_that_they_exist(submitted):
    page = submitted.visitor("officer").get(STATE)

    assert "=Who sits in it" in page.text
    assert "For the Court only" in page.text
    assert "Ministry of Foreign Affairs" not in page.text
    assert len(log(submitted, "submission.read")) == 1


def test_decisions_are_saved_and_lead_on(submitted):
    visitor = submitted.visitor("officer")
    page = visitor.get(STATE)

    page = visitor.submit(
        page,
        page.form(has="decision.A-06"),
        {"decision.A-06": "approved", "decision.A-07": "refused", "reason.A-07": "It names one."},
    )

    assert page.status == 200
    assert "2 decisions saved." in page.text
    again = visitor.get(f"{STATE}?part=A1")
    assert "It names one." in again.html


def test_a_refusal_without_a_reason_comes_back_with_the_answers_and_what_was_typed(
    submitted,
):
    visitor = submitted.visitor("officer")
    page = visitor.get(STATE)

    page = visitor.submit(
        page,
        page.form(has="decision.A-06"),
        {
            "decision.A-06": "refused",
            "reason.A-06": "It names a case.",
            "decision.A-07": "refused",
        },
    )

    assert page.status == 422
    assert "Say why this answer cannot be published" in page.text
    assert "=Who sits in it" in page.text
    fields = page.form(has="decision.A-06").fields
    assert fields["decision.A-06"] == ["refused"]
    assert fields["reason.A-06"] == ["It names a case."]
    assert log(submitted, "answer.refused") == []
    assert len(log(submitted, "submission.read")) == 2

    fields = {"reason.A-07": "It names one."}
    page = visitor.submit(page, page.form(has="decision.A-06"), fields)

    assert "2 decisions saved." in page.text


def test_a_part_and_the_whole_are_approved_by_one_button(submitted):
    visitor = submitted.visitor("officer")
    page = visitor.get(STATE)

    page = visitor.submit(page, page.form(has="part"))
    assert "6 answers approved." in page.text
    page = visitor.get(STATE)
    whole = [each for each in page.forms if "/approve" in each.action and "part" not in each.names]
    visitor.submit(page, whole[0])

    assert "Every answer of this submission is decided." in visitor.get(STATE).text
    assert "Propose a publication" in visitor.get("/review").text


def test_answers_that_came_back_with_a_form_and_did_not_leave_count_as_not_read(submitted):
    visitor = submitted.visitor("officer")
    page = visitor.get(STATE)

    def fail(response):
        raise RuntimeError("after the entry")

    failing = submitted.round.world.application.after_request_funcs[None]
    failing.insert(0, fail)  # runs last
    try:
        undecided = {"decision.A-06": "refused", "decision.A-07": "refused"}
        answer = visitor.submit(page, page.form(has="decision.A-06"), undecided)
    finally:
        failing.remove(fail)

    assert answer.status == 500
    readings = log(submitted, "submission.read")
    undelivered = log(submitted, UNDELIVERED)
    assert len(readings) == 2
    assert [each.version for each in undelivered] == [max(each.seq for each in readings)]


def test_approving_asks_for_a_fresh_code_after_half_an_hour(submitted):
    visitor = submitted.visitor("officer")
    for _ in range(3):
        submitted.let_code_age(11)
        page = visitor.get(STATE)

    page = visitor.submit(page, page.form(has="part"))

    assert page.status == 403
    assert page.form(has="code")
    assert log(submitted, "answers.approved") == []


def test_a_form_of_an_older_submission_is_refused(submitted):
    visitor = submitted.visitor("officer")
    page = visitor.get(STATE)

    page = visitor.submit(page, page.form(has="part"), {"submission": "older"})

    assert page.status == 409


def test_strange_fields_are_refused(submitted):
    visitor = submitted.visitor("officer")
    page = visitor.get(STATE)

    for change in (
        {"decision.A-06": "published"},
        {"seen.A-06": "-1", "decision.A-06": "approved"},
    ):
        assert visitor.submit(page, page.form(has="decision.A-06"), change).status in {409, 422}


@pytest.mark.parametrize("person", ["focal", "signatory", "court", "facilitator", "auditor"])
def test_nobody_else_enters(submitted, person):
    visitor = submitted.visitor(person)

    assert visitor.get("/review/2026").status == 403
    assert visitor.get(STATE).status == 403


def test_missing_things_are_not_there(submitted):
    visitor = submitted.visitor("officer")

    for path in ("/review/2024", "/review/2026/AF02", "/review/2026/XX", f"{STATE}?part=Z9"):
        assert visitor.get(path).status == 404
