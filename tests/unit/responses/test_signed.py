"""Nobody reads, approves or publishes an answer that the State did not sign."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest

from cooperation.audit import service as audit
from cooperation.circles import service as circles
from cooperation.core.db import Session
from cooperation.editions.rules import Answer, canonical
from cooperation.responses import models, service
from cooperation.responses.rules import OpenedAnswer
from cooperation.responses.signing.service.sealing import seal_answer
from cooperation.responses.submitted.service.signed import NotSignedError, forget_manifests
from cooperation.vault.commitment import commit, new_salt
from tests.fixtures.responses import Round

CODE = "A-07"
SUBMITTED = "response.submitted"


@pytest.fixture(autouse=True)
def _new_process() -> Iterator[None]:
    forget_manifests()
    yield
    forget_manifests()


@pytest.fixture
def round_(filled: Round) -> Round:
    """Everything required is answered."""
    return filled


@pytest.fixture
def submission_id(round_: Round) -> str:
    round_.save("A1", {CODE: Answer(text="What the State wrote")})
    return round_.submit().id


def read(round_: Round, submission_id: str) -> str:
    with round_.reading("officer") as ctx:
        rows = service.submission_answers(ctx.session, (submission_id,), questions=(CODE,))
        ((_place, opened),) = service.open_answers(ctx, rows).items()
        return opened.answer.text or ""


def put_another(round_: Round, submission_id: str, *, with_commitment: bool) -> None:
    """An officer who can write to the database seals another text."""
    other = OpenedAnswer(canonical(Answer(text="What she never wrote")), new_salt(), "2026")
    with round_.acting("officer") as ctx:
        row = ctx.session.get_one(models.SubmissionAnswer, (submission_id, CODE))
        head = ctx.session.get_one(models.Submission, submission_id)
        bundle = circles.open_bundle(ctx, row.bundle_id)
        row.sealed = seal_answer(bundle, head, CODE, other)
        if with_commitment:
            row.commitment = commit(other.canonical, other.salt)


def test_what_was_signed_is_read(round_: Round, submission_id: str) -> None:
    assert read(round_, submission_id) == "What the State wrote"


@pytest.mark.parametrize("is_known", [True, False])
@pytest.mark.parametrize("with_commitment", [True, False])
def test_an_answer_put_in_its_place_is_refused(
    round_: Round, submission_id: str, is_known: bool, with_commitment: bool
) -> None:
    if is_known:
        read(round_, submission_id)
    put_another(round_, submission_id, with_commitment=with_commitment)

    with pytest.raises(NotSignedError):
        read(round_, submission_id)


@pytest.mark.parametrize(
    "change",
    [
        "manifest = replace(manifest, '\"number\":1', '\"number\":2')",
        "number = 2",
        "submitted_by = (SELECT maker FROM bundles WHERE maker != submitted_by LIMIT 1)",
        "root = zeroblob(32)",
        "signature = zeroblob(64)",
    ],
)
def test_a_changed_submission_is_refused(round_: Round, submission_id: str, change: str) -> None:
    with round_.world.database.writing() as session:
        connection = session.connection()
        connection.exec_driver_sql("DROP TRIGGER submissions_no_update")
        connection.exec_driver_sql(f"UPDATE submissions SET {change}")  # noqa: S608 - our words

    with pytest.raises(NotSignedError):
        read(round_, submission_id)


def test_an_entry_that_is_written_once_more_moves_nothing(
    round_: Round, submission_id: str
) -> None:
    """At the later place the signatory had left; it was hers all the same."""
    with round_.acting("focal") as ctx:
        circles.renew_circle(
            ctx, "state/AF01", removing=(round_.world.people["signatory"].person_id,)
        )
        (entry,) = audit.entries_for(ctx.session, submission=submission_id, action=SUBMITTED)
        audit.record(
            ctx.session,
            actor=None,
            action=SUBMITTED,
            at=entry.at,
            submission=submission_id,
            commitment=entry.commitment,
        )

    assert read(round_, submission_id) == "What the State wrote"


@pytest.mark.parametrize("apart", [timedelta(days=1), timedelta(milliseconds=-1)])
def test_a_submission_is_of_the_time_of_its_entry(
    round_: Round, monkeypatch: pytest.MonkeyPatch, apart: timedelta
) -> None:
    """The signatory wrote another time than the log has: before the deadline, say."""
    record = audit.record

    def later(session: Session, *, at: datetime, **named: Any) -> int:
        is_it = named["action"].startswith(SUBMITTED)
        return record(session, at=at + apart if is_it else at, **named)

    with monkeypatch.context() as patched:
        patched.setattr(audit, "record", later)
        submission_id = round_.submit().id

    with pytest.raises(NotSignedError):
        read(round_, submission_id)
