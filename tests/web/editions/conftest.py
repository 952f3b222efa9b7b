"""A founded instance before its first edition, and the walk to an open one through its pages."""

import pytest

from cooperation.accounts import service as accounts


@pytest.fixture
def platform(world):
    """The world after its keyring was copied: nothing is missing for an edition."""
    accounts.confirm_keyring_backup(world.context_of(world.people["head"]))
    world.commit()
    return world


@pytest.fixture
def prepare(world):
    """Prepare the edition of 2026 through its page."""

    def walk(**changes):
        visitor = world.visitor("officer")
        page = visitor.get("/editions/prepare")
        fields = {
            "year": "2026",
            "opens_on": "2026-11-22",
            "deadline_on": "2027-02-15",
            "questionnaire_version": "2026.2",
        }
        return visitor.submit(page, page.form(has="year"), fields | changes)

    return walk


@pytest.fixture
def open_edition(platform, prepare):
    """Prepare and open the edition of 2026 through its pages."""

    def walk():
        prepare()
        visitor = platform.visitor("head")
        page = visitor.get("/editions/2026/open")
        return visitor.submit(page, page.form(action="/open"))

    return walk
