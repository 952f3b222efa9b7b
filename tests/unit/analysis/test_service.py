"""Figures over real answers: what each reader's figures count."""

import pytest

from cooperation.analysis import service
from cooperation.analysis.service.figures import all_figures, read_figure
from cooperation.audit import service as audit
from cooperation.core.errors import NotAllowed, NotFound

EDITION = "2026"


def figure(office, code, person="other_focal"):
    with office.round.acting(person) as ctx:
        return read_figure(ctx, EDITION, code)


def test_the_response_rate_counts_replies_of_the_states_parties(published):
    with published.round.reading("facilitator") as ctx:
        found = service.list_figures(ctx, EDITION)

    assert [(row.group, row.replied, row.base) for row in found.rate] == [
        ("AFR", 1, 2),
        (None, 1, 2),
    ]


def test_figures_are_listed_as_far_as_the_reader_may_open_answers(published):
    def codes(person):
        with published.round.reading(person) as ctx:
            found = service.list_figures(ctx, EDITION)
        return {question.code for _part, questions in found.parts for question in questions}

    mine, courts = codes("other_focal"), codes("court")

    assert {"A-06", "B-06", "B-11", "C-06"} <= mine
    assert not {"A-07", "B-08", "B-18", "B-17", "D-04"} & mine
    assert {"B-18", "B-17", "D-04", "B-26"} <= courts


def test_published_answers_are_counted_for_everybody(published):
    page = figure(published, "A-06")

    overall = page.published.distribution.overall
    assert (overall.base, overall.counts, overall.not_counted) == (1, (1, 0, 0), 1)
    assert page.full is None


def test_the_court_counts_confidential_answers_and_sees_both_bases(published):
    page = figure(published, "A-05", "court")

    assert page.full.distribution.overall.base == 1
    assert page.published.distribution.overall.base == 0
    assert figure(published, "A-05").published.distribution.overall.base == 0


def test_before_publication_answers_for_states_are_counted_by_nobody(submitted):
    assert figure(submitted, "A-06", "court").full.distribution.overall.base == 0


def test_not_counted_outside_the_court(office):
    office.submit(D_04="no")
    office.approve()
    office.publish(office.propose())

    outside, inside = figure(office, "A-06"), figure(office, "A-06", "court")

    assert outside.published.distribution.overall.base == 0
    assert outside.roster.not_counted == 1
    assert inside.published.distribution.overall.base == 0
    assert [row.base for row in inside.full.distribution.rows] == [1, 1]


def test_not_by_region_is_counted_in_the_overall_row_only(office):
    office.submit(D_04="yes_but_not_by_region")
    office.approve()
    office.publish(office.propose())

    page = figure(office, "A-06")

    assert [row.base for row in page.published.distribution.rows] == [0, 1]
    assert page.roster.overall_only == 1


def test_all_figures_are_those_of_the_single_pages(published):
    with published.round.reading("court") as ctx:
        found = {each.question.code: each for each in all_figures(ctx, EDITION)}

    assert found["A-05"] == figure(published, "A-05", "court").full
    assert found["C-06"].columns == figure(published, "C-06", "court").full.columns


def test_pages_lead_from_figure_to_figure(published):
    page = figure(published, "A-06")

    assert (page.before.code, page.after.code) == ("A-05", "A-09")


def test_reading_a_figure_is_logged(published):
    figure(published, "A-06", "court")

    with published.round.reading("head") as ctx:
        found = audit.entries_for(ctx.session, action="figures.read")
    assert [(each.questions, each.states) for each in found] == [(("A-06",), "all")]


def test_what_cannot_be_counted_for_a_reader_has_no_page(published):
    for code in ("A-07", "B-18", "Z-99"):
        with published.round.acting("other_focal") as ctx, pytest.raises(NotFound):
            read_figure(ctx, EDITION, code)


def test_an_auditor_sees_no_figures(published):
    with published.round.acting("auditor") as ctx, pytest.raises(NotAllowed):
        read_figure(ctx, EDITION, "A-06")
