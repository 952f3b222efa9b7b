"""An edition of the real register, with addresses for some States and people by role."""

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa

from cooperation.access.context import RequestContext
from cooperation.access.rules import Actor, Role
from cooperation.accounts.models import PersonRow
from cooperation.circles import service as circles
from cooperation.core.db import Database, Session
from cooperation.core.ids import new_id
from cooperation.core.settings import Mode, Settings
from cooperation.editions import schema
from cooperation.editions import service as editions
from cooperation.notes_verbales import models
from cooperation.notes_verbales.service.compose import NoteWishes
from cooperation.register import service as register
from cooperation.register.models import StateRow
from cooperation.register.rules import AddressFields, PostKind
from cooperation.vault.root import RootKeys
from tests.fixtures.database import sqlite_with_tables

NOW = datetime(2026, 4, 19, 9, 0, tzinfo=UTC)
WITH_EMAIL = ("BEL", "KEN", "GBR")
STATES = (*WITH_EMAIL, "JPN", "MLI", "CIV")


@dataclass
class Office:
    """A database with an edition of 2026, and requests of people in it."""

    database: Database
    root: RootKeys
    settings: Settings
    people: dict[str, Actor]
    edition: str = ""

    def context(self, session: Session, name: str, *, now: datetime = NOW) -> RequestContext:
        return RequestContext(session, self.people[name], now, self.root, self.settings)


def actor(role: Role, *, state: str | None = None) -> Actor:
    return Actor(new_id(), frozenset({role}), role.body, state_code=state, stepped_up_at=NOW)


def _person_row(person: Actor, root: RootKeys) -> PersonRow:
    return PersonRow(
        id=person.person_id,
        status="active",
        sealed_name=root.wrap(b"A. Person", table="people", row=person.person_id, kind="name"),
        sealed_email=root.wrap(b"a@x.org", table="people", row=person.person_id, kind="email"),
        institution=person.institution.value,
        state_code=person.state_code,
        activated_at=NOW,
    )


def _save_addresses(ctx: RequestContext) -> None:
    for code in WITH_EMAIL:
        given = AddressFields(
            PostKind.EMBASSY_THE_HAGUE, "The Hague", (), f"post.{code.lower()}@example.org", True
        )
        register.save_address(ctx, state_code=code, given=given)
    mission = AddressFields(PostKind.PERMANENT_MISSION, "New York", (), "", True)
    register.save_address(ctx, state_code="JPN", given=mission)


def _load_states(session: Session, *, whole: bool) -> None:
    register.load_register(session, now=NOW)
    session.flush()
    if not whole:
        session.execute(sa.delete(StateRow).where(StateRow.code.not_in(STATES)))


@pytest.fixture
def office(tmp_path: Path, request: pytest.FixtureRequest):
    """Six States; the whole register with an indirect parameter `True`."""
    assert models
    engine = sqlite_with_tables(tmp_path / "cooperation.db")
    people = {
        "officer": actor(Role.OFFICER),
        "head": actor(Role.HEAD),
        "other_head": actor(Role.HEAD),
        "focal": actor(Role.FOCAL_POINT, state="KEN"),
        "other_focal": actor(Role.FOCAL_POINT, state="BEL"),
        "court": actor(Role.COURT_READER),
        "auditor": actor(Role.AUDITOR),
    }
    root = RootKeys({1: bytes(range(32))}, instance=new_id())
    made = Office(Database(engine), root, Settings(instance_path=tmp_path, mode=Mode.TEST), people)
    with made.database.writing() as session:
        circles.create_instance(session, root, now=NOW)
        session.add_all(_person_row(each, root) for each in people.values())
        _load_states(session, whole=getattr(request, "param", False))
        ctx = made.context(session, "officer")
        _save_addresses(ctx)
        prepared = editions.prepare_edition(
            ctx,
            year=2026,
            opens_on=date(2026, 4, 20),
            deadline_on=date(2026, 6, 30),
            questionnaire_version=schema.versions()[-1],
        )
    yield replace(made, edition=prepared.id)
    engine.dispose()
    circles.forget_verified()


@pytest.fixture
def session(office: Office):
    with office.database.writing() as opened:
        yield opened


@pytest.fixture
def wishes() -> NoteWishes:
    return NoteWishes(
        reference="ICC-ASP/25/SP/09",
        language="en",
        dated_on=NOW.date(),
        reply_languages="English or French",
    )


@pytest.fixture
def later() -> datetime:
    return NOW + timedelta(days=2)
