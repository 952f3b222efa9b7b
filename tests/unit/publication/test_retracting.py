"""Taking back what was published in error: two persons, the exact record, the State told."""

from datetime import timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa
from sqlalchemy import make_url

from cooperation.audit import service as audit
from cooperation.core.errors import Invalid, NotAllowed, NotFound
from cooperation.editions.rules import Answer
from cooperation.outbox.models import MailRow
from cooperation.publication import service as publication
from cooperation.publication.batches.service.retracting import propose_retraction, retraction_facts
from cooperation.publication.models import PublishedAnswer
from cooperation.publication.reading.service.reading import read_question
from cooperation.publication.rules import Standing
from cooperation.two_persons.rules import (
    ActChangedError,
    ActClosedError,
    ActStatus,
    ProposedAlreadyError,
)
from tests.fixtures import second_persons
from tests.fixtures.circles import NOW
from tests.fixtures.publication import STATE, Office
from tests.fixtures.responses import EDITION

CODE = "A-07"
REASON = "It names a person in a case."


def propose(office: Office, by: str = "officer", reason: str = REASON) -> str:
    with office.round.acting(by) as ctx:
        return propose_retraction(ctx, EDITION, STATE, CODE, reason=reason)


def retract(office: Office, retraction_id: str, by: str = "head", shown: bytes | None = None):
    with office.round.acting(by) as ctx:
        return second_persons.approve(ctx, retraction_id, shown_hash=shown)


def own_answer(office: Office):
    with office.round.reading("focal") as ctx:
        own = publication.own_answers(ctx, EDITION)
    return next(each for each in own.answers if each.question.code == CODE)


def read(office: Office, by: str = "other_focal"):
    with office.round.acting(by) as ctx:
        page = read_question(ctx, EDITION, CODE)
    return page.answers[0][1]


def test_officer_proposes_and_a_head_takes_the_answer_back(published: Office) -> None:
    assert read(published).has_content
    retraction_id = propose(published)

    with published.round.acting("head") as ctx:
        facts = retraction_facts(ctx, EDITION, STATE, CODE)
    retract(published, retraction_id)

    gone = read(published)
    assert not gone.is_open
    assert gone.retracted_at == NOW
    assert gone.narrowed_at is None
    assert facts.published_at == NOW
    assert facts.institutions == 1
    assert read(published, "court").content is None


def test_published_record_stands_in_no_file_afterwards(published: Office) -> None:
    with published.round.reading("focal") as ctx:
        row = ctx.session.get_one(PublishedAnswer, (EDITION, STATE, CODE))
        assert row.sealed is not None
        sealed = row.sealed[48:80]

    retract(published, propose(published))

    address = make_url(published.round.world.database.engine.url).database
    files = Path(str(address)).parent.glob(f"{Path(str(address)).name}*")
    assert not any(sealed in path.read_bytes() for path in files)


def test_state_is_told_with_the_reason_and_by_mail_without_content(published: Office) -> None:
    retract(published, propose(published))

    own = own_answer(published)
    assert own.taken_back.reason == REASON
    assert own.standing is Standing.WAITING
    with published.round.reading("focal") as ctx:
        entries = audit.entries_for(ctx.session, action="answer.retracted", edition=EDITION)
        mails = ctx.session.scalars(sa.select(MailRow).where(MailRow.purpose == "notice")).all()
        texts = [
            ctx.root.unwrap(mail.sealed_payload, table="mails", row=mail.id, kind="payload")
            for mail in mails
        ]
    assert [(entry.states, entry.questions) for entry in entries] == [((STATE,), (CODE,))]
    assert len(texts) == 2
    assert all(REASON.encode() not in text and b"A-07" not in text for text in texts)


def test_state_releases_it_again_and_two_persons_publish_it(published: Office) -> None:
    retract(published, propose(published))
    with published.round.acting("officer") as ctx, pytest.raises(Invalid):
        publication.propose(ctx, EDITION, state_codes=[STATE])
    later = NOW + timedelta(minutes=3)

    with published.round.acting("focal", later) as ctx:
        assert publication.release(ctx, EDITION, questions=[CODE]) == 1
    published.publish(published.propose())

    assert read(published).has_content
    assert own_answer(published).taken_back is None


@pytest.mark.parametrize("by", ["officer", "court", "focal", "other_focal", "facilitator"])
def test_only_a_head_takes_back(published: Office, by: str) -> None:
    retraction_id = propose(published)

    with pytest.raises(NotFound if by == "court" else NotAllowed):
        retract(published, retraction_id, by, shown=bytes(32))


@pytest.mark.parametrize("by", ["court", "focal", "facilitator"])
def test_only_the_secretariat_proposes(published: Office, by: str) -> None:
    with pytest.raises(NotAllowed):
        propose(published, by)


def test_newer_publication_voids_the_proposal(published: Office) -> None:
    retraction_id = propose(published)
    published.round.save("A1", {CODE: Answer(text="A corrected text")})
    published.submission = published.round.submit()
    published.approve()
    published.publish(published.propose())

    with pytest.raises(ActChangedError):
        retract(published, retraction_id)
    with published.round.acting("head") as ctx:
        assert second_persons.look(ctx, retraction_id).status is ActStatus.VOID
    assert read(published).has_content


def test_narrowing_by_the_state_comes_first(published: Office) -> None:
    retraction_id = propose(published)
    with published.round.acting("focal") as ctx:
        publication.narrow(ctx, EDITION, CODE)

    with pytest.raises(ActChangedError):
        retract(published, retraction_id)
    with pytest.raises(NotFound):
        propose(published)


def test_refused_or_withdrawn_proposal_leaves_the_answer_published(published: Office) -> None:
    retraction_id = propose(published)
    with pytest.raises(ProposedAlreadyError):
        propose(published, "head")
    with published.round.acting("head") as ctx:
        second_persons.refuse(ctx, retraction_id)

    with pytest.raises(ActClosedError):
        retract(published, retraction_id)
    assert read(published).has_content
    assert propose(published)


@pytest.mark.parametrize("reason", ["", "  ", "x" * 401])
def test_proposal_needs_a_reason(published: Office, reason: str) -> None:
    with pytest.raises(Invalid):
        propose(published, reason=reason)


def test_unpublished_answer_is_not_taken_back(submitted: Office) -> None:
    with pytest.raises(NotFound):
        propose(submitted)
