"""The page of policy: everything not written is denied, no State role meets a body's role."""

from datetime import UTC, datetime, timedelta

import pytest

from cooperation.access.guard import is_allowed, is_stepped_up, require, require_step_up
from cooperation.access.policy import POLICY, STEP_UP, Permission
from cooperation.access.predicates import Target
from cooperation.access.rules import Actor, Institution, Role
from cooperation.core.errors import NotAllowed, NotFound, StepUpNeeded
from cooperation.web.acts import ACTS

NOW = datetime(2027, 3, 1, 12, tzinfo=UTC)
CONTENT = {
    Permission.READ_OWN_RESPONSE,
    Permission.WRITE_ANSWER,
    Permission.READ_SUBMISSION,
    Permission.REVIEW_ANSWER,
    Permission.PUBLISH_ANSWER,
    Permission.READ_PUBLISHED,
    Permission.READ_FOR_COURT,
    Permission.EXPORT_PUBLISHED,
    Permission.READ_FIGURES,
}


def actor(role: Role, state: str | None = None, stepped_up_at: datetime | None = None) -> Actor:
    return Actor("p", frozenset({role}), role.body, state, stepped_up_at)


def test_every_permission_but_public_is_on_the_page():
    assert set(POLICY) == set(Permission) - {Permission.PUBLIC}


def test_permission_not_on_the_page_is_denied():
    assert not is_allowed(actor(Role.HEAD), Permission.PUBLIC)


@pytest.mark.parametrize("role", [Role.ADMINISTRATOR, Role.AUDITOR])
def test_administrator_and_auditor_reach_no_content(role):
    assert not {permission for permission in CONTENT if role in POLICY[permission]}


def test_only_the_court_reads_for_the_court():
    assert POLICY[Permission.READ_FOR_COURT] == {Role.COURT_READER}


def test_only_a_signatory_submits():
    assert POLICY[Permission.SUBMIT_RESPONSE] == {Role.SIGNATORY}


def test_another_states_object_is_not_found():
    focal_point = actor(Role.FOCAL_POINT, "KEN")

    require(focal_point, Permission.READ_OWN_RESPONSE, Target("KEN"))
    with pytest.raises(NotFound):
        require(focal_point, Permission.READ_OWN_RESPONSE, Target("BEL"))


@pytest.mark.parametrize(
    ("who", "permission", "target", "refusal"),
    [
        ((Role.OFFICER, None), Permission.READ_EDITION, Target(), None),
        ((Role.CONTRIBUTOR, "KEN"), Permission.READ_EDITION, Target(), NotFound),
        ((Role.CONTRIBUTOR, "KEN"), Permission.READ_EDITION, Target(is_frozen=True), None),
        ((Role.HEAD, None), Permission.CHANGE_ROLE, Target(None, Institution.NONE), None),
        ((Role.HEAD, None), Permission.CHANGE_ROLE, Target(None, Institution.COURT), NotFound),
        ((Role.HEAD, None), Permission.RENEW_KEYS, Target(None, Institution.SECRETARIAT), None),
        ((Role.HEAD, None), Permission.RENEW_KEYS, Target(None, Institution.NONE), NotFound),
        ((Role.FOCAL_POINT, "KEN"), Permission.RENEW_KEYS, Target("KEN", Institution.STATE), None),
        ((Role.OFFICER, None), Permission.VOID_NOTE, Target(maker_id="p"), None),
        ((Role.OFFICER, None), Permission.VOID_NOTE, Target(maker_id="q"), NotAllowed),
        ((Role.HEAD, None), Permission.VOID_NOTE, Target(maker_id="q"), None),
        ((Role.COURT_READER, None), Permission.VOID_NOTE, Target(maker_id="p"), NotAllowed),
    ],
)
def test_permission_holds_over_the_objects_of_its_test(who, permission, target, refusal):
    if refusal is None:
        require(actor(*who), permission, target)
        return
    with pytest.raises(refusal):
        require(actor(*who), permission, target)


def test_wrong_role_is_not_allowed():
    with pytest.raises(NotAllowed):
        require(actor(Role.OFFICER), Permission.PUBLISH_ANSWER)


@pytest.mark.parametrize(("minutes", "fresh"), [(0, True), (5, True), (6, False)])
def test_step_up_for_publishing_lasts_five_minutes(minutes, fresh):
    head = actor(Role.HEAD, stepped_up_at=NOW - timedelta(minutes=minutes))

    assert is_stepped_up(head, Permission.PUBLISH_ANSWER, NOW) is fresh


def test_act_without_any_step_up_is_stopped():
    with pytest.raises(StepUpNeeded):
        require_step_up(actor(Role.SIGNATORY, "KEN"), Permission.SUBMIT_RESPONSE, NOW)


def test_every_act_of_two_persons_needs_a_step_up():
    declared = {each.decides for each in ACTS.values()}
    of_their_own_pages = {Permission.OPEN_EDITION, Permission.APPROVE_NOTE}

    assert len(declared) > 3
    assert declared | of_their_own_pages <= set(STEP_UP)


@pytest.mark.parametrize(
    "act",
    [Permission.SUBMIT_RESPONSE, Permission.NARROW_ANSWER, Permission.EXPORT_PUBLISHED],
)
def test_what_one_person_does_that_cannot_be_undone_needs_a_step_up(act):
    assert act in STEP_UP


def test_main_role_is_the_one_that_weighs_most():
    both = Actor("p", frozenset({Role.FOCAL_POINT, Role.SIGNATORY}), Institution.STATE, "KEN")

    assert both.main_role is Role.SIGNATORY
