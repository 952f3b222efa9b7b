"""Two persons in the directory: what waits after the founding, and whose signature ends it."""

import pytest

from cooperation.circles.rules import COURT, SECRETARIAT
from cooperation.vault.errors import StatementRefused
from cooperation.vault.statements import Founded, Role, Second
from tests.unit.vault.test_directory import AT, STATE, Script
from tests.unit.vault.test_directory import script as script

AFTER = "2027-01-01T00:00:00Z"


@pytest.fixture
def founded(script: Script) -> Script:
    """With an officer and a first Court reader, and the founding ended."""
    join(script, "head", "officer", SECRETARIAT, "officer")
    script.invite("head", "i-court", "found", COURT, "court_reader")
    script.person("i-court", "court")
    script.circle("i-court", COURT)
    script.say("head", Founded(AT))
    return script


def join(script: Script, inviter: str, name: str, circle: str, role: str) -> None:
    script.invite(inviter, f"i-{name}", "join" if circle else "account", circle, role)
    script.person(f"i-{name}", name)
    if circle:
        script.admit(f"i-{name}", circle, name)


def last_waiting(script: Script) -> bytes:
    return list(script.directory.waiting)[-1]


@pytest.mark.parametrize(
    ("inviter", "circle", "role", "second"),
    [
        ("head", SECRETARIAT, "head", "officer"),
        ("head", SECRETARIAT, "officer", "officer"),
        ("head", "", "auditor", "officer"),
        ("head", "", "administrator", "officer"),
        ("court", COURT, "court_reader", "head"),
    ],
)
def test_invited_person_enters_once_a_second_person_has_signed(
    founded: Script, inviter: str, circle: str, role: str, second: str
) -> None:
    founded.invite(inviter, "i-new", "join" if circle else "account", circle, role)
    with pytest.raises(StatementRefused):
        founded.person("i-new", "new")

    founded.say(second, Second(last_waiting(founded), AT))
    founded.person("i-new", "new")

    assert "new" in founded.directory.persons
    assert not founded.directory.waiting


@pytest.mark.parametrize(
    ("inviter", "circle", "role", "second"),
    [
        ("head", SECRETARIAT, "officer", "head"),
        ("head", SECRETARIAT, "officer", "court"),
        ("head", SECRETARIAT, "officer", "focal"),
        ("court", COURT, "court_reader", "court"),
        ("court", COURT, "court_reader", "officer"),
        ("court", COURT, "court_reader", "focal"),
    ],
)
def test_same_person_or_another_body_is_no_second(
    founded: Script, inviter: str, circle: str, role: str, second: str
) -> None:
    founded.invite(inviter, "i-new", "join", circle, role)

    with pytest.raises(StatementRefused):
        founded.say(second, Second(last_waiting(founded), AT))


def test_second_names_the_exact_statement(founded: Script) -> None:
    founded.invite("head", "i-new", "join", SECRETARIAT, "officer")

    with pytest.raises(StatementRefused):
        founded.say("officer", Second(bytes(32), AT))


def test_second_counts_once_and_not_after_the_invitation_has_ended(founded: Script) -> None:
    founded.invite("head", "i-new", "join", SECRETARIAT, "officer")
    subject = last_waiting(founded)
    with pytest.raises(StatementRefused):
        founded.say("officer", Second(subject, AFTER))
    founded.say("officer", Second(subject, AT))

    with pytest.raises(StatementRefused):
        founded.say("officer", Second(subject, AT))


def test_change_of_role_waits_too(founded: Script) -> None:
    founded.say("head", Role("officer", ("head",), AT))
    assert founded.directory.roles_of("officer") == {"officer"}

    subject = last_waiting(founded)
    with pytest.raises(StatementRefused):
        founded.say("head", Second(subject, AT))
    founded.say("officer", Second(subject, AT))

    assert founded.directory.roles_of("officer") == {"head"}


def test_states_go_on_alone(founded: Script) -> None:
    founded.invite("focal", "i-more", "join", STATE, "signatory")
    founded.person("i-more", "more")
    founded.say("focal", Role("writer", ("signatory",), AT))

    assert founded.directory.roles_of("writer") == {"signatory"}


def test_before_the_founding_ends_one_person_is_enough(script: Script) -> None:
    join(script, "head", "officer", SECRETARIAT, "officer")

    assert script.directory.roles_of("officer") == {"officer"}


def test_founding_is_ended_by_the_secretariat_and_once(script: Script) -> None:
    with pytest.raises(StatementRefused):
        script.say("focal", Founded(AT))

    script.say("head", Founded(AT))

    with pytest.raises(StatementRefused):
        script.say("head", Founded(AT))
