"""Figures as readers see them."""

import pytest


@pytest.mark.parametrize("person", ["focal", "officer", "court", "facilitator"])
def test_readers_walk_from_the_list_to_a_figure(published, person):
    visitor = published.visitor(person)
    page = visitor.get("/figures")

    assert "1 of 2" in page.text
    assert "/figures/2026/A-06" in page.links
    page = visitor.get("/figures/2026/A-06")
    assert page.status == 200
    assert "1 (100%)" in page.text


def test_the_court_sees_both_bases(published):
    page = published.visitor("court").get("/figures/2026/A-05")

    assert "All answers that the Court may read" in page.text
    assert "Published answers" in page.text
    assert "Confidential" in page.text
    other = published.visitor("focal").get("/figures/2026/A-05")
    assert "All answers that the Court may read" not in other.text
    assert "No answer can be counted." in other.text


@pytest.mark.parametrize("code", ["B-27", "B-06", "C-13", "B-11", "C-04", "C-06", "C-09", "C-26"])
def test_every_kind_of_figure_has_its_page(published, code):
    for person in ("court", "other_focal"):
        assert published.visitor(person).get(f"/figures/2026/{code}").status == 200


def test_all_figures_of_the_court_have_a_page(published):
    visitor = published.visitor("court")
    links = [link for link in visitor.get("/figures").links if link.startswith("/figures/2026/")]

    assert len(links) > 50
    assert {visitor.get(link).status for link in links} == {200}


def test_what_is_not_open_to_the_reader_is_not_there(published):
    visitor = published.visitor("focal")

    for path in ("/figures/2026/B-18", "/figures/2026/A-07", "/figures/2026/Z-99", "/figures/2024"):
        assert visitor.get(path).status == 404


def test_an_auditor_sees_no_figures(published):
    assert published.visitor("auditor").get("/figures/2026").status == 403
