"""Release of a table over Court-only answers: two Court readers, the exact table, once."""

from dataclasses import replace

import pytest

from cooperation.access.rules import Role
from cooperation.analysis.models import ReleasedTable
from cooperation.analysis.service import releasing
from cooperation.analysis.service.releasing import (
    TableExistsError,
    TooFewError,
    propose_table,
    released_table,
)
from cooperation.audit import service as audit
from cooperation.core.errors import NotAllowed, NotFound, StepUpNeeded
from cooperation.two_persons.rules import ActChangedError, ActClosedError
from cooperation.vault.errors import CannotOpen
from tests.fixtures import second_persons
from tests.fixtures.circles import NOW
from tests.fixtures.responses import EDITION

CODE = "A-05"


@pytest.fixture
def court(submitted, monkeypatch):
    """AF01 has given A-05 to the Court only; a second Court reader; one answer may be shown."""
    monkeypatch.setattr(releasing, "SMALLEST", 0)
    submitted.round.world.person(Role.COURT_READER, number=2)
    return submitted


def propose(office, by="court", code=CODE):
    with office.round.acting(by) as ctx:
        return propose_table(ctx, EDITION, code)


def release(office, table_id, by="court2", shown=None):
    with office.round.acting(by) as ctx:
        return second_persons.approve(ctx, table_id, shown_hash=shown).act


def released(office, by):
    with office.round.reading(by) as ctx:
        return released_table(ctx, EDITION, CODE)


def test_readers_of_figures_see_what_two_court_readers_released(court):
    release(court, propose(court))

    for reader in ("other_focal", "officer", "facilitator", "court"):
        found = released(court, reader)
        assert [(row.group, row.base) for row in found.rows] == [("AFR", 1), ("", 1)]
        assert found.decided_at == NOW


def test_table_that_waits_is_open_to_the_court_alone(court):
    table_id = propose(court)

    for person in ("officer", "other_focal", "facilitator"):
        with court.round.reading(person) as ctx:
            row = ctx.session.get_one(ReleasedTable, table_id)
            with pytest.raises(CannotOpen):
                releasing._open(ctx, row)
        assert released(court, person) is None


def test_nobody_outside_the_court_proposes_or_releases(court):
    table_id = propose(court)

    for person in ("head", "officer", "focal", "other_focal", "facilitator"):
        with pytest.raises(NotAllowed):
            propose(court, person, "A-06")
        with pytest.raises(NotFound if person in {"head", "officer"} else NotAllowed):
            release(court, table_id, person, shown=bytes(32))


def test_release_needs_a_fresh_second_factor_and_the_exact_hash(court):
    table_id = propose(court)

    with pytest.raises(ActChangedError):
        release(court, table_id, shown=bytes(32))
    with court.round.acting("court2") as ctx:
        stale = replace(ctx, actor=replace(ctx.actor, stepped_up_at=None))
        with pytest.raises(StepUpNeeded):
            second_persons.approve(stale, table_id, shown_hash=bytes(32))


def test_changed_answer_voids_the_table(court):
    table_id = propose(court)
    option = court.round.questionnaire.question(CODE).options[1].code
    court.round.save("A1", {CODE: court.round.answer(CODE, option)}, A_05="court")
    court.round.submit()

    with pytest.raises(ActChangedError):
        release(court, table_id)
    assert released(court, "officer") is None


def test_question_is_released_once_in_an_edition(court):
    table_id = propose(court)
    with pytest.raises(TableExistsError):
        propose(court, "court2")
    release(court, table_id)

    with pytest.raises(TableExistsError):
        propose(court, "court2")


def test_refused_table_is_proposed_anew(court):
    table_id = propose(court)
    with court.round.acting("court2") as ctx:
        second_persons.refuse(ctx, table_id)

    with pytest.raises(ActClosedError):
        release(court, table_id)
    assert released(court, "officer") is None
    assert propose(court, "court2")


def test_fewer_than_five_answers_are_not_released(submitted):
    with pytest.raises(TooFewError):
        propose(submitted)


def test_state_that_said_no_to_figures_is_not_in_the_table(office, monkeypatch):
    monkeypatch.setattr(releasing, "SMALLEST", 1)
    office.submit(D_04="no")

    with pytest.raises(TooFewError):
        propose(office)


def test_state_not_counted_by_region_stands_in_no_group(office, monkeypatch):
    monkeypatch.setattr(releasing, "SMALLEST", 0)
    office.submit(D_04="yes_but_not_by_region")
    office.round.world.person(Role.COURT_READER, number=2)

    release(office, propose(office))

    assert [row.base for row in released(office, "officer").rows] == [0, 1]


def test_answers_with_several_choices_are_not_offered(court):
    with pytest.raises(NotFound):
        propose(court, code="B-06")


def test_both_halves_stand_in_the_log_with_the_hash(court):
    table_id = propose(court)
    shown = release(court, table_id).shown_hash

    with court.round.reading("head") as ctx:
        entries = [
            audit.entries_for(ctx.session, action=action)[0]
            for action in ("figure.proposed", "figure.released")
        ]
    assert [entry.commitment for entry in entries] == [shown, shown]
    assert len({entry.actor for entry in entries}) == 2
