"""A response marked ready is read-only until somebody reopens it on purpose."""

from dataclasses import replace
from datetime import timedelta

import pytest
import sqlalchemy as sa

from cooperation.audit.models import LogEntry
from cooperation.circles import service as circles
from cooperation.circles.rules import state_circle
from cooperation.core.errors import Invalid
from cooperation.editions.rules import Answer
from cooperation.responses import service
from cooperation.responses.drafting.service import reopening
from cooperation.responses.drafting.service.answering import open_part
from cooperation.responses.drafting.service.files import remove_file
from cooperation.responses.drafting.service.frame import ResponseReadyError
from cooperation.responses.drafting.service.keeping import keep_answer, keep_part
from cooperation.responses.drafting.service.reopening import (
    NotMarkedReadyError,
    ReopeningStandsError,
    undo_reopening,
)
from cooperation.responses.models import Reopening
from cooperation.responses.rules import ResponseStatus
from tests.fixtures.circles import NOW
from tests.fixtures.responses import EDITION, Round

REASON = "The figure in B-06 is last year's."


@pytest.fixture
def ready(filled: Round) -> Round:
    filled.ready()
    return filled


def reopen(round_: Round, *, by: str = "focal", reason: str = REASON) -> None:
    round_.reopen(by=by, reason=reason)


def home(round_: Round, *, by: str = "focal"):
    with round_.reading(by) as ctx:
        return service.response_page(ctx, edition_id=EDITION)


def changes(round_: Round):
    """Every way in which an answer can be changed."""
    file = {"edition_id": EDITION, "question_code": "D-06"}
    part = {"edition_id": EDITION, "part_code": "A1"}
    fields = round_.fields("A1", {"A-07": Answer(text="Late words")})
    return [
        lambda ctx: service.save_part(ctx, **part, fields=fields),
        lambda ctx: keep_answer(ctx, edition_id=EDITION, question_code="A-07"),
        lambda ctx: keep_part(ctx, **part),
        lambda ctx: service.keep_everything(ctx, edition_id=EDITION),
        lambda ctx: service.add_file(ctx, **file, name="law.pdf", content=b"%PDF-1.7 %%EOF"),
        lambda ctx: remove_file(ctx, **file, file_id="any"),
    ]


def test_nothing_changes_an_answer_while_the_response_waits_for_its_signature(ready):
    for change in changes(ready):
        with ready.acting("focal") as ctx, pytest.raises(ResponseReadyError):
            change(ctx)

    assert home(ready).status is ResponseStatus.READY


@pytest.mark.parametrize("person", ["focal", "signatory"])
def test_reopening_tells_the_whole_state_who_when_and_why(ready, person):
    reopen(ready, by=person)

    found = home(ready, by="signatory")
    assert found.status is ResponseStatus.DRAFTING
    assert found.reopened == service.Reopened(NOW, f"Person {person}", REASON)
    with ready.reading("signatory") as ctx:
        part = open_part(ctx, edition_id=EDITION, part_code="A1")
    assert part.reopened == found.reopened


def test_a_reason_is_optional_and_stands_in_no_log_and_no_column_as_typed(ready):
    reopen(ready)

    with ready.world.database.reading() as session:
        sealed = session.scalars(sa.select(Reopening.sealed_reason)).one()
        last = session.scalars(sa.select(LogEntry).order_by(LogEntry.seq)).all()[-1]
        assert last.action == "response.returned"
        assert REASON.encode() not in last.canonical
    assert REASON.encode() not in sealed
    ready.ready()
    reopen(ready, reason="")
    assert home(ready).reopened.reason == ""


def test_a_reason_that_is_too_long_reopens_nothing(ready):
    with ready.acting("focal") as ctx, pytest.raises(Invalid) as caught:
        reopening.reopen(ctx, edition_id=EDITION, reason="x" * 301)

    assert caught.value.errors[0][0] == "reason"
    assert home(ready).status is ResponseStatus.READY


def test_what_was_reopened_is_forgotten_once_it_is_ready_again(ready):
    reopen(ready)
    ready.ready()

    assert home(ready).reopened is None
    with ready.reading("signatory") as ctx:
        mark = open_part(ctx, edition_id=EDITION, part_code="A1").ready
    assert mark.by == "Person focal"
    assert mark.at == NOW


def test_it_is_reopened_once(ready):
    reopen(ready)

    with ready.acting("focal") as ctx, pytest.raises(NotMarkedReadyError):
        reopening.reopen(ctx, edition_id=EDITION)


def test_a_reason_is_read_after_the_states_circle_was_renewed(ready):
    people = {name: replace(person) for name, person in ready.world.people.items()}
    ready.world = replace(ready.world, people=people)
    reopen(ready)
    leaver = ready.world.people["signatory"].person_id
    with ready.acting("focal") as ctx:
        circles.renew_circle(ctx, state_circle("AF01"), removing=(leaver,))

    assert home(ready).reopened.reason == REASON
    ready.save("A1", {"A-07": Answer(text="Words under new keys")})
    ready.ready()
    reopen(ready, reason="And once more.")
    assert home(ready).reopened.reason == "And once more."


def test_the_first_change_after_a_submission_says_what_it_corrects(filled):
    number = filled.submit().number
    assert filled.save("A1", {}).differs_from is None

    first = filled.save("A1", {"A-07": Answer(text="Corrected")})
    second = filled.save("A1", {"A-07": Answer(text="Corrected twice")})

    assert (first.differs_from, first.is_first_change) == (number, True)
    assert (second.differs_from, second.is_first_change) == (number, False)
    assert home(filled).submissions[0].submitted_at < NOW + timedelta(days=1)


def reopened_version(round_: Round, *, by: str = "focal") -> int:
    with round_.acting(by) as ctx:
        return reopening.reopen(ctx, edition_id=EDITION, reason=REASON)


def undo(round_: Round, version: int, *, by: str = "focal") -> None:
    later = NOW + timedelta(hours=1)
    with round_.acting(by, later) as ctx:
        undo_reopening(ctx, edition_id=EDITION, version=version)


def test_undoing_puts_the_very_mark_back_and_the_signatory_can_sign(ready):
    undo(ready, reopened_version(ready, by="signatory"), by="signatory")

    assert home(ready).reopened is None
    with ready.acting("signatory", NOW + timedelta(hours=2)) as ctx:
        mark = open_part(ctx, edition_id=EDITION, part_code="A1").ready
        assert (mark.at, mark.by) == (NOW, "Person focal")
        seen = service.signing_page(ctx, edition_id=EDITION).version
        service.submit_response(ctx, edition_id=EDITION, version=seen, is_declared=True)
    with ready.world.database.reading() as session:
        actions = session.scalars(sa.select(LogEntry.action).order_by(LogEntry.seq)).all()
    assert "response.returning_undone" in actions


def test_what_was_written_since_keeps_the_response_open(ready):
    version = reopened_version(ready)
    ready.save("A1", {"A-07": Answer(text="Later words")})

    with pytest.raises(ReopeningStandsError):
        undo(ready, version)
    with ready.reading("focal") as ctx:
        now = service.response_page(ctx, edition_id=EDITION).frame.begun_row.version
    with pytest.raises(ReopeningStandsError):
        undo(ready, now)  # forged: the texts are not those of the mark

    assert home(ready).status is ResponseStatus.DRAFTING


def test_only_whoever_reopened_it_undoes_it(ready):
    version = reopened_version(ready, by="signatory")

    with pytest.raises(ReopeningStandsError):
        undo(ready, version, by="focal")

    assert home(ready).reopened is not None


def test_a_mark_that_was_set_anew_is_not_touched(ready):
    version = reopened_version(ready)
    ready.ready()

    with pytest.raises(ReopeningStandsError):
        undo(ready, version)

    assert home(ready).status is ResponseStatus.READY


def test_a_reopening_from_before_the_mark_was_kept_stands(ready):
    version = reopened_version(ready)
    with ready.acting("focal") as ctx:
        ctx.session.execute(sa.update(Reopening).values(ready_hash=None))

    with pytest.raises(ReopeningStandsError):
        undo(ready, version)
