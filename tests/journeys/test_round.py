"""The year's round, from an empty instance to the Court's figures, by every role in a browser."""

import csv
import io
import re
import zipfile
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from pypdf import PdfReader

from tests.fixtures.instance import Instance
from tests.fixtures.travellers import Traveller, fill_required, tab_to

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("round")]

PART_CODES = ["A1", "A2", "B1", "B2", "B3", "B4", "B5", "C1", "C2", "C3", "C4", "C5", "D1"]
SOME_MINUTES = 6 * 60
PDF = b"%PDF-1.7\n1 0 obj\n<< /Type /Catalog >>\nendobj\ntrailer\n<< /Root 1 0 R >>\n%%EOF\n"
ADDRESSES = """state,kind,place,line_1,email,of_record
AF01,embassy_the_hague,,1 Acacia Street,embassy.af01@example.org,yes
AF02,permanent_mission,,2 Baobab Street,,yes
"""
CODE = re.compile(r"Printed code\n(.+)\n")
LINK = re.compile(r"Link\n(http://.+?)\nType the address", re.DOTALL)


@pytest.fixture
def server(tmp_path, serve):
    """A server on an empty folder: its start founds the instance."""
    folder = tmp_path / "round"
    folder.mkdir(mode=0o700)
    return serve(Instance(folder, [], []))


@pytest.fixture
def meet(server, open_page):
    """Meet somebody who has no account yet."""

    def make(name):
        email = f"{name.lower().replace(' ', '.')}@example.org"
        return Traveller(server, open_page(), name, email)

    return make


def first_halves(server):
    """The first head's link and code, as the server's console shows them."""
    log = (server.instance.path / "server.log").read_text()
    link = re.search(r"^\s+link\s+(\S+)$", log, re.MULTILINE).group(1)
    return link, re.search(r"^\s+code\s+(.+)$", log, re.MULTILINE).group(1)


def today(server):
    return datetime.fromtimestamp(server.now(), UTC).date()


def fill_date(person, label, day: date):
    person.page.get_by_label(label).fill(day.isoformat())


def test_the_round_from_an_empty_instance_to_the_figures(server, meet):
    head, officer, court = meet("Head"), meet("Officer"), meet("Court Reader")
    helper, auditor, keeper = meet("Co Facilitator"), meet("Auditor"), meet("Administrator")
    found_the_bodies(server, head, officer, court, helper, auditor, keeper)
    year = open_edition(server, head, officer)
    letters = issue_notes(head, officer)

    focal, writer, signer = meet("Focal Point"), meet("Contributor"), meet("Signatory")
    other = meet("Other Focal Point")
    focal.activate(focal.mailed_link("embassy.af01@example.org"), letters["AF01"][0])
    other.activate(letters["AF02"][1], letters["AF02"][0], with_passphrase=True)
    codes = [focal.invite(writer, "contributor"), focal.invite(signer, "signatory")]
    writer.activate(writer.mailed_link(), codes[0])
    signer.activate(signer.mailed_link(), codes[1])

    answer(focal, writer, year)
    sign(focal, signer)
    review(officer)
    publish(officer, head)
    read_as_another_state(other)
    read_as_the_court(court)
    narrow(focal, court, other)
    look_after(helper, auditor, focal)
    assert log_is_sound(server)


def found_the_bodies(server, head, officer, court, helper, auditor, keeper):
    head.activate(*first_halves(server))
    assert "Complete the set-up" in head.text
    head.follow("Complete the set-up")
    assert "An edition cannot be opened yet" in head.text
    newcomers = {
        "officer": officer,
        "court_reader": court,
        "co_facilitator": helper,
        "auditor": auditor,
        "administrator": keeper,
    }
    codes = {role: head.invite(person, role) for role, person in newcomers.items()}
    for role, person in newcomers.items():
        person.activate(person.mailed_link(), codes[role])
    for person in (head, court, helper):
        for entry in person.menu:
            person.choose(entry)
            assert person.heading != "Page not found", entry
    keeper.go("/set-up")
    keeper.page.get_by_label("A copy of the keyring").check()
    keeper.press("Confirm the backup")
    assert "Everything that opening an edition asks for is there" in keeper.text
    keeper.choose("People")
    assert "Court Reader" in keeper.text


def open_edition(server, head, officer):
    day = today(server)
    officer.go("/")
    officer.follow("Prepare the first edition")
    officer.page.get_by_label("Year").fill(str(day.year))
    fill_date(officer, "Opening day", day)
    fill_date(officer, "Deadline", day + timedelta(days=60))
    officer.press("Prepare the edition")
    officer.choose("Register")
    officer.follow("Import addresses")
    officer.page.get_by_label("CSV file").set_input_files(
        {"name": "addresses.csv", "mimeType": "text/csv", "buffer": ADDRESSES.encode()}
    )
    officer.press("Show the preview")
    officer.press("Import exactly this")
    head.go("/")
    head.follow(f"Open the edition {day.year}")
    head.follow("Open the edition")
    head.press("Open the edition")
    assert "Open" in head.page.locator(".caption").inner_text()
    return str(day.year)


def issue_notes(head, officer):
    """Prepare and approve the notes, print two code letters; return code and link by State."""
    officer.go("/")
    officer.follow("Prepare the notes verbales")
    officer.press("Make the notes")
    officer.page.get_by_text("Waiting for approval").wait_for()
    archive = officer.download(officer.page.get_by_role("link", name="All notes with the annex"))
    names = zipfile.ZipFile(archive).namelist()
    assert sum(name.startswith("notes/") for name in names) == 125
    head.go("/")
    head.follow("Approve the notes verbales")
    head.press("Approve and send")
    head.page.get_by_text("Record for the ticked States").wait_for()
    assert "To be delivered by hand" in head.text
    head.follow("Code letters")
    head.page.evaluate(
        "for (const box of document.querySelectorAll('[name=states]'))"
        " box.checked = ['AF01', 'AF02'].includes(box.value)"
    )
    letters = print_letters(head)
    head.follow("After printing")
    head.press("The letters are printed: send the links")
    return letters


def print_letters(head):
    """Make two letters and read them: code and, on a second sheet, link by State."""
    file = head.download(head.button("Make the code letters (PDF)"))
    found = {"AF01": ["", ""], "AF02": ["", ""]}
    for page in PdfReader(file).pages:
        text = page.extract_text()
        state = "AF01" if "State AF-01" in text else "AF02"
        if code := CODE.search(text):
            found[state][0] = code.group(1).replace(" ", "")
        if link := LINK.search(text):
            found[state][1] = link.group(1).replace("\n", "")
    return found


def answer(focal, writer, year):
    focal.go("/")
    focal.follow("Start")
    for code in PART_CODES:
        assert f"/parts/{code}" in focal.page.url
        fill_required(focal.page)
        if code == "A2":
            focal.page.locator("[name='A-11.1.name_or_duty_desk']").fill("Night desk")
        if code == "B1":
            answer_by_keyboard(focal)
            continue
        if code == "C1":
            focal.page.locator("[name='C-03.audience']").select_option("restricted")
        focal.press("Save and continue")
    assert "No required answer is missing" in focal.text
    attach_file(focal, year)
    meet_conflict(focal, writer, year)


def answer_by_keyboard(focal):
    page = focal.page
    tab_to(page, "#B-05")
    page.keyboard.press("Control+A")
    page.keyboard.type("By courier to the Ministry")
    tab_to(page, ".savebar button[value=next]")
    with page.expect_event("domcontentloaded"):
        page.keyboard.press("Enter")


def attach_file(focal, year):
    focal.go(f"/response/{year}/parts/D1")
    focal.press("Save and add or remove files")
    focal.page.get_by_label("Add a file").set_input_files(
        {"name": "law.pdf", "mimeType": "application/pdf", "buffer": PDF}
    )
    focal.press("Add the file")
    assert "law.pdf" in focal.text


def meet_conflict(focal, writer, year):
    path = f"/response/{year}/parts/A1"
    focal.go(path)
    writer.go(path)
    writer.page.fill("#A-07", "An inter-ministerial committee")
    save_in_place(writer, "Saved at")
    focal.page.fill("#A-07", "The Ministry of Justice alone")
    save_in_place(focal, "Saved, except A-07")
    focal.page.get_by_text("saved another text").wait_for()
    assert "An inter-ministerial committee" in focal.text
    focal.page.fill("#A-07", "The Ministry of Justice, with a committee")
    focal.button("Keep mine A-07").click()
    focal.page.locator("[data-save-status]", has_text="Saved at").wait_for()


def save_in_place(person, words):
    person.button("Save draft").click()
    person.page.locator("[data-save-status]", has_text=words).wait_for()


def sign(focal, signer):
    focal.go("/")
    focal.follow("Check and mark ready for signature")
    focal.press("Mark ready for signature")
    focal.go("/")
    ready = focal.page.locator(".notice", has_text="Ready for signature")
    assert "Signatory" in ready.inner_text()
    signer.go("/")
    signer.follow("Read, sign and submit")
    signer.page.get_by_label("In the name of the Government").check()
    if signer.page.get_by_label("The key of the Court has changed").count():
        signer.page.get_by_label("The key of the Court has changed").check()
    signer.press("Sign and submit")
    assert "Signed and submitted" in signer.text
    assert re.search(r"[0-9a-f]{64}", signer.text)


def review(officer):
    """Approve everything but one answer, which is refused with a reason."""
    officer.go("/")
    officer.follow("Review answers")
    officer.follow("Review State AF-01")
    assert "For the Court only" in officer.text
    box = officer.page.locator('[data-question="A-07"]')
    box.get_by_label("Refuse, with a reason").check()
    box.get_by_label("Reason for refusing A-07").fill("It names a person: leave the name out.")
    officer.press("Save decisions")
    officer.press("Approve all that is open", exact=False)
    assert "Every answer of this submission is decided" in officer.text


def publish(officer, head):
    officer.go("/")
    officer.follow("Propose a publication")
    officer.press("Propose the batch")
    assert "another person, approves or refuses it" in officer.text
    head.go("/")
    head.follow("See what waits")
    head.follow("Publish batch 1")
    head.press("Approve")
    assert "All readers find these answers from now on" in head.text


def read_as_another_state(other):
    other.go("/")
    other.choose("Published answers")
    other.follow("State AF-01", exact=True)
    assert "By courier to the Ministry" in other.text
    assert "Night desk" not in other.text
    assert "The Ministry of Justice, with a committee" not in other.text
    assert other.page.locator(".mode-court").count() == 0


def read_as_the_court(court):
    court.go("/")
    court.page.get_by_label("State or subject").fill("AF-01")
    court.press("Find")
    court.follow("State AF-01", exact=True)
    assert "Confidential" in court.page.locator(".mode-court").inner_text()
    assert "Night desk" in court.text
    assert "Secretariat and Court only" in court.text
    file = court.page.get_by_role("link", name="Export as CSV")
    rows = csv_of(court, file)
    assert any("Night desk" in " ".join(row) for row in rows)
    court.choose("Figures")
    assert "1 of 125" in court.text.replace("\n", " ")
    court.page.locator("main").get_by_role("link", name="Arrest and surrender").first.click()
    assert "All answers that the Court may read" in court.text
    assert court.page.locator("svg.chart-stacked, svg.chart-bars").count() >= 1


def csv_of(person, link):
    """Export some minutes after signing in: a fresh code is asked for first."""
    person.server.move_clock(SOME_MINUTES)
    link.click()
    person.page.wait_for_url("**/account/step-up**")
    person.page.fill("[name=code]", person.code())
    with person.page.expect_download() as waiting:
        person.page.get_by_role("button", name="Confirm", exact=True).click()
    text = Path(waiting.value.path()).read_text("utf-8-sig")
    person.go("/")
    return list(csv.reader(io.StringIO(text)))


def narrow(focal, court, other):
    focal.go("/")
    assert "It names a person" in focal.text
    focal.choose("Our submitted answers")
    focal.page.get_by_role("row", name="B-05").get_by_role("link", name="Narrow").click()
    assert "it was opened by" in focal.text
    focal.press("Narrow to the Court now")
    other.choose("Published answers")
    other.follow("State AF-01", exact=True)
    assert "By courier to the Ministry" not in other.text
    assert "Narrowed by the State" in other.text
    court.choose("Published answers")
    court.follow("State AF-01", exact=True)
    assert "By courier to the Ministry" in court.text


def look_after(helper, auditor, focal):
    helper.go("/progress")
    assert "1 of 125" in helper.text.replace("\n", " ")
    assert "State AF-01" not in helper.text
    helper.choose("Figures")
    auditor.go("/")
    auditor.follow("Read the log")
    assert "Answer narrowed" in auditor.text
    focal.choose("Log")
    assert "Answers for the Court read" in focal.text


def log_is_sound(server):
    done = server.command("audit", "verify")
    return done.returncode == 0 and "sound" in done.stdout
