"""Names beside entries: of one's own colleagues only, found when the page is shown."""

import pytest
import sqlalchemy as sa

from cooperation.access.rules import Role
from cooperation.accounts import service as accounts
from cooperation.audit.models import LogEntry


@pytest.fixture
def focal_point(world):
    """A focal point who has just become signatory too."""
    person = world.person(Role.FOCAL_POINT, "AF01")
    accounts.become_signatory(world.context_of(person))
    world.commit()
    return person


def log_of(world, *person):
    return world.visitor(world.person(*person)).get("/log?action=role.granted")


def test_own_colleague_is_named(world, focal_point):
    page = log_of(world, Role.SIGNATORY, "AF01")

    assert page.text.count(focal_point.name) == 2  # who acted, and on whom
    assert focal_point.person_id[:8] not in page.text


@pytest.mark.parametrize("role", [Role.AUDITOR, Role.HEAD])
def test_person_of_another_institution_is_a_number(world, focal_point, role):
    page = log_of(world, role)

    assert focal_point.name not in page.text
    assert focal_point.person_id[:8] in page.text
    assert "State AF01" in page.text


def test_entries_themselves_hold_no_name(world, focal_point):
    entries = world.session.scalars(sa.select(LogEntry.canonical)).all()

    assert entries
    assert not any(focal_point.name.encode() in entry for entry in entries)
