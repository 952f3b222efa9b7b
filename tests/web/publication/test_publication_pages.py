"""Proposing, publishing, releasing, narrowing, reading and exporting, without scripts."""

import csv
import io
import zipfile
from datetime import timedelta

import pytest

from cooperation.audit import service as audit
from cooperation.publication.models import PublishedAnswer
from cooperation.publication.reading.service.collecting import open_published
from tests.fixtures.circles import NOW
from tests.fixtures.publication import EDITION

OWN = "/our-answers/2026"
READ = "/published/2026/states/AF01"


def log(pages, *actions):
    with pages.round.reading("head") as ctx:
        return [each for act in actions for each in audit.entries_for(ctx.session, action=act)]


def test_an_officer_proposes_and_a_head_publishes(submitted):
    submitted.approve()
    visitor = submitted.visitor("officer")
    page = visitor.get("/publication")
    page = visitor.submit(page, page.form(has="states"), {"states": ["AF01", "AF01"]})
    assert page.status == 200
    assert "Another person who is head publishes it." in page.text
    assert "shown_hash" not in page.html
    address = page.path

    visitor = submitted.visitor("head")
    assert "Look at batch 1" in visitor.get("/publication").text
    page = visitor.get(address)
    page = visitor.submit(page, page.form(has="shown_hash"))

    assert page.status == 200
    assert "Published. All readers find" in page.text
    assert "=Who sits in it" in submitted.visitor("other_focal").get(READ).text


def test_nothing_chosen_is_nothing_proposed(submitted):
    submitted.approve()
    visitor = submitted.visitor("officer")
    page = visitor.get("/publication")

    page = visitor.submit(page, page.form(has="states"), {"states": []})

    assert page.status == 422
    assert "Choose at least one State" in page.text


def batch_page(pages, person):
    pages.approve()
    proposal_id = pages.propose()
    return pages.visitor(person), f"/waiting/{proposal_id}"


def test_a_changed_list_or_a_strange_hash_is_a_conflict(submitted):
    visitor, address = batch_page(submitted, "head")
    page = visitor.get(address)

    for shown in ("00" * 32, "nonsense", "é" * 64, ""):
        answer = visitor.submit(page, page.form(has="shown_hash"), {"shown_hash": shown})
        assert answer.status == 409


def test_an_officer_may_not_publish(submitted):
    visitor, address = batch_page(submitted, "officer")
    page = visitor.get(address)
    assert "You proposed this" in page.text

    form = page.form(action="/withdraw")
    form.action = f"{address}/approve"

    assert visitor.submit(page, form).status == 403


def test_publishing_asks_for_a_fresh_code(submitted):
    visitor, address = batch_page(submitted, "head")
    page = visitor.get(address)
    submitted.let_code_age()

    page = visitor.submit(page, page.form(has="shown_hash"))

    assert page.status == 403
    assert page.form(has="code")


def test_a_batch_that_never_was_is_not_there(submitted):
    visitor = submitted.visitor("officer")

    assert visitor.get("/waiting/00000000-0000-4000-8000-000000000000").status == 404
    assert visitor.get("/publication/2024").status == 404


def test_the_state_releases_what_waits(office):
    office.submit(D_01="ask_me_again_before_release")
    office.approve()
    pages = office
    visitor = pages.visitor("focal")
    page = visitor.get("/our-answers")
    assert "Waiting for your release" in page.text

    refused = visitor.submit(page, page.form(has="questions"), {"questions": []})
    page = visitor.submit(page, page.form(has="questions"), {"questions": ["A-06"]})
    assert refused.status == 422
    assert "1 answer released." in page.text
    page = visitor.submit(page, page.form(has="all"), button="all")

    assert "answers released." in page.text
    assert "Waiting for your release" not in page.text


def test_the_state_reads_the_reason_of_a_refusal_and_a_contributor_decides_nothing(published):
    page = published.visitor("focal").get(OWN)

    assert "/our-answers/2026/A-06/narrow" in page.links
    assert "/our-answers/2026/A-05/narrow" not in page.links


def test_narrowing_tells_first_and_then_takes_back(published):
    published.visitor("other_focal").get(READ)
    visitor = published.visitor("focal")
    page = visitor.get(f"{OWN}/A-07/narrow")
    assert "Since then it was opened by 1 institution besides yours." in page.text
    assert "cannot be called back" in page.text

    page = visitor.submit(page, page.form(action="/narrow"))

    assert "A-07 is now for your State and the Court only." in page.text
    assert "already" in visitor.get(f"{OWN}/A-07/narrow").text
    readers = published.visitor("other_focal").get(READ)
    assert "=Who sits in it" not in readers.html
    assert "Narrowed by the State on 22 November 2026" in readers.text
    courts = published.visitor("court").get(READ)
    assert "=Who sits in it" in courts.text


def test_narrowing_asks_for_a_fresh_code(published):
    visitor = published.visitor("signatory")
    page = visitor.get(f"{OWN}/A-07/narrow")
    published.let_code_age()

    assert visitor.submit(page, page.form(action="/narrow")).status == 403


def test_narrowing_twice_is_a_conflict(published):
    visitor = published.visitor("focal")
    page = visitor.get(f"{OWN}/A-07/narrow")
    again = visitor.get(f"{OWN}/A-07/narrow")
    visitor.submit(page, page.form(action="/narrow"))

    assert visitor.submit(again, again.form(action="/narrow")).status == 409


@pytest.mark.parametrize(
    ("person", "status"),
    [("other_focal", 404), ("officer", 403), ("court", 403), ("facilitator", 403)],
)
def test_only_the_state_sees_the_page_of_narrowing(published, person, status):
    assert published.visitor(person).get(f"{OWN}/A-07/narrow").status == status


@pytest.mark.parametrize("person", ["focal", "other_focal", "officer", "court", "facilitator"])
def test_readers_walk_from_the_list_to_state_and_question(published, person):
    visitor = published.visitor(person)
    page = visitor.get("/published")
    assert READ in page.links
    assert visitor.get("/published/2026?group=WEOG").status == 200

    page = visitor.get(READ)
    assert "=Who sits in it" in page.text
    page = visitor.get("/published/2026/questions")
    assert "/published/2026/questions/A-07" in page.links
    assert "=Who sits in it" in visitor.get("/published/2026/questions/A-07").text


def test_the_court_is_told_what_is_for_it(published):
    page = published.visitor("court").get(READ)

    assert "Confidential: some answers on this page are for the Court only." in page.text
    assert "Secretariat and Court only" in page.text
    other = published.visitor("other_focal").get(READ)
    assert "Confidential" not in other.text


def test_a_page_of_reading_is_one_entry(published):
    published.visitor("other_focal").get(READ)

    assert len(log(published, "published.read", "court_answer.read")) == 1


def test_the_export_asks_for_a_fresh_code_and_holds_no_formula(published):
    visitor = published.visitor("court")
    page = visitor.get("/published/2026/export")
    assert page.headers["content-disposition"].endswith("filename*=UTF-8''answers-2026.csv")
    assert page.headers["content-security-policy"].startswith("sandbox")
    rows = {
        row["Question"]: row for row in csv.DictReader(io.StringIO(page.body.decode("utf-8-sig")))
    }
    assert rows["A-07"]["Answer"] == "'=Who sits in it"
    assert rows["A-05"]["Who may read"] == "Court only"
    assert len(log(published, "court_answer.exported")) == 1

    published.let_code_age()
    page = visitor.get("/published/2026/export?state=AF01")
    assert page.form(has="code")


@pytest.mark.parametrize("export", ["export", "proofs"])
def test_an_export_of_what_is_missing_is_not_there(published, export):
    published.sign_log()
    visitor = published.visitor("court")

    for scope in ("?state=XX", "?question=Z-99"):
        assert visitor.get(f"/published/2026/{export}{scope}").status == 404


def test_the_export_with_proofs_waits_for_the_log_and_asks_for_a_fresh_code(published):
    visitor = published.visitor("other_focal")
    early = visitor.get("/published/2026/proofs?state=AF01")
    assert early.path == "/published/2026"
    assert "The log is being signed just now." in early.text
    assert log(published, "published.exported") == []

    page = visitor.get("/published/2026/proofs?state=AF01")
    assert page.headers["content-disposition"].endswith("filename*=UTF-8''proofs-2026-AF01.zip")
    assert page.headers["content-type"] == "application/zip"
    assert zipfile.ZipFile(io.BytesIO(page.body)).testzip() is None
    assert len(log(published, "published.exported")) == 1
    assert visitor.get("/published/2026/proofs?state=AF02").status == 404

    published.let_code_age()
    assert visitor.get("/published/2026/proofs?state=AF01").form(has="code")


def test_each_answer_says_that_it_is_what_the_state_signed(published):
    visitor = published.visitor("other_focal")
    state, question = visitor.get(READ), visitor.get("/published/2026/questions/A-07")
    own = published.visitor("focal").get(OWN)

    assert "Each answer shown matches what State AF01 signed" in state.text
    assert state.html.count("<summary>As signed<") > 30
    assert "Matches what State AF01 signed: submission no. 1 of 22 November" in question.text
    assert "published answers, as your State signed them" in own.text


def test_what_is_not_as_signed_is_not_shown_and_said(published):
    office = published
    with office.round.acting("other_focal") as ctx:
        row = ctx.session.get_one(PublishedAnswer, (EDITION, "AF01", "A-07"))
        row.commitment = bytes(32)
    page = published.visitor("other_focal").get(READ)
    own = published.visitor("focal").get(OWN)

    assert page.status == 200
    assert "=Who sits in it" not in page.html
    assert "Not shown: what is stored here is not what the State signed" in page.text
    assert [entry.questions for entry in log(published, "answer.doubted")] == [("A-07",)]
    assert "1 published answer is not what your State signed" in own.text


@pytest.mark.parametrize(
    "path", ["/published/2026", READ, "/published/2026/export", "/publication/2026"]
)
def test_an_auditor_enters_no_page_with_answers(published, path):
    assert published.visitor("auditor").get(path).status == 403


def test_missing_things_are_not_there(published):
    visitor = published.visitor("other_focal")

    for path in (
        "/published/2024",
        "/published/2026/states/XX",
        "/published/2026/questions/Z-99",
        f"{READ}/files/B-09/00000000-0000-4000-8000-000000000000",
        "/our-answers/2024",
    ):
        assert visitor.get(path).status == 404, path


def test_open_published_gives_the_whole_edition(published):
    with published.round.reading("facilitator") as ctx:
        assert len(open_published(ctx, EDITION)) > 50


def test_a_states_page_shows_number_and_day_of_its_submission(published):
    page = published.visitor("other_focal").get(READ)

    assert "no. 1 of 22 November 2026" in page.text
    assert "Late" not in page.text


def test_a_late_submission_is_marked_for_its_readers(office):
    office.round.fill()
    office.submission = office.round.submit(NOW + timedelta(days=30))
    office.approve()
    office.publish(office.propose())

    page = office.visitor("other_focal").get(READ)

    assert "no. 1 of 22 December 2026 Late" in page.text
