"""Four invented States with a prepared edition, and the walk to issued notes."""

from datetime import date

import pytest
import sqlalchemy as sa

from cooperation.access.rules import Role
from cooperation.editions import service as editions
from cooperation.register.models import StateRow
from cooperation.register.rules import AddressFields, PostKind
from cooperation.register.service import save_address

STATES = ("AF01", "AF02", "AS01", "WE01")
WITHOUT_EMAIL = "WE01"


@pytest.fixture
def platform(world):
    """Four States, three with an e-mail address, and a prepared edition."""
    officer = world.context_of(world.person(Role.OFFICER))
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


@pytest.fixture
def prepare(platform):
    """Prepare the notes of 2026 through their page, with changes."""

    def walk(**changes):
        visitor = platform.visitor(platform.person(Role.OFFICER))
        page = visitor.get("/notes/prepare/2026")
        return visitor, visitor.submit(page, page.form(has="reference"), changes)

    return walk


@pytest.fixture
def approve(platform):
    """Approve the notes of a page as the head."""

    def walk(path):
        visitor = platform.visitor(platform.person(Role.HEAD))
        page = visitor.get(path)
        return visitor, visitor.submit(page, page.form(action="/approve"))

    return walk


@pytest.fixture
def issued(prepare, approve):
    """Issued notes: the head before them, and the address of their page."""
    _officer, page = prepare()
    head, page = approve(page.path)
    return head, page.path
