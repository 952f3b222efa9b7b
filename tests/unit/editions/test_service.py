from datetime import UTC, date, datetime, timedelta
from types import SimpleNamespace

import pytest
import sqlalchemy as sa

from cooperation.access.context import RequestContext
from cooperation.access.rules import Actor, Institution, Role
from cooperation.accounts import service as accounts
from cooperation.accounts.models import PersonRow
from cooperation.audit import service as audit
from cooperation.circles import service as circles
from cooperation.core.errors import Invalid, NotAllowed, NotFound, StepUpNeeded
from cooperation.core.ids import new_short_id
from cooperation.core.settings import Settings
from cooperation.core.text import _
from cooperation.editions import queries, schema, service
from cooperation.editions.rules import EditionStatus
from cooperation.editions.service import preparing, reading
from cooperation.editions.service.acts import (
    EditionChangedError,
    EditionNotOpenError,
    SecondPersonNeededError,
)
from cooperation.editions.service.preparing import EditionExistsError, change_edition
from cooperation.editions.service.reading import EditionNotPreparedError, prepared_edition
from cooperation.register.models import StateRow
from cooperation.two_persons.rules import ActClosedError, ProposedAlreadyError, SamePersonError
from cooperation.vault.root import RootKeys
from tests.fixtures import second_persons

FIRST, SECOND = "x3qd", "b7ka"
"""Ids that are in another order than the editions."""
NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
STATES = {
    "AF01": ("State AF-01", "AFR", date(2002, 7, 1), None),
    "AF02": ("State AF-02", "AFR", date(2002, 7, 1), date(2025, 1, 1)),
    "WE01": ("Étate WE-01", "WEOG", date(2026, 3, 1), None),
    "WE02": ("State WE-02", "WEOG", date(2026, 4, 1), None),
}
PEOPLE = {
    "officer": (Role.OFFICER, Institution.SECRETARIAT),
    "head": (Role.HEAD, Institution.SECRETARIAT),
    "focal": (Role.FOCAL_POINT, Institution.STATE),
    "court": (Role.COURT_READER, Institution.COURT),
    "auditor": (Role.AUDITOR, Institution.NONE),
}
DAYS = {
    "opens_on": date(2026, 3, 1),
    "deadline_on": date(2026, 6, 30),
    "questionnaire_version": "2026.2",
}


@pytest.fixture
def session(request):
    """A SQLite session, or one on each engine for a test that says so."""
    chosen = "each_database" if "on_each_engine" in request.fixturenames else "database"
    with request.getfixturevalue(chosen).writing() as session:
        _fill(session)
        yield session


@pytest.fixture
def on_each_engine(each_database):
    """Ask for both engines."""


def _fill(session):
    for code, (name, group, since, until) in STATES.items():
        session.add(
            StateRow(
                code=code,
                name_en=name,
                name_fr=name,
                name_es=name,
                formal_name_with_article=name,
                regional_group=group,
                entry_into_force=since,
                withdrawal_effective=until,
            )
        )
    for person, (_role, institution) in PEOPLE.items():
        session.add(
            PersonRow(
                id=person,
                status="active",
                sealed_name=b"",
                sealed_email=b"",
                institution=institution.value,
                activated_at=NOON,
            )
        )
    session.flush()


@pytest.fixture
def founded(monkeypatch):
    founding = SimpleNamespace(missing=())
    monkeypatch.setattr(accounts, "founding_state", lambda session: founding)
    monkeypatch.setattr(circles, "end_founding", lambda ctx: None)
    monkeypatch.setattr(circles, "take_turn", audit.wait_for_turn)
    monkeypatch.setattr(circles, "renew_circle", lambda ctx, circle: None)
    monkeypatch.setattr(preparing, "new_short_id", iter((FIRST, FIRST, SECOND)).__next__)
    return founding


def open_edition(ctx, edition_id):
    """Open what the page of this instant shows."""
    shown = service.edition(ctx.session, edition_id).prepared_hash
    return service.open_edition(ctx, edition_id, shown_hash=shown)


def close_edition(officer, head, edition_id=FIRST):
    """Propose as the one, close as the other."""
    second_persons.approve(head, service.propose_closing(officer, edition_id))
    return service.edition(head.session, edition_id)


@pytest.fixture
def acting(session, tmp_path, founded):
    def make(person, now=NOON, *, has_fresh_code=True):
        role, institution = PEOPLE[person]
        actor = Actor(
            person,
            frozenset({role}),
            institution,
            state_code="AF01" if institution is Institution.STATE else None,
            stepped_up_at=now if has_fresh_code else None,
        )
        root = RootKeys({1: bytes(32)}, instance="test")
        return RequestContext(session, actor, now, root, Settings(instance_path=tmp_path))

    return make


@pytest.fixture
def prepared(acting):
    return service.prepare_edition(acting("officer"), year=2026, **DAYS)


@pytest.fixture
def opened(acting, prepared):
    return open_edition(acting("head"), prepared.id)


def last_action(session):
    return session.execute(
        sa.text("SELECT action, edition, actor FROM log_entries ORDER BY seq DESC LIMIT 1")
    ).one()


def test_officer_prepares_an_edition(prepared, session):
    assert (prepared.id, prepared.series, prepared.year) == (FIRST, "cooperation", 2026)
    assert prepared.follows is None
    assert prepared.status is EditionStatus.PREPARED
    assert prepared.prepared_by == "officer"
    assert prepared.questionnaire_version == "2026.2"
    assert last_action(session) == ("edition.prepared", FIRST, "officer")
    assert audit.entries_for(session, action="edition.prepared")[0].commitment == (
        prepared.prepared_hash
    )


@pytest.mark.parametrize("person", ["focal", "court", "auditor"])
def test_nobody_outside_the_secretariat_prepares_or_opens(acting, person, prepared):
    with pytest.raises(NotAllowed):
        service.prepare_edition(acting(person), year=2026, **DAYS)
    with pytest.raises(NotAllowed):
        open_edition(acting(person), FIRST)
    with pytest.raises(NotAllowed):
        service.propose_closing(acting(person), FIRST)


def test_officer_cannot_open(acting, prepared):
    with pytest.raises(NotAllowed):
        service.open_edition(acting("officer"), FIRST, shown_hash=b"")


def test_officer_does_not_close(acting, opened):
    act_id = service.propose_closing(acting("head"), FIRST)

    with pytest.raises(NotAllowed):
        second_persons.approve(acting("officer"), act_id)


def test_edition_that_changed_since_the_page_is_not_opened(acting, prepared):
    change_edition(acting("officer"), FIRST, **(DAYS | {"deadline_on": date(2026, 7, 1)}))

    with pytest.raises(EditionChangedError):
        service.open_edition(acting("head"), FIRST, shown_hash=prepared.prepared_hash)


def test_register_that_changed_since_the_preparation_stops_the_opening(acting, prepared, session):
    session.execute(sa.update(StateRow).values(regional_group="EEG"))

    with pytest.raises(Invalid) as raised:
        open_edition(acting("head"), FIRST)
    assert "confirm the preparation again" in str(raised.value.errors[0][1])

    change_edition(acting("officer"), FIRST, **DAYS)
    assert open_edition(acting("head"), FIRST).is_open


def test_year_has_one_edition(acting, prepared):
    with pytest.raises(EditionExistsError):
        service.prepare_edition(acting("head"), year=2026, **DAYS)


def test_impossible_days_and_versions_are_refused(acting):
    for change in ({"deadline_on": date(2026, 1, 1)}, {"questionnaire_version": "../2026.2"}):
        with pytest.raises(Invalid) as raised:
            service.prepare_edition(acting("officer"), year=2026, **(DAYS | change))
        assert [field for field, _text in raised.value.errors] == list(change)


def test_who_changes_an_edition_becomes_its_preparer(acting, prepared):
    changed = change_edition(acting("head"), FIRST, **(DAYS | {"deadline_on": date(2026, 7, 1)}))

    assert changed.deadline_on == date(2026, 7, 1)
    with pytest.raises(SecondPersonNeededError):
        open_edition(acting("head"), FIRST)


def test_opening_freezes_states_and_groups(opened, session):
    session.execute(sa.update(StateRow).values(regional_group="EEG", name_en="Another name"))

    frozen = service.participants(session, FIRST)

    assert [(state.state_code, state.name, state.group) for state in frozen] == [
        ("WE01", "Étate WE-01", "WEOG"),
        ("AF01", "State AF-01", "AFR"),
    ]
    assert opened.status is EditionStatus.OPEN
    assert (opened.opened_by, opened.opened_at) == ("head", NOON)
    assert last_action(session) == ("edition.opened", FIRST, "head")


def test_before_the_opening_the_register_decides(prepared, session, acting):
    assert len(service.participants(session, FIRST)) == 2

    change_edition(acting("officer"), FIRST, **(DAYS | {"opens_on": date(2026, 4, 1)}))

    assert len(service.participants(session, FIRST)) == 3


def test_database_refuses_to_change_frozen_rows(opened, session):
    for table in ("edition_participants", "questionnaires"):
        with pytest.raises(sa.exc.IntegrityError, match="append-only"), session.begin_nested():
            session.execute(sa.text(f"DELETE FROM {table}"))  # noqa: S608 - names of this test


def test_opening_needs_a_fresh_code(acting, prepared):
    with pytest.raises(StepUpNeeded):
        open_edition(acting("head", has_fresh_code=False), FIRST)


def test_opening_names_what_is_missing(acting, prepared, founded, session):
    founded.missing = (_("A second person of the Secretariat"),)

    with pytest.raises(Invalid) as raised:
        open_edition(acting("head", NOON - timedelta(days=1)), FIRST)

    assert [str(text) for _field, text in raised.value.errors] == [
        "A second person of the Secretariat",
        "The opening day has not come yet.",
    ]
    assert service.edition(session, FIRST).status is EditionStatus.PREPARED


def test_opened_edition_is_neither_opened_again_nor_changed(acting, opened):
    with pytest.raises(EditionNotPreparedError):
        open_edition(acting("head"), FIRST)
    with pytest.raises(EditionNotPreparedError):
        change_edition(acting("officer"), FIRST, **DAYS)
    with pytest.raises(EditionNotPreparedError):
        prepared_edition(acting("officer"), FIRST)


def test_one_edition_is_open_at_a_time(acting, opened, session):
    later = datetime(2027, 3, 1, 12, tzinfo=UTC)
    days = DAYS | {"opens_on": date(2027, 3, 1), "deadline_on": date(2027, 6, 30)}
    service.prepare_edition(acting("officer", later), year=2027, **days)
    assert service.current(session).id == FIRST

    with pytest.raises(Invalid):
        open_edition(acting("head", later), SECOND)
    close_edition(acting("officer", later), acting("head", later))
    assert service.current(session).id == FIRST
    open_edition(acting("head", later), SECOND)

    assert service.current(session).id == SECOND
    assert service.edition(session, SECOND).follows == FIRST
    assert service.edition(session, FIRST).follows is None
    assert [each.year for each in service.line(session, SECOND)] == [2027, 2026]
    assert [each.year for each in service.editions(session)] == [2027, 2026]


def test_an_edition_is_called_by_its_year_and_found_by_year_or_id(session, prepared):
    assert service.edition_name(session, FIRST) == "2026"
    assert service.edition_name(session, "gone") == "gone"
    assert {service.edition_id(session, name) for name in ("2026", FIRST)} == {FIRST}
    for unknown in ("2025", "x3qe", "20261", ""):
        with pytest.raises(NotFound):
            service.edition_id(session, unknown)


def test_new_ids_are_no_years(session):
    found = {new_short_id() for _time in range(200)}

    assert len(found) > 190
    assert all(len(each) == 4 and each[0].isalpha() and each.islower() for each in found)


def test_only_an_open_edition_is_closed(acting, opened, session):
    closed = close_edition(acting("officer"), acting("head"))

    assert closed.status is EditionStatus.CLOSED
    assert closed.closed_by == "head"
    assert last_action(session) == ("edition.closed", FIRST, "head")
    with pytest.raises(EditionNotOpenError):
        service.propose_closing(acting("officer"), FIRST)


def test_head_alone_does_not_close(acting, opened, session):
    act_id = service.propose_closing(acting("head"), FIRST)

    with pytest.raises(SamePersonError):
        second_persons.approve(acting("head"), act_id)

    assert service.edition(session, FIRST).is_open


def test_closing_needs_a_fresh_code(acting, opened):
    act_id = service.propose_closing(acting("officer"), FIRST)

    with pytest.raises(StepUpNeeded):
        second_persons.approve(acting("head", has_fresh_code=False), act_id)


def test_withdrawn_closing_is_proposed_again(acting, opened):
    act_id = service.propose_closing(acting("officer"), FIRST)
    with pytest.raises(ProposedAlreadyError):
        service.propose_closing(acting("officer"), FIRST)
    second_persons.withdraw(acting("officer"), act_id)
    service.propose_closing(acting("officer"), FIRST)

    with pytest.raises(ActClosedError):
        second_persons.approve(acting("head"), act_id)


def test_prepared_edition_is_the_secretariats_matter(acting, prepared):
    assert service.visible_editions(acting("officer"))
    assert service.visible_editions(acting("focal")) == []
    with pytest.raises(NotFound):
        service.visible_edition(acting("court"), FIRST)
    with pytest.raises(NotAllowed):
        service.visible_editions(acting("auditor"))


def test_open_edition_is_visible_to_all_readers(acting, opened):
    for person in ("officer", "focal", "court"):
        assert service.visible_edition(acting(person), FIRST).is_open


def test_stored_questionnaire_is_what_the_edition_asks(prepared, session, monkeypatch):
    monkeypatch.setattr(reading, "_loaded", {})

    asked = service.questionnaire(session, FIRST)

    assert asked == schema.load_version("2026.2").questionnaire
    assert service.questionnaire(session, FIRST) is asked


def test_missing_edition_is_not_found(acting, session):
    for read in (service.edition, service.questionnaire, service.participants):
        with pytest.raises(NotFound):
            read(session, "1999")
    with pytest.raises(NotFound):
        open_edition(acting("head"), "1999")
    assert service.current(session) is None


def test_round_of_an_edition_is_the_same_on_both_engines(on_each_engine, acting, session):
    service.prepare_edition(acting("officer"), year=2026, **DAYS)
    open_edition(acting("head"), FIRST)
    asked = queries.questionnaire_content(session, queries.questionnaire_hash(session, FIRST))
    closed = close_edition(acting("officer"), acting("head"))

    assert asked == schema.load_version("2026.2").content
    assert closed.opens_on == date(2026, 3, 1)
    assert closed.opened_at == closed.closed_at == NOON
    assert len(service.participants(session, FIRST)) == 2
    with pytest.raises(sa.exc.DBAPIError, match="append-only"), session.begin_nested():
        session.execute(sa.text("UPDATE edition_participants SET name = 'x'"))
