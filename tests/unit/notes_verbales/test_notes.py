"""From preparation to acknowledgement: who may, what is bound, what leaves."""

import io
from dataclasses import replace
from datetime import date
from hashlib import sha256
from zipfile import ZipFile

import pytest
import sqlalchemy as sa
from pypdf import PdfReader

from cooperation.audit import service as audit
from cooperation.core.errors import Conflict, Invalid, NotAllowed, NotFound, StepUpNeeded
from cooperation.notes_verbales import service
from cooperation.notes_verbales.models import NoteDispatch
from cooperation.notes_verbales.rules import BatchStatus, DispatchStatus
from cooperation.notes_verbales.service.approve import void_notes
from cooperation.notes_verbales.service.delivery import (
    DeliveryAct,
    record_delivery,
    retry_failed_mails,
)
from cooperation.notes_verbales.service.reading import (
    annex_file,
    note_file,
    own_note_file,
    zip_file,
)
from cooperation.outbox import service as outbox
from cooperation.outbox.models import MailRow
from cooperation.outbox.rules import Mail

LONG_STEP = 60.0


@pytest.fixture
def prepared(office, session, wishes):
    ctx = office.context(session, "officer")
    batch_id = service.prepare_notes(ctx, edition_id=office.edition, wishes=wishes)
    service.continue_batch(ctx, batch_id, step_seconds=LONG_STEP)
    return batch_id


@pytest.fixture
def issued(office, session, prepared):
    ctx = office.context(session, "head")
    approve(ctx, prepared)
    service.continue_batch(ctx, prepared, step_seconds=LONG_STEP)
    return prepared


def approve(ctx, batch_id):
    view, _rows = service.batch_view(ctx, batch_id)
    service.approve_notes(ctx, batch_id, content_hash=view.content_hash)


def words_of(content):
    pages = PdfReader(io.BytesIO(content)).pages
    return " ".join(" ".join(page.extract_text() for page in pages).split())


def actions(session, batch_id):
    return [entry.action for entry in audit.entries_for(session, subject=batch_id)]


def test_the_next_number_is_proposed_and_a_used_one_refused(office, session, wishes, prepared):
    ctx = office.context(session, "officer")

    assert service.proposal_for(ctx, office.edition).reference == "ICC-ASP/25/SP/10"
    with pytest.raises(Invalid) as refusal:
        service.prepare_notes(
            ctx, edition_id=office.edition, wishes=replace(wishes, reference="ICC-ASP/25/S/09")
        )
    assert refusal.value.errors[0][0] == "reference"


def test_the_session_of_the_reference_must_be_that_of_the_year(office, session, wishes):
    ctx = office.context(session, "officer")

    with pytest.raises(Invalid) as refusal:
        service.prepare_notes(
            ctx, edition_id=office.edition, wishes=replace(wishes, reference="ICC-ASP/24/SP/01")
        )
    assert refusal.value.errors[0][0] == "reference"


def test_a_text_that_cannot_be_set_is_refused_in_the_form(office, session, wishes):
    ctx = office.context(session, "officer")

    with pytest.raises(Invalid) as refusal:
        service.prepare_notes(ctx, edition_id=office.edition, wishes=replace(wishes, changes="🙂"))
    assert refusal.value.errors[0][0] == "changes"


@pytest.mark.parametrize("office", [True], indirect=True)
def test_every_party_gets_a_note_and_the_annex_is_made_once(office, session, prepared):
    ctx = office.context(session, "officer")
    view, rows = service.batch_view(ctx, prepared)

    assert view.status is BatchStatus.PREPARED
    assert len(rows) == 125
    assert {row.status for row in rows} == {DispatchStatus.PREPARED}
    annex = annex_file(ctx, prepared).content
    assert sha256(annex).hexdigest() == view.annex_sha256
    note = words_of(note_file(ctx, prepared, "GBR").content)
    assert "United Kingdom of Great Britain and Northern Ireland" in note
    assert f"{view.annex_pages} pages" in note
    assert view.annex_sha256 in note.replace(" ", "")
    mission = words_of(note_file(ctx, prepared, "JPN").content)
    assert "the Permanent Mission of Japan to the United Nations" in mission


def test_work_goes_on_where_it_stopped(office, session, wishes):
    ctx = office.context(session, "officer")
    batch_id = service.prepare_notes(ctx, edition_id=office.edition, wishes=wishes)

    first = service.continue_batch(ctx, batch_id, step_seconds=0.0)
    second = service.continue_batch(ctx, batch_id, step_seconds=0.0)
    done = service.continue_batch(ctx, batch_id, step_seconds=LONG_STEP)
    again = service.continue_batch(ctx, batch_id, step_seconds=LONG_STEP)

    assert (first.done, second.done, done.done) == (1, 2, 6)
    assert first.has_work
    assert not done.has_work
    assert again == done


def test_the_preparer_cannot_approve(office, session, wishes):
    ctx = office.context(session, "head")
    batch_id = service.prepare_notes(ctx, edition_id=office.edition, wishes=wishes)
    service.continue_batch(ctx, batch_id, step_seconds=LONG_STEP)

    with pytest.raises(NotAllowed):
        approve(ctx, batch_id)
    approve(office.context(session, "other_head"), batch_id)


def test_an_officer_cannot_approve(office, session, prepared):
    with pytest.raises(NotAllowed):
        approve(office.context(session, "officer"), prepared)


def test_approval_needs_a_fresh_factor(office, session, prepared, later):
    with pytest.raises(StepUpNeeded):
        approve(office.context(session, "head", now=later), prepared)


def test_another_hash_than_the_one_seen_is_refused(office, session, prepared):
    ctx = office.context(session, "head")

    with pytest.raises(Conflict):
        service.approve_notes(ctx, prepared, content_hash="00" * 32)
    session.execute(
        sa.update(NoteDispatch).where(NoteDispatch.state_code == "KEN").values(sha256="ab" * 32)
    )
    with pytest.raises(Conflict):
        approve(ctx, prepared)


def test_notes_without_a_party_cannot_be_approved(office, session, wishes):
    ctx = office.context(session, "officer")
    batch_id = service.prepare_notes(ctx, edition_id=office.edition, wishes=wishes)
    session.execute(sa.delete(NoteDispatch).where(NoteDispatch.state_code == "KEN"))
    service.continue_batch(ctx, batch_id, step_seconds=LONG_STEP)

    with pytest.raises(Conflict, match="problem"):
        approve(office.context(session, "head"), batch_id)


def test_approved_notes_leave_by_mail_or_wait_for_the_messenger(office, session, issued):
    ctx = office.context(session, "head")
    _view, rows = service.batch_view(ctx, issued)
    by_state = {row.state_code: row.status for row in rows}
    mails = session.scalars(sa.select(MailRow)).all()

    assert len(mails) == 3
    assert by_state["KEN"] is DispatchStatus.APPROVED
    assert by_state["JPN"] is DispatchStatus.TO_DELIVER
    payloads = [
        Mail.from_bytes(
            office.root.unwrap(
                mail.sealed_payload or b"", table="mails", row=mail.id, kind="payload"
            )
        )
        for mail in mails
    ]
    mail = next(each for each in payloads if each.to == "post.ken@example.org")
    note, annex = mail.attachments
    assert "the Republic of Kenya" in words_of(note.content)
    assert annex.content == annex_file(ctx, issued).content
    assert "Kenya" not in mail.subject + mail.body
    outbox.void(session, [mail.id for mail in mails])
    _view, rows = service.batch_view(ctx, issued)
    assert sum(row.status is DispatchStatus.FAILED for row in rows) == 3


def test_issued_notes_cannot_be_voided_and_prepared_ones_free_their_number(
    office, session, wishes, prepared
):
    ctx = office.context(session, "officer")
    void_notes(ctx, prepared)

    assert service.proposal_for(ctx, office.edition).reference == "ICC-ASP/25/SP/01"
    second = service.prepare_notes(ctx, edition_id=office.edition, wishes=wishes)
    service.continue_batch(ctx, second, step_seconds=LONG_STEP)
    approve(office.context(session, "head"), second)
    with pytest.raises(Conflict):
        void_notes(ctx, second)


def test_delivery_and_acknowledgement_are_recorded(office, session, issued, later):
    ctx = office.context(session, "officer", now=later)
    day = date(2026, 4, 20)

    record_delivery(ctx, issued, state_codes=["JPN", "KEN"], act=DeliveryAct.DELIVERED, day=day)
    record_delivery(
        ctx, issued, state_codes=["KEN"], act=DeliveryAct.ACKNOWLEDGED, day=later.date()
    )

    _view, rows = service.batch_view(ctx, issued)
    by_state = {row.state_code: row for row in rows}
    assert by_state["JPN"].status is DispatchStatus.DELIVERED
    assert by_state["KEN"].status is DispatchStatus.ACKNOWLEDGED
    assert by_state["KEN"].delivered_on == day
    with pytest.raises(NotFound):
        record_delivery(ctx, issued, state_codes=["XXX"], act=DeliveryAct.DELIVERED, day=day)
    with pytest.raises(Invalid):
        record_delivery(ctx, issued, state_codes=[], act=DeliveryAct.DELIVERED, day=day)


def test_the_archive_holds_every_note_the_annex_and_a_list(office, session, issued):
    ctx = office.context(session, "officer")

    archive = zip_file(ctx, issued)

    with ZipFile(io.BytesIO(archive.content)) as opened:
        names = opened.namelist()
        assert opened.testzip() is None
        assert len(names) == 8
        assert "notes/ICC-ASP-25-SP-09-KEN.pdf" in names
        listed = opened.read("ICC-ASP-25-SP-09-list.csv").decode("utf-8-sig")
    assert listed.count("\r\n") == 7
    assert archive.name == "ICC-ASP-25-SP-09.zip"


def test_a_state_reads_its_own_note_after_approval_only(office, session, prepared):
    ctx = office.context(session, "focal")
    assert service.own_notes(ctx) == []
    with pytest.raises(NotFound):
        own_note_file(ctx, prepared)

    approve(office.context(session, "head"), prepared)

    assert [note.reference for note in service.own_notes(ctx)] == ["ICC-ASP/25/SP/09"]
    assert "Republic of Kenya" in words_of(own_note_file(ctx, prepared).content)
    other = office.context(session, "other_focal")
    assert "Kingdom of Belgium" in words_of(own_note_file(other, prepared).content)


@pytest.mark.parametrize("name", ["focal", "court", "auditor"])
def test_only_the_secretariat_sees_the_notes_of_all(office, session, prepared, name):
    ctx = office.context(session, name)

    for act in (
        lambda: service.batches(ctx, office.edition),
        lambda: service.batch_view(ctx, prepared),
        lambda: note_file(ctx, prepared, "KEN"),
        lambda: annex_file(ctx, prepared),
        lambda: zip_file(ctx, prepared),
        lambda: service.continue_batch(ctx, prepared),
        lambda: void_notes(ctx, prepared),
        lambda: service.letters_overview(ctx, prepared),
    ):
        with pytest.raises(NotAllowed):
            act()


def test_every_act_is_in_the_log(office, session, issued, later):
    record_delivery(
        office.context(session, "officer", now=later),
        issued,
        state_codes=["JPN"],
        act=DeliveryAct.DELIVERED,
        day=later.date(),
    )
    zip_file(office.context(session, "officer"), issued)
    own_note_file(office.context(session, "focal"), issued)

    assert actions(session, issued) == [
        "dispatch.prepared",
        "dispatch.approved",
        "dispatch.sent",
        "note.delivered",
        "notes.downloaded",
        "note.downloaded",
    ]


def test_failed_mails_are_sent_again_when_a_person_says_so(office, session, issued):
    ctx = office.context(session, "officer")

    assert retry_failed_mails(ctx, issued) == 0
    session.execute(sa.update(MailRow).values(status="failed"))
    session.expire_all()
    assert retry_failed_mails(ctx, issued) == 3
