"""Who has read our answers, the export limit and the alarm, as the shell serves them."""

import csv
import io

import pytest

from cooperation.audit import service as audit
from cooperation.core import downloads
from tests.fixtures.publication import EDITION

READ = "/published/2026/states/AF01"
READERS = f"/readers/{EDITION}"


def logged(pages, action):
    with pages.round.reading("head") as ctx:
        return audit.entries_for(ctx.session, action=action)


def test_a_state_sees_that_another_opened_its_answer(published):
    published.visitor("other_focal").get(READ)
    visitor = published.visitor("focal")

    page = visitor.get("/readers")

    assert page.path == READERS
    assert "Page opened" in page.text
    assert "No page shows the names of persons." in page.text
    assert "1 institution" in visitor.get("/our-answers").text
    assert READERS in visitor.get("/our-answers").html
    assert "/readers" in visitor.get("/").html


def test_an_edition_without_a_submission_has_nothing_to_filter(published):
    visitor = published.visitor("other_focal")

    page = visitor.get("/readers")

    assert page.path == READERS
    assert "Nothing is submitted in 2026 yet." in page.text
    assert "All institutions" not in page.text


def test_the_filter_chooses_question_and_institution(published):
    published.visitor("other_focal").get("/published/2026/questions/A-07")
    visitor = published.visitor("focal")

    assert "A-07" in visitor.get(f"{READERS}?question=A-07").text
    assert "Nobody has opened it yet." in visitor.get(f"{READERS}?institution=court").text
    assert visitor.get(f"{READERS}?question=nonsense").status == 422
    assert visitor.get(f"{READERS}?until=yesterday").status == 422


def test_the_table_is_downloaded(published):
    published.visitor("court").get("/published/2026/questions/A-07")

    page = published.visitor("focal").get(f"{READERS}/table?institution=court")

    rows = list(csv.reader(io.StringIO(page.body.decode("utf-8-sig"))))
    assert [(row[2], row[4]) for row in rows[1:]] == [("Court", "A-07")]
    assert page.headers["content-disposition"].startswith("attachment")


def test_what_the_server_would_refuse_to_send_is_not_logged_as_read(published, monkeypatch):
    monkeypatch.setattr(downloads, "disposition", lambda name: f"attachment; filename=é{name}")

    page = published.visitor("court").get("/published/2026/export")

    assert page.status == 500
    assert "Something went wrong" in page.text
    assert "content-disposition" not in page.headers
    assert logged(published, "court_answer.exported") == []


@pytest.mark.parametrize("person", ["officer", "head", "court", "facilitator", "auditor"])
def test_no_other_institution_sees_the_page(published, person):
    visitor = published.visitor(person)

    assert visitor.get(READERS).status == 403
    assert visitor.get(f"{READERS}/table").status == 403


def test_the_eleventh_export_within_an_hour_is_a_page_that_says_when(published):
    visitor = published.visitor("court")
    for _ in range(10):
        assert visitor.get("/published/2026/export").status == 200

    page = visitor.get("/published/2026/export")

    assert page.status == 429
    assert "The next one is possible from" in page.text
    assert page.headers["retry-after"] == "3600"
    assert visitor.get(READ).status == 200


def test_a_fast_reader_is_noticed_and_reads_on(published, monkeypatch):
    monkeypatch.setattr("cooperation.audit.rules.reading.ALARM_ANSWERS", 3)
    visitor = published.visitor("court")

    assert visitor.get(READ).status == 200
    assert visitor.get(READ).status == 200

    assert len(logged(published, "reading.alarm")) == 1
