"""A receipt made later: after people left, keys changed, the circle began anew, a restoration."""

import json
from dataclasses import replace

import pytest

from cooperation.access.rules import Role
from cooperation.audit import service as audit
from cooperation.circles import service as circles
from cooperation.circles.rules import SECRETARIAT
from cooperation.responses.rules import Submission
from cooperation.responses.submitted.service.receipt import receipt_page
from tests.fixtures.circles import NOW
from tests.fixtures.receipts import Filed, filed, judged
from tests.fixtures.responses import Round

STATE_CIRCLE = "state/AF01"


@pytest.fixture
def submission(filled: Round) -> Submission:
    """What the signatory of AF01 filed; people who change here change in no other copy."""
    people = {name: replace(holder) for name, holder in filled.world.people.items()}
    filled.world = replace(filled.world, people=people)
    return filled.submit()


def keys_in(made: Filed) -> tuple[str, str]:
    told = json.loads(made.parts["receipt.json"])
    return told["signing_key"], told["signature"]


def test_new_keys_of_the_signatory_leave_the_old_receipt_as_it_was(
    filled: Round, submission: Submission
) -> None:
    before = keys_in(filed(filled, submission))
    with filled.world.database.writing() as session:
        filled.world.people["signatory"].opened = filled.world.change_keys(session, "signatory")

    made = filed(filled, submission)

    assert keys_in(made) == before
    assert judged(made.archive, made.log_key).code == 0


def test_a_receipt_is_made_after_the_signatory_has_left(
    filled: Round, submission: Submission
) -> None:
    world = filled.world
    with world.database.writing() as session:
        gone = world.people["signatory"].person_id
        circles.renew_circle(world.context(session, "focal"), STATE_CIRCLE, removing=(gone,))
        world.open_again(session, "focal")
        world.join(session, "signatory", "focal", Role.SIGNATORY, STATE_CIRCLE)

    made = filed(filled, submission)

    assert world.people["signatory"].person_id != gone
    assert judged(made.archive, made.log_key).code == 0


def test_a_state_founded_again_has_a_receipt_without_what_nobody_gave_back(
    filled: Round, submission: Submission
) -> None:
    world = filled.world
    with world.database.writing() as session:
        world.join(session, "second", "head", Role.HEAD, SECRETARIAT)
        circles.propose_dissolution(world.context(session, "head"), STATE_CIRCLE)
        circles.confirm_dissolution(world.context(session, "second"), STATE_CIRCLE)
        world.join(session, "focal", "head", Role.FOCAL_POINT, STATE_CIRCLE)
        world.join(session, "signatory", "focal", Role.SIGNATORY, STATE_CIRCLE)

    lost = filed(filled, submission)
    with world.database.writing() as session:
        circles.regrant(world.context(session, "head"), STATE_CIRCLE)
    given_back = filed(filled, submission)

    for made, words in ((lost, "0 of 80 match"), (given_back, " could not be opened")):
        found = judged(made.archive, made.log_key)
        assert found.code == 0
        assert words in found.said("answers")


def test_after_a_restoration_the_receipt_is_of_the_logs_new_name(
    filled: Round, submission: Submission
) -> None:
    before = filed(filled, submission)
    with filled.world.database.writing() as session:
        audit.record(session, actor=None, action="instance.restored", at=NOW)

    made = filed(filled, submission)

    assert made.log_key.partition("+")[0].endswith("/2")
    assert judged(made.archive, made.log_key).code == 0
    assert judged(before.archive, before.log_key).code == 0
    assert judged(before.archive, made.log_key).code == 1
    with filled.acting("signatory") as ctx:
        assert receipt_page(ctx, submission.id).checkpoint is not None
