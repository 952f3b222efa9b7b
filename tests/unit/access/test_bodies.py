"""Bodies and roles: what is declared once, against what it was when it stood in twelve places."""

import pytest

from cooperation.access.rules import (
    DIRECTORY_RULES,
    INSTITUTIONS,
    INVITING_ROLES,
    OFFICES,
    ROLES,
    Institution,
    Role,
    circle_of_institution,
    institution_of_circle,
    seconds_of,
)

SECRETARIATS = {"head", "officer"}
OF_CIRCLES = {
    "state/KEN": ({"contributor", "focal_point", "signatory"}, set()),
    "secretariat": ({"officer", "head"}, SECRETARIATS),
    "court": ({"court_reader"}, {"head", "court_reader"}),
    "co_facilitators": ({"co_facilitator"}, set()),
    "": ({"auditor", "administrator"}, SECRETARIATS),
    "assembly": (set(), set()),
    "state/": (set(), set()),
    "states/KEN": (set(), set()),
    "secretariat/KEN": (set(), set()),
}
INVITES = {
    "focal_point": ["contributor", "focal_point", "signatory"],
    "head": ["officer", "head", "administrator", "auditor"],
    "court_reader": ["court_reader"],
    "co_facilitator": ["co_facilitator"],
}
PASSKEYS = {"officer": 2, "head": 2, "court_reader": 2, "administrator": 2} | {
    "focal_point": 1,
    "signatory": 1,
    "co_facilitator": 1,
}


def test_every_role_and_body_is_declared():
    assert set(ROLES) == set(Role)
    assert set(INSTITUTIONS) == set(Institution)
    assert OFFICES == ("secretariat", "court", "co_facilitators")


@pytest.mark.parametrize(("circle", "expected"), OF_CIRCLES.items(), ids=map(repr, OF_CIRCLES))
def test_roles_and_seconds_of_a_circle_are_those_that_statements_were_judged_by(circle, expected):
    rule = DIRECTORY_RULES.of(circle)

    assert (rule.roles, rule.seconds) == expected


def test_a_head_governs_those_without_a_circle_and_the_circle_of_circles():
    governed = {name: rule.governed_by for name, rule in DIRECTORY_RULES.circles.items()}

    assert {name for name, by in governed.items() if by == "secretariat"} == {"", "assembly"}
    assert [name for name in governed if DIRECTORY_RULES.of(name).holds_circles] == ["assembly"]
    assert (DIRECTORY_RULES.first, DIRECTORY_RULES.first_role) == ("secretariat", "head")


def test_who_invites_and_with_how_many_passkeys():
    assert {role: list(rule.invites) for role, rule in ROLES.items() if rule.invites} == INVITES
    assert set(INVITES) == INVITING_ROLES
    assert ROLES[Role.HEAD].founds == ("court_reader", "co_facilitator")
    assert {role: rule.passkeys for role, rule in ROLES.items() if rule.passkeys} == PASSKEYS


def test_of_a_body_without_people_the_secretariat_is_the_second():
    assert seconds_of(Institution.COURT, founds=True) == SECRETARIATS
    assert seconds_of(Institution.STATE, founds=True) == set()


@pytest.mark.parametrize("institution", Institution)
def test_body_and_circle_name_each_other(institution):
    circle = circle_of_institution(institution, "KEN")

    assert institution_of_circle(circle) is institution
