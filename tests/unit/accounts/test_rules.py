"""Who may invite and disable whom, how long things live, which addresses are safe."""

from datetime import UTC, datetime, timedelta

import pytest

from cooperation.access.predicates import Target, is_account_in_reach
from cooperation.access.rules import Actor, Institution, Role
from cooperation.accounts.rules import (
    Founding,
    browser_name,
    cookie_name,
    is_alive,
    is_strict,
    normal_email,
    roles_to_invite,
    safe_path,
    state_of_newcomer,
    what_opens,
)

NOBODY_FOUNDED: frozenset[Role] = frozenset()
ALL_FOUNDED = frozenset({Role.COURT_READER, Role.CO_FACILITATOR})

INVITES = {
    Role.CONTRIBUTOR: set(),
    Role.FOCAL_POINT: {Role.CONTRIBUTOR, Role.FOCAL_POINT, Role.SIGNATORY},
    Role.SIGNATORY: set(),
    Role.OFFICER: set(),
    Role.HEAD: {Role.OFFICER, Role.HEAD, Role.ADMINISTRATOR, Role.AUDITOR},
    Role.COURT_READER: {Role.COURT_READER},
    Role.CO_FACILITATOR: {Role.CO_FACILITATOR},
    Role.AUDITOR: set(),
    Role.ADMINISTRATOR: set(),
}


def actor(role, state="KEN"):
    institution = role.body
    code = state if institution is Institution.STATE else None
    return Actor("person", frozenset({role}), institution, state_code=code)


@pytest.mark.parametrize("role", Role)
def test_each_role_invites_whom_the_product_says(role):
    invitable = roles_to_invite(actor(role), ALL_FOUNDED)

    assert set(invitable) == INVITES[role]


def test_head_invites_the_first_of_court_and_co_facilitators_only():
    before = roles_to_invite(actor(Role.HEAD), NOBODY_FOUNDED)
    after = roles_to_invite(actor(Role.HEAD), frozenset({Role.COURT_READER}))

    assert set(before) - INVITES[Role.HEAD] == {Role.COURT_READER, Role.CO_FACILITATOR}
    assert set(after) - INVITES[Role.HEAD] == {Role.CO_FACILITATOR}


def test_newcomer_acts_for_the_inviters_state():
    assert state_of_newcomer(actor(Role.FOCAL_POINT), Role.CONTRIBUTOR) == "KEN"
    assert state_of_newcomer(actor(Role.HEAD), Role.OFFICER) is None


OF_STATE = (Institution.STATE, "KEN")
OF_OTHER_STATE = (Institution.STATE, "PER")
OF_SECRETARIAT = (Institution.SECRETARIAT, None)
OF_COURT = (Institution.COURT, None)
OF_CO_FACILITATORS = (Institution.CO_FACILITATORS, None)
OF_NONE = (Institution.NONE, None)
EVERYBODY = (OF_STATE, OF_OTHER_STATE, OF_SECRETARIAT, OF_COURT, OF_CO_FACILITATORS, OF_NONE)

REACHES = {
    Role.ADMINISTRATOR: set(EVERYBODY),
    Role.FOCAL_POINT: {OF_STATE},
    Role.HEAD: {OF_SECRETARIAT, OF_NONE},
    Role.COURT_READER: {OF_COURT},
    Role.CO_FACILITATOR: {OF_CO_FACILITATORS},
}


@pytest.mark.parametrize("role", REACHES)
@pytest.mark.parametrize("target", EVERYBODY)
def test_accounts_are_disabled_within_reach_only(role, target):
    institution, state_code = target

    reached = is_account_in_reach(actor(role), Target(state_code, institution))

    assert reached is (target in REACHES[role])


def test_invitation_says_what_inside_a_state_all_can_open():
    (line,) = what_opens((Role.CONTRIBUTOR, Role.SIGNATORY))

    assert "all hold the State's key" in str(line)


def test_founding_names_what_is_missing():
    nothing = Founding(0, 0, 0, keyring_backup_confirmed=False)
    enough = Founding(2, 1, 1, keyring_backup_confirmed=True)

    assert len(nothing.missing) == 4
    assert enough.is_complete


@pytest.mark.parametrize(
    "typed",
    [
        None, "", "relative", "//evil.example", "/\\evil.example", "https://evil.example/",
        "/a\nb", "/a\tb", "javascript:alert(1)", "/\x00", "///evil.example", "http:///x",
        "/ /evil.example", "\\/evil",
    ],
)  # fmt: skip
def test_addresses_outside_the_platform_are_refused(typed):
    assert safe_path(typed) is None


@pytest.mark.parametrize("typed", ["/", "/editions/2026?page=2", "/part/B-03"])
def test_addresses_inside_the_platform_are_kept(typed):
    assert safe_path(typed) == typed


def test_fragment_of_an_address_is_dropped():
    assert safe_path("/log#x") == "/log"


def test_cookie_is_bound_to_host_under_https():
    assert cookie_name("sid", is_https=True) == "__Host-sid"
    assert cookie_name("sid", is_https=False) == "sid"


def test_browser_is_named_in_words():
    agent = "Mozilla/5.0 (X11; Linux x86_64; rv:153.0) Gecko/20100101 Firefox/153.0"

    assert browser_name(agent) == "Firefox, Linux"
    assert browser_name("curl/8") == ""


def test_email_is_looked_up_without_case_and_spaces():
    assert normal_email("  Name@Example.ORG ") == "name@example.org"


@pytest.mark.parametrize(
    ("institution", "role", "strict"),
    [
        (Institution.SECRETARIAT, Role.OFFICER, True),
        (Institution.COURT, Role.COURT_READER, True),
        (Institution.NONE, Role.ADMINISTRATOR, True),
        (Institution.NONE, Role.AUDITOR, False),
        (Institution.STATE, Role.FOCAL_POINT, False),
        (Institution.CO_FACILITATORS, Role.CO_FACILITATOR, False),
    ],
)
def test_secretariat_court_and_administrator_have_short_sessions(institution, role, strict):
    assert is_strict(institution, frozenset({role})) is strict


def test_session_ends_idle_or_at_its_end():
    now = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)
    idle, hour = timedelta(minutes=30), timedelta(hours=1)

    assert is_alive(now=now, seen_at=now, ends_at=now + hour, idle=idle)
    assert not is_alive(now=now, seen_at=now - hour, ends_at=now + hour, idle=idle)
    assert not is_alive(now=now, seen_at=now, ends_at=now, idle=idle)
