"""The pages of notes verbales, walked without scripts by officer, head and focal point."""

import io
from datetime import timedelta
from urllib.parse import urlsplit
from zipfile import ZipFile

import pytest
from pypdf import PdfReader

from cooperation.access.rules import Role
from cooperation.accounts import service as accounts
from cooperation.outbox import service as outbox
from cooperation.outbox.rules import MailStatus
from cooperation.web.headers import DOWNLOAD_POLICY


def words_of(content):
    return [" ".join(page.extract_text().split()) for page in PdfReader(io.BytesIO(content)).pages]


def test_officer_confirms_the_reference_and_sees_every_state(prepare):
    _visitor, page = prepare()

    assert page.status == 200
    assert "ICC-ASP/25/SP/01" in page.text
    assert "All 4 States Parties on the opening day are in the list." in page.text
    assert "One State has no e-mail address" in page.text
    assert page.text.count("Prepared State") == 0
    assert "A head who did not prepare these notes must approve them." in page.text
    assert "approve" not in [form.action.rsplit("/", 1)[-1] for form in page.forms]


@pytest.mark.parametrize(
    "changes",
    [
        {"reference": "ICC-ASP/25/SP"},
        {"reference": "ICC-ASP/24/SP/01"},
        {"reference": ""},
        {"dated_on": "2027-02-15"},
        {"dated_on": "1066-10-14"},
        {"dated_on": "soon"},
        {"language": "fr"},
        {"changes": "🙂"},
        {"changes": "x" * 1001},
        {"mandate": "x" * 301},
    ],
)
def test_mistakes_come_back_with_what_was_typed(prepare, changes):
    _visitor, page = prepare(**{"mandate": "resolution 7"} | changes)

    assert page.status == 422
    assert "There is a problem" in page.text
    name = next(iter(changes))
    assert f'href="#{name}"' in page.html
    if name != "mandate":
        assert page.form(has="mandate").fields["mandate"] == ["resolution 7"]


def test_head_approves_and_the_notes_leave(platform, prepare, approve):
    _officer, page = prepare()

    head, page = approve(page.path)

    assert page.status == 200
    assert "Approved by" in page.text
    assert page.text.count("Approved, waiting to be sent") == 4
    assert page.text.count("To be delivered by hand") == 2
    platform.commit()
    platform.clock.move(timedelta(minutes=1))
    sent = outbox.send_due(platform.database, platform.root, platform.settings, platform.clock)
    assert sent >= 3
    assert head.get(page.path).text.count("Sent by e-mail") == 4


def test_the_preparer_is_not_offered_the_approval(platform):
    visitor = platform.visitor(platform.person(Role.HEAD))
    page = visitor.get("/notes/prepare/2026")

    page = visitor.submit(page, page.form(has="reference"))

    with pytest.raises(AssertionError, match="no such form"):
        page.form(action="/approve")


def test_a_stale_approval_is_refused(platform, prepare):
    _officer, page = prepare()
    visitor = platform.visitor(platform.person(Role.HEAD))
    page = visitor.get(page.path)

    page = visitor.submit(page, page.form(action="/approve"), {"content_hash": "00" * 32})

    assert page.status == 409


def test_notes_are_downloaded_one_by_one_and_together(issued):
    head, path = issued

    note = head.get(f"{path}/states/AF01.pdf")
    annex = head.get(f"{path}/annex.pdf")
    archive = head.get(f"{path}/notes.zip")

    assert note.headers["content-type"] == "application/pdf"
    assert "ICC-ASP-25-SP-01-AF01.pdf" in note.headers["content-disposition"]
    assert note.headers["content-security-policy"] == DOWNLOAD_POLICY
    assert "State AF-01" in words_of(note.body)[0]
    assert "A-01" in " ".join(words_of(annex.body))
    with ZipFile(io.BytesIO(archive.body)) as opened:
        assert len(opened.namelist()) == 6
    assert head.get(f"{path}/states/XXX.pdf").status == 404


def test_delivery_is_recorded_for_the_ticked_states(platform, issued):
    _head, path = issued
    visitor = platform.visitor(platform.person(Role.OFFICER))
    page = visitor.get(path)
    form = page.form(has="states")

    refused = visitor.submit(page, form, {"day": "2026-11-22"})
    assert refused.status == 422
    assert "Tick at least one State." in refused.text
    early = visitor.submit(
        page, visitor.get(path).form(has="states"), {"day": "2026-11-21", "states": ["WE01"]}
    )
    assert early.status == 422
    page = visitor.get(path)
    page = visitor.submit(
        page, page.form(has="states"), {"day": "2026-11-22", "states": ["WE01", "AF01"]}
    )

    assert page.status == 200
    assert page.text.count("22 November 2026") >= 3
    assert "To be delivered by hand" not in page.text


def test_code_letters_are_made_once_confirmed_and_open_an_account(platform, issued):
    head, path = issued
    page = head.get(f"{path}/letters")
    assert "AF01" not in page.form(has="states").fields["states"]

    printed = head.submit(page, page.form(has="states"))

    assert printed.headers["content-type"] == "application/pdf"
    pages = words_of(printed.body)
    assert len(pages) == 3
    assert _held_mails(platform) == 1
    page = head.get(f"{path}/letters")
    assert "Are the letters printed?" in page.text
    page = head.submit(page, page.form(has="print_id"))
    assert page.text.count("Printed 22 November 2026") == 2
    assert _held_mails(platform) == 0
    link = pages[2].replace(" ", "")
    link = link[link.index("http") : link.index("Typetheaddress")]
    code = pages[1].split("Printed code")[1].split("How to use it")[0]
    parts = urlsplit(link)
    newcomer = platform.activate(
        f"{parts.path}?{parts.query}", code, name="New Comer", email="new@example.org"
    )
    assert newcomer.state == "WE01"
    assert newcomer.role is Role.FOCAL_POINT
    assert "In use" in head.get(f"{path}/letters").text


@pytest.mark.parametrize(
    ("asked", "ticked"),
    [("", {"AS01", "WE01"}), ("?state=WE01", {"WE01"}), ("?state=none", set())],
)
def test_letters_are_ticked_as_the_address_says(issued, asked, ticked):
    head, path = issued

    page = head.get(f"{path}/letters{asked}")

    assert set(page.form(has="states").fields.get("states", [])) == ticked
    assert f"Ticked when this page opened: {len(ticked)} State" in page.text


def test_address_of_one_states_letter_leads_to_the_newest_notes(issued):
    head, path = issued

    page = head.get("/notes/letters/WE01")

    assert page.path.startswith(f"{path}/letters")
    assert page.form(has="states").fields["states"] == ["WE01"]


def test_without_notes_the_address_of_a_letter_says_what_is_first(platform):
    page = platform.visitor(platform.person(Role.HEAD)).get("/notes/letters/WE01")

    assert "approve notes first" in page.text


def test_after_a_fresh_code_the_pdf_is_the_answer_of_the_forms_own_button(issued, platform):
    head, path = issued
    page = head.get(f"{path}/letters?state=WE01")
    platform.clock.move(timedelta(minutes=6))

    page = head.submit(page, page.form(has="states"))
    assert page.path.startswith("/account/step-up")
    secret = {"totp_secret": platform.person(Role.HEAD).totp_secret}
    page = head.enter_code(page, secret, at=platform.now.timestamp())

    assert page.headers["content-type"].startswith("text/html")
    assert page.path.startswith(f"{path}/letters")
    assert "Nothing was made yet" in page.text
    assert page.form(has="states").fields["states"] == ["WE01"]
    printed = head.submit(page, page.form(has="states"))
    assert printed.headers["content-type"] == "application/pdf"
    words = " ".join(words_of(printed.body))
    assert "State WE-01" in words
    assert "State AF-01" not in words


def test_confirming_the_letters_says_that_the_links_leave(issued):
    head, path = issued
    page = head.get(f"{path}/letters?state=WE01")
    head.submit(page, page.form(has="states"))
    page = head.get(f"{path}/letters")

    page = head.submit(page, page.form(has="print_id"))

    assert "the link for 1 State is on its way" in page.text


def _held_mails(world):
    counts = outbox.counts_of(world.session)
    world.roll_back()
    return counts.get(MailStatus.HELD, 0)


def test_a_state_finds_its_own_note(platform, issued):
    visitor = platform.visitor(platform.person(Role.FOCAL_POINT, "AF01"))

    page = visitor.get("/notes/own")

    assert "ICC-ASP/25/SP/01" in page.text
    links = [link for link in page.links if link.endswith(".pdf")]
    note, annex = (visitor.get(link) for link in links)
    assert "State AF-01" in words_of(note.body)[0]
    assert annex.status == 200
    _head, path = issued
    assert visitor.get(path).status == 403
    assert visitor.get(f"{path}/states/AF01.pdf").status == 403
    assert visitor.get("/notes/own/5f0c6d0e-7a52-4c63-9a3e-2f8f4c1f0b11.pdf").status == 404


def test_notes_before_approval_are_no_state_s_business(platform, prepare):
    _officer, page = prepare()
    batch_id = page.path.rsplit("/", 1)[-1]
    visitor = platform.visitor(platform.person(Role.FOCAL_POINT, "AF01"))

    assert "No note has been issued to your State yet." in visitor.get("/notes/own").text
    assert visitor.get(f"/notes/own/{batch_id}.pdf").status == 404
    assert visitor.get(f"/notes/own/{batch_id}/annex.pdf").status == 404


def test_voided_notes_free_their_number(prepare):
    visitor, page = prepare()

    page = visitor.submit(page, page.form(action="/void"))

    assert "Voided" in page.text
    page = visitor.get("/notes/prepare/2026")
    assert page.form(has="reference").fields["reference"] == ["ICC-ASP/25/SP/01"]


def test_the_list_shows_editions_and_their_notes(issued):
    head, _path = issued

    page = head.get("/notes")

    assert "Edition 2026" in page.text
    assert "ICC-ASP/25/SP/01" in page.text
    assert "Issued" in page.text


def test_the_door_of_accounts_is_what_letters_expect():
    assert accounts.prepare_state_invitations
    assert accounts.confirm_printed
    assert accounts.StateInvitation
