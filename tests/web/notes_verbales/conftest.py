"""Four invented States with a prepared edition, and the walk to issued notes."""

from datetime import date
from functools import partial

import pytest
import sqlalchemy as sa

from cooperation.editions import service as editions
from cooperation.register.models import StateRow
from cooperation.register.rules import AddressFields, PostKind
from cooperation.register.service import save_address
from tests.fixtures.snapshots import new_copy

STATES = ("AF01", "AF02", "AS01", "WE01")
WITHOUT_EMAIL = "WE01"


@pytest.fixture(scope="session")
def posted(peopled, tmp_path_factory):
    """Four States, three with an e-mail address, and a prepared edition; never changed."""
    for world in new_copy(peopled, tmp_path_factory.mktemp("posted") / "world"):
        officer = world.context_of(world.people["officer"])
        world.session.execute(sa.delete(StateRow).where(StateRow.code.not_in(STATES)))
        for code in STATES:
            email = "" if code == WITHOUT_EMAIL else f"post.{code.lower()}@example.org"
            fields = AddressFields(PostKind.EMBASSY_THE_HAGUE, "The Hague", (), email, True)
            save_address(officer, state_code=code, given=fields)
        editions.prepare_edition(
            officer,
            year=2026,
            opens_on=date(2026, 11, 22),
            deadline_on=date(2027, 2, 15),
            questionnaire_version="2026.2",
        )
        world.commit()
    return world


@pytest.fixture(scope="session")
def noted(posted, tmp_path_factory):
    """The same with issued notes, and the address of their page; never changed."""
    for world in new_copy(posted, tmp_path_factory.mktemp("noted") / "world"):
        _officer, page = prepare_notes(world)
        _head, page = approve_notes(world, page.path)
    return world, page.path


@pytest.fixture
def platform(request, tmp_path):
    """A copy for one test; where it asks for issued notes, they are there."""
    if "issued" in request.fixturenames:
        source = request.getfixturevalue("noted")[0]
    else:
        source = request.getfixturevalue("posted")
    yield from new_copy(source, tmp_path / "world")


def prepare_notes(world, **changes):
    visitor = world.visitor("officer")
    page = visitor.get("/notes/prepare/2026")
    return visitor, visitor.submit(page, page.form(has="reference"), changes)


def approve_notes(world, path):
    visitor = world.visitor("head")
    page = visitor.get(path)
    return visitor, visitor.submit(page, page.form(action="/approve"))


@pytest.fixture
def prepare(platform):
    """Prepare the notes of 2026 through their page, with changes."""
    return partial(prepare_notes, platform)


@pytest.fixture
def approve(platform):
    """Approve the notes of a page as the head."""
    return partial(approve_notes, platform)


@pytest.fixture
def issued(platform, noted):
    """Issued notes: the head before them, and the address of their page."""
    return platform.visitor("head"), noted[1]
