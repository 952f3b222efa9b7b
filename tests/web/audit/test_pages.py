import pytest

from cooperation.access.rules import Actor, Institution, Role
from cooperation.audit import service as audit
from tests.fixtures.circles import NOW
from tests.fixtures.old_statements import size_of


@pytest.fixture
def log(world):
    """Sixty readings by the Court, of two States' answers in turn."""
    reader = Actor("99999999-0000-4000-8000-0", frozenset({Role.COURT_READER}), Institution.COURT)
    with world.database.writing() as session:
        for number in range(60):
            state = ("AF01", "AF02")[number % 2]
            audit.record(
                session,
                actor=reader,
                action="court_answer.read",
                at=NOW,
                edition="2026",
                states=(state,),
                questions=("B-03",),
            )
    return world


def test_auditor_reads_all_page_by_page(log):
    visitor = log.visitor_as(Role.AUDITOR)

    first = visitor.get("/log")
    older = next(link for link in first.links if "before=" in link)
    second = visitor.get(older)

    assert first.status == second.status == 200
    assert f"The log has {size_of(log.database)} entries" in first.text
    assert first.html.count("Answers for the Court read") == 1 + 50  # the filter names it too
    assert second.html.count("Answers for the Court read") == 1 + 10
    assert "99999999" in first.text


def test_filters_narrow_the_list(log):
    visitor = log.visitor_as(Role.AUDITOR)

    assert visitor.get("/log?state=AF01").html.count("B-03") == 30
    assert "No entries." in visitor.get("/log?action=edition.opened").text
    assert "No entries." in visitor.get("/log?day=2026-11-21").text
    assert visitor.get("/log?day=2026-11-22").html.count("B-03") == 50


def test_state_sees_its_own_part_and_the_institution_only(log):
    page = log.visitor_as(Role.FOCAL_POINT).get("/log")

    assert page.html.count("B-03") == 30
    assert "Court" in page.text
    assert "99999999" not in page.text
    assert "AF02" not in page.text


def test_an_export_over_many_states_does_not_say_that_everything_was_read(log):
    reader = Actor("99999999-0000-4000-8000-0", frozenset({Role.COURT_READER}), Institution.COURT)
    with log.database.writing() as session:
        audit.record(
            session,
            actor=reader,
            action="court_answer.exported",
            at=NOW,
            edition="2026",
            states=("AF02", "AF01"),
            questions="all",
        )

    page = log.visitor_as(Role.FOCAL_POINT).get("/log?action=court_answer.exported")

    assert "all that the reader could read" in page.text


def test_another_states_log_is_not_found(log):
    assert log.visitor_as(Role.FOCAL_POINT).get("/log?state=AF02").status == 404


@pytest.mark.parametrize(
    "query",
    [
        "day=yesterday",
        "day=9999-12-31",
        "before=x",
        "before=-1",
        "before=99999999999999999999",
        "state=%27%20OR",
        "action=unknown",
    ],
)
def test_malformed_filter_is_refused_with_a_sentence(log, query):
    page = log.visitor_as(Role.AUDITOR).get(f"/log?{query}")

    assert page.status == 422
    assert "There is a problem" in page.text


def test_administrator_does_not_enter(log):
    assert log.visitor_as(Role.ADMINISTRATOR).get("/log").status == 403
