"""Whoever holds the assembly's key and writes to the database still cannot speak for a State."""

from collections.abc import Iterator

import pytest
import sqlalchemy as sa

from cooperation.audit import service as audit
from cooperation.editions.rules import Answer, canonical
from cooperation.publication import service
from cooperation.publication.batches.service.candidates import published_bundle
from cooperation.publication.batches.service.records import published_bytes
from cooperation.publication.models import PublishedAnswer
from cooperation.publication.reading.service.comparing import compare_own
from cooperation.publication.reading.service.reading import read_question
from cooperation.publication.rules import ANSWER_FIELD, PUBLISHED_KIND
from cooperation.responses.models import SubmissionAnswer
from cooperation.responses.rules import OpenedAnswer
from cooperation.responses.service import NotSignedError
from cooperation.responses.submitted.service.signed import forget_manifests
from cooperation.vault.commitment import commit, new_salt
from tests.fixtures.publication import STATE, Office
from tests.fixtures.responses import EDITION

CODE = "A-07"


@pytest.fixture(autouse=True)
def _new_process() -> Iterator[None]:
    forget_manifests()
    yield
    forget_manifests()


def read(office: Office, code: str = CODE) -> dict[str, service.ReadAnswer]:
    """Return by State what the page of a question shows to the Court."""
    with office.round.acting("court") as ctx:
        page = read_question(ctx, EDITION, code)
    return {read.state_code: read for _who, read in page.answers}


def doubted(office: Office) -> list[tuple[str, ...]]:
    """Return the questions of each report in the log."""
    with office.round.reading("court") as ctx:
        entries = audit.entries_for(ctx.session, action="answer.doubted")
    return [tuple(entry.questions) for entry in entries if entry.states == (STATE,)]


def put(office: Office, code: str, **values: object) -> None:
    """Change the row of a published answer, as who can write to the database does."""
    with office.round.acting("other_focal") as ctx:
        row = ctx.session.get_one(PublishedAnswer, (EDITION, STATE, code))
        changed = values | {"version": row.version}
        place = PublishedAnswer.edition_id == EDITION, PublishedAnswer.question == code
        ctx.session.execute(sa.update(PublishedAnswer).where(*place).values(**changed))


def test_what_was_signed_is_read_with_its_place(published: Office) -> None:
    read_ = read(published)[STATE]

    assert published.submission is not None
    assert read_.signed is not None
    assert not read_.is_doubtful
    assert read_.signed.id == published.submission.id
    assert read_.signed.root == published.submission.root
    assert read_.signed.answers[CODE].commitment == read_.commitment
    assert doubted(published) == []


def test_a_forgery_leaves_the_other_answers_of_the_page(published: Office) -> None:
    put(published, "A-06", commitment=bytes(32))
    with published.round.acting("court") as ctx:
        page = service.read_state(ctx, EDITION, STATE)
        found = {read.question: read for _part, pairs in page.parts for _q, read in pairs if read}

    assert found["A-06"].is_doubtful
    assert found[CODE].opened.answer.text == "=Who sits in it"
    assert [code for code, read in found.items() if read.is_doubtful] == ["A-06"]
    assert doubted(published) == [("A-06",)]


def sealed_of(office: Office, code: str) -> bytes:
    with office.round.reading("court") as ctx:
        return ctx.session.get_one(PublishedAnswer, (EDITION, STATE, code)).sealed or b""


@pytest.mark.parametrize("what", ["another_place", "noise", "status"])
def test_a_changed_record_is_not_shown(published: Office, what: str) -> None:
    changed: dict[str, object] = {
        "another_place": {"sealed": sealed_of(published, "A-06")},
        "noise": {"sealed": sealed_of(published, CODE)[:-1] + b"x"},
        "status": {"status": "no_answer"},
    }[what]
    put(published, CODE, **changed)

    assert read(published)[STATE].is_doubtful
    assert doubted(published) == [(CODE,)]


def test_figures_do_not_count_beside_a_forgery(published: Office) -> None:
    put(published, CODE, commitment=bytes(32))

    with published.round.acting("court") as ctx, pytest.raises(NotSignedError):
        service.collect_answers(ctx, EDITION, with_confidential=True)


def test_a_forged_answer_for_the_court_leaves_the_others(published: Office) -> None:
    with published.round.acting("court") as ctx:
        place = SubmissionAnswer.question == "A-05"
        ctx.session.execute(sa.update(SubmissionAnswer).where(place).values(commitment=bytes(32)))
    forget_manifests()

    assert read(published, "A-05")[STATE].is_doubtful
    assert not read(published, "A-12")[STATE].is_doubtful
    assert doubted(published) == [("A-05",)]


def test_the_state_sees_what_readers_are_not_shown(published: Office) -> None:
    with published.round.reading("focal") as ctx:
        before = compare_own(ctx, EDITION)
    put(published, CODE, commitment=bytes(32))
    with published.round.reading("focal") as ctx:
        after = compare_own(ctx, EDITION)

    assert before is not None
    assert after is not None
    assert before.doubtful == ()
    assert [each.number for each in before.signed] == [1]
    assert after.doubtful == (CODE,)
    assert len(after.answers) == len(before.answers) - 1


@pytest.mark.parametrize("is_known", [True, False])
def test_a_forged_text_is_not_shown(published: Office, is_known: bool) -> None:
    if is_known:
        read(published)
    forged = OpenedAnswer(canonical(Answer(text="What AF01 never wrote")), new_salt(), EDITION)
    with published.round.acting("other_focal") as ctx:
        bundle = published_bundle(ctx, EDITION)
        row = ctx.session.get_one(PublishedAnswer, (EDITION, STATE, CODE))
        assert bundle is not None
        row.sealed = bundle.seal(
            kind=PUBLISHED_KIND,
            code=CODE,
            version=row.version + 1,
            field=ANSWER_FIELD,
            content=published_bytes(forged),
            state=STATE,
        )
        row.commitment = commit(forged.canonical, forged.salt)

    found = read(published)[STATE]
    assert found.is_doubtful
    assert found.content is None
    assert doubted(published) == [(CODE,)]


def test_an_answer_is_not_shown_as_another_states(published: Office) -> None:
    with published.round.acting("other_focal") as ctx:
        bundle = published_bundle(ctx, EDITION)
        row = ctx.session.get_one(PublishedAnswer, (EDITION, STATE, CODE))
        assert bundle is not None
        assert row.sealed is not None
        place = {"kind": PUBLISHED_KIND, "code": CODE, "field": ANSWER_FIELD}
        content = bundle.open(row.sealed, version=row.version, state=STATE, **place)
        copied = {
            name: getattr(row, name)
            for name in ("bundle_id", "status", "commitment", "submission_id", "proposal_id")
        }
        sealed = bundle.seal(version=1, state="AF02", content=content, **place)
        forged = PublishedAnswer(
            edition_id=EDITION,
            state_code="AF02",
            question=CODE,
            sealed=sealed,
            published_at=row.published_at,
            **copied,
        )
        ctx.session.add(forged)

    found = read(published)
    assert found["AF02"].is_doubtful
    assert not found[STATE].is_doubtful
