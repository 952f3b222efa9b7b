"""No reading without its entry: a page that is logged as read, killed at each step.

On both engines. What fails after its entry is said to have failed, and counts no longer as read.
"""

from pathlib import Path

import pytest
import sqlalchemy as sa
from werkzeug.test import EnvironBuilder

from cooperation.audit import service as audit
from cooperation.audit.models import LogEntry
from cooperation.audit.rules import OPENINGS, UNDELIVERED, ReadingFilter
from cooperation.core.failpoints import arm
from tests.fixtures.crashes import dies
from tests.fixtures.rehearsal import OWN, Rehearsal

READER = "court_reader"
ENGINES = ("own_rehearsal", "own_bound_rehearsal")
STEPS = {"reading.rendered": 0, "transaction.complete": 0, "transaction.committed": 1, "": 1}
"""Where the reader's page dies, or does not, and how many entries of it there are then."""

pytestmark = pytest.mark.slow


@pytest.fixture(params=ENGINES)
def played(request: pytest.FixtureRequest) -> Rehearsal:
    """Everything published, on each engine in turn."""
    made: Rehearsal = request.getfixturevalue(request.param)
    return made


def edition_of(played: Rehearsal) -> str:
    found = played.words["edition_id"]["open"]
    assert isinstance(found, str)
    return found


def path_of(played: Rehearsal) -> str:
    return f"/published/{edition_of(played)}/states/{OWN}"


def openings(played: Rehearsal) -> int:
    with played.above.reading() as session:
        wanted = sa.select(sa.func.count()).where(LogEntry.action.in_(sorted(OPENINGS)))
        return session.scalar(wanted) or 0


def counted(played: Rehearsal) -> int:
    with played.above.reading() as session:
        readings = audit.openings_of_state(session, ReadingFilter(OWN, edition_of(played)))
        return sum(each.times for each in readings)


@pytest.mark.parametrize("step", STEPS)
def test_nothing_is_read_without_its_entry(played: Rehearsal, step: str, tmp_path: Path) -> None:
    before, answered = openings(played), tmp_path / "answered"
    played.close()

    def read() -> None:
        played.held.database.engine.dispose(close=False)
        if step:
            arm(played.held.settings.model_copy(update={"failpoint": step}))
        with played.keeping():
            answered.write_bytes(played.visitors[READER].get(path_of(played)).body)

    is_killed = dies(read, tmp_path / "said")

    assert is_killed == bool(step)
    assert answered.exists() != is_killed
    assert openings(played) - before == STEPS[step]
    with played.above.reading() as session:
        assert audit.verify(session).is_sound


def test_a_reading_whose_answer_does_not_leave_counts_no_longer(played: Rehearsal) -> None:
    visitor = played.visitors[READER]
    with played.keeping():
        assert visitor.get(path_of(played)).status == 200
        before = counted(played)
        cookies = "; ".join(f"{name}={value}" for name, value in visitor.cookies.items())
        environ = EnvironBuilder(
            path_of(played), base_url=visitor.origin, headers={"Cookie": cookies}
        ).get_environ()

        def refuse(*_head: object) -> None:
            raise ValueError("a header that no server sends")

        with pytest.raises(ValueError, match="no server sends"):
            played.application.wsgi_app(environ, refuse)

    assert counted(played) == before
    with played.above.reading() as session:
        failed = audit.entries_for(session, action=UNDELIVERED)
        first = audit.entries_for(session, action="court_answer.read")
        first += audit.entries_for(session, action="published.read")
        assert failed[-1].version in {each.seq for each in first}
        assert failed[-1].states == (OWN,)
        assert audit.verify(session).is_sound


def test_a_later_failure_of_ours_says_so_too(played: Rehearsal) -> None:
    left = [RuntimeError("after the entry")]

    def fail(response: object) -> object:
        if left:
            raise left.pop()
        return response

    played.application.after_request_funcs[None].insert(0, fail)  # runs last
    try:
        with played.keeping():
            before = counted(played)
            assert played.visitors[READER].get(path_of(played)).status == 500
    finally:
        played.application.after_request_funcs[None].remove(fail)

    assert counted(played) == before
