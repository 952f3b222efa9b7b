"""Acts on keys, killed at each step: nobody loses a word, nobody gains one (reliability R12).

After each kill a process started anew must find the log sound, each watcher opening everything that
she should and nothing else, and the act either complete or possible again. Some points here, all of
them in `make crash`.
"""

import re
from pathlib import Path

import pytest

from tests.fixtures.crashes import Theatre
from tests.fixtures.key_acts import ACTS, KeyAct

TESTS = Path(__file__).parents[1]
POINTS = Path(__file__).with_name("points.txt")
FEW = {
    "removal": "removal.given",
    "password": "password.sealed",
    "narrowing": "narrowing.resealed",
}
MIDDLES = [(name, each.points[len(each.points) // 2]) for name, each in ACTS.items()]
ALL = [(name, point) for name, each in ACTS.items() for point in each.points]


def is_done(theatre: Theatre, act: KeyAct) -> bool:
    with theatre.looking() as session:
        return act.is_done(theatre, session)


def all_wrongs(theatre: Theatre, act: KeyAct) -> list[str]:
    return [*theatre.wrongs(), *act.wrongs(theatre)]


def kill_and_do_again(theatre: Theatre, name: str, point: str) -> None:
    act = ACTS[name]
    act.prepare(theatre)
    assert theatre.kill(act.act(theatre), point), f"{name} never comes to {point}"
    if is_done(theatre, act):
        act.settle(theatre)
    assert all_wrongs(theatre, act) == []
    if not is_done(theatre, act):
        theatre.perform(act.act(theatre))
        act.settle(theatre)
        assert is_done(theatre, act)
        assert all_wrongs(theatre, act) == []


@pytest.mark.parametrize(("name", "point"), FEW.items())
def test_an_act_killed_half_way_loses_and_opens_nothing(theatre, name, point):
    kill_and_do_again(theatre, name, point)


@pytest.mark.slow
@pytest.mark.parametrize(("name", "point"), ALL)
def test_an_act_killed_at_any_step_loses_and_opens_nothing(theatre, name, point):
    kill_and_do_again(theatre, name, point)


@pytest.mark.slow
@pytest.mark.parametrize(("name", "point"), MIDDLES)
def test_an_act_killed_on_postgresql_loses_and_opens_nothing(bound_theatre, name, point):
    kill_and_do_again(bound_theatre, name, point)


def test_every_failpoint_of_the_list_is_killed_by_a_test():
    listed = {
        line.split()[0]
        for line in POINTS.read_text(encoding="utf-8").splitlines()
        if line.strip() and not line.startswith("#")
    }
    tests = "".join(path.read_text(encoding="utf-8") for path in TESTS.rglob("*.py"))
    killed = set(re.findall(r'"([a-z_]+\.[a-z_]+)(?::(?:[0-9]+|\{\w+\}))?"', tests))

    assert sorted(listed - killed) == []
