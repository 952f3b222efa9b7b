"""A passkey's signature and a table of figures, killed at each step (reliability R2).

These acts need people that the small instance does not have; they are killed in a copy of the
process, on the small world of the unit tests.
"""

from collections.abc import Callable

import pytest

from cooperation.access.rules import Role
from cooperation.analysis.service import releasing
from cooperation.analysis.service.releasing import propose_table
from cooperation.audit import service as audit
from cooperation.circles import service as circles
from cooperation.core import failpoints
from tests.fixtures import second_persons
from tests.fixtures.census import Census, census_of, effect
from tests.fixtures.crashes import dies
from tests.fixtures.people import World
from tests.fixtures.responses import EDITION

pytestmark = pytest.mark.slow
CODE = "A-05"


def census(world: World) -> Census:
    with world.database.reading() as session:
        assert audit.verify(session).is_sound
        return census_of(session)


def kill_and_do_again(world: World, point: str, act: Callable[[], None], tmp_path) -> dict:
    """Kill an act, check that nothing of it is there, do it; return its effect."""

    def work() -> None:
        world.database.engine.dispose(close=False)
        failpoints.arm(world.settings.model_copy(update={"failpoint": point}))
        act()

    before = census(world)
    assert dies(work, tmp_path / "failure.txt"), f"never comes to {point}"
    circles.forget_verified()
    assert effect(before, census(world)) == {}
    act()
    return effect(before, census(world))


def test_signature_that_is_prepared_half_way_is_prepared_anew(signatory, tmp_path):
    found = kill_and_do_again(
        signatory.round_.world, "signing.prepared", signatory.prepare, tmp_path
    )

    assert found == {"prepared_signings": 1}


@pytest.mark.parametrize(
    "point", ["submission.logged", "submission.passkey_kept", "submission.status_set"]
)
def test_submission_by_passkey_is_whole_or_not_there(signatory, tmp_path, point):
    signatory.prepare()
    credential = signatory.key.get(signatory.question().options)

    found = kill_and_do_again(
        signatory.round_.world, point, lambda: signatory.answer(credential), tmp_path
    )

    assert found["submissions"] == found["submission_approvals"] == 1
    assert found["entry response.submitted"] == 1


@pytest.fixture
def court(submitted, monkeypatch):
    """The State has given an answer to the Court alone; there is a second Court reader."""
    monkeypatch.setattr(releasing, "SMALLEST", 0)
    submitted.round.world.person(Role.COURT_READER, number=2)
    return submitted


def propose(court) -> None:
    with court.round.acting("court") as ctx:
        propose_table(ctx, EDITION, CODE)


def release(court) -> None:
    with court.round.acting("court2") as ctx:
        (waiting,) = second_persons.acts_that_wait(ctx)
        second_persons.approve(ctx, waiting.id)


@pytest.mark.parametrize("point", ["table.stored", "transaction.complete"])
def test_table_is_proposed_whole_or_not_at_all(court, tmp_path, point):
    found = kill_and_do_again(court.round.world, point, lambda: propose(court), tmp_path)

    assert found["entry figure.proposed"] == found["waiting_acts waiting"] == 1


@pytest.mark.parametrize("point", ["table.resealed", "transaction.complete"])
def test_table_is_released_whole_or_not_at_all(court, tmp_path, point):
    propose(court)

    found = kill_and_do_again(court.round.world, point, lambda: release(court), tmp_path)

    assert found["entry figure.released"] == found["waiting_acts approved"] == 1
