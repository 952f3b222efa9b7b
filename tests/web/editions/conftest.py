"""The application with editions, invented States, and people who are signed in by fiat."""

from datetime import UTC, date, datetime
from types import SimpleNamespace

import pytest

from cooperation.access.rules import Actor, Institution, Role
from cooperation.accounts import service as accounts
from cooperation.accounts.models import PersonRow
from cooperation.circles import service as circles
from cooperation.core.clock import FixedClock
from cooperation.core.db import Database
from cooperation.core.settings import Mode, Settings
from cooperation.register.models import StateRow
from cooperation.register.rules import RegionalGroup, fictional_states
from cooperation.vault.root import RootKeys
from cooperation.web import session as sign_in
from cooperation.web.factory import create_app
from cooperation.web.server import Server
from tests.fixtures.database import sqlite_with_tables
from tests.fixtures.visitor import ApplicationLine, Visitor

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
BASE = "http://localhost:8000"
PEOPLE = {
    "officer": (Role.OFFICER, Institution.SECRETARIAT, "Olive Officer"),
    "head": (Role.HEAD, Institution.SECRETARIAT, "Hana Head"),
    "second_head": (Role.HEAD, Institution.SECRETARIAT, "Sam Second"),
    "focal_point": (Role.FOCAL_POINT, Institution.STATE, "Fay Point"),
    "court_reader": (Role.COURT_READER, Institution.COURT, "Cora Court"),
    "auditor": (Role.AUDITOR, Institution.NONE, "Ann Auditor"),
}


class Platform:
    """The application, its clock, and who is signed in."""

    def __init__(self, app, clock, founding):
        self.app = app
        self.clock = clock
        self.founding = founding
        self.person = "officer"
        self.has_fresh_code = True

    def signed_in(self):
        role, institution, name = PEOPLE[self.person]
        actor = Actor(
            self.person,
            frozenset({role}),
            institution,
            state_code="AF01" if institution is Institution.STATE else None,
            stepped_up_at=self.clock.now() if self.has_fresh_code else None,
        )
        reader = SimpleNamespace(
            keyed_hash=lambda purpose, body: body[-32:], close=lambda: None, passkeys=()
        )
        return accounts.SignedIn(actor, reader, "session", name, False)

    def as_person(self, person):
        """Sign a person in; return a visitor."""
        self.person = person
        return Visitor(ApplicationLine(self.app, BASE), BASE)


@pytest.fixture
def platform(tmp_path, monkeypatch):
    settings = Settings(
        instance_path=tmp_path, mode=Mode.TEST, pseudo_locale=True, totp_step_up=True
    )
    database = Database(sqlite_with_tables(tmp_path / "web.db"))
    root = RootKeys({1: bytes(range(32))}, instance="test")
    clock = FixedClock(NOON)
    app = create_app(settings, Server(settings, database, root, clock, bytes(32)))
    with database.writing() as session:
        _fill(session, root)
    founding = SimpleNamespace(missing=())
    made = Platform(app, clock, founding)
    monkeypatch.setattr(accounts, "founding_state", lambda session: founding)
    monkeypatch.setattr(accounts, "end_founding", lambda ctx: None)
    monkeypatch.setattr(circles, "renew_circle", lambda ctx, circle: None)
    monkeypatch.setattr(sign_in, "find_signed_in", lambda session, cookie: made.signed_in())
    yield made
    database.engine.dispose()


def _fill(session, root):
    for state in fictional_states(dict.fromkeys(RegionalGroup, 2)):
        session.add(
            StateRow(
                code=state.code,
                name_en=state.name,
                name_fr=state.names["fr"],
                name_es=state.names["es"],
                formal_name_with_article=state.formal_name_with_article,
                regional_group=state.group.value,
                entry_into_force=date(2002, 7, 1),
            )
        )
    for person, (_role, institution, name) in PEOPLE.items():
        session.add(
            PersonRow(
                id=person,
                status="active",
                sealed_name=root.wrap(name.encode(), table="people", row=person, kind="name"),
                sealed_email=b"",
                institution=institution.value,
                activated_at=NOON,
            )
        )


@pytest.fixture
def prepare(platform):
    """Prepare the edition of 2026 through its page."""

    def walk(**changes):
        visitor = platform.as_person("officer")
        page = visitor.get("/editions/prepare")
        fields = {
            "year": "2026",
            "opens_on": "2026-03-01",
            "deadline_on": "2026-06-30",
            "questionnaire_version": "2026.2",
        }
        return visitor.submit(page, page.form(has="year"), fields | changes)

    return walk


@pytest.fixture
def open_edition(platform, prepare):
    """Prepare and open the edition of 2026 through its pages."""

    def walk():
        prepare()
        visitor = platform.as_person("head")
        page = visitor.get("/editions/2026/open")
        return visitor.submit(page, page.form(action="/open"))

    return walk
