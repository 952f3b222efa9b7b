import pytest

from cooperation.access.rules import Actor, Institution, Role
from cooperation.audit import service as audit
from tests.fixtures.desk import NOON


@pytest.fixture
def log(desk):
    """Sixty readings by the Court, of Kenya's and France's answers in turn."""
    reader = Actor("99999999-0000-4000-8000-0", frozenset({Role.COURT_READER}), Institution.COURT)
    with desk.database.writing() as session:
        for number in range(60):
            state = ("KEN", "FRA")[number % 2]
            audit.record(
                session,
                actor=reader,
                action="court_answer.read",
                at=NOON,
                edition="2026",
                states=(state,),
                questions=("B-03",),
            )
    return desk


def test_auditor_reads_all_page_by_page(log):
    visitor = log.visitor(Role.AUDITOR)

    first = visitor.get("/log")
    older = next(link for link in first.links if "before=" in link)
    second = visitor.get(older)

    assert first.status == second.status == 200
    assert "The log has 61 entries" in first.text
    assert first.html.count("Answers for the Court read") == 1 + 50  # the filter names it too
    assert "Register of States Parties loaded" in second.text
    assert "99999999" in first.text


def test_filters_narrow_the_list(log):
    visitor = log.visitor(Role.AUDITOR)

    assert visitor.get("/log?state=KEN").html.count("B-03") == 30
    assert "No entries." in visitor.get("/log?action=edition.opened").text
    assert "No entries." in visitor.get("/log?day=2026-11-21").text
    assert visitor.get("/log?day=2026-11-22").html.count("B-03") == 50


def test_state_sees_its_own_part_and_the_institution_only(log):
    page = log.visitor(Role.FOCAL_POINT).get("/log")

    assert page.html.count("B-03") == 30
    assert "Court" in page.text
    assert "99999999" not in page.text
    assert "FRA" not in page.text


def test_an_export_over_many_states_does_not_say_that_everything_was_read(log):
    reader = Actor("99999999-0000-4000-8000-0", frozenset({Role.COURT_READER}), Institution.COURT)
    with log.database.writing() as session:
        audit.record(
            session,
            actor=reader,
            action="court_answer.exported",
            at=NOON,
            edition="2026",
            states=("FRA", "KEN"),
            questions="all",
        )

    page = log.visitor(Role.FOCAL_POINT).get("/log?action=court_answer.exported")

    assert "all that the reader could read" in page.text


def test_another_states_log_is_not_found(log):
    assert log.visitor(Role.FOCAL_POINT).get("/log?state=FRA").status == 404


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
    page = log.visitor(Role.AUDITOR).get(f"/log?{query}")

    assert page.status == 422
    assert "There is a problem" in page.text


def test_administrator_does_not_enter(log):
    assert log.visitor(Role.ADMINISTRATOR).get("/log").status == 403
