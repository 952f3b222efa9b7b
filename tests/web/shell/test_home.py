"""The home page: one next step for each role, what came back, who is there."""

import re

import pytest

from cooperation.access.rules import Role
from cooperation.accounts.joining.service.closing import disable_person
from cooperation.review import service as review
from cooperation.review.rules import Decision, Verdict
from tests.fixtures.publication import EDITION, STATE


def home(pages, person):
    page = pages.visitor(person).get("/")
    assert page.status == 200
    return page


def test_a_drafting_state_goes_on_where_it_stopped(office):
    office.round.fill()

    page = home(office, "focal")

    assert "Check and mark ready for signature" in page.text
    assert "13 of 13 parts are complete, not yet submitted." in page.text


def test_a_signatory_reads_until_there_is_something_to_sign(office):
    office.round.fill()

    page = home(office, "signatory")

    assert "Read the answers so far" in page.text
    assert "Read, sign and submit" not in page.text


def test_a_submitted_state_sees_what_was_filed(submitted):
    page = home(submitted, "focal")

    assert "See what was filed and where it stands" in page.text
    assert f"/our-answers/{EDITION}" in page.links
    assert "Receipt of submission 1" in page.text
    assert any("/response/submissions/" in link for link in page.links)


def test_a_refused_answer_comes_back_with_its_reason(submitted):
    office = submitted
    with office.round.acting("officer") as ctx:
        verdict = Verdict(Decision.REFUSED, "It names a person.", 0)
        review.decide(
            ctx,
            EDITION,
            STATE,
            submission_id=office.submission.id,
            verdicts={"A-07": verdict},
        )

    page = home(submitted, "focal")

    assert "The Secretariat refused 1 answer" in page.text
    assert "It names a person." in page.text
    assert "Correct A-07" in page.text
    assert "It names a person." not in home(submitted, "other_focal").text


def test_answers_that_wait_are_to_be_released(office):
    office.submit(D_01="ask_me_again_before_release")
    office.approve()

    page = home(office, "focal")

    assert re.search(r"Release \d+ answers", page.text)
    assert "/our-answers/2026" in page.links


def test_an_officer_reviews_first_and_proposes_then(submitted):
    assert "Review answers" in home(submitted, "officer").text

    submitted.approve()

    assert "Propose a publication" in home(submitted, "officer").text


def test_a_head_publishes_what_another_proposed(submitted):
    submitted.approve()
    submitted.propose()

    page = home(submitted, "head")

    assert "Publish batch 1" in page.text


def test_the_court_finds_states_and_questions(published):
    visitor = published.visitor("court")

    assert f"/published/{EDITION}/states/{STATE}" in visitor.get("/?q=af01").links
    assert f"/published/{EDITION}/questions/B-14" in visitor.get("/?q=surrender").links
    assert f"/published/{EDITION}/questions/B-05" in visitor.get("/?q=b-05").links
    assert "Nothing found." in visitor.get("/?q=atlantis").text
    assert visitor.get("/?q=" + "x" * 2000).status == 200


def test_a_new_instance_leads_its_head_to_the_set_up(new_world):
    page = new_world.visitor(new_world.person(Role.HEAD)).get("/")

    assert "Complete the set-up" in page.text
    assert "/set-up" in page.links
    assert "A second active person of the Secretariat." in page.text


def test_every_role_has_a_home_before_any_edition(world):
    for role in Role:
        state = "AF01" if role in {Role.CONTRIBUTOR, Role.FOCAL_POINT, Role.SIGNATORY} else None
        page = world.visitor(world.person(role, state)).get("/")

        assert page.status == 200, role
        assert "Welcome" in page.text, role


def test_a_disabled_colleague_leaves_a_marker_that_keys_are_due(world):
    focal = world.person(Role.FOCAL_POINT, "AF01")
    writer = world.person(Role.CONTRIBUTOR, "AF01")
    assert "New keys are due" not in world.visitor(focal).get("/").text

    disable_person(world.context_of(focal), writer.person_id)

    assert "New keys are due" in world.visitor(focal).get("/").text
    other = world.person(Role.FOCAL_POINT, "AF02")
    assert "New keys are due" not in world.visitor(other).get("/").text


@pytest.mark.parametrize("role", [Role.FOCAL_POINT, Role.HEAD, Role.COURT_READER])
def test_the_menu_leads_somewhere_before_any_edition(world, role):
    visitor = world.visitor(world.person(role, "AF01" if role is Role.FOCAL_POINT else None))
    places = {link for link in visitor.get("/").links if link.startswith("/") and "?" not in link}

    for place in places:
        assert visitor.get(place).status == 200, place
