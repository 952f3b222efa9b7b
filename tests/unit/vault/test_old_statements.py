"""An old statement stays old: it counts once, at its place, by the time of its entry."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from cooperation.circles.rules import ASSEMBLY, SECRETARIAT
from cooperation.vault.errors import StatementRefused
from cooperation.vault.statements import (
    Admit,
    Dissolve,
    Dissolved,
    Founded,
    Invite,
    Person,
    Remove,
    Role,
    Second,
    Statement,
    parse_statement,
)
from tests.unit.vault.test_directory import AT, INSTANCE, LATER, STATE, Script, hash_of, root_before

AFTER_THE_END = "2026-11-29T09:00:01Z"
BEFORE_THE_END = "2026-11-28T09:00:00Z"
FAR_AHEAD = "2040-01-01T00:00:00Z"
SIX_MINUTES_LATER = "2026-11-22T09:06:00Z"


def small(script: Script) -> Script:
    """A head, an officer, a first State with two focal points."""
    script.genesis()
    script.circle("head", SECRETARIAT)
    script.circle("head", ASSEMBLY)
    script.admit("head", ASSEMBLY, SECRETARIAT)
    script.invite("head", "i-focal", "found", STATE, "focal_point")
    script.person("i-focal", "focal")
    script.circle("i-focal", STATE)
    script.admit("i-focal", ASSEMBLY, STATE)
    for inviter, name, circle, role in (
        ("head", "officer", SECRETARIAT, "officer"),
        ("head", "third", SECRETARIAT, "head"),
        ("focal", "second", STATE, "focal_point"),
    ):
        script.invite(inviter, f"i-{name}", "join", circle, role)
        script.person(f"i-{name}", name)
        script.admit(f"i-{name}", circle, name)
    return script


@pytest.fixture(params=[True, False], ids=["bound", "first form"])
def script(request: pytest.FixtureRequest) -> Script:
    return small(Script(is_bound=request.param))


@pytest.fixture
def bound() -> Script:
    return small(Script())


def role(script: Script) -> int:
    script.say("head", Founded(AT))
    start = len(script.written)
    script.say("head", Role("officer", ("head",), AT))
    script.say("third", Second(list(script.directory.waiting)[-1], AT))
    later = "2026-11-22T09:00:01Z"
    script.say("head", Role("officer", ("officer",), later))
    script.say("third", Second(list(script.directory.waiting)[-1], later))
    return start


def removal(script: Script) -> int:
    start = len(script.written)
    script.say("focal", Remove(STATE, "second", AT))
    return start


def admission(script: Script) -> int:
    script.say("head", Remove(ASSEMBLY, STATE, AT))
    start = len(script.written)
    script.admit("head", ASSEMBLY, STATE)
    script.say("head", Remove(ASSEMBLY, STATE, "2026-11-22T09:00:01Z"))
    return start


def end_of_a_circle(script: Script) -> int:
    start = len(script.written)
    entry = script.directory.circles[STATE]
    members = tuple(sorted(entry.present))
    script.say("officer", Dissolve(STATE, 1, entry.key_hash, members, AT, LATER))
    script.say("head", Dissolved(STATE, script.directory.dissolutions[STATE].hash, AT))
    return start


def invitation(script: Script) -> int:
    start = len(script.written)
    script.invite("focal", "i-new", "join", STATE, "contributor")
    script.person("i-new", "newcomer")
    script.admit("i-new", STATE, "newcomer")
    return start


ACTS: tuple[Callable[[Script], int], ...] = (role, removal, admission, end_of_a_circle, invitation)


@pytest.mark.parametrize("act", ACTS, ids=lambda act: act.__name__)
def test_what_is_appended_once_more_changes_nothing_and_is_noted(
    script: Script, act: Callable[[Script], int]
) -> None:
    old = script.written[act(script) :]
    before, first = script.directory.copy(), script.place + 1

    for encoded in old:
        with pytest.raises(StatementRefused):
            script.write(encoded)
    for number, encoded in enumerate(old):
        assert not script.directory.take(encoded, script.at_place(script.place + 1 + number))

    assert script.directory.refused == tuple(range(first + len(old), first + 2 * len(old)))
    assert script.directory.persons == before.persons
    assert script.directory.circles == before.circles
    assert script.directory.waiting == before.waiting


def test_what_was_signed_for_another_place_is_refused_there(bound: Script) -> None:
    """Withheld, or of a database that was put back: its own time does not help."""
    kept = bound.sign("focal", Remove(STATE, "second", AT))
    bound.place += 1

    with pytest.raises(StatementRefused):
        bound.write(kept)
    bound.place = bound.place - 2
    bound.write(kept)


@pytest.mark.parametrize("at", [SIX_MINUTES_LATER, "2026-11-22T08:54:59Z", LATER])
def test_a_statement_is_of_its_entrys_minutes(script: Script, at: str) -> None:
    signed = script.sign("focal", Remove(STATE, "second", AT))

    with pytest.raises(StatementRefused):
        script.write(signed, at)
    script.place -= 1
    script.write(signed, "2026-11-22T09:04:59Z")


@pytest.mark.parametrize("at", ["", "2026", "2026-11-22 09:00:00", "2026-1-22T09:00:00Z", "~"])
def test_a_time_that_is_none_is_refused(bound: Script, at: str) -> None:
    signed = bound.sign("focal", Remove(STATE, "second", at))

    with pytest.raises(StatementRefused):
        bound.write(signed)


def test_a_statement_that_was_refused_once_does_not_count_later(script: Script) -> None:
    """The officer signs what only a head may; then she is made a head."""
    too_early = script.sign("officer", Remove(SECRETARIAT, "third", AT))
    assert not script.directory.take(too_early, script.at_place(script.place + 1))
    script.place += 1
    script.say("head", Role("officer", ("head",), AT))

    with pytest.raises(StatementRefused):
        script.write(too_early)


def test_once_a_statement_names_its_place_none_without_a_place_is_taken(script: Script) -> None:
    script.is_bound = True
    script.say("focal", Role("second", ("signatory",), AT))
    script.is_bound = False

    with pytest.raises(StatementRefused):
        script.say("focal", Remove(STATE, "second", AT))


def late_person(script: Script) -> tuple[str, Statement]:
    script.invite("focal", "i-late", "join", STATE, "contributor")
    public = script.key("late").public_bytes()
    return "i-late", Person("late", "i-late", hash_of("late"), public, AT)


def late_second(script: Script) -> tuple[str, Statement]:
    script.say("head", Founded(AT))
    script.invite("head", "i-late", "join", SECRETARIAT, "officer")
    return "third", Second(list(script.directory.waiting)[-1], AT)


def late_end(script: Script) -> tuple[str, Statement]:
    entry = script.directory.circles[STATE]
    members = tuple(sorted(entry.present))
    script.say("officer", Dissolve(STATE, 1, entry.key_hash, members, AT, LATER))
    return "head", Dissolved(STATE, script.directory.dissolutions[STATE].hash, AT)


LATE: tuple[Callable[[Script], tuple[str, Statement]], ...] = (late_person, late_second, late_end)


@pytest.mark.parametrize("late", LATE, ids=lambda late: late.__name__)
@pytest.mark.parametrize("written", [AFTER_THE_END, AT, BEFORE_THE_END])
def test_an_end_is_judged_by_the_log_and_not_by_what_the_signer_wrote(
    bound: Script, late: Callable[[Script], tuple[str, Statement]], written: str
) -> None:
    """Also where the entry is dated back: the log has passed the end since."""
    signer, statement = late(bound)
    bound.say("focal", Role("second", ("focal_point",), AFTER_THE_END))
    signed = bound.sign(signer, replace(statement, at=written))

    with pytest.raises(StatementRefused):
        bound.write(signed, AFTER_THE_END)
    bound.place -= 1
    with pytest.raises(StatementRefused):
        bound.write(signed, written)


@pytest.mark.parametrize("late", LATE, ids=lambda late: late.__name__)
def test_an_end_that_has_not_come_lets_pass(
    script: Script, late: Callable[[Script], tuple[str, Statement]]
) -> None:
    signer, statement = late(script)

    script.say(signer, replace(statement, at=BEFORE_THE_END))


def test_an_invitation_is_not_made_after_its_end(script: Script) -> None:
    public = script.key("i-new").public_bytes()
    invite = Invite(
        "i-new", "join", STATE, "contributor", hash_of("i-new"), public, AFTER_THE_END, LATER
    )

    with pytest.raises(StatementRefused):
        script.say("focal", invite)


def test_a_clock_that_was_ahead_for_a_while_locks_nobody_out(bound: Script) -> None:
    bound.invite("focal", "i-before", "join", STATE, "contributor")
    bound.say("focal", Role("second", ("signatory",), FAR_AHEAD))
    ahead = bound.place

    bound.invite("focal", "i-after", "join", STATE, "contributor")
    bound.person("i-after", "after", at=BEFORE_THE_END)

    assert bound.directory.set_back == (ahead + 1, ahead + 2)
    assert not bound.directory.is_usable("i-before")
    with pytest.raises(StatementRefused):
        bound.person("i-before", "before")


def test_what_was_written_in_the_first_form_goes_on_in_the_second(script: Script) -> None:
    script.invite("focal", "i-new", "join", STATE, "contributor")
    script.is_bound = True

    script.person("i-new", "newcomer", at=BEFORE_THE_END)
    script.say("i-new", Admit(STATE, 1, "newcomer", hash_of("newcomer"), BEFORE_THE_END))

    assert script.directory.is_member("newcomer")
    signed = parse_statement(script.written[-1], instance=INSTANCE)
    assert signed.after == root_before(script.place)
