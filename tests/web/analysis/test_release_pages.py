"""Releasing a table on screen: what others would see, who proposed, what they see then."""

import pytest

from cooperation.access.rules import Role
from cooperation.analysis.service import releasing

FIGURE = "/figures/2026/A-05"


@pytest.fixture
def pages(published, monkeypatch):
    """AF01 gave A-05 to the Court only; there are two Court readers; one answer may be shown."""
    monkeypatch.setattr(releasing, "SMALLEST", 0)
    published.round.world.person(Role.COURT_READER, number=2)
    return published


def test_two_court_readers_release_a_table(pages):
    court = pages.visitor("court")
    assert f"{FIGURE}/release" in court.get(FIGURE).links
    page = court.get(f"{FIGURE}/release")
    assert "What would be released" in page.text
    page = court.submit(page, page.form(action="/release"))
    assert "You proposed this" in page.text

    second = pages.visitor("court2")
    assert "Release a table of A-05" in second.get("/").text
    page = second.get(page.path)
    assert "Confidential" in page.text
    page = second.submit(page, page.form(action="/approve"))

    assert "All readers of figures see this table now." in page.text
    reader = pages.visitor("other_focal").get(FIGURE)
    assert "Released by the Court on" in reader.text
    assert f"{FIGURE}/release" not in reader.links


def test_too_few_answers_are_said_in_words(published):
    page = published.visitor("court").get(f"{FIGURE}/release")

    assert page.status == 409
    assert "Too few Court-only answers can be counted" in page.text
