"""The ready mark is the first half of a submission: any change after it makes it void."""

import pytest
import sqlalchemy as sa

from cooperation.editions.rules import Answer
from cooperation.responses import service
from cooperation.responses.models import DraftAnswer, Response
from cooperation.responses.signing.service.signing import NotReadyError
from tests.fixtures.responses import EDITION, Round

CODE = "A-07"


@pytest.fixture
def ready(filled: Round) -> Round:
    """A response with two versions of an answer, marked ready by the focal point."""
    filled.save("A1", {CODE: Answer(text="First words")})
    filled.save("A1", {CODE: Answer(text="Words that the signatory reads")})
    filled.ready()
    return filled


def version_of(round_: Round) -> int:
    with round_.reading("signatory") as ctx:
        return service.signing_page(ctx, edition_id=EDITION).version


def sign(round_: Round, version: int):
    with round_.acting("signatory") as ctx:
        return service.submit_response(ctx, edition_id=EDITION, version=version, is_declared=True)


def test_what_was_marked_ready_is_submitted(ready: Round) -> None:
    assert sign(ready, version_of(ready)).number == 1


def test_reopening_and_saving_makes_the_mark_void(ready: Round) -> None:
    seen = version_of(ready)
    ready.reopen()
    with pytest.raises(NotReadyError):
        sign(ready, seen)
    ready.save("A1", {CODE: Answer(text="Later words")})

    with pytest.raises(NotReadyError):
        sign(ready, seen)


def test_answer_exchanged_behind_the_mark_is_not_signed(ready: Round) -> None:
    """Somebody with the database puts an earlier version back and leaves the mark as it is."""
    seen = version_of(ready)
    with ready.acting("focal") as ctx:
        wanted = DraftAnswer.question == CODE
        ctx.session.execute(sa.update(DraftAnswer).where(wanted).values(version=1))

    with pytest.raises(NotReadyError):
        sign(ready, seen)


def test_mark_without_a_hash_is_none(ready: Round) -> None:
    seen = version_of(ready)
    with ready.acting("focal") as ctx:
        ctx.session.execute(sa.update(Response).values(ready_hash=None))

    with pytest.raises(NotReadyError):
        sign(ready, seen)
