from datetime import UTC, date, datetime

import pytest

from cooperation.access.rules import Actor, Institution, Role
from cooperation.audit import service
from cooperation.audit.queries import LogFilter
from cooperation.audit.rules import ACTIONS, actor_label
from cooperation.audit.service.entries import read_entries
from cooperation.core.errors import NotAllowed, NotFound

FIRST = datetime(2026, 11, 22, 23, 59, tzinfo=UTC)
SECOND = datetime(2026, 11, 23, 0, 0, tzinfo=UTC)


def person(number, role, institution, state_code=None):
    return Actor(
        f"{number:08}-0000-4000-8000-000000000000", frozenset({role}), institution, state_code
    )


KENYAN = person(1, Role.FOCAL_POINT, Institution.STATE, "KEN")
OTHER_KENYAN = person(2, Role.SIGNATORY, Institution.STATE, "KEN")
FRENCH = person(3, Role.FOCAL_POINT, Institution.STATE, "FRA")
OFFICER = person(4, Role.OFFICER, Institution.SECRETARIAT)
HEAD = person(5, Role.HEAD, Institution.SECRETARIAT)
COURT = person(6, Role.COURT_READER, Institution.COURT)
AUDITOR = person(7, Role.AUDITOR, Institution.NONE)
ADMINISTRATOR = person(8, Role.ADMINISTRATOR, Institution.NONE)


@pytest.fixture
def session(database):
    with database.writing() as session:
        service.record(session, actor=KENYAN, action="part.saved", at=FIRST, states=("KEN",))
        service.record(session, actor=FRENCH, action="session.started", at=FIRST)
        service.record(
            session, actor=OFFICER, action="submission.read", at=FIRST, states=("FRA", "KEN")
        )
        service.record(session, actor=COURT, action="published.read", at=SECOND, states="all")
        service.record(session, actor=None, action="register.loaded", at=SECOND)
        yield session


def numbers(session, actor, **wanted):
    entries = read_entries(session, actor=actor, wanted=LogFilter(**wanted), limit=50)
    return [entry.seq for entry in entries]


@pytest.mark.parametrize(
    ("actor", "expected"),
    [
        (AUDITOR, [4, 3, 2, 1, 0]),
        (HEAD, [4, 3, 2, 1, 0]),
        (OFFICER, [2]),
        (COURT, [3]),
        (KENYAN, [3, 2, 0]),
        (OTHER_KENYAN, [3, 2, 0]),
        (FRENCH, [3, 2, 1]),
    ],
    ids=lambda value: value.main_role.value if isinstance(value, Actor) else "",
)
def test_each_role_reads_its_part_of_the_log(session, actor, expected):
    assert numbers(session, actor) == expected


def test_administrator_cannot_read_the_log(session):
    with pytest.raises(NotAllowed):
        numbers(session, ADMINISTRATOR)


def test_other_states_entries_are_not_found(session):
    with pytest.raises(NotFound):
        numbers(session, KENYAN, state_code="FRA")


def test_state_sees_the_institution_that_read_but_not_the_person_nor_other_states(session):
    wanted = LogFilter(action="submission.read")

    entry = read_entries(session, actor=KENYAN, wanted=wanted, limit=50)[0]

    assert (entry.institution, entry.actor, entry.role) == ("secretariat", "", "")
    assert entry.states == ("KEN",)


def test_filters_narrow_by_action_state_day_and_number(session):
    assert numbers(session, AUDITOR, action="part.saved") == [0]
    assert numbers(session, AUDITOR, state_code="KEN") == [3, 2, 0]
    assert numbers(session, AUDITOR, day=date(2026, 11, 22)) == [2, 1, 0]
    assert numbers(session, AUDITOR, day=date(2026, 11, 23)) == [4, 3]
    assert numbers(session, AUDITOR, before=2) == [1, 0]


def test_every_action_is_a_noun_and_a_verb_with_a_label():
    for code, text in ACTIONS.items():
        noun, verb = code.split(".")
        assert noun.replace("_", "").isalpha()
        assert verb.replace("_", "").isalpha()
        assert len(code) <= 40
        assert str(text)


@pytest.mark.parametrize(
    ("role", "institution", "label"),
    [
        ("head", "secretariat", "Head of the Secretariat, Secretariat"),
        ("focal_point", "state/KEN", "Focal point, State KEN"),
        ("", "state/KEN", "State KEN"),
        ("auditor", "none", "Auditor"),
        ("system", "system", "The platform itself"),
        ("", "none", "A person without institution"),
    ],
)
def test_actor_is_named_by_role_and_institution(role, institution, label):
    assert str(actor_label(role, institution)) == label
