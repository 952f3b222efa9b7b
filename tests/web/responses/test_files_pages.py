"""The page of a question's files: removing one is undone from its message."""

import pytest

from cooperation.access.rules import Role
from tests.fixtures.responses import HOME, part_path

PAPER = ("paper.pdf", b"%PDF-1.7\n1 0 obj\n<< >>\nendobj\ntrailer\n<< >>\n%%EOF\n")
FILES = f"{HOME}/files/D-06"


@pytest.fixture
def removed(answering_world):
    """A contributor's browser and the page that tells her that a file was removed."""
    visitor = answering_world.visitor(answering_world.person(Role.CONTRIBUTOR, "AF01"))
    page = visitor.get(FILES)
    page = visitor.submit(page, page.form(action="/files/D-06"), {"file": PAPER})
    return visitor, visitor.submit(page, page.form(action="/remove"))


def test_removing_a_file_is_undone_from_its_message(removed):
    visitor, page = removed
    assert "File removed." in page.text
    assert "No files yet." in page.text

    page = visitor.submit(page, page.form(action="/undo"))

    assert page.path == FILES
    assert "Undone: 1 answer is as it was before." in page.text
    link = next(link for link in page.links if link.startswith(f"{FILES}/"))
    assert visitor.get(link).body == PAPER[1]


def test_a_file_that_is_destroyed_meanwhile_is_said_to_be_gone(removed, answering_world):
    visitor, page = removed
    other = answering_world.visitor(answering_world.person(Role.FOCAL_POINT, "AF01"))
    before = other.get(part_path("A1"))
    other.submit(before, before.form(has="then"), {"A-07": "Words", "then": "stay"})

    page = visitor.submit(page, page.form(action="/undo"))

    assert "What was there before is deleted and cannot come back: D-06." in page.text
    assert "No files yet." in page.text
