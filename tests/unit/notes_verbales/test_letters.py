"""Code letters: in the head's own request, once, kept nowhere."""

import io
from dataclasses import dataclass
from datetime import date

import pytest
from pypdf import PdfReader

from cooperation.accounts import service as accounts
from cooperation.circles import service as circles
from cooperation.core.errors import Conflict, Invalid, NotAllowed, StepUpNeeded
from cooperation.core.ids import new_id
from cooperation.notes_verbales import service
from cooperation.notes_verbales.service.letters import confirm_letters, print_code_letters

CODE = "ABCDEFGHJKMNPQRSTVWX"


@dataclass(frozen=True)
class MadeInvitation:
    state_code: str
    invitation_id: str
    link: str | None
    code: str


@dataclass
class Accounts:
    """What the letters ask of accounts, without keys."""

    ends_on: date | None = None
    confirmed: tuple[str, ...] = ()

    def prepare(self, ctx, state_codes, *, ends_on):
        self.ends_on = ends_on
        return [
            MadeInvitation(
                code,
                new_id(),
                None if code == "KEN" else f"https://cooperation.example.org/{code}/" + "x" * 43,
                CODE,
            )
            for code in state_codes
        ]

    def confirm(self, ctx, invitation_ids):
        self.confirmed = tuple(invitation_ids)


@pytest.fixture
def invited(monkeypatch) -> Accounts:
    made = Accounts()
    monkeypatch.setattr(accounts, "prepare_state_invitations", made.prepare, raising=False)
    monkeypatch.setattr(accounts, "confirm_printed", made.confirm, raising=False)
    return made


@pytest.fixture
def approved(office, session, wishes) -> str:
    officer = office.context(session, "officer")
    batch_id = service.prepare_notes(officer, edition_id=office.edition, wishes=wishes)
    view_hash = _made(officer, batch_id)
    service.approve_notes(office.context(session, "head"), batch_id, content_hash=view_hash)
    return batch_id


def _made(ctx, batch_id):
    service.continue_batch(ctx, batch_id, step_seconds=60.0)
    view, _rows = service.batch_view(ctx, batch_id)
    return view.content_hash


def pages_of(content):
    return [" ".join(page.extract_text().split()) for page in PdfReader(io.BytesIO(content)).pages]


def test_one_letter_for_each_state_and_a_link_sheet_without_an_address(
    office, session, approved, invited
):
    ctx = office.context(session, "head")

    printed = print_code_letters(ctx, approved, state_codes=["JPN", "KEN"])

    pages = pages_of(printed.content)
    assert len(pages) == 3
    assert "Permanent Mission of Japan" in pages[0]
    assert "/JPN/" in pages[1]
    assert "the Republic of Kenya" in pages[2]
    assert invited.ends_on == date(2026, 12, 31)


def test_no_code_stays_behind(office, session, approved, invited):
    print_code_letters(office.context(session, "head"), approved, state_codes=["JPN", "KEN"])
    session.commit()
    session.connection().exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")

    files = [path for path in office.settings.instance_path.rglob("*") if path.is_file()]
    assert files
    assert not [path for path in files if CODE.encode() in path.read_bytes()]


def test_links_leave_when_the_head_confirms_the_latest_printing(office, session, approved, invited):
    ctx = office.context(session, "head")
    print_code_letters(ctx, approved, state_codes=["JPN"])
    first = service.letters_overview(ctx, approved)
    assert first.waiting_states == ("JPN",)

    confirm_letters(ctx, approved, print_id=first.waiting_print)

    overview = service.letters_overview(ctx, approved)
    assert overview.waiting_print is None
    assert [row.state_code for row in overview.rows if row.is_confirmed] == ["JPN"]
    assert len(invited.confirmed) == 1
    with pytest.raises(Conflict):
        confirm_letters(ctx, approved, print_id=first.waiting_print)


def test_an_older_printing_cannot_be_confirmed(office, session, approved, invited, later):
    ctx = office.context(session, "head")
    print_code_letters(ctx, approved, state_codes=["JPN"])
    older = service.letters_overview(ctx, approved).waiting_print
    moved = office.context(session, "head", now=ctx.now.replace(minute=1))
    print_code_letters(moved, approved, state_codes=["JPN", "KEN"])

    with pytest.raises(Conflict):
        confirm_letters(ctx, approved, print_id=older)
    assert not invited.confirmed


@pytest.mark.parametrize("codes", [[], ["XXX"], ["KEN", "XXX"]])
def test_only_states_of_the_list_are_invited(office, session, approved, invited, codes):
    with pytest.raises(Invalid):
        print_code_letters(office.context(session, "head"), approved, state_codes=codes)


def test_a_state_with_an_account_gets_no_letter(office, session, approved, invited, monkeypatch):
    monkeypatch.setattr(circles, "circle_exists", lambda _session, name: name == "state/KEN")

    with pytest.raises(Invalid):
        print_code_letters(office.context(session, "head"), approved, state_codes=["KEN"])


def test_letters_follow_the_approval(office, session, wishes, invited):
    officer = office.context(session, "officer")
    batch_id = service.prepare_notes(officer, edition_id=office.edition, wishes=wishes)

    with pytest.raises(Conflict):
        print_code_letters(office.context(session, "head"), batch_id, state_codes=["KEN"])


def test_an_officer_prints_no_codes_and_the_head_needs_a_fresh_factor(
    office, session, approved, invited, later
):
    with pytest.raises(NotAllowed):
        print_code_letters(office.context(session, "officer"), approved, state_codes=["KEN"])
    with pytest.raises(StepUpNeeded):
        print_code_letters(
            office.context(session, "head", now=later), approved, state_codes=["KEN"]
        )
