"""The State's pages as a browser without scripts meets them."""

import json
import re
from datetime import timedelta
from urllib.parse import urlencode

import pytest

from cooperation.access.rules import Role
from cooperation.editions import schema
from cooperation.editions.rules import QuestionType
from cooperation.offline import verifier
from tests.fixtures.people import CODE_STEP, World
from tests.fixtures.receipts import judged, parts_of
from tests.fixtures.responses import part_path, saved

QUESTIONNAIRE = schema.load_version("2026.2").questionnaire
PARTS = [part.code for part in QUESTIONNAIRE.parts]
HOME = "/response/2026"


@pytest.fixture
def focal(answering_world: World):
    return answering_world.visitor(answering_world.person(Role.FOCAL_POINT, "AF01"))


def test_home_leads_to_the_first_part_path(focal):
    page = focal.get("/response")

    assert page.status == 200
    assert part_path("A1") in page.links
    assert "Start" in page.text


@pytest.mark.parametrize("code", PARTS)
def test_every_part_shows_every_question_with_labels(focal, code):
    page = focal.get(part_path(code))

    assert page.status == 200
    ids = set(re.findall(r'\sid="([^"]+)"', page.html))
    assert len(ids) == len(re.findall(r'\sid="([^"]+)"', page.html))
    for described in re.findall(r'aria-describedby="([^"]+)"', page.html):
        assert set(described.split()) <= ids, described
    for target in re.findall(r'<label for="([^"]+)"', page.html):
        assert target in ids
    assert page.html.count("<fieldset") == page.html.count("<legend")
    for question in QUESTIONNAIRE.part(code).questions:
        assert question.code in ids
    for control in re.findall(r"<(?:input|select|textarea) [^>]*>", page.html):
        name = re.search(r'name="([A-Z]-[0-9]+\.[^"]+)"', control)
        if name is not None and 'type="hidden"' not in control:
            assert f'id="{name[1]}"' in control, "what names the cell leads to it"


def test_a_save_is_acknowledged_and_comes_back(focal):
    page = saved(focal, "A1", {"A-07": "Four ministries\nmeet monthly.", "A-06": "yes"})

    assert "Draft saved" in page.text
    form = page.form(has="then")
    assert form.fields["A-07"] == ["Four ministries\nmeet monthly."]
    assert form.fields["A-06"] == ["yes"]
    assert form.fields["A-07.version"][0].startswith("1-")


def test_save_and_continue_opens_the_next_part_path(focal):
    assert saved(focal, "A1", {}, "next").path == part_path("A2")


def test_the_last_part_leads_to_all_answers(focal):
    assert saved(focal, "D1", {}, "next").path == f"{HOME}/answers"


def test_what_does_not_count_yet_is_saved_as_typed_and_said_to_be_so(focal):
    page = saved(
        focal, "B1", {"B-06": "soon", "B-05": "A long path", "B-01": ["interpol", "other"]}
    )

    form = page.form(has="then")
    assert page.status == 200
    assert "Draft saved. What does not count yet is kept as you typed it" in page.text
    assert 'href="#B-06"' in page.html
    assert "B-06: Enter a number in digits" in page.text
    assert form.fields["B-06"] == ["soon"]
    assert form.fields["B-06.version"][0].startswith("1-")
    assert form.fields["B-05"] == ["A long path"]
    assert form.fields["B-01"] == ["interpol", "other"]


def test_save_and_continue_shows_once_what_does_not_count_yet(focal):
    assert saved(focal, "B1", {"B-06": "soon"}, "next").path == part_path("B1")
    assert saved(focal, "B1", {}, "next").path == part_path("B2")

    answers = focal.get(f"{HOME}/answers")
    assert "soon" in answers.text
    assert f"{part_path('B1')}#B-06" in answers.links


def test_half_a_day_is_kept_and_never_read_as_none(focal):
    page = saved(focal, "B4", {"B-25": "15 March 2027"})
    assert page.form(has="then").fields["B-25"] == ["2027-03-15"]

    page = saved(focal, "B4", {"B-25": "March 15"})

    assert page.form(has="then").fields["B-25"] == ["March 15"]
    assert "Enter a day such as 15 March 2026 or 2026-03-15, or a month" in page.text
    assert (
        "entry does not count yet" not in page.text
    )  # B-25 is not asked here: nothing waits for it
    page = saved(focal, "B4", {"B-25": "03/04/2027"})
    assert "2027-04-03 or 2027-03-04" in page.text


def test_a_text_too_large_for_a_draft_comes_back_and_the_others_are_saved(focal):
    page = saved(focal, "B1", {"B-05": "x" * 60_000, "B-06": "30"})

    assert page.status == 422
    assert "Saved, except B-05" in page.text
    assert "B-05" in {link.rpartition("#")[2] for link in page.links}
    form = page.form(has="then")
    assert form.fields["B-05"] == ["x" * 60_000]
    assert form.fields["B-05.version"] == ["0"]
    assert form.fields["B-06.version"][0].startswith("1-")
    assert focal.get(part_path("B1")).form(has="then").fields["B-06"] == ["30"]


def test_a_bad_cell_is_linked_and_kept(focal):
    page = saved(focal, "A2", {"A-08.1.name": "Somebody", "A-08.1.e_mail": "no address"})

    assert page.status == 200
    assert 'href="#A-08.1.e_mail"' in page.html
    assert page.form(has="then").fields["A-08.1.e_mail"] == ["no address"]


def test_surplus_rows_come_back_in_rows_of_their_own(focal):
    page = saved(focal, "A2", {f"A-08.{n}.name": f"Name {n}" for n in range(1, 8)})

    assert page.form(has="then").fields["A-08.7.name"] == ["Name 7"]


def test_adding_a_row_saves_and_gives_more_rows(focal):
    page = focal.get(part_path("B2"))
    before = page.html.count('name="B-08.')
    page = focal.submit(page, page.form(has="then"), {"B-08.1.title": "Act 7", "_add_row": "B-08"})

    assert page.status == 200
    assert page.html.count('name="B-08.') > before
    assert page.form(has="then").fields["B-08.1.title"] == ["Act 7"]


def test_removing_a_row_takes_that_row_only(focal):
    saved(focal, "B2", {"B-08.1.title": "First", "B-08.2.title": "Second"})
    page = focal.get(part_path("B2"))
    page = focal.submit(page, page.form(has="then"), {"_remove_row": "B-08:0"})

    assert page.form(has="then").fields["B-08.1.title"] == ["Second"]


def test_a_conflict_shows_both_texts_and_loses_neither(answering_world, focal):
    other = answering_world.visitor(answering_world.person(Role.CONTRIBUTOR, "AF01"))
    page_of_other = other.get(part_path("A1"))
    saved(focal, "A1", {"A-07": "Text of the focal point"})

    form = page_of_other.form(has="then")
    page = other.submit(page_of_other, form, {"A-07": "Text of the contributor", "A-06": "no"})

    assert page.status == 409
    assert "Saved, except A-07" in page.text
    assert (
        f"{answering_world.person(Role.FOCAL_POINT, 'AF01').name} saved another text" in page.text
    )
    assert "Text of the focal point" in page.text
    again = page.form(has="then")
    assert again.fields["A-07"] == ["Text of the contributor"]
    assert other.get(part_path("A1")).form(has="then").fields["A-06"] == ["no"]
    still = other.submit(page, again, {"then": "stay"})
    assert still.status == 409  # saving again decides nothing


@pytest.mark.parametrize(
    ("choice", "status", "field", "kept"),
    [
        ("theirs", 200, "Theirs", "Theirs"),
        ("mine", 200, "Mine", "Mine"),
        ("both", 200, "Theirs\n\nMine", "Theirs"),
    ],
)
def test_between_two_texts_a_person_decides_without_scripts(
    answering_world, focal, choice, status, field, kept
):
    other = answering_world.visitor(answering_world.person(Role.CONTRIBUTOR, "AF01"))
    page_of_other = other.get(part_path("A1"))
    saved(focal, "A1", {"A-07": "Theirs"})
    page = other.submit(page_of_other, page_of_other.form(has="then"), {"A-07": "Mine"})

    page = other.submit(page, page.form(has="then"), {"_settle": f"A-07:{choice}"})

    assert page.status == status
    form = page.form(has="then")
    assert form.fields["A-07"] == [field]
    assert focal.get(part_path("A1")).form(has="then").fields["A-07"] == [kept]
    final = other.submit(page, form, {"then": "stay"})
    assert final.form(has="then").fields["A-07"] == [field]


def autosave(visitor, code, changes):
    page = visitor.get(part_path(code))
    form = page.form(has="then")
    fields = {**form.fields, **changes}
    return visitor.send(
        "POST",
        part_path(code),
        urlencode(fields, doseq=True).encode(),
        {
            "Content-Type": "application/x-www-form-urlencoded",
            "X-Requested-With": "autosave",
            "Accept": "application/json",
        },
    )


def test_an_autosave_answers_with_the_new_versions(focal):
    reply = autosave(focal, "A1", {"A-07": "Typed"})

    told = json.loads(reply.body)
    assert reply.status == 200
    assert told["status"] == "saved"
    assert re.fullmatch(r"\d\d:\d\d", told["at"])
    assert told["versions"]["A-07.version"].startswith("1-")


def test_an_autosave_goes_on_over_signs_that_nobody_sees(focal):
    words = "The \u2068ministry\u2069 answers."
    told = json.loads(autosave(focal, "A1", {"A-07": words}).body)

    again = autosave(
        focal, "A1", {"A-07": f"{words} Soon.", "A-07.version": told["versions"]["A-07.version"]}
    )

    assert json.loads(again.body)["status"] == "saved"
    (kept,) = focal.get(part_path("A1")).form(has="then").fields["A-07"]
    assert kept == "The ministry answers. Soon."


def test_an_autosave_tells_of_a_conflict(answering_world, focal):
    other = answering_world.visitor(answering_world.person(Role.CONTRIBUTOR, "AF01"))
    saved(other, "A1", {"A-07": "Other"})

    reply = autosave(focal, "A1", {"A-07": "Mine", "A-07.version": "0", "A-06": "no"})

    told = json.loads(reply.body)
    assert (told["status"], told["left_out"]) == ("partly", ["A-07"])
    assert "A-07.version" not in told["versions"]
    assert told["versions"]["A-06.version"].startswith("1-")
    assert "Mine" not in reply.text


def test_an_autosave_of_an_older_visit_gets_the_token_of_the_present_one(focal):
    refused = autosave(focal, "A1", {"A-07": "Typed", "csrf_token": "of a visit that has ended"})

    told = json.loads(refused.body)
    assert (refused.status, told["status"]) == (400, "outdated")
    reply = autosave(focal, "A1", {"A-07": "Typed", "csrf_token": told["token"]})
    assert json.loads(reply.body)["status"] == "saved"


def test_files_are_added_listed_downloaded_and_removed(focal):
    page = saved(focal, "D1", {}, "files:D-06")
    assert page.path == f"{HOME}/files/D-06"
    assert 'accept=".pdf,.docx,.odt,.xlsx,.png,.jpeg,.jpg"' in page.html
    page = focal.submit(
        page, page.form(action="files/D-06"), {"file": ("law näme.pdf", b"%PDF-1.7 text %%EOF")}
    )

    assert "law näme.pdf" in page.text
    link = next(link for link in page.links if "/files/D-06/" in link)
    got = focal.get(link)
    assert got.body == b"%PDF-1.7 text %%EOF"
    assert got.headers["content-disposition"].startswith("attachment")
    assert "sandbox" in got.headers["content-security-policy"]
    page = focal.submit(page, page.form(action="/remove"))
    assert "No files yet" in page.text


@pytest.mark.parametrize(
    "file", [("law.pdf", b""), ("law.pdf", b"not a pdf"), ("law.exe", b"MZ"), ("", b"")]
)
def test_a_file_that_does_not_fit_says_why(focal, file):
    page = focal.get(f"{HOME}/files/D-06")
    page = focal.submit(page, page.form(action="files/D-06"), {"file": file})

    assert page.status == 422
    assert 'href="#file"' in page.html


def required_fields(code):
    """Fields that answer everything required in a part."""
    fields = {}
    for question in QUESTIONNAIRE.part(code).questions:
        if question.derived or not question.required:
            continue
        if question.has_options:
            fields[question.code] = question.options[0].code
        elif question.has_rows:
            column = question.columns[0]
            cell = column.options[0].code if column.options else "1"
            cell = "yes" if column.type == "tick" else cell
            fields[f"{question.code}.{question.row_codes[0]}.{column.code}"] = cell
        elif question.type is not QuestionType.FILE:
            fields[question.code] = "1"
    return fields


def fill_everything(visitor):
    """Answer everything required, page by page."""
    for part in QUESTIONNAIRE.parts:
        page = saved(visitor, part.code, required_fields(part.code))
        assert page.status == 200, page.text[:300]


def test_the_whole_way_to_a_submission(answering_world, focal, monkeypatch):
    monkeypatch.setattr("cooperation.web.lifecycle.audit.needs_checkpoint", lambda session: False)
    fill_everything(focal)
    page = focal.get(f"{HOME}/answers")
    assert "No required answer is missing" in page.text
    page = focal.get(f"{HOME}/sign")
    page = focal.submit(page, page.form(action="/ready"))
    assert "waits for the signatory" in page.text

    signatory = answering_world.person(Role.SIGNATORY, "AF01")
    hers = answering_world.visitor(signatory)
    page = hers.get(f"{HOME}/sign")
    assert "In the name of the Government of State AF01" in page.text
    page = hers.submit(page, page.form(has="declared"), {"declared": "y"})
    if page.status == 403:
        answering_world.clock.move(2 * CODE_STEP)
        page = hers.enter_code(
            page,
            {"totp_secret": signatory.totp_secret},
            at=answering_world.clock.now().timestamp(),
        )

    assert "Signed and submitted" in page.text
    assert "2026/AF01/1" in page.text
    assert re.search(r"[0-9a-f]{64}", re.sub(r"\s", "", page.text))
    assert_line_says_what_was_submitted(focal)
    assert_receipt_is_offered(answering_world, hers, page)


def assert_line_says_what_was_submitted(focal):
    assert "No changes since" in focal.get(part_path("A1")).text
    changed = saved(focal, "A1", {"A-07": "Corrected"})
    assert "Changed since submission 1: sign again for it to take effect" in changed.text


def assert_receipt_is_offered(world, hers, page):
    """The receipt of a submission: for those who decide, after a fresh factor.

    No checkpoint holds the submission here; asking for its page has had one issued.
    """
    path = f"{page.path}/receipt"
    assert "The log is being signed" in page.text
    assert path not in page.links
    page = hers.get(page.path)
    assert path in page.links
    download = hers.get(path)
    name = "receipt-2026-AF01-1.zip"
    assert download.headers["content-disposition"].endswith(f"filename*=UTF-8''{name}")
    log_key = json.loads(parts_of(download.body)["receipt.json"])["log_key"]
    assert judged(download.body, log_key).code == 0
    program = hers.get("/verify_receipt.py")
    assert program.body == verifier()

    contributor = world.visitor(world.person(Role.CONTRIBUTOR, "AF01"))
    assert path not in contributor.get(page.path).links
    assert contributor.get(path).status == 403
    other = world.visitor(world.person(Role.FOCAL_POINT, "AF02"))
    assert other.get(path).status == 404
    world.clock.move(timedelta(minutes=6))
    assert hers.get(path, follow=False).headers["location"].startswith("/account/step-up")


def test_the_notice_of_a_court_only_reply_names_what_goes_elsewhere(
    answering_world, focal, answer_everything
):
    answer_everything()
    saved(focal, "D1", {"D-01": "no_the_whole_reply_is_court"})

    page = focal.get(f"{HOME}/sign")

    assert "The Secretariat reads A-04, D-03, D-04, D-07 with the Court" in page.text
    assert "published are A-01, A-02, A-03, D-01, D-08" in page.text


def test_signing_without_the_declaration_is_refused(answering_world, focal, answer_everything):
    answer_everything()
    page = focal.get(f"{HOME}/sign")
    focal.submit(page, page.form(action="/ready"))
    hers = answering_world.visitor(answering_world.person(Role.SIGNATORY, "AF01"))
    page = hers.get(f"{HOME}/sign")

    page = hers.submit(page, page.form(has="declared"))

    assert page.status in {403, 422}


def test_gaps_come_first_with_links_to_the_field(focal):
    page = focal.get(f"{HOME}/answers")

    assert page.html.index("answers are missing") < page.html.index("The reply and its authorities")
    assert f"{part_path('A1')}#A-02" in page.links


def test_a_signatory_reads_the_part_and_has_no_form(answering_world, focal):
    saved(focal, "A1", {"A-06": "yes", "A-07": "Words to read"})
    hers = answering_world.visitor(answering_world.person(Role.SIGNATORY, "AF01"))

    page = hers.get(part_path("A1"))

    assert "Words to read" in page.text
    assert not [form for form in page.forms if form.action.endswith("parts/A1")]


@pytest.mark.parametrize(
    "path", ["/response/1999", "/response/2026/parts/Z9", "/response/2026/files/A-05"]
)
def test_what_does_not_exist_is_not_found(focal, path):
    assert focal.get(path).status == 404


def test_another_state_meets_nothing_of_this_one(answering_world, focal):
    page = focal.get(f"{HOME}/files/D-06")
    page = focal.submit(
        page, page.form(action="files/D-06"), {"file": ("secret-name.pdf", b"%PDF-1.7 text %%EOF")}
    )
    link = next(link for link in page.links if "/files/D-06/" in link)
    saved(focal, "A1", {"A-06": "yes", "A-07": "Words of AF01"})
    stranger = answering_world.visitor(answering_world.person(Role.FOCAL_POINT, "AF02"))

    assert stranger.get(link).status == 404
    assert "Words of AF01" not in stranger.get(part_path("A1")).html
    assert "Words of AF01" not in stranger.get(f"{HOME}/answers").html


@pytest.mark.parametrize("number", ["\u00b2", "9" * 5000, "-1", "1.5"])
@pytest.mark.parametrize("name", ["_remove_row", "A-06.version"])
def test_what_is_no_number_breaks_no_page(focal, name, number):
    value = f"A-08:{number}" if name == "_remove_row" else number

    page = saved(focal, "A1", {"A-05": "nonsense", name: value})

    assert page.status == (200 if name == "_remove_row" else 422)
