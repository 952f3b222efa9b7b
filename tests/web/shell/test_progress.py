"""How a round goes: counts for co-facilitators, State by State for the Secretariat."""

import pytest

PROGRESS = "/progress/2026"


def test_an_officer_sees_where_each_state_stands(submitted):
    page = submitted.visitor("officer").get(PROGRESS)

    assert page.status == 200
    assert "Responses of the States Parties" in page.text
    assert "/review/2026/AF01" in page.links
    assert "State AF02: Not started" in page.html


def test_a_co_facilitator_sees_how_many_and_not_who(submitted):
    page = submitted.visitor("facilitator").get(PROGRESS)

    assert page.status == 200
    assert "1 of 2" in page.text
    assert "State AF01" not in page.html
    assert "/review/2026/AF01" not in page.html


@pytest.mark.parametrize("person", ["focal", "court"])
def test_nobody_else_sees_progress(submitted, person):
    assert submitted.visitor(person).get(PROGRESS).status == 403


@pytest.mark.parametrize(
    ("query", "shown"),
    [
        ("", {"AF01", "AF02"}),
        ("?state=af01", {"AF01"}),
        ("?status=submitted", {"AF01"}),
        ("?status=not_started", {"AF02"}),
        ("?group=AFR", {"AF01", "AF02"}),
        ("?group=WEOG", set()),
        ("?group=nonsense", {"AF01", "AF02"}),
    ],
)
def test_the_table_is_filtered(submitted, query, shown):
    page = submitted.visitor("officer").get(PROGRESS + query)

    table = page.html.split('id="states"')[1]
    found = {name for name in ("AF01", "AF02") if f"State {name}" in table}
    assert page.status == 200
    assert found == shown


def test_the_current_edition_is_shown_first(submitted):
    page = submitted.visitor("officer").get("/progress")

    assert page.path == PROGRESS


def test_an_edition_that_is_not_there_is_not_found(submitted):
    assert submitted.visitor("officer").get("/progress/2031").status == 404
