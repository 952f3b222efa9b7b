from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa

from cooperation.accounts.models import KeyringBackupRow
from cooperation.editions import service as editions

BACKUP = "A confirmed backup of the keyring"


def test_officer_prepares_an_edition_and_sees_what_is_missing(prepare):
    page = prepare()

    assert page.status == 200
    assert "Edition 2026" in page.text
    assert "Person officer" in page.text
    assert BACKUP in page.text
    assert "22 November 2026" in page.text
    assert "80 questions" in page.text


def test_an_edition_is_addressed_by_its_year_or_its_id_alone(platform, prepare):
    assert prepare().path == "/editions/2026"
    visitor = platform.visitor("officer")
    edition_id = editions.edition_id(platform.session, "2026")

    assert edition_id != "2026"
    assert visitor.get(f"/editions/{edition_id}").text == visitor.get("/editions/2026").text
    assert 'href="/editions/2026/change"' in visitor.get(f"/editions/{edition_id}").html
    for unknown in ("2027", "abcd", "20261", "%20%20%20%20"):
        assert visitor.get(f"/editions/{unknown}").status == 404


def test_mistakes_come_back_with_what_was_typed(prepare):
    page = prepare(deadline_on="2026-02-01", year="20x6")

    assert page.status == 422
    assert "There is a problem" in page.text
    assert page.form(has="year").fields["deadline_on"] == ["2026-02-01"]


def test_rules_of_the_service_are_shown_at_the_field(prepare):
    page = prepare(deadline_on="2026-02-01")

    assert page.status == 422
    assert "Choose a deadline after the opening day." in page.text
    assert 'href="#deadline_on"' in page.html


def test_second_edition_of_a_year_is_refused_at_the_field(prepare):
    prepare()

    page = prepare()

    assert page.status == 422
    assert "There is an edition for this year already." in page.text


def test_next_year_without_an_edition_is_proposed(platform, prepare):
    assert proposed_year(platform) == ["2026"]

    prepare()
    prepare(year="2027", opens_on="2027-03-01", deadline_on="2027-06-30")

    assert proposed_year(platform) == ["2028"]


def proposed_year(platform):
    page = platform.visitor("officer").get("/editions/prepare")
    return page.form(has="year").fields["year"]


def test_officer_changes_the_days_before_the_opening(platform, prepare):
    prepare()
    visitor = platform.visitor("officer")
    page = visitor.get("/editions/2026/change")
    assert page.form(has="opens_on").fields["opens_on"] == ["2026-11-22"]

    page = visitor.submit(page, page.form(has="opens_on"), {"deadline_on": "2027-03-01"})

    assert "1 March 2027" in page.text


@pytest.mark.parametrize("deadline", ["", "yesterday", "2026-11-22", "9999-12-31"])
def test_impossible_change_is_refused(platform, prepare, deadline):
    prepare()
    visitor = platform.visitor("officer")
    page = visitor.get("/editions/2026/change")

    page = visitor.submit(page, page.form(has="opens_on"), {"deadline_on": deadline})

    assert page.status == 422


def test_head_sees_what_will_happen_and_opens(platform, prepare):
    prepare()
    visitor = platform.visitor("head")
    page = visitor.get("/editions/2026")
    assert "Open the edition" in page.text
    page = visitor.get("/editions/2026/open")
    assert "125 States Parties take part" in page.text
    assert "80 questions are asked" in page.text
    assert "Prepared by Person officer" in page.text

    page = visitor.submit(page, page.form(action="/open"))

    assert page.status == 200
    assert page.path == "/editions/2026"
    assert "Opened by Person head" in page.text
    assert "Fixed when the edition was opened." in page.text


def test_opening_page_names_what_is_missing_and_has_no_button(world, prepare):
    prepare()

    page = world.visitor("head").get("/editions/2026/open")

    assert BACKUP in page.text
    assert not [form for form in page.forms if form.action.endswith("/open")]


def test_opening_that_became_impossible_is_refused_with_the_reason(platform, prepare):
    prepare()
    visitor = platform.visitor("head")
    page = visitor.get("/editions/2026/open")
    with platform.database.writing() as session:
        session.execute(sa.delete(KeyringBackupRow))

    page = visitor.submit(page, page.form(action="/open"))

    assert page.status == 422
    assert BACKUP in page.text


def test_head_who_prepared_is_told_that_another_must_open(platform, prepare):
    prepare()
    visitor = platform.visitor("head")
    page = visitor.get("/editions/2026/change")
    visitor.submit(page, page.form(has="opens_on"))

    page = visitor.get("/editions/2026/open")

    assert "Another person than the one who prepared the edition must open it." in page.text
    assert "Open the edition" not in visitor.get("/editions/2026").text


def test_opening_asks_for_a_fresh_code(platform, prepare):
    prepare()
    visitor = platform.visitor("head")
    page = visitor.get("/editions/2026/open")
    platform.clock.move(timedelta(minutes=6))

    page = visitor.submit(page, page.form(action="/open"))

    assert page.status == 403
    assert "Prepared" in visitor.get("/editions/2026").text


@pytest.fixture
def proposed(platform, open_edition):
    """An officer proposes, after the deadline, to close the edition."""
    open_edition()
    platform.clock.set(datetime(2027, 3, 1, 9, tzinfo=UTC))
    visitor = platform.visitor("officer")
    page = visitor.get("/editions/2026")
    assert "The deadline has passed." in page.text
    page = visitor.get("/editions/2026/close")
    return visitor.submit(page, page.form(action="/propose"))


def test_head_closes_the_edition_that_an_officer_proposed_to_close(platform, proposed):
    assert "Closing is proposed." in proposed.text
    visitor = platform.visitor("head")
    page = visitor.get("/editions/2026/close")
    assert "Proposed by Person officer" in page.text

    visitor.submit(page, page.form(action="/approve"))

    assert "Closed by Person head" in visitor.get("/editions/2026").text
    assert visitor.get("/editions/2026/close").status == 409


def test_closing_before_the_deadline_says_so(platform, open_edition):
    open_edition()

    page = platform.visitor("officer").get("/editions/2026/close")

    assert "The deadline has not passed yet" in page.text


def test_open_edition_is_not_changed_or_opened_again(platform, open_edition):
    open_edition()
    visitor = platform.visitor("head")

    assert visitor.get("/editions/2026/change").status == 409
    assert visitor.get("/editions/2026/open").status == 409


@pytest.mark.parametrize("person", ["focal", "court"])
def test_readers_see_an_edition_once_it_is_open(platform, prepare, open_edition, person):
    prepare()
    assert "There is no edition yet." in platform.visitor(person).get("/editions").text
    for path in ("", "/questionnaire", "/questionnaire/A1"):
        assert platform.visitor(person).get(f"/editions/2026{path}").status == 404

    open_edition()

    visitor = platform.visitor(person)
    assert "Edition 2026" in visitor.get("/editions").text
    page = visitor.get("/editions/2026")
    assert page.status == 200
    assert "Person officer" not in page.text
    for path in ("prepare", "2026/change", "2026/open", "2026/close"):
        assert visitor.get(f"/editions/{path}").status == 403


def test_auditor_has_no_edition(platform, open_edition):
    open_edition()

    assert platform.visitor("auditor").get("/editions").status == 403


def test_every_part_of_the_questionnaire_has_a_preview(platform, prepare):
    prepare()
    visitor = platform.visitor("officer")
    page = visitor.get("/editions/2026/questionnaire")
    assert page.path.endswith("/questionnaire/A1")
    parts = [link for link in page.links if "/questionnaire/" in link]

    assert len(set(parts)) == 13
    for part in set(parts):
        page = visitor.get(part)
        assert page.status == 200
        assert "Required" in page.text or "Optional" in page.text


def test_preview_says_conditions_rules_and_limits_in_words(platform, prepare):
    prepare()
    page = platform.visitor("officer").get("/editions/2026/questionnaire/B2")

    assert "Asked only if the answer to B-07 is one of" in page.text
    assert "Up to 10 files of 10 MB each" in page.text
    assert "Available / Available with a court order" in page.text


def test_marks_for_the_authors_are_shown_to_the_secretariat_only(platform, open_edition):
    open_edition()

    mark = "Legal reference to be checked"
    assert mark in platform.visitor("officer").get("/editions/2026/questionnaire/A1").text
    assert mark not in platform.visitor("focal").get("/editions/2026/questionnaire/A1").text


@pytest.mark.parametrize("path", ["/editions/1999", "/editions/2026/questionnaire/Z9"])
def test_what_is_not_there_is_not_found(platform, prepare, path):
    prepare()

    assert platform.visitor("officer").get(path).status == 404


def test_pages_are_mirrored(platform, prepare):
    prepare()
    visitor = platform.visitor("officer")

    for path in ("/editions", "/editions/2026", "/editions/2026/questionnaire/B2"):
        assert 'dir="rtl"' in visitor.get(f"{path}?lang=ar-x-pseudo").html


def test_officer_is_told_that_the_head_opens(platform, prepare):
    page = prepare()

    assert "A head of the Secretariat who did not prepare this edition opens it." in page.text
    assert "State AF-01" in page.text
